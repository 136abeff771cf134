"""Somebody else's client against our server: `text_generation.Client`, unchanged.

It needs a `huggingface_hub` before 1.0, so it has an environment of its own.
"""

from __future__ import annotations

import os

import pytest

pytestmark = [
    pytest.mark.server,
    pytest.mark.clients,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not os.environ.get("CI"), reason="needs a package index; set CI=1"),
]

SCRIPT = r"""
import json, sys
from text_generation import Client

base = sys.argv[1]
once, chat = "Once upon a time", "User: Hi there, 世界. Bye.\nAssistant:"
plain, echo = Client(base), Client(base + "/models/echo")

def whole(answer):
    details = answer.details
    return {
        "text": answer.generated_text,
        "reason": details.finish_reason.value,
        "count": details.generated_tokens,
        "tokens": [token.text for token in details.tokens],
        "special": [token.special for token in details.tokens],
        "seed": details.seed,
    }

def pieces(stream):
    events = list(stream)
    last = events[-1]
    return {
        "tokens": [event.token.text for event in events],
        "texts": [event.generated_text for event in events],
        "details": [event.details is not None for event in events],
        "reason": last.details.finish_reason.value,
        "count": last.details.generated_tokens,
    }

def error(call):
    told = []
    try:
        answer = call()
        if not hasattr(answer, "generated_text"):
            for event in answer:
                told.append(event.token.text)
    except Exception as exc:
        return [type(exc).__module__, type(exc).__name__, str(exc), told]

def failing(kind, **options):
    return Client(f"{base}/faults/{kind}/models/echo", **options)

json.dump({
    "whole": whole(plain.generate(once, max_new_tokens=3)),
    "seeded": whole(plain.generate(once, max_new_tokens=30, do_sample=True, seed=7)),
    "again": whole(plain.generate(once, max_new_tokens=30, do_sample=True, seed=7)),
    "full": plain.generate(once, max_new_tokens=3, return_full_text=True).generated_text,
    "options": whole(plain.generate(
        once, max_new_tokens=2, temperature=0.7, top_k=5, top_p=0.9, typical_p=0.5,
        repetition_penalty=1.2, truncate=100, watermark=True,
    )),
    "stopped": whole(echo.generate(chat, stop_sequences=["there"])),
    "said": whole(echo.generate(chat)),
    "stream": pieces(plain.generate_stream(once, max_new_tokens=3)),
    "stopped stream": pieces(echo.generate_stream(chat, stop_sequences=["there"])),
    "said stream": pieces(echo.generate_stream(chat)),
    "split": pieces(failing("stream-split").generate_stream(chat)),
    "crlf": pieces(failing("stream-crlf").generate_stream(chat)),
    "comments": pieces(failing("stream-comments").generate_stream(chat)),
    "errors": {
        "too many": error(lambda: plain.generate(once, max_new_tokens=10**6)),
        "too many, stream": error(lambda: plain.generate_stream(once, max_new_tokens=10**6)),
        "stops": error(lambda: plain.generate(once, stop_sequences=list("abcde"))),
        "too long": error(lambda: failing("too-long").generate("word " * 200)),
        "overloaded": error(lambda: failing("overloaded").generate(chat)),
        "generation": error(lambda: failing("generation-failed").generate(chat)),
        "busy": error(lambda: failing("busy").generate(chat)),
        "first": error(lambda: failing("stream-error-first").generate_stream(chat)),
        "midway": error(lambda: failing("stream-error-midway").generate_stream(chat)),
        "slow": error(lambda: failing("slow", timeout=1).generate(chat)),
    },
}, sys.stdout)
"""


@pytest.fixture(scope="module")
def said(drive):
    """What the client made of each answer."""
    return drive("text-generation==0.7.0", SCRIPT)


def test_whole_answer(said):
    """`generate` gives the text, why it ended, and each token with its facts."""
    answer = said["whole"]
    assert (answer["text"], answer["reason"], answer["count"]) == (" a girl came", "length", 3)
    assert answer["tokens"] == [" a", " girl", " came"]
    assert answer["special"] == [False] * 3
    assert said["full"] == "Once upon a time a girl came"


def test_options(said):
    """Every sampling option is taken; a seed gives the same text again, and is told."""
    assert said["options"]["count"] == 2
    assert said["seeded"] == said["again"]
    assert said["seeded"]["seed"] == 7
    assert said["seeded"]["text"] != said["whole"]["text"]


def test_end_by_itself(said):
    """A reply that is said to its end has TGI's reason for it."""
    assert said["said"]["text"] == " Hi there, 世界. Bye."
    assert said["said"]["reason"] == "eos_token"


def test_stop_sequence(said):
    """A stop sequence ends the text and stays in it, as TGI has it."""
    for answer in (said["stopped"], said["stopped stream"]):
        assert (answer["reason"], "".join(answer["tokens"])) == ("stop_sequence", " Hi there")


def test_stream(said):
    """`generate_stream` gives a token an event; the last has the text and the details."""
    answer = said["stream"]
    assert answer["tokens"] == [" a", " girl", " came"]
    assert answer["texts"] == [None, None, " a girl came"]
    assert answer["details"] == [False, False, True]
    assert (answer["reason"], answer["count"]) == ("length", 3)


@pytest.mark.parametrize("kind", ["split", "crlf", "comments"])
def test_harmless_faults_are_harmless(said, kind):
    """A stream that is only unusual is read to its end."""
    assert said[kind] == said["said stream"]
    assert said[kind]["texts"][-1] == " Hi there, 世界. Bye."


@pytest.mark.parametrize(
    ("call", "name", "told", "begun"),
    [
        ("too many", "ValidationError", "`max_new_tokens` must be <= 8192", []),
        ("too many, stream", "ValidationError", "`max_new_tokens` must be <= 8192", []),
        ("stops", "ValidationError", "`stop` supports up to 4 stop sequences", []),
        ("too long", "ValidationError", "`inputs` tokens + `max_new_tokens` must be <=", []),
        ("overloaded", "OverloadedError", "Model is overloaded", []),
        ("generation", "GenerationError", "Request failed during generation", []),
        ("busy", "UnknownError", "overload detected", []),
        ("first", "GenerationError", "Request failed during generation", []),
        ("midway", "GenerationError", "Request failed during generation", [" Hi", " there"]),
    ],
)
def test_errors_are_understood(said, call, name, told, begun):
    """Each refusal is the client's own error, with the server's words, after what had come."""
    module, kind, text, pieces = said["errors"][call]
    assert (module, kind) == ("text_generation.errors", name)
    assert told in text
    assert pieces == begun


def test_late_answer_is_a_timeout(said):
    """A server that says nothing is left after the client's own time."""
    assert said["errors"]["slow"][1] == "ReadTimeout"
