"""The server's half of named entities: what transformers' token-classification pipeline answers.

A model scores every piece of a text under every label; a strategy says what becomes of that:
each piece alone, neighbours joined, or whole words first and then neighbours joined.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

Strategy = Literal["none", "simple", "first", "average", "max"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)

Decode = Callable[[Sequence[str]], str]

# What the decoder of WordPiece tokenizers does to each piece, in this order.
_CLEANED = (
    *((f" {mark}", mark) for mark in ".?!,"),
    (" ' ", "'"),
    *((f" {ending}", ending) for ending in ("n't", "'m")),
    (" do not", " don't"),
    *((f" {ending}", ending) for ending in ("'s", "'ve", "'re")),
)


@dataclass(frozen=True, slots=True)
class ScoredPiece:
    """One piece of a text with the model's opinion of it.

    *word* is written as in the vocabulary (``##vain``); *scores* gives each label, ``O`` included,
    its probability; *index* counts special tokens, so the first piece has 1; *start* and *end*
    count characters, end exclusive.
    """

    word: str
    scores: Mapping[str, float]
    index: int
    start: int
    end: int
    is_subword: bool


class _Tagged(NamedTuple):
    """A piece, or a word, under the label that was chosen for it."""

    label: str
    score: float
    word: str
    start: int
    end: int


def wordpiece_text(words: Sequence[str]) -> str:
    """Join pieces as a WordPiece tokenizer decodes them; the first one keeps its ``##``.

    >>> wordpiece_text(["Sy", "##lvain", "G", "."]), wordpiece_text(["##vain"])
    ('Sylvain G.', '##vain')
    """
    parts = []
    for place, word in enumerate(words):
        part = word
        if place:
            part = word[2:] if word.startswith("##") else f" {word}"
        for written, cleaned in _CLEANED:
            part = part.replace(written, cleaned)
        parts.append(part)
    return "".join(parts)


def aggregate(
    pieces: Iterable[ScoredPiece],
    strategy: str = "none",
    *,
    ignore_labels: Collection[str] = ("O",),
    decode: Decode = wordpiece_text,
) -> list[dict[str, object]]:
    """Return the items a server answers for *pieces* under *strategy*.

    With "none" one item a piece: entity, score, index, word, start, end. Otherwise one a group:
    entity_group, score (mean), word, start, end. Neighbours of one type are joined unless the
    later begins with ``B-``; what *ignore_labels* names goes only then. "first", "average" and
    "max" first give each word one label: of its first piece, of the mean scores, of the piece
    most certain. Of equal scores the first wins. Raises ValueError for an unknown strategy.

    >>> ada = ScoredPiece("Ada", {"O": 0.1, "B-PER": 0.9}, 1, 0, 3, is_subword=False)
    >>> aggregate([ada], "simple")
    [{'entity_group': 'PER', 'score': 0.9, 'word': 'Ada', 'start': 0, 'end': 3}]
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"unknown strategy {strategy!r}; known are {', '.join(STRATEGIES)}")
    if strategy == "none":
        return [item for item in map(_raw_item, pieces) if item["entity"] not in ignore_labels]
    tagged = (
        [_tagged([piece], piece.scores, piece.word) for piece in pieces]
        if strategy == "simple"
        else [_tag_word(word, strategy, decode) for word in _words(pieces)]
    )
    items = [_group_item(group, decode) for group in _groups(tagged)]
    return [item for item in items if item["entity_group"] not in ignore_labels]


def _raw_item(piece: ScoredPiece) -> dict[str, object]:
    label = _best(piece.scores)
    return {
        "entity": label,
        "score": piece.scores[label],
        "index": piece.index,
        "word": piece.word,
        "start": piece.start,
        "end": piece.end,
    }


def _best(scores: Mapping[str, float]) -> str:
    return max(scores, key=scores.__getitem__)


def _tagged(pieces: Sequence[ScoredPiece], scores: Mapping[str, float], word: str) -> _Tagged:
    label = _best(scores)
    return _Tagged(label, scores[label], word, pieces[0].start, pieces[-1].end)


def _words(pieces: Iterable[ScoredPiece]) -> list[list[ScoredPiece]]:
    words: list[list[ScoredPiece]] = []
    for piece in pieces:
        if words and piece.is_subword:
            words[-1].append(piece)
        else:
            words.append([piece])
    return words


def _tag_word(pieces: Sequence[ScoredPiece], strategy: str, decode: Decode) -> _Tagged:
    scores = pieces[0].scores
    if strategy == "average":
        scores = {
            label: sum(piece.scores[label] for piece in pieces) / len(pieces) for label in scores
        }
    elif strategy == "max":
        scores = max(pieces, key=lambda piece: max(piece.scores.values())).scores
    return _tagged(pieces, scores, decode([piece.word for piece in pieces]))


def _groups(tagged: Iterable[_Tagged]) -> list[list[_Tagged]]:
    groups: list[list[_Tagged]] = []
    for item in tagged:
        begins, kind = _split_label(item.label)
        if groups and not begins and kind == _split_label(groups[-1][-1].label)[1]:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _split_label(label: str) -> tuple[bool, str]:
    """Return whether *label* begins a group, and its type; without a prefix it continues one."""
    return label.startswith("B-"), label[2:] if label.startswith(("B-", "I-")) else label


def _group_item(group: Sequence[_Tagged], decode: Decode) -> dict[str, object]:
    return {
        "entity_group": group[0].label.split("-", 1)[-1],
        "score": sum(item.score for item in group) / len(group),
        "word": decode([item.word for item in group]),
        "start": group[0].start,
        "end": group[-1].end,
    }
