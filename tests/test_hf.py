"""The protocol `hf`: what is sent, and the shapes of answers that are read."""

from __future__ import annotations

import json

import pytest

from workbench.errors import InvalidInputError, UnexpectedAnswerError
from workbench.protocols.hf import decode, encode, read_summaries, read_tokens

TOKEN = {"entity": "B-PER", "word": "Ada", "score": 0.9}
GROUP = {"entity_group": "PER", "word": "Ada", "score": 0.9}


def test_nothing_absent_is_sent():
    """Absent parameters are left out, the parameters object never is."""
    assert json.loads(encode("x", {"a": None, "b": 0})) == {"inputs": "x", "parameters": {"b": 0}}
    assert json.loads(encode("x")) == {"inputs": "x", "parameters": {}}


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_json_cannot_hold_is_refused(bad):
    """NaN, infinity and foreign objects are refused before anything is sent."""
    with pytest.raises(InvalidInputError):
        encode("x", {"value": bad})


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", {"\ud800": 1}])
def test_half_a_character_is_refused(text):
    """A lone surrogate, which no endpoint could read, is refused before anything is sent."""
    with pytest.raises(InvalidInputError, match="lone surrogate"):
        encode(text)


def test_what_nests_too_deep_is_refused():
    """An input without an end in sight is refused like all else that JSON can't hold."""
    deep: list = []
    for _ in range(200_000):
        deep = [deep]
    with pytest.raises(InvalidInputError):
        encode(deep)


def test_text_is_sent_as_utf_8():
    """Other scripts cost their UTF-8 bytes, not six for each character."""
    assert "Привет 🎉".encode() in encode("Привет 🎉")


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (rb'["\ud800 \uDFFF"]', ["\ufffd \ufffd"]),
        (rb'{"a\uD800": {"b": ["\udfff", 1, null]}}', {"a\ufffd": {"b": ["\ufffd", 1, None]}}),
        (rb'"\ud83c\udf89"', "🎉"),
        (b'"\xed\xa0\x80"', "\ufffd"),
        ('["\ud800"]'.encode("utf-16", "surrogatepass"), ["\ufffd"]),
        (rb'"\\ud800"', "\\ud800"),
        ("한".encode().join([b'"', b'"']), "한"),
    ],
)
def test_halves_of_characters_are_replaced(body, document):
    """Whatever comes in, escaped or raw, can be encoded again; whole characters stay."""
    found = decode(body)
    assert found == document
    json.dumps(found, ensure_ascii=False).encode()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 200_000])
def test_what_is_no_json_is_an_error_of_json(body):
    """Decoding fails as `json.loads` does."""
    with pytest.raises((ValueError, RecursionError)):
        decode(body)


def test_foreign_keys_are_shown_short_and_clean():
    """A key of any size, with control characters or a token in it, can't spoil the message."""
    with pytest.raises(UnexpectedAnswerError) as caught:
        read_summaries({"k" * 200_000: 1, "a\x1b[2J\nb": 1, "hf_abcdefghijkl": 1})
    told = str(caught.value)
    assert len(told) < 200
    assert "a[2J b" in told
    assert told.isprintable()
    assert "hf_abc" not in told
    assert "k" * 39 + "…" in told


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        ([{"summary_text": " one "}], ["one"]),
        ({"summary_text": "one"}, ["one"]),
        ([[{"generated_text": "one"}]], ["one"]),
        ([{"summary_text": "one"}, {"summary_text": "two"}], ["one", "two"]),
        ({"summary_text": None, "generated_text": "one"}, ["one"]),
    ],
)
def test_summary_is_read(answer, texts):
    """A summary is found in a list, an object, nested, under either name."""
    assert read_summaries(answer) == texts


@pytest.mark.parametrize(
    "answer", [[], {}, None, 3, True, " ", [{"summary_text": ""}], [[]], [{"label": "x"}], b"x"]
)
def test_no_summary_is_an_error(answer):
    """Nothing usable is an error that says what came, never an empty text."""
    with pytest.raises(UnexpectedAnswerError, match="expected a summary, the endpoint answered"):
        read_summaries(answer)


@pytest.mark.parametrize(
    ("answer", "count"),
    [([TOKEN], 1), ([[TOKEN, GROUP]], 2), ([], 0), ([[]], 0), ({"entities": [GROUP]}, 1)],
)
def test_tokens_are_read(answer, count):
    """Raw and aggregated entities are read, nested or wrapped; none at all is an answer."""
    assert len(read_tokens(answer)) == count


@pytest.mark.parametrize("answer", [{}, None, "x", 3, [3], [{"word": "x"}], [[TOKEN], [TOKEN]]])
def test_no_tokens_is_an_error(answer):
    """Anything else is refused."""
    with pytest.raises(UnexpectedAnswerError, match="expected a list of entities"):
        read_tokens(answer)
