"""Score sentences, with LexRank at the centre, without ever building its graph.

LexRank is the share of time that a walk from sentence to similar sentence spends at each; the
weight of a step is the cosine of two TF-IDF vectors. With the unit vectors as the rows of V, the
weights are V·Vᵀ, so a step of the walk is two passes over V: time and memory grow with the length
of the text, not with the square of the number of its sentences.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from workbench.engines.embedded.summarizer.reading import Sentence

__all__ = ["lexrank", "score_sentences", "term_weights"]

Vector = dict[str, float]

_FOLLOW = 0.8  # the chance that the walk follows a link rather than jumps
_STEPS = 10
_SHARPNESS = 1.5
_LAST_PLACE, _PLACE_DECAY = 0.25, 0.5
_LEAD, _OPENING, _TITLE = 1.5, 1.2, 0.4
_APPARATUS = 0.02


def term_weights(sentences: Sequence[Sentence]) -> Vector:
    """Weigh terms by how many sentences repeat them: that is what the text is about."""
    return {term: math.log(1 + count) for term, count in _spread(sentences).items()}


def score_sentences(sentences: Sequence[Sentence]) -> list[float]:
    """Return for each sentence how much it belongs in a summary, a number above or equal 0."""
    weights = term_weights(sentences)
    ranks = lexrank(_vectors(sentences), [_standing(sentence) for sentence in sentences])
    places = _places(sentences)
    return [
        (rank * len(sentences)) ** _SHARPNESS * _topicality(sentence, weights) * place
        for rank, sentence, place in zip(ranks, sentences, places, strict=True)
    ]


def lexrank(rows: list[Vector], jumps: list[float]) -> list[float]:
    """Return the share of time, in all 1, that the walk spends at each of *rows*.

    *rows* are vectors no longer than 1; *jumps*, above 0, say how likely a jump lands at each.
    """
    total = sum(jumps)
    start = [value / total for value in jumps]
    centre = _gather(rows, [1.0] * len(rows))
    squares = [_dot(row, row) for row in rows]  # a sentence is no link to itself
    degrees = [_dot(row, centre) - square for row, square in zip(rows, squares, strict=True)]
    rates = [1 / degree if degree > 1e-6 else 0.0 for degree in degrees]
    rank = start
    for _ in range(_STEPS):
        flow = [share * rate for share, rate in zip(rank, rates, strict=True)]
        centre = _gather(rows, flow)
        lost = sum(share for share, rate in zip(rank, rates, strict=True) if not rate)
        jump = 1 - _FOLLOW + _FOLLOW * lost
        rank = [
            jump * land + _FOLLOW * max(_dot(row, centre) - own * square, 0.0)
            for land, row, own, square in zip(start, rows, flow, squares, strict=True)
        ]
    return rank


def _standing(sentence: Sentence) -> float:
    return sentence.form if sentence.prose else _APPARATUS


def _topicality(sentence: Sentence, weights: Vector) -> float:
    """Return the mean weight of the terms, as if there were at least four."""
    about = dict.fromkeys(sentence.terms)  # not a set: sums must not depend on the hash seed
    return sum(weights[term] for term in about) / max(4, len(about))


def _places(sentences: Sequence[Sentence]) -> list[float]:
    """Favour the lead, the beginning, first sentences of paragraphs, and words of the title."""
    prose = [sentence for sentence in sentences if sentence.prose]
    paragraphs = sum(sentence.opens for sentence in prose)
    opening = _OPENING if paragraphs < 0.6 * len(prose) else 1.0
    title = _title(sentences)
    places = []
    k = 0
    for sentence in sentences:
        place = _LAST_PLACE + (1 - _LAST_PLACE) / (1 + k) ** _PLACE_DECAY
        place *= _standing(sentence)
        place *= _LEAD if k == 0 and sentence.prose else 1.0
        place *= opening if sentence.opens else 1.0
        if title:
            place *= 1 + _TITLE * len(title.intersection(sentence.terms)) / len(title)
        places.append(place)
        k += sentence.prose
    return places


def _title(sentences: Sequence[Sentence]) -> set[str]:
    title: set[str] = set()
    for sentence in sentences:
        if sentence.prose:
            break
        title.update(sentence.terms)
    return title


def _vectors(sentences: Sequence[Sentence]) -> list[Vector]:
    """Return TF-IDF vectors of length 1, less the terms of one sentence only: they link nothing."""
    counts, total = _spread(sentences), len(sentences)
    idf = {term: math.log(1 + total / count) for term, count in counts.items()}
    rows = []
    for sentence in sentences:
        about = dict.fromkeys(sentence.terms)
        norm = math.sqrt(sum(idf[term] ** 2 for term in about))
        rows.append({term: idf[term] / norm for term in about if counts[term] > 1})
    return rows


def _spread(sentences: Sequence[Sentence]) -> Counter[str]:
    """Count in how many sentences each term stands."""
    return Counter(term for sentence in sentences for term in dict.fromkeys(sentence.terms))


def _gather(rows: list[Vector], shares: list[float]) -> Vector:
    centre: Vector = {}
    for row, share in zip(rows, shares, strict=True):
        for term, value in row.items():
            centre[term] = centre.get(term, 0.0) + share * value
    return centre


def _dot(row: Vector, other: Vector) -> float:
    total = 0.0
    for term, value in row.items():
        total += value * other[term]
    return total
