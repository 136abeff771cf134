"""The edges of the merge: input, output, errors, every piece for itself."""

from __future__ import annotations

from collections import UserDict
from fractions import Fraction

import numpy as np
import pytest
from tokens import brief, raw, slow, tagged, whole

from workbench.entities import merge_tokens, raw_entities

# -- borders: input, output, errors --------------------------------------------------------------


def test_inputs_may_be_any_mapping_and_number():
    """NumPy numbers, fractions, any mapping, any iterable, even `label` for `entity` will do."""
    tokens = (
        UserDict(raw("B-X", "Ann", np.int32(1), np.int64(0), np.uint8(3), np.float32(0.25))),
        {
            "label": np.str_("I-X"),
            "word": np.str_("Lee"),
            "index": 2,
            "start": 4,
            "end": 7.0,
            "score": Fraction(3, 4),
        },
    )
    (entity,) = merge_tokens(iter(tokens), "Ann Lee")
    assert entity == {
        "entity": "B-X", "index": 1, "entity_group": "X", "score": 0.5, "word": "Ann Lee",
        "start": 0, "end": 7,
    }  # fmt: skip
    assert {type(value) for value in entity.values()} == {str, int, float}


BAD = [
    ("number", 7, "not a mapping"),
    ("null", None, "not a mapping"),
    ("string", "B-PER", "not a mapping"),
    ("list", ["entity"], "not a mapping"),
    ("no label", {"score": 1, "word": "secret"}, "no label"),
    ("empty label", raw("", "secret"), "no label"),
    ("label is a number", {"entity": 7, "score": 1, "word": "secret"}, "no label"),
    ("no score", {"entity": "X", "word": "secret"}, "no score"),
    ("score is text", raw("X", "secret", score="0.9"), "no score"),
    ("score is true", raw("X", "secret", score=True), "no score"),
    ("score is NaN", raw("X", "secret", score=float("nan")), "no score"),
    ("score is NaN, else in order", raw("X", "secret", 9, 0, 3, float("nan")), "no score"),
    ("score is infinite", raw("X", "secret", score=float("inf")), "no score"),
    ("score is beyond floats", raw("X", "secret", score=10**400), "no score"),
    ("whole without score", {"entity_group": "X", "word": "secret"}, "no score"),
    ("no word, no offsets", {"entity": "X", "score": 1}, "neither a word nor"),
    ("empty word, null offsets", raw("X", "", 9) | {"start": None, "end": None}, "neither"),
    ("no word, bad offsets", raw("X", "", 1, 5, 5), "neither a word nor"),
]


@pytest.mark.parametrize(("item", "missing"), [pytest.param(*c, id=name) for name, *c in BAD])
@pytest.mark.parametrize("merge", [merge_tokens, raw_entities])
def test_unusable_items_are_named(merge, item, missing):
    """The error says which item it is and what it lacks, and shows nothing of the content."""
    good = raw("X", "Ann", 1, 0, 3)
    with pytest.raises(ValueError, match=f"^item 2 .*{missing}") as caught:
        merge([good, good, item, good], "Ann, a secret")
    assert "secret" not in str(caught.value)


def test_a_place_is_enough():
    """With offsets the word may be missing: the text has it."""
    assert brief(merge_tokens([{"entity": "X", "score": 1, "start": 3, "end": 7}], "in Rome")) == [
        ("X", "Rome", 3, 7)
    ]


def test_blanks_are_no_entities():
    """A mark alone, or a place of nothing but white space, gives nothing."""
    assert (
        merge_tokens([raw("X", "▁", 1), raw("Y", " ", 5, 2, 3), whole("Z", " ")], "in Rome") == []
    )


def test_nothing_gives_nothing():
    """No token, no entity."""
    assert merge_tokens([]) == raw_entities([], "text") == []


# -- every piece for itself ----------------------------------------------------------------------


def test_raw_entities_keep_every_piece():
    """Nothing is joined, pieces show as they are in the text, O is dropped."""
    tokens = tagged("B-PER I-PER O I-LOC", "Sy ##lvain in Rome", "Sylvain in Rome")
    found = raw_entities(tokens, "Sylvain in Rome")
    assert brief(found) == [("PER", "Sy", 0, 2), ("PER", "lvain", 2, 7), ("LOC", "Rome", 11, 15)]
    assert [(e["entity"], e["index"], e["score"]) for e in found] == [
        ("B-PER", 1, 0.5), ("I-PER", 2, 0.5), ("I-LOC", 4, 0.5)
    ]  # fmt: skip


def test_raw_entities_leave_order_and_overlaps():
    """What the model sent twice or backwards is shown twice and backwards."""
    tokens = [whole("X", "Lee", 4, 7), raw("Y", "Ann Lee", 1, 0, 7), raw("Y", "Ann Lee", 1, 0, 7)]
    expected = [("X", "Lee", 4, 7), ("Y", "Ann Lee", 0, 7), ("Y", "Ann Lee", 0, 7)]
    assert brief(raw_entities(tokens, "Ann Lee")) == expected


def test_raw_entities_find_pieces_inside_their_word():
    """A head and its tails are searched for together, not where the head is a word by itself."""
    text = "DeepLearning is deep, a lot, in Rome"
    found = raw_entities([*slow("X X X", "deep ##learn ##ing"), *slow("Y", "##me", 9)], text)
    expected = [("X", "Deep", 0, 4), ("X", "Learn", 4, 9), ("X", "ing", 9, 12), ("Y", "me", 34, 36)]
    assert brief(found) == expected


def test_raw_entities_without_text_lose_only_the_mark():
    """Pieces nobody can place show without their ##."""
    assert brief(raw_entities(slow("X X", "Sy ##lvain"))) == [
        ("X", "Sy", None, None),
        ("X", "lvain", None, None),
    ]
