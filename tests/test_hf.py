"""The protocol `hf`: what is sent, and the shapes of answers that are read."""

from __future__ import annotations

import json

import pytest

from workbench.errors import InvalidInputError, UnexpectedAnswerError
from workbench.protocols.hf import encode, read_summaries, read_tokens

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
    "answer", [[], {}, None, 3, True, "text", [{"summary_text": ""}], [[]], [{"label": "x"}], b"x"]
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
