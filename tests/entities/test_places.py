"""Where an entity is: offsets found, mended and cut apart."""

from __future__ import annotations

import numpy as np
import pytest
from tokens import brief, raw, slow, tagged, whole

from workbench.entities import merge_tokens, raw_entities
from workbench.entities.search import Finder

# -- places that are not told --------------------------------------------------------------------


FAR = "A medical matter. " * 500

LOST_AND_FOUND = [
    ("missing keys", tagged("B-X I-X", "New York"), "in New York", [("New York", 3)]),
    ("null", slow("B-X I-X", "New York"), "in New York", [("New York", 3)]),
    ("start only", [raw("X", "Rome", 1, 3)], "in Rome", [("Rome", 3)]),
    ("forwards", slow("B-X B-X", "Rome Rome"), "Rome or Rome", [("Rome", 0), ("Rome", 8)]),
    ("after a known one", [raw("X", "or", 1, 5, 7), raw("Y", "Rome")], "Rome or Rome",
     [("or", 5), ("Rome", 8)]),
    ("before a known one", [raw("X", "Rome"), raw("Y", "or", 2, 5, 7)], "Rome or Rome",
     [("Rome", 0), ("or", 5)]),
    ("part of a word before a known one", [raw("X", "Wash"), raw("Y", "or", 2, 11, 13)],
     "Washington or Wash", [("Wash", 0), ("or", 11)]),
    ("beyond a known one", [raw("X", "Rome"), raw("Y", "Oslo", 7, 0, 4)], "Oslo, Rome",
     [("Oslo", 0), ("Rome", 6)]),
    ("case", slow("X X", "new york"), "in NEW York", [("NEW York", 3)]),
    ("nearest in any case", slow("X", "rome"), "Rome, later rome", [("Rome", 0)]),
    ("capitals first", slow("X", "US"), "let us see US", [("US", 11)]),
    ("capitals elsewhere", slow("X", "Rome"), "in ROME", [("ROME", 3)]),
    ("accents", slow("X X", "sao paulo"), "em São Paulo", [("São Paulo", 3)]),
    ("decomposed", slow("X", "jose"), "a Jose\u0301 b", [("Jose\u0301", 2)]),
    ("accents not in the text", slow("X", "José"), "a Jose b", [("Jose", 2)]),
    ("white space", slow("X X", "New York"), "in New\n  York", [("New\n  York", 3)]),
    ("punctuation", slow("X X X X", "U . S ."), "the U.S. of", [("U.S.", 4)]),
    ("hyphen", slow("X X X", "Jean - Luc"), "by Jean-Luc", [("Jean-Luc", 3)]),
    ("tails", slow("X X X", "Sy ##lva ##in"), "am Sylvain", [("Sylvain", 3)]),
    ("whole words first", slow("X", "Al"), FAR + "Al", [("Al", len(FAR))]),
    ("the start of a word", slow("X", "Wash"), "in Washington", [("Wash", 3)]),
    ("no chance match", slow("X", "Al"), "Formal", [("Al", None)]),
    ("a telling part", slow("X", "Learning"), "DeepLearning", [("Learning", 4)]),
    ("tail after a gap", slow("X", "Sy") + slow("X", "##vain", 3), "Sylvain, vain",
     [("Sy", 0), ("vain", 3)]),
    ("not there", slow("X", "Oslo"), "in Rome", [("Oslo", None)]),
    ("tail not there", slow("X", "##lo"), "in Rome", [("lo", None)]),
    ("after one not there", slow("X Y", "Oslo Rome"), "in Rome", [("Oslo", None), ("Rome", 3)]),
    ("too far", slow("X", "Oslo"), "x " * 20_000 + "Oslo", [("Oslo", None)]),
    ("nothing to look for", slow("X", "\u0301"), "Rome", [("\u0301", None)]),
    ("empty text", slow("X", "Rome"), "", [("Rome", None)]),
    ("SentencePiece", slow("X X X", "▁São ▁Pau lo"), "São Paulo", [("São Paulo", 0)]),
    ("bytes", slow("X X", "ĠZÃ¼ rich"), "in Zürich", [("Zürich", 3)]),
    ("Han", slow("B-X I-X B-X I-X", "北 京 上 海"), "在北京和上海", [("北京", 1), ("上海", 4)]),
    ("Hangul, decomposed", slow("X", "\u1100\u1161"), "각 가", [("가", 2)]),
    ("Thai", slow("X", "กรุงเทพ"), "อยู่กรุงเทพ", [("กรุงเทพ", 4)]),
    ("Cyrillic", slow("X", "москва"), "в Москва", [("Москва", 2)]),
    ("ligature", slow("X", "fiona"), "by ﬁona", [("ﬁona", 3)]),
    ("half a ligature", slow("X", "iona"), "by ﬁona", [("iona", None)]),
    ("longer folded", slow("X", "strasse"), "die Straße", [("Straße", 4)]),
    ("emoji", slow("X", "👩\u200d🔬"), "a 👩\u200d🔬", [("👩\u200d🔬", 2)]),
    ("whole entity", [whole("X", " Rome")], "in Rome", [("Rome", 3)]),
    ("two whole ones", [whole("X", "Rome"), whole("X", "rome")], "Rome, ROME",
     [("Rome", 0), ("ROME", 6)]),
    ("half of it placed", [raw("X", "New", 1, 3, 6), raw("X", "York", 2)], "in New York",
     [("New York", 3)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tokens", "text", "found"), [pytest.param(*case, id=name) for name, *case in LOST_AND_FOUND]
)
def test_names_are_found_again(tokens, text, found):
    """Without offsets a name is searched on from the one before; else its offsets are None."""
    expected = [
        (word, start, None if start is None else start + len(word)) for word, start in found
    ]
    merged = merge_tokens(tokens, text)
    assert [(e["word"], e["start"], e["end"]) for e in merged] == expected
    assert merge_tokens(merged, text) == merged


def test_much_that_is_missing_shortens_the_search():
    """A far name is found, but not after thousands that are nowhere; a near one always."""
    text = "in Rome " + "x " * 8000 + "Oslo"
    few, many = ([raw("B-X", f"q{i}") for i in range(count)] for count in (100, 3000))
    assert brief(merge_tokens([*few, raw("B-X", "Oslo")], text))[-1][2:] == (16_008, 16_012)
    (rome, oslo) = brief(merge_tokens([*many, raw("B-X", "Rome"), raw("B-X", "Oslo")], text))[-2:]
    assert (rome[2:], oslo[2:]) == ((3, 7), (None, None))


def test_matches_inside_words_shorten_the_search():
    """A letter that is everywhere, but never a word, is not looked at without end."""
    finder = Finder("ba" * 9000 + " Oslo")
    assert finder.find("Oslo", 0, 18_005) == (18_001, 18_005)
    for start in range(20):
        assert finder.find("a", start, 18_000) is None
    assert finder.find("Oslo", 0, 18_005) is None


def test_without_text_places_stay_unknown():
    """There is nothing to search in: offsets are None, the tail loses its mark."""
    merged = merge_tokens([*slow("X X", "Sy ##lvain"), *slow("X", "##lo", 9)])
    assert brief(merged) == [("X", "Sylvain", None, None), ("X", "lo", None, None)]


MENDED = [
    ("past the end", 3, 99, (3, 7)),
    ("negative", -5, 7, (0, 7)),
    ("whole floats", 3.0, 7.0, (3, 7)),
    ("NumPy", np.int64(3), np.float32(7), (3, 7)),
    ("reversed", 7, 3, (3, 7)),
    ("empty", 5, 5, (3, 7)),
    ("all past the end", 50, 60, (3, 7)),
    ("all negative", -9, -2, (3, 7)),
    ("booleans", False, True, (3, 7)),
    ("not whole", 0.5, 2.5, (3, 7)),
    ("not a number", float("nan"), float("inf"), (3, 7)),
    ("text", "0", "2", (3, 7)),
    ("on white space", 2, 3, (3, 7)),
    ("with white space", 2, 8, (3, 7)),
]


@pytest.mark.parametrize(
    ("start", "end", "span"), [pytest.param(*case, id=name) for name, *case in MENDED]
)
@pytest.mark.parametrize(
    "make",
    [lambda *a: raw("LOC", "Rome", 1, *a), lambda *a: whole("LOC", "Rome", *a)],
    ids=["raw", "whole"],
)
def test_offsets_are_mended(start, end, span, make):
    """Offsets are kept within the text; those that enclose nothing are searched for."""
    text = "in Rome "
    for merge in (merge_tokens, raw_entities):
        (entity,) = merge([make(start, end)], text)
        assert (entity["start"], entity["end"]) == span
        assert entity["word"] == text[slice(*span)]
        assert type(entity["start"]) is type(entity["end"]) is int


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [(3.0, 99, (3, 99)), (-2, 4, (0, 4)), (4, 4, (None, None)), (True, 4, (None, None))],
)
def test_offsets_without_a_text(start, end, span):
    """With no text to measure by, only what cannot be an offset is mended."""
    (entity,) = merge_tokens([raw("LOC", "Rome", 1, start, end)])
    assert (entity["start"], entity["end"]) == span


# -- what is already whole, and what overlaps ----------------------------------------------------


@pytest.mark.parametrize("text", ["in Rome or Oslo", None], ids=["text", "no text"])
def test_aggregated_items_pass(text):
    """They keep type, score and place, lose outer blanks, and never merge with a neighbour."""
    items = [whole("LOC", " Rome", 3, 7, 0.123456789), whole("LOC", "or", 8, 10, 1)]
    assert merge_tokens(items, text) == [
        whole("LOC", "Rome", 3, 7, 0.123456789),
        whole("LOC", "or", 8, 10, 1.0),
    ]


def test_the_text_corrects_the_word():
    """An uncased model's word gets back the case it has in the text."""
    assert brief(merge_tokens([whole("LOC", "rome", 3, 7)], "in ROME")) == [("LOC", "ROME", 3, 7)]


def test_raw_and_whole_items_mix():
    """A list may hold both; each is treated as what it is."""
    tokens = [*tagged("B-PER I-PER", "Ann Lee", "Ann Lee"), whole("LOC", "Rome", 11, 15)]
    expected = [("PER", "Ann Lee", 0, 7), ("LOC", "Rome", 11, 15)]
    assert brief(merge_tokens(tokens, "Ann Lee in Rome")) == expected


def test_entity_group_decides():
    """An item with both names of a label is a whole one; a null group makes it raw."""
    both = whole("LOC", "Rome", 0, 4) | {"entity": "B-PER", "index": 7}
    before = raw("B-PER", "Ann", 1, 4, 7)  # so that the label is nothing new
    assert merge_tokens([before, both])[0] == both
    (entity,) = merge_tokens([both | {"entity_group": None}])
    assert entity["entity_group"] == "PER"


ANN_LEE = "Ann Lee Corp of Rome"

OVERLAPS = [
    ("same type", [("X", 0, 3, 0.2), ("X", 2, 7, 0.4)], [("X", 0, 7, 0.3)]),
    ("nested, same type", [("X", 0, 7, 0.2), ("X", 4, 5, 0.4)], [("X", 0, 7, 0.3)]),
    ("three of a type", [("X", 0, 3, 0.3), ("X", 2, 7, 0.3), ("X", 5, 12, 0.9)],
     [("X", 0, 12, 0.5)]),
    ("duplicates", [("X", 0, 7, 0.1), ("X", 0, 7, 0.1)], [("X", 0, 7, 0.1)]),
    ("same place", [("X", 0, 7, 0.2), ("Y", 0, 7, 0.9)], [("X", 0, 7, 0.2)]),
    ("the longer wins", [("X", 0, 3, 0.2), ("Y", 0, 7, 0.4)], [("Y", 0, 7, 0.4)]),
    ("the later is cut", [("X", 0, 7, 0.2), ("Y", 4, 12, 0.4)],
     [("X", 0, 7, 0.2), ("Y", 8, 12, 0.4)]),
    ("nested, other type", [("X", 0, 7, 0.2), ("Y", 4, 7, 0.4)], [("X", 0, 7, 0.2)]),
    ("touching", [("X", 4, 5, 0.2), ("X", 5, 7, 0.4)], [("X", 4, 5, 0.2), ("X", 5, 7, 0.4)]),
    ("out of order", [("X", 8, 12, 0.2), ("Y", 0, 7, 0.4)], [("Y", 0, 7, 0.4), ("X", 8, 12, 0.2)]),
    ("another type between", [("X", 0, 7, 0.2), ("Y", 4, 12, 0.5), ("X", 5, 7, 0.4)],
     [("X", 0, 7, 0.3), ("Y", 8, 12, 0.5)]),
    ("cut twice", [("X", 0, 7, 0.2), ("Y", 2, 12, 0.5), ("Z", 4, 15, 0.4)],
     [("X", 0, 7, 0.2), ("Y", 8, 12, 0.5), ("Z", 13, 15, 0.4)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "found"), [pytest.param(*case, id=name) for name, *case in OVERLAPS]
)
@pytest.mark.parametrize("text", [ANN_LEE, None], ids=["text", "no text"])
def test_overlaps(items, found, text):
    """One type makes one entity with the mean score; of two types the leftmost, longest wins."""
    tokens = [whole(kind, ANN_LEE[start:end], start, end, s) for kind, start, end, s in items]
    expected = [(k, ANN_LEE[s:e], s, e, pytest.approx(score)) for k, s, e, score in found]
    assert expected == [(*brief([e])[0], e["score"]) for e in merge_tokens(tokens, text)]


def test_blanks_are_no_overlap():
    """Spans are trimmed to what shows before they are compared, and after they are cut."""
    tokens = [whole("X", "Ann ", 0, 4), whole("X", " Lee", 3, 7), whole("Y", "Lee ", 4, 8)]
    assert brief(merge_tokens(tokens, ANN_LEE)) == [("X", "Ann", 0, 3), ("X", "Lee", 4, 7)]


def test_a_union_is_the_mean_of_all_pieces():
    """Three pieces at 0.9 and one at 0.5 weigh three to one."""
    tokens = [
        *(
            raw("X", word, place, start, start + 1, 0.9)
            for place, (word, start) in enumerate(zip("abc", (0, 1, 2), strict=True))
        ),
        raw("X", "cd", 9, 2, 4, 0.5),
    ]
    (entity,) = merge_tokens(tokens, "abcd")
    assert entity["score"] == pytest.approx(0.8)
    assert (entity["word"], entity["index"]) == ("abcd", 0)


def test_neighbours_that_overlap_are_not_one_word():
    """Only bytes of one character share a place; more in common is an overlap like any other."""
    tokens = [raw("B-X", "Ann Lee", 1, 0, 7), raw("B-Y", "Lee Corp", 2, 4, 12)]
    assert brief(merge_tokens(tokens, ANN_LEE)) == [("X", "Ann Lee", 0, 7), ("Y", "Corp", 8, 12)]


def test_what_has_no_place_keeps_its_company():
    """An entity that is nowhere stays behind the one it followed, wherever that one goes."""
    items = [whole("X", "nil"), whole("X", "Lee", 4, 7), whole("X", "zip"), whole("X", "Ann", 0, 3)]
    merged = merge_tokens(items, ANN_LEE)
    assert [entity["word"] for entity in merged] == ["nil", "Ann", "Lee", "zip"]
