"""Conversations go out as services take them; replies come back in pieces of every shape."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import errors
from workbench.protocols.chat import encode_chat
from workbench.protocols.chat_stream import ChatReader
from workbench.protocols.sse import EventReader

TALK = [{"role": "user", "content": "Hi"}]
FULL = "This model's maximum context length is 4096 tokens."


def chunk(delta=None, reason=None, **more):
    """One event, as most services write it."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": reason}
    return json.dumps({"object": "chat.completion.chunk", "choices": [choice], **more})


def says(text, reason=None, **more):
    """One event that adds *text*."""
    return chunk({"role": "assistant", "content": text}, reason, **more)


def read(events, **options):
    """What was shown for each event, and the reply."""
    reader = ChatReader(**options)
    return [reader.feed(event) for event in events], reader.finish()


def cut(whole, sizes):
    """*whole* in pieces of these sizes, over and over."""
    pieces = []
    while whole:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(whole[:size])
        whole = whole[size:]
    return pieces


@pytest.mark.parametrize(
    ("given_", "sent"),
    [
        ({}, {}),
        ({"max_new_tokens": 9.0, "temperature": None}, {"max_tokens": 9}),
        ({"max_completion_tokens": 9}, {"max_completion_tokens": 9}),
        ({"temperature": 0, "seed": 0}, {"temperature": 0, "seed": 0}),
        ({"top_p": 1.0, "top_k": 0, "repetition_penalty": 1}, {}),
        ({"top_k": 5, "repetition_penalty": 1.1}, {"top_k": 5, "repetition_penalty": 1.1}),
        ({"presence_penalty": 0.0, "frequency_penalty": 0}, {}),
        ({"presence_penalty": 0.5}, {"presence_penalty": 0.5}),
        ({"stop": "###"}, {"stop": ["###"]}),
        ({"stop": ["a", "b", "c", "d", "e"]}, {"stop": ["a", "b", "c", "d"]}),
    ],
    ids=repr,
)
def test_parameters(given_, sent):
    """Options go out under the service's names; nothing that one would refuse for its value."""
    document = encode_chat(TALK, given_, model="org/model", stream=True)
    assert document == {"model": "org/model", "messages": TALK, "stream": True, **sent}


@pytest.mark.parametrize(
    ("stream", "usage", "asked"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_usage(stream, usage, asked):
    """Tokens are counted only in a stream, and only where somebody asks for it."""
    document = encode_chat(TALK, {}, model="m", stream=stream, usage=usage)
    assert ("stream_options" in document) == asked
    assert document.get("stream_options", {"include_usage": True}) == {"include_usage": True}


def test_messages():
    """Role and content go out; what a face keeps beside them, thoughts and nulls don't."""
    parts = [{"type": "text", "text": "What is it?"}]
    talk = [
        {"role": "user", "content": parts, "metadata": {"title": "x"}},
        {"role": "assistant", "content": None, "reasoning_content": "Hm."},
    ]
    assert encode_chat(talk, {}, model="m", stream=False)["messages"] == [
        {"role": "user", "content": parts},
        {"role": "assistant", "content": ""},
    ]


@pytest.mark.parametrize(
    ("talk", "given_", "match"),
    [([], {}, "no message"), (TALK, {"seed": -1}, "seed"), (TALK, {"temperature": -1}, "temper")],
)
def test_refused(talk, given_, match):
    """No message, and values that no service takes, are refused before anything is sent."""
    with pytest.raises(errors.InvalidInputError, match=match):
        encode_chat(talk, given_, model="m", stream=True)


USAGE = {"usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}}
END = chunk(reason="stop")
STREAMS = {
    "plain": (
        [says("Hi"), chunk({"content": " there"}), END, "[DONE]"],
        ["Hi", " there", "", ""],
        ("stop", None),
    ),
    "cut in DONE": ([says("Hi", "stop"), "[DO"], ["Hi", ""], ("stop", None)),
    "no DONE": ([says("Hi"), says(" all", "length")], ["Hi", " all"], ("length", None)),
    "role alone": ([chunk({"role": "assistant"}), says("Hi", "stop")], ["", "Hi"], ("stop", None)),
    "null and empty": (
        [says(None), says(""), says("Hi"), chunk({"content": None}, "eos_token")],
        ["", "", "Hi", ""],
        ("eos_token", None),
    ),
    "null delta": (
        ['{"choices": [{"index": 0, "delta": null}]}', says("Hi", "stop")],
        ["", "Hi"],
        ("stop", None),
    ),
    "no index": (
        ['{"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}'],
        ["Hi"],
        ("stop", None),
    ),
    "other choices": (
        [says("Hi"), '{"choices": [{"index": 1, "delta": {"content": "No"}}]}', END],
        ["Hi", "", ""],
        ("stop", None),
    ),
    "usage of its own": (
        [says("Hi", "stop"), json.dumps({"choices": [], **USAGE}), "[DONE]"],
        ["Hi", "", ""],
        ("stop", 2),
    ),
    "usage without choices": ([says("Hi", "stop"), json.dumps(USAGE)], ["Hi", ""], ("stop", 2)),
    "usage on the last": ([says("Hi", "stop", **USAGE)], ["Hi"], ("stop", 2)),
    "usage null": ([says("Hi", "stop", usage=None, error=None)], ["Hi"], ("stop", None)),
    "usage odd": ([says("Hi", "stop", usage={"completion_tokens": "2"})], ["Hi"], ("stop", None)),
    "no choices first": (['{"choices": []}', says("Hi", "stop")], ["", "Hi"], ("stop", None)),
    "parts": ([says([{"type": "text", "text": "Hi"}], "stop")], ["Hi"], ("stop", None)),
    "tool calls": (
        [says("Hi"), chunk({"tool_calls": [{"index": 0}]}), chunk(reason="tool_calls")],
        ["Hi", "", ""],
        ("tool_calls", None),
    ),
    "text": (['{"choices": [{"text": " Hi", "finish_reason": "stop"}]}'], ["Hi"], ("stop", None)),
    "spaces first": ([says("\n"), says("\n Hi"), END], ["", "Hi", ""], ("stop", None)),
    "held back": ([says("Hi\nUs"), END], ["Hi", "\nUs"], ("stop", None)),
    "after the end": ([says("Hi", "stop"), says(" #")], ["Hi", " #"], ("stop", None)),
    "whole": (
        ['{"choices": [{"message": {"content": " Hi"}, "finish_reason": "stop"}]}'],
        ["Hi"],
        ("stop", None),
    ),
    "whole without a reason": (
        ['{"choices": [{"message": {"content": "Hi"}}]}'],
        ["Hi"],
        (None, None),
    ),
    "characters of others": (
        [says("Łódź\u2028🎉\x85", "stop")],
        ["Łódź\u2028🎉\x85"],
        ("stop", None),
    ),
}


@pytest.mark.parametrize(("events", "shown", "facts"), STREAMS.values(), ids=STREAMS)
def test_streams(events, shown, facts):
    """Each shape of a stream shows its text and tells its facts."""
    pieces, reply = read(events, stops=["\nUser:", "#!"])
    assert pieces == shown
    assert (reply.text, reply.thoughts) == ("".join(shown), "")
    assert (reply.finish_reason, reply.tokens) == facts


THOUGHTS = {
    "a field": [chunk({"reasoning_content": "Hm"}), chunk({"reasoning": "."}), says("A dog.")],
    "one under two names": [
        chunk({"reasoning_content": "Hm.", "reasoning": "Hm."}),
        says("A dog."),
    ],
    "an empty field": [chunk({"reasoning_content": "", "reasoning": "Hm."}), says("A dog.")],
    "beside the reply": [chunk({"reasoning": "Hm.", "content": "A dog."})],
    "null field": [chunk({"reasoning_content": None, "content": "<think>Hm.</think>A dog."})],
    "tags": [says("<think>Hm.</think>\n\nA dog.")],
    "split tags": [
        says(piece) for piece in ("\n<", "thi", "nk>\nHm", ".</", "think", ">A ", "dog.")
    ],
    "whole": [
        '{"choices": [{"message": {"reasoning": "Hm.", "content": "A dog."}}]}',
    ],
}


@pytest.mark.parametrize("events", THOUGHTS.values(), ids=THOUGHTS)
def test_thoughts(events):
    """What a model thinks is kept apart from what it says, wherever it puts it."""
    shown, reply = read([*events, END])
    assert (reply.text, reply.thoughts) == ("A dog.", "Hm.")
    assert "".join(shown) == reply.text


@pytest.mark.parametrize(
    "events",
    [
        [says("Hm.</th"), says("ink> A dog.", "stop")],
        [chunk({"reasoning": "Hm."}), says("A dog.", "stop")],
    ],
    ids=["only the end of them", "in a field after all"],
)
def test_thoughts_that_the_template_opened(events):
    """A model that begins in thought is read so when one says it, and not if it doesn't."""
    reply = read(events, thinking=True)[1]
    assert (reply.text, reply.thoughts) == ("A dog.", "Hm.")


def test_stop_string_across_chunks():
    """A stop string is cut though the service never looked for it, and the reader is done."""
    reader = ChatReader(stops=["1", "2", "3", "4", "<|end|>"])
    shown = [reader.feed(says(piece)) for piece in (" Hi.", "<|e", "nd|", ">\n<|user|>")]
    assert (shown, reader.done) == (["Hi.", "", "", ""], True)
    assert reader.feed('{"error": "too late"}') == ""
    reply = reader.finish()
    assert (reply.text, reply.finish_reason) == ("Hi.", "stop_sequence")


def test_when_to_stop_reading():
    """A count may follow the last word; nothing follows `[DONE]`."""
    reader = ChatReader()
    states = []
    for event in (says("Hi"), END, "[DONE]"):
        reader.feed(event)
        states.append((reader.complete, reader.done))
    assert states == [(False, False), (True, False), (True, True)]


@pytest.mark.parametrize(
    ("events", "partial", "thoughts"),
    [
        ([], "", ""),
        (["[DONE]"], "", ""),
        ([says("Hi"), says(" th")], "Hi th", ""),
        ([says("Hi"), "[DONE]"], "Hi", ""),
        ([says("Hi\nUs")], "Hi\nUs", ""),
        ([says("<thi")], "<thi", ""),
        ([says("<think>Hm")], "", "Hm"),
        ([says("Hi"), json.dumps(USAGE), "[DONE]"], "Hi", ""),
        ([says("Hi"), says("there")[:40]], "Hi", ""),
    ],
    ids=repr,
)
def test_interrupted(events, partial, thoughts):
    """Without a reason to finish, `[DONE]` or not, a reply is partial and says so."""
    reader = ChatReader(stops=["\nUser:"])
    with pytest.raises(errors.InterruptedStreamError) as caught:
        _ = [reader.feed(event) for event in events], reader.finish()
    assert (caught.value.partial, reader.thoughts) == (partial, thoughts)


ERRORS = [
    ({"error": {"message": "bad `seed`", "http_status_code": 422}}, errors.InvalidInputError),
    ({"error": {"message": "Model is overloaded", "http_status_code": 422}}, errors.BusyError),
    (
        {"error": {"message": "Request failed during generation: x", "http_status_code": 422}},
        errors.FailedError,
    ),
    ({"error": {"message": FULL, "http_status_code": 422}}, errors.TooLongError),
    ({"error": {"message": FULL, "code": "context_length_exceeded"}}, errors.TooLongError),
    ({"error": FULL}, errors.TooLongError),
    ({"error": {"message": "slow", "type": "rate_limit_error"}}, errors.RateLimitedError),
    ({"error": {"message": "no", "code": "insufficient_quota"}}, errors.CreditsError),
    ({"error": {"message": "no", "code": 401}}, errors.AuthenticationError),
    ({"error": {"message": "no", "code": "403"}}, errors.PermissionDeniedError),
    ({"error": {"message": "no", "type": None, "code": None}}, errors.FailedError),
    ({"error": {"message": "odd", "code": 7, "type": ["x"]}}, errors.FailedError),
    ({"error": "broken"}, errors.FailedError),
    ({"object": "error", "message": "wrong", "code": 400}, errors.InvalidInputError),
    (
        {"error": {"code": 502, "message": "x"}, "choices": [{"delta": {"content": ""}}]},
        errors.FailedError,
    ),
    ({"choices": [{"delta": {"content": ""}, "finish_reason": "error"}]}, errors.FailedError),
]


@pytest.mark.parametrize(("body", "kind"), ERRORS, ids=repr)
@pytest.mark.parametrize(
    ("before", "text"),
    [([], ""), ([says("Hi\nUs")], "Hi\nUs"), ([says("Hi", "stop")], "Hi")],
    ids=["first", "midway", "after the last word"],
)
def test_errors_in_a_stream(body, kind, before, text):
    """An error is one at any moment, and the text that came is kept."""
    reader = ChatReader(stops=["\nUser:"])
    for event in before:
        reader.feed(event)
    with pytest.raises(errors.WorkbenchError) as caught:
        reader.feed(json.dumps(body))
    assert type(caught.value) is kind
    assert reader.text == text


def test_words_beside_an_error():
    """What a chunk says before it reports a failure is kept as well."""
    reader = ChatReader(stops=["\nUser:"])
    with pytest.raises(errors.FailedError):
        reader.feed(says("Hi\nUs", "error"))
    assert reader.text == "Hi\nUs"


@pytest.mark.parametrize(
    ("events", "kind", "match"),
    [
        ([says("", "stop")], errors.UnexpectedAnswerError, "without a word"),
        ([says(" \n", "stop")], errors.UnexpectedAnswerError, "without a word"),
        ([chunk({"reasoning": "Hm"}, "length")], errors.UnexpectedAnswerError, "all its tokens"),
        ([says("<think>Hm", "length")], errors.UnexpectedAnswerError, "all its tokens"),
        (
            [chunk({"refusal": "I ca"}), chunk({"refusal": "n't."}, "stop")],
            errors.InvalidInputError,
            "I can't",
        ),
    ],
)
def test_wordless(events, kind, match):
    """A complete reply without a word is an error that says why."""
    with pytest.raises(kind, match=match):
        read(events)


@given(
    st.sampled_from(["x", " <think>y</think>\nx", "<thinking>"]),
    st.text("ab #🎉<think>/", max_size=40),
    st.lists(st.integers(1, 60), min_size=1, max_size=9),
    st.lists(st.integers(1, 5), min_size=1, max_size=9),
)
def test_same_reply_whatever_the_split(start, text, packets, sizes):
    """Neither the packets of the network nor the pieces of the service change the reply."""
    expected = read([says(start + text), END], stops=["##"])[1]
    pieces = [says(piece) for piece in cut(start + text, sizes)]
    lines = [f": ping\n\ndata:{event}\n\n" for event in [*pieces, END, "[DONE]"]]
    stream, reader = EventReader(), ChatReader(stops=["##"])
    shown = [
        reader.feed(event)
        for packet in cut("".join(lines).encode(), packets)
        for event in stream.feed(packet)
    ]
    reply = reader.finish()
    assert "".join(shown) == reply.text
    assert reply == expected
