"""The task summarization."""

from __future__ import annotations

import json

import pytest
import responses

from tasks.summarization import Summary, run, show, summarize
from workbench.client import EndpointClient
from workbench.errors import InvalidInputError, TooLongError
from workbench.settings import Settings

URL = "https://host.example/summary"
SENTENCE = "The number {} bus leaves the old harbour at noon and comes back before the evening. "


@pytest.fixture
def hosted():
    """A client whose summaries come from a host."""
    with EndpointClient(Settings(targets={"HF_API_SUMMARY_BASE": URL})) as client:
        yield client


def test_short_text_is_one_call(hosted):
    """A text that fits is sent whole, with the lengths given, and comes back as one part."""
    with responses.RequestsMock() as web:
        web.post(URL, json=[{"summary_text": " Short. "}])
        summary = summarize("A text.", client=hosted, min_length=2, max_length=10)
        sent = json.loads(web.calls[0].request.body)
    assert (summary, summary.parts) == ("Short.", 1)
    assert sent == {"inputs": "A text.", "parameters": {"min_length": 2, "max_length": 10}}


def test_long_text_is_split_and_nothing_is_lost(hosted):
    """A long text goes out in parts cut at sentence ends that hold all of it, and says so."""
    text = "".join(SENTENCE.format(n) for n in range(300))
    with responses.RequestsMock() as web:
        web.post(URL, json=[{"summary_text": "Part."}])
        summary = summarize(text, client=hosted, min_length=20, max_length=180)
        sent = [json.loads(call.request.body) for call in web.calls]
    parts = len(sent)
    assert summary.parts == parts > 3
    assert summary == " ".join(["Part."] * parts)
    assert " ".join(body["inputs"] for body in sent).split() == text.split()
    assert all(body["inputs"].endswith("evening.") for body in sent)
    assert all(body["parameters"]["max_length"] == 180 // parts for body in sent)


def test_model_that_takes_less_gets_smaller_parts(hosted):
    """When the model says that a part is too long, the parts are halved, not cut."""

    def answer(request):
        if len(json.loads(request.body)["inputs"]) > 1500:
            return 400, {}, json.dumps({"error": "index out of range in self"})
        return 200, {}, json.dumps([{"summary_text": "Part."}])

    text = "".join(SENTENCE.format(n) for n in range(40))
    with responses.RequestsMock() as web:
        web.add_callback(responses.POST, URL, answer)
        assert summarize(text, client=hosted).parts >= 3


def test_only_the_part_that_is_too_long_is_split(hosted):
    """The other parts are asked once; order is kept and nothing of the text is lost."""
    text = "".join(SENTENCE.format(n) for n in range(150))
    asked, answered = [], []

    def answer(request):
        part = json.loads(request.body)["inputs"]
        asked.append(part)
        if "number 75 " in part and len(part) > 1500:
            return 400, {}, json.dumps({"error": "Input is too long"})
        answered.append(part)
        return 200, {}, json.dumps([{"summary_text": part.split()[2]}])

    with responses.RequestsMock() as web:
        web.add_callback(responses.POST, URL, answer)
        summary = summarize(text, client=hosted)
    assert len(asked) == len(set(asked))
    assert " ".join(answered).split() == text.split()
    assert summary == " ".join(part.split()[2] for part in answered)
    assert summary.parts == len(answered)
    assert max(map(len, answered)) > 2 * min(map(len, answered))


def test_many_parts_are_each_asked_for_something_sensible(hosted):
    """However little is wanted, no part is asked for less than a sentence; the whole is cut."""
    text = "".join(SENTENCE.format(n) for n in range(650))

    def answer(request):
        wanted = json.loads(request.body)["parameters"]["max_length"]
        return 200, {}, json.dumps([{"summary_text": "word " * wanted}])

    with responses.RequestsMock() as web:
        web.add_callback(responses.POST, URL, answer)
        summary = summarize(text, client=hosted, max_length=30, min_length=20)
        sent = [json.loads(call.request.body) for call in web.calls]
    *first, last = sent
    assert summary.parts == len(first) > 10
    assert all(body["parameters"]["max_length"] == 16 for body in first)
    assert all(body["parameters"]["min_length"] <= 8 for body in first)
    assert last["inputs"] == " ".join(["word"] * 16 * len(first))
    assert last["parameters"] == {"min_length": 20, "max_length": 30}
    assert summary == " ".join(["word"] * 30)


def test_shortening_ends(hosted):
    """A model that heeds no length is asked once more, and the shorter summary is kept."""
    text = "".join(SENTENCE.format(n) for n in range(300))
    with responses.RequestsMock() as web:
        web.post(URL, json=[{"summary_text": "word " * 40}])
        summary = summarize(text, client=hosted, max_length=30)
        calls = len(web.calls)
    assert summary == " ".join(["word"] * 40)
    assert calls == summary.parts + 1 + 1


def test_model_that_takes_nothing_is_an_error(hosted):
    """Halving ends: a model that refuses even a short part is reported."""
    with responses.RequestsMock() as web:
        web.post(URL, status=400, json={"error": "index out of range in self"})
        with pytest.raises(TooLongError):
            summarize(SENTENCE * 5, client=hosted)


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("", {}, "there is no text"),
        (" \n", {}, "there is no text"),
        (None, {}, "must be text"),
        ("x", {"min_length": -1}, "min_length"),
        ("x", {"max_length": 0}, "max_length"),
        ("x", {"max_length": 2.5}, "max_length"),
        ("x", {"min_length": 9, "max_length": 3}, "more than max_length"),
    ],
)
def test_bad_input_is_refused(client, text, options, told):
    """What can't be summarized is refused before anything is sent."""
    with pytest.raises(InvalidInputError, match=told):
        summarize(text, client=client, **options)


def test_embedded_summary_is_shorter_and_from_the_text(client):
    """The embedded engine answers real text with sentences of that text."""
    text = "".join(SENTENCE.format(n) for n in range(30))
    summary = summarize(text, client=client, max_length=60)
    assert 0 < len(summary) < len(text) / 3
    assert all(sentence.strip() in text for sentence in summary.split(". "))


def test_result_for_machines_and_terminals(client):
    """`--json` tells parts and lengths; the terminal shows the summary alone."""
    result = run("The tower is tall.", client=client)
    assert result["characters"] == {"before": 18, "after": 18}
    assert show(result) == "The tower is tall."
    assert isinstance(Summary("x"), str)
