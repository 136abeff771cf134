"""The task NER, around the merge that has tests of its own."""

from __future__ import annotations

import json

import pytest
import responses

from tasks.ner import find_entities, highlight, show
from workbench.client import EndpointClient
from workbench.errors import InvalidInputError, UnexpectedAnswerError
from workbench.settings import Settings

URL = "https://host.example/ner"
COURSE = "My name is Andrew, I'm building DeepLearningAI and I live in California"


@pytest.fixture
def hosted():
    """A client whose entities come from a host."""
    with EndpointClient(Settings(targets={"HF_API_NER_BASE": URL})) as client:
        yield client


@pytest.mark.parametrize("strategy", ["simple", "first", "average", "max"])
def test_course_example(client, strategy):
    """The embedded engine finds the three names of the course's example, whole."""
    found = find_entities(COURSE, client=client, aggregation_strategy=strategy)
    assert [(entity["entity_group"], entity["word"]) for entity in found] == [
        ("PER", "Andrew"),
        ("ORG", "DeepLearningAI"),
        ("LOC", "California"),
    ]
    assert all(COURSE[entity["start"] : entity["end"]] == entity["word"] for entity in found)


def test_none_keeps_the_pieces_apart(client):
    """With the strategy none every piece is shown, with its tag and its place."""
    found = find_entities(COURSE, client=client, aggregation_strategy="none")
    pieces = [entity for entity in found if entity["entity_group"] == "ORG"]
    assert len(pieces) > 1
    assert "".join(piece["word"] for piece in pieces) == "DeepLearningAI"
    assert pieces[0]["entity"] == "B-ORG"


def test_unmerged_answer_is_merged(hosted):
    """An endpoint that ignores the strategy and answers raw tokens is merged here."""
    raw = [
        {"entity": "B-PER", "score": 0.9, "index": 1, "word": "Sy", "start": 0, "end": 2},
        {"entity": "I-PER", "score": 0.7, "index": 2, "word": "##lvain", "start": 2, "end": 7},
    ]
    with responses.RequestsMock() as web:
        web.post(URL, json=raw)
        found = find_entities("Sylvain", client=hosted)
        sent = json.loads(web.calls[0].request.body)
    assert sent["parameters"] == {"aggregation_strategy": "simple"}
    assert [(entity["word"], entity["score"]) for entity in found] == [
        ("Sylvain", pytest.approx(0.8))
    ]


def test_long_text_is_read_whole(hosted):
    """A text longer than a tagger reads is sent in parts; offsets point into the whole text."""

    def answer(request):
        text = json.loads(request.body)["inputs"]
        at = [i for i in range(len(text)) if text.startswith("Ada", i)]
        return (
            200,
            {},
            json.dumps(
                [
                    {"entity_group": "PER", "score": 0.9, "word": "Ada", "start": i, "end": i + 3}
                    for i in at
                ]
            ),
        )

    text = "Then Ada walked along the river until the evening came. " * 100
    with responses.RequestsMock() as web:
        web.add_callback(responses.POST, URL, answer)
        found = find_entities(text, client=hosted)
        calls = len(web.calls)
    assert calls > 2
    assert len(found) == 100
    assert all(text[entity["start"] : entity["end"]] == "Ada" for entity in found)


def test_unreadable_entities_are_an_error(hosted):
    """A list of entities without scores is reported, not shown."""
    with responses.RequestsMock() as web:
        web.post(URL, json=[{"entity": "B-PER", "word": "x", "score": "high"}])
        with pytest.raises(UnexpectedAnswerError, match="can't be read"):
            find_entities("x", client=hosted)


@pytest.mark.parametrize(
    ("text", "strategy", "told"),
    [("", "simple", "there is no text"), ("x", "best", "one of none, simple, first")],
)
def test_bad_input_is_refused(client, text, strategy, told):
    """No text and unknown strategies are refused before anything is sent."""
    with pytest.raises(InvalidInputError, match=told):
        find_entities(text, client=client, aggregation_strategy=strategy)


def test_shown_on_a_terminal_and_highlighted():
    """One line an entity; what has no place in the text is not highlighted."""
    placed = {"entity_group": "PER", "score": 0.98, "word": "Ada\nL", "start": 0, "end": 5}
    lost = {"entity_group": "LOC", "score": 0.5, "word": "Rome", "start": None, "end": None}
    assert show([placed, lost]) == "PER   0.98  Ada L\nLOC   0.50  Rome"
    assert show([]) == "No entities found."
    assert highlight("Ada\nL", [placed, lost]) == {"text": "Ada\nL", "entities": [placed]}
