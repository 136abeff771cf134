"""Prompts go out as Text Generation Inference takes them; its text and its errors come back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import errors
from workbench.protocols import tgi
from workbench.protocols.sse import EventReader

ALWAYS = {"details": True, "return_full_text": False}
TOO_LONG = "Input validation error: `inputs` must have less than 9 tokens. Given: 12"


def token(text, *, special=False, whole=None, details=None):
    """One event, as TGI writes it."""
    facts = {"id": 5, "text": text, "logprob": -0.1, "special": special}
    event = {"index": 1, "token": facts, "top_tokens": [], "generated_text": whole}
    return json.dumps({**event, "details": details}, ensure_ascii=False)


def end(reason="eos_token", count=3):
    """The details of a final event."""
    return {"finish_reason": reason, "generated_tokens": count, "seed": None}


def read(events, **options):
    """What was shown for each event, and the reply."""
    reader = tgi.GenerationReader(**options)
    return [reader.feed(event) for event in events], reader.finish()


@pytest.mark.parametrize("call", [tgi.generate_url, tgi.stream_url])
@pytest.mark.parametrize(
    ("base", "root"),
    [
        ("https://h", "https://h"),
        ("https://h/", "https://h"),
        ("https://h:8080/falcon", "https://h:8080/falcon"),
        ("https://h/falcon//?k=1#f", "https://h/falcon"),
        ("https://h/generate", "https://h"),
        ("https://h/x/generate_stream/", "https://h/x"),
        ("https://h/regenerate", "https://h/regenerate"),
    ],
)
def test_urls(call, base, root):
    """Whatever part of the address a person gives, prompts go to the one place."""
    path = {tgi.generate_url: "/generate", tgi.stream_url: "/generate_stream"}[call]
    assert call(base).split("?")[0] == root + path
    assert call(base).endswith("?k=1#f") == ("?" in base)


@pytest.mark.parametrize(
    ("given_", "sent"),
    [
        ({}, {}),
        ({"max_new_tokens": None, "stop": None, "seed": None, "temperature": None}, {}),
        ({"max_new_tokens": 20.0, "seed": 0}, {"max_new_tokens": 20, "seed": 0}),
        ({"max_new_tokens": 1}, {"max_new_tokens": 1}),
        ({"temperature": 1.0}, {"temperature": 1.0, "do_sample": True}),
        ({"temperature": 0.7, "top_p": 1.0}, {"temperature": 0.7, "do_sample": True}),
        ({"top_p": 0.9}, {"top_p": 0.9, "do_sample": True}),
        ({"top_p": 1, "typical_p": 1.2, "top_k": 0}, {}),
        ({"top_k": 5.0}, {"top_k": 5, "do_sample": True}),
        ({"temperature": 0, "top_p": 0.5, "top_k": 5, "seed": 1}, {"do_sample": False}),
        ({"do_sample": False, "temperature": 0.7}, {"do_sample": False}),
        ({"repetition_penalty": 1.0, "presence_penalty": 1, "frequency_penalty": 0}, {}),
        ({"repetition_penalty": 1.2}, {"repetition_penalty": 1.2}),
        ({"stop": "###"}, {"stop": ["###"]}),
        ({"stop": ("a", "b", "", "a", "c", "d", "e")}, {"stop": ["a", "b", "c", "d"]}),
        ({"stop": []}, {}),
        ({"best_of": 2, "decoder_input_details": True, "watermark": True}, {"watermark": True}),
    ],
    ids=repr,
)
def test_parameters(given_, sent):
    """What TGI refuses is left out, and whether it samples is always said."""
    document = tgi.encode("Hi", given_, stream=True)
    expected = {"inputs": "Hi", "parameters": sent | ALWAYS, "stream": True}
    # As JSON: there 20.0 is no 20, and TGI refuses it.
    assert json.dumps(document, sort_keys=True) == json.dumps(expected, sort_keys=True)


def test_whole_answer_may_be_the_best_of_several():
    """What only a stream may not hold is sent for a whole answer."""
    document = tgi.encode("Hi", {"best_of": 2}, stream=False)
    assert document == {"inputs": "Hi", "parameters": {"best_of": 2} | ALWAYS, "stream": False}


@pytest.mark.parametrize(
    "given_",
    [
        {"seed": -1},
        {"seed": 2**64},
        {"seed": 1.5},
        {"max_new_tokens": 0},
        {"max_new_tokens": 1.5},
        {"top_k": 1.5},
        {"max_new_tokens": "20"},
        {"max_new_tokens": True},
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"top_p": 0},
        {"top_k": -1},
        {"repetition_penalty": 0},
        {"frequency_penalty": 3},
        {"stop": 3},
        {"stop": ["a", None]},
        {"truncate": float("nan")},
    ],
    ids=repr,
)
def test_refused_parameters(given_):
    """A value that no service takes is refused by name before anything is sent."""
    name = next(iter(given_))
    with pytest.raises(errors.InvalidInputError, match="JSON" if name == "truncate" else name):
        tgi.encode("Hi", given_, stream=False)


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("", errors.InvalidInputError),
        ("half a \ud83c", errors.InvalidInputError),
        ("é" * 1_000_000, errors.TooLargeError),
        ('"' * 1_000_000, errors.TooLargeError),
    ],
    ids=["empty", "half a character", "too many bytes", "too many when escaped"],
)
def test_refused_prompts(prompt, kind):
    """A prompt that TGI would refuse is not sent."""
    with pytest.raises(kind):
        tgi.encode(prompt, {}, stream=True)


def test_the_longest_prompt():
    """A prompt is sent up to the last byte that TGI takes."""
    room = tgi.MAX_BODY_BYTES - len(json.dumps(tgi.encode("x", {}, stream=True))) + 1
    assert tgi.encode("x" * room, {}, stream=True)["inputs"]
    with pytest.raises(errors.TooLargeError):
        tgi.encode("x" * (room + 1), {}, stream=True)


@pytest.mark.parametrize(
    "answer",
    [
        [{"generated_text": " Paris", "details": end()}],
        {"generated_text": " Paris"},
        [[{"generated_text": "The capital: Paris"}]],
        [{"generated_text": " Paris"}, {"generated_text": " Rome"}],
        " Paris",
    ],
    ids=repr,
)
def test_whole_answers(answer):
    """The text is found in every shape, without the prompt, its white space kept."""
    assert tgi.read_generated(answer, "The capital:") == " Paris"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({}, errors.UnexpectedAnswerError),
        ([], errors.UnexpectedAnswerError),
        (None, errors.UnexpectedAnswerError),
        (b"GIF89a", errors.UnexpectedAnswerError),
        ({"generated_text": None}, errors.UnexpectedAnswerError),
        ([{"generated_text": "Hi"}], errors.UnexpectedAnswerError),
        ({"error": TOO_LONG, "error_type": "validation"}, errors.TooLongError),
        ([{"error": "CUDA error", "error_type": "generation"}], errors.FailedError),
    ],
    ids=repr,
)
def test_whole_answers_without_text(answer, kind):
    """An answer without text, or with the prompt alone, is an error of its kind."""
    with pytest.raises(kind):
        tgi.read_generated(answer, "Hi")


STREAMS = {
    "plain": (
        [token(" Hi"), token(" there", whole=" Hi there", details=end("length", 2))],
        ["Hi", " there"],
        ("length", 2),
    ),
    "special last": (
        [token(" Hi"), token("<|endoftext|>", special=True, whole=" Hi", details=end())],
        ["Hi", ""],
        ("eos_token", 3),
    ),
    "special first": (
        [token("<s>", special=True), token("Hi", whole="Hi", details=None)],
        ["", "Hi"],
        (None, None),
    ),
    "done": ([token("Hi", whole="Hi"), "[DONE]"], ["Hi", ""], (None, None)),
    "error null": (
        ['{"error": null, "token": {"text": "Hi"}, "generated_text": "Hi"}'],
        ["Hi"],
        (None, None),
    ),
    "no token": (['{"token": null, "generated_text": " Hi"}'], ["Hi"], (None, None)),
    "whole answer": (['[{"generated_text": "Hi"}]'], ["Hi"], (None, None)),
    "lost at the end": ([token(" Hi"), token("!", whole=" Hi there!")], ["Hi", "!"], (None, None)),
    "tokens lost": (
        [token(" Hi"), token(" my", whole=" Hi my dear!")],
        ["Hi", " my dear!"],
        (None, None),
    ),
    "space lost": ([token("Hi"), token("!", whole=" Hi!")], ["Hi", "!"], (None, None)),
    "space told once": ([token(" Hi"), token("!", whole="Hi!")], ["Hi", "!"], (None, None)),
    "full text": ([token(" ha"), token(" ha", whole="ha ha ha ha")], ["ha", " ha"], (None, None)),
    "full text alone": (['{"generated_text": "ha ha Hi"}'], ["Hi"], (None, None)),
    "echo": (
        [token("ha ha"), token(" ha ha", whole="ha ha ha ha")],
        ["ha ha", " ha ha"],
        (None, None),
    ),
    "blank and unknown": (
        ["", " ", "{}", "[]", "3", token("Hi", whole="Hi")],
        ["", "", "", "", "", "Hi"],
        (None, None),
    ),
    "half a character": (
        ['{"token": {"text": "\\ud83c"}, "generated_text": "\\ud83c"}'],
        ["\ufffd"],
        (None, None),
    ),
    "line ends of others": ([token("\u2028a\x85", whole="\u2028a\x85")], ["a\x85"], (None, None)),
}


@pytest.mark.parametrize(("events", "shown", "facts"), STREAMS.values(), ids=STREAMS)
def test_streams(events, shown, facts):
    """Each shape of a stream shows its text, the last token included, and tells its facts."""
    pieces, reply = read(events, prompt="ha ha")
    assert pieces == shown
    assert reply.text == "".join(shown)
    assert (reply.finish_reason, reply.tokens) == facts
    assert reply.cut_short == (facts[0] == "length")


@pytest.mark.parametrize(
    "events",
    [
        [token("Hi"), token("\nUs"), token("er: me"), token("!", whole="Hi\nUser: me!")],
        [token("Hi"), token("\nUser:", whole="Hi\nUser:", details=end("stop_sequence"))],
        [token("Hi"), token("", whole="Hi\nUser: me!")],
        ['{"generated_text": "Hi\\nUser: me"}'],
    ],
    ids=["split", "at the end", "among lost tokens", "whole"],
)
def test_stops_are_cut(events):
    """A stop string is cut wherever it comes, and nothing after it is shown."""
    events = [*events, '{"error": "too late"}']
    shown, reply = read(events, stops=["a", "b", "c", "d", "\nUser:"])
    assert "".join(shown) == reply.text == "Hi"
    assert reply.finish_reason == "stop_sequence"


def test_stopped_reader_is_done():
    """After a stop the connection may be closed at once: nothing is missing."""
    reader = tgi.GenerationReader(stops=["."])
    assert reader.feed(token("Hi. Then")) == "Hi"
    assert reader.done
    assert reader.finish().finish_reason == "stop_sequence"


def test_white_space_may_be_kept():
    """A completion that goes on in a text keeps the space before its first word."""
    for event in (token(" world", whole=" world"), '{"generated_text": " world"}'):
        assert read([event], strip_start=False)[1].text == " world"


@pytest.mark.parametrize(
    ("events", "partial"),
    [
        ([], ""),
        ([token("Hi"), token(" th")], "Hi th"),
        ([token("Hi\nUs")], "Hi\nUs"),
        ([token("Hi"), "[DONE]"], "Hi"),
        ([token("Hi"), token("there")[:30]], "Hi"),
        ([token("Hi"), "no JSON"], "Hi"),
    ],
    ids=["nothing", "cut", "cut in a stop", "only DONE", "cut in an event", "not JSON"],
)
def test_interrupted(events, partial):
    """A stream without its final event is an error with all the text that arrived."""
    with pytest.raises(errors.InterruptedStreamError) as caught:
        read(events, stops=["\nUser:"])
    assert caught.value.partial == partial
    assert str(caught.value)


ERRORS = [
    ({"error": TOO_LONG, "error_type": "validation"}, errors.TooLongError, 422),
    ({"error": "`seed` is bad", "error_type": "validation"}, errors.InvalidInputError, 422),
    ({"error": "Model is overloaded", "error_type": "overloaded"}, errors.BusyError, 429),
    ({"error": "Request failed: CUDA", "error_type": "generation"}, errors.FailedError, 424),
    (
        {"error": "Incomplete generation", "error_type": "incomplete_generation"},
        errors.FailedError,
        500,
    ),
    ({"error": "x", "error_type": "incomplete_generation_stream"}, errors.FailedError, 500),
    ({"error": "x", "error_type": "template_error"}, errors.InvalidInputError, 422),
    ({"error": "x", "error_type": "tool_error"}, errors.InvalidInputError, 422),
    ({"error": "unhealthy", "error_type": "healthcheck"}, errors.BusyError, 503),
    ({"error": "x", "error_type": ["odd"]}, errors.FailedError, 500),
    ({"error": "Model x is currently loading", "estimated_time": 2}, errors.LoadingError, 200),
    ({"error": "something else"}, errors.FailedError, 500),
    ({"error": ["a", "b"]}, errors.FailedError, 500),
    ({"detail": [{"loc": ["body", "stop"], "msg": "wrong"}]}, errors.FailedError, 500),
    ({"message": "no"}, errors.FailedError, 500),
]


@pytest.mark.parametrize(("body", "kind", "status"), ERRORS, ids=repr)
@pytest.mark.parametrize("before", [[], [token("Hi\nUs")]], ids=["first", "midway"])
def test_errors_in_a_stream(body, kind, status, before):
    """An error in a stream is what the same body with its status would be; the text is kept."""
    reader = tgi.GenerationReader(stops=["\nUser:"])
    for event in before:
        reader.feed(event)
    with pytest.raises(errors.WorkbenchError) as caught:
        reader.feed(json.dumps(body))
    assert (type(caught.value), caught.value.status) == (kind, status)
    assert reader.text == ("Hi\nUs" if before else "")


def test_errors_hold_no_secret():
    """A token that an endpoint sends back in its error is masked."""
    reader = tgi.GenerationReader(secrets=["letmein"])
    with pytest.raises(errors.FailedError, match="key ••• is odd"):
        reader.feed('{"error": "key letmein is odd"}')


@pytest.mark.parametrize(
    "events",
    [
        [token("<|endoftext|>", special=True, whole="", details=end("eos_token", 1))],
        [token("\n", whole="\n", details=end())],
        [token("\nUser:", whole="\nUser:")],
    ],
    ids=["end at once", "white space", "stop at once"],
)
def test_nothing_generated(events):
    """A complete stream without text is an error, not an empty reply."""
    with pytest.raises(errors.UnexpectedAnswerError, match="added nothing"):
        read(events, stops=["\nUser:"])


@given(
    st.lists(st.text("ab\nUser: 🎉", min_size=1, max_size=6), min_size=1, max_size=8),
    st.lists(st.integers(1, 40), min_size=1, max_size=9),
)
def test_same_reply_whatever_the_split(texts, sizes):
    """The packets of the network change nothing about the reply."""
    texts = ["x", *texts]
    events = [token(text) for text in texts[:-1]] + [token(texts[-1], whole="".join(texts))]
    data = "".join(f": ping\r\n\r\ndata:{event}\r\n\r\n" for event in events).encode()
    expected = read(events, stops=["\nUser:"])[1]
    packets, reader = EventReader(), tgi.GenerationReader(stops=["\nUser:"])
    shown, at = [], 0
    while at < len(data):
        size = sizes[at % len(sizes)]
        shown += [reader.feed(event) for event in packets.feed(data[at : at + size])]
        at += size
    assert packets.finish() == []
    assert reader.finish() == expected
    assert "".join(shown) == expected.text
