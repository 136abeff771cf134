"""The strategies answer what transformers' pipeline answers, and the merge agrees with them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.aggregation import STRATEGIES, ScoredPiece, aggregate, wordpiece_text
from workbench.entities import merge_tokens

LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "MISC")


def piece(word, index, start, label, score=0.9, **others):
    """A piece that is *label* with *score*; *others* are scores of more labels (_ stands for -)."""
    scores = {label: score, **{name.replace("_", "-"): value for name, value in others.items()}}
    subword = word.startswith("##")
    end = start + len(word.removeprefix("##"))
    return ScoredPiece(word, scores, index, start, end, subword)


SYLVAIN = (
    piece("Sy", 1, 0, "B-PER", 0.9, O=0.05, I_PER=0.05),
    piece("##lva", 2, 2, "O", 0.6, B_PER=0.1, I_PER=0.3),
    piece("##in", 3, 5, "I-LOC", 0.95, B_PER=0.01, O=0.04),
    piece("Gugger", 4, 8, "I-PER", 0.8, O=0.2, B_PER=0.0),
)
"""One word cut in three that do not agree, then its neighbour: "Sylvain Gugger"."""


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("none", [("B-PER", 0.9, "Sy"), ("I-LOC", 0.95, "##in"), ("I-PER", 0.8, "Gugger")]),
        ("simple", [("PER", 0.9, "Sy"), ("LOC", 0.95, "##in"), ("PER", 0.8, "Gugger")]),
        ("first", [("PER", 0.85, "Sylvain Gugger")]),
        ("max", [("LOC", 0.95, "Sylvain"), ("PER", 0.8, "Gugger")]),
    ],
)
def test_a_word_whose_pieces_disagree(strategy, expected):
    """Each strategy settles a quarrel inside a word in its own way."""
    items = aggregate(SYLVAIN, strategy)
    found = [
        (item.get("entity", item.get("entity_group")), item["score"], item["word"])
        for item in items
    ]
    assert [(label, pytest.approx(score), word) for label, score, word in expected] == found


def test_average_takes_the_mean_of_each_label_over_the_word():
    """The best mean wins, though no piece has that label on top."""
    pieces = (
        piece("Ha", 1, 0, "O", 0.5, B_PER=0.4, B_LOC=0.1),
        piece("##mm", 2, 2, "B-LOC", 0.5, O=0.05, B_PER=0.45),
    )
    (item,) = aggregate(pieces, "average")
    assert item == {
        "entity_group": "PER",
        "score": pytest.approx(0.425),
        "word": "Hamm",
        "start": 0,
        "end": 4,
    }


def test_none_keeps_each_piece_as_the_vocabulary_has_it():
    """A raw item has six keys, in the order of the wire, and the ## of its piece."""
    (_, item, _) = aggregate(SYLVAIN, "none")
    expected = {"entity": "I-LOC", "score": 0.95, "index": 3, "word": "##in", "start": 5, "end": 7}
    assert list(item.items()) == list(expected.items())


def test_what_is_ignored_still_parts():
    """Grouping comes before ignoring: two of a type with an O between stay two."""
    pieces = (
        piece("Ann", 1, 0, "I-PER"),
        piece("and", 2, 4, "O"),
        piece("Lee", 3, 8, "I-PER"),
    )
    assert [item["word"] for item in aggregate(pieces, "simple")] == ["Ann", "Lee"]


@pytest.mark.parametrize(
    ("strategy", "ignored", "words"),
    [
        ("none", (), ["Ann", "of", "York"]),
        ("none", ("O", "B-PER"), ["York"]),
        ("none", ("PER",), ["Ann", "of", "York"]),
        ("simple", (), ["Ann", "of", "York"]),
        ("simple", ("PER", "O"), ["York"]),
        ("simple", ("B-PER",), ["Ann", "of", "York"]),
    ],
)
def test_ignored_labels(strategy, ignored, words):
    """Raw items are ignored by label, groups by type."""
    pieces = (piece("Ann", 1, 0, "B-PER"), piece("of", 2, 4, "O"), piece("York", 3, 7, "I-LOC"))
    found = aggregate(pieces, strategy, ignore_labels=ignored)
    assert [item["word"] for item in found] == words


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_first_of_equal_scores_wins(strategy):
    """A tie goes to the label that the mapping names first."""
    tied = ScoredPiece("x", {"B-LOC": 0.5, "B-PER": 0.5}, 1, 0, 1, is_subword=False)
    (item,) = aggregate([tied], strategy)
    assert item.get("entity", item.get("entity_group")) in ("B-LOC", "LOC")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_gives_nothing(strategy):
    """No piece, no item."""
    assert aggregate([], strategy) == []


def test_unknown_strategy_is_refused():
    """The message names what was asked for and every strategy there is."""
    with pytest.raises(ValueError, match=r"'firts'.*none, simple, first, average, max"):
        aggregate([], "firts")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        pytest.param(["Sy", "##lva", "##in"], "Sylvain", id="glued"),
        pytest.param(["New", "York"], "New York", id="spaced"),
        pytest.param(["##vain", "G"], "##vain G", id="first keeps its mark"),
        pytest.param(["U", ".", "S", "."], "U. S.", id="full stops"),
        pytest.param(["O", "'", "Neil"], "O ' Neil", id="apostrophe"),
        pytest.param(["it", "'s", "n't"], "it'sn't", id="endings"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_wordpiece_text(words, text):
    """The text is what tokenizers' own WordPiece decoder makes of the pieces."""
    assert wordpiece_text(words) == text


def test_decode_is_the_callers():
    """Another vocabulary brings its own way to join."""
    pieces = (piece("▁New", 1, 0, "B-LOC"), piece("▁York", 2, 4, "I-LOC"))
    (item,) = aggregate(pieces, "simple", decode=lambda w: "".join(w).replace("▁", " ").strip())
    assert item["word"] == "New York"


# -- against a second, naive reading of the published semantics --------------------------------


@st.composite
def scored(draw, labels=LABELS, tails=None):
    """Pieces of one to six words and their text; *tails* maps a label to those of its tails."""
    pieces, text = [], ""
    for _ in range(draw(st.integers(1, 6))):
        text += " " if text else ""
        first = draw(st.sampled_from(labels))
        for place in range(draw(st.integers(1, 3))):
            chance = st.sampled_from([0.1, 0.25, 0.3]) | st.floats(0, 0.5)
            scores = {label: draw(chance) for label in LABELS}
            if tails:
                best = draw(st.sampled_from(tails[first])) if place else first
                scores[best] = draw(st.floats(0.6, 1))
            word = draw(st.sampled_from(["ab", "Cde", "f"]))
            start = len(text)
            text += word
            word = "##" + word if place else word
            pieces.append(ScoredPiece(word, scores, len(pieces) + 1, start, len(text), place > 0))
    return pieces, text


def top(scores):
    """The first label that no other beats, and its score."""
    best = None
    for label, score in scores.items():
        if best is None or score > best[1]:
            best = (label, score)
    return best


def reference(pieces, strategy):
    """(type, mean score, start, end) of each group that is no O, by the book and step by step."""
    units = []  # label, score, start, end
    for number, one in enumerate(pieces):
        if strategy == "simple":
            units.append([*top(one.scores), one.start, one.end])
            continue
        if one.is_subword and number:
            continue
        word = [one]
        for later in pieces[number + 1 :]:
            if not later.is_subword:
                break
            word.append(later)
        if strategy == "first":
            chosen = one.scores
        elif strategy == "max":
            peak = max(top(part.scores)[1] for part in word)
            chosen = next(part.scores for part in word if top(part.scores)[1] == peak)
        else:
            chosen = {
                label: sum(part.scores[label] for part in word) / len(word) for label in LABELS
            }
        units.append([*top(chosen), word[0].start, word[-1].end])
    groups = []
    for label, score, start, end in units:
        kind = label[2:] if label[:2] in ("B-", "I-") else label
        if groups and groups[-1]["kind"] == kind and not label.startswith("B-"):
            groups[-1]["scores"].append(score)
            groups[-1]["end"] = end
        else:
            groups.append({"kind": kind, "scores": [score], "start": start, "end": end})
    return [
        (g["kind"], pytest.approx(sum(g["scores"]) / len(g["scores"])), g["start"], g["end"])
        for g in groups
        if g["kind"] != "O"
    ]


def spans(items):
    """(type, score, start, end) of each item."""
    return [(i["entity_group"], i["score"], i["start"], i["end"]) for i in items]


@pytest.mark.parametrize("strategy", STRATEGIES[1:])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_groups_are_those_of_the_reference(strategy, data):
    """Random pieces, scores and labels: the same groups, means and places."""
    pieces, _ = data.draw(scored())
    assert reference(pieces, strategy) == spans(aggregate(pieces, strategy))


@settings(max_examples=60, deadline=None)
@given(scored())
def test_raw_items_are_every_piece_that_is_something(drawn):
    """With "none" each piece whose best label is no O comes out once, in order, as it was."""
    pieces, _ = drawn
    expected = [(p.index, *top(p.scores)) for p in pieces if top(p.scores)[0] != "O"]
    found = aggregate(pieces, "none")
    assert expected == [(i["index"], i["entity"], i["score"]) for i in found]
    assert json.loads(json.dumps(found)) == found


SAME_TYPE = {"O": ["O"], "MISC": ["MISC"]} | {
    f"{prefix}-{kind}": [f"I-{kind}"] for prefix in "BI" for kind in ("PER", "LOC")
}


@settings(max_examples=60, deadline=None)
@given(scored(tails=SAME_TYPE))
def test_merging_raw_items_is_simple_where_words_agree(drawn):
    """Where no tail contradicts its word, the client's merge is the server's "simple"."""
    pieces, text = drawn
    merged = merge_tokens(aggregate(pieces, "none"), text)
    assert reference(pieces, "simple") == spans(merged)


SOMETHING = LABELS[1:]
ANY_TAIL = dict.fromkeys(SOMETHING, SOMETHING)


@settings(max_examples=60, deadline=None)
@given(scored(labels=SOMETHING, tails=ANY_TAIL))
def test_merging_raw_items_gives_words_their_first_label(drawn):
    """Where tails contradict their word, the merge goes by the first piece, like "first"."""
    pieces, text = drawn
    merged = merge_tokens(aggregate(pieces, "none"), text)
    without_score = [(kind, start, end) for kind, _, start, end in spans(merged)]
    assert without_score == [(k, s, e) for k, _, s, e in reference(pieces, "first")]
