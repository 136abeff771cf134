"""What holds for any input, by hypothesis."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokens import brief, raw

from workbench.entities import merge_tokens, raw_entities

# -- what holds for any input --------------------------------------------------------------------

WORDS = [
    "Ann",
    "##vain",
    "ann",
    "▁New",
    "ĠYork",
    "York",
    "北",
    "京",
    "##é",
    "e\u0301",
    "👩\u200d🔬",
    "🇫🇷",
    "กรุง",
    "▁",
    "##",
    "Straße",
    "U",
    ".",
    "x y",
]
TEXTS = st.lists(
    st.sampled_from(
        [
            "Ann",
            "vain",
            " ",
            " ",
            "New York",
            "北京",
            "é",
            "e\u0301",
            "👩\u200d🔬",
            "🇫🇷",
            "กรุงเทพ",
            "STRASSE",
            "U.",
            "\n",
            "x y",
        ]
    ),
    max_size=12,
).map("".join)
OFFSETS = st.none() | st.integers(-2, 30) | st.sampled_from([True, 2.0, 2.5, float("nan")])
LABELS = st.sampled_from(["B-PER", "I-PER", "PER", "B-LOC", "I-LOC", "O", "E-LOC", "I-"])


@st.composite
def anything(draw):
    """Tokens a server might send on a bad day: raw, whole, placed, misplaced or nowhere."""
    tokens = []
    for place in range(draw(st.integers(0, 8))):
        token = {"score": draw(st.floats(0, 1)), "word": draw(st.sampled_from(WORDS))}
        token["entity_group" if draw(st.integers(0, 3)) == 0 else "entity"] = draw(LABELS)
        if draw(st.booleans()):
            token["index"] = place + draw(st.sampled_from([0, 0, 0, 1, 5]))
        kind = draw(st.integers(0, 2))
        if kind:
            start = draw(st.integers(0, 20))
            token |= {"start": start, "end": start + draw(st.integers(1, 6))}
        if kind == 1:
            token |= {"start": draw(OFFSETS), "end": draw(OFFSETS)}
        tokens.append(token)
    return tokens


def frozen(value):
    """The very content of *value*, NaN included, as something to compare."""
    return repr(value)


@settings(max_examples=250, deadline=None)
@given(anything(), TEXTS | st.none())
@example([raw("B-PER", "##"), raw("I-PER", "Ann")], None)  # "## Ann" has a mark, then a space
def test_merged_entities_are_sound(tokens, text):
    """In order, apart, in the text and cut from it, ready for JSON; merging again is the same."""
    before = frozen(tokens)
    merged = merge_tokens(tokens, text)
    assert frozen(tokens) == before
    assert json.loads(json.dumps(merged, allow_nan=False)) == merged
    placed = [entity for entity in merged if entity["start"] is not None]
    reached = 0
    for entity in placed:
        assert reached <= entity["start"] < entity["end"]
        reached = entity["end"]
    if text is not None:
        assert reached <= len(text)
        assert all(text[e["start"] : e["end"]] == e["word"] == e["word"].strip() for e in placed)
        assert all(entity["word"] for entity in merged)
    scores = [token["score"] for token in tokens] or [0.0]
    assert all(min(scores) <= e["score"] <= max(scores) + 1e-12 for e in merged)
    assert merge_tokens(merged, text) == merged


@settings(max_examples=100, deadline=None)
@given(anything(), TEXTS | st.none())
def test_raw_entities_are_sound(tokens, text):
    """One for each token that is something, in order, with its score, in the text or nowhere."""
    before = frozen(tokens)
    found = raw_entities(tokens, text)
    assert frozen(tokens) == before
    assert all((e["start"] is None) == (e["end"] is None) for e in found)
    if text is not None:
        placed = [entity for entity in found if entity["start"] is not None]
        assert all(text[e["start"] : e["end"]] == e["word"] != "" for e in placed)
    seen = [t for t in tokens if t.get("entity", t.get("entity_group")) != "O" and t["word"] != "▁"]
    scores = [entity["score"] for entity in found]
    assert [t["score"] for t in seen] == scores or any(t["word"] == "▁" for t in tokens)


@st.composite
def proper(draw):
    """Entities of some words cut in pieces, as (tokens, text, what is expected)."""
    tokens, text, expected = [], "", []
    for place in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["PER", "LOC"]))
        start, scores = len(text), []
        words = draw(
            st.lists(
                st.lists(st.sampled_from(["ab", "É", "cde"]), min_size=1, max_size=3),
                min_size=1,
                max_size=3,
            )
        )
        for number, word in enumerate(words):
            text += " " if number else ""
            for part, letters in enumerate(word):
                score = draw(st.floats(0, 1))
                tag = ("B-" if not number and not part else "I-") + kind
                index = len(tokens) + place * 2
                token = raw(
                    tag,
                    "##" + letters if part else letters,
                    index,
                    len(text),
                    len(text) + len(letters),
                    score,
                )
                text += letters
                tokens.append(token)
                scores.append(score)
        expected.append(
            (kind, text[start:], start, len(text), pytest.approx(sum(scores) / len(scores)))
        )
        text += " of "
    return tokens, text, expected


@settings(max_examples=100, deadline=None)
@given(proper())
def test_proper_tokens_give_back_the_entities(drawn):
    """Entities cut into pieces come back as they were, with the mean of their pieces."""
    tokens, text, expected = drawn
    assert expected == [(*brief([e])[0], e["score"]) for e in merge_tokens(tokens, text)]
    assert expected == [(*brief([e])[0], e["score"]) for e in merge_tokens(tokens)]


@settings(max_examples=50, deadline=None)
@given(proper())
def test_offsets_that_were_lost_are_found(drawn):
    """Without its offsets, and in small letters, each entity lands where its words are."""
    tokens, text, expected = drawn
    lost = [{**t, "word": t["word"].lower(), "start": None, "end": None} for t in tokens]
    for entity, (kind, _, _, _, score) in zip(merge_tokens(lost, text), expected, strict=True):
        assert (entity["entity_group"], entity["score"]) == (kind, score)
        assert entity["word"] == text[entity["start"] : entity["end"]]
