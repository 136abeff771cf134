"""Evidence that a word belongs to no name."""

from __future__ import annotations

from workbench.engines.embedded.tagger.chains import Sentence
from workbench.engines.embedded.tagger.gazetteer import load

__all__ = ["outside"]

_WHEN = frozenset(
    ["in", "on", "since", "until", "by", "from", "of", "last", "next", "early", "late", "this"]
)


def outside(sentence: Sentence, index: int) -> float:
    """Return the log-odds that the token at *index* belongs to no name."""
    token, word = sentence.tokens[index], sentence.words[index]
    if not token.cap:
        return 0.4
    if index and word.roman and sentence.tokens[index - 1].cap and index - 1 not in sentence.opens:
        return -0.5 if sentence.words[index - 1].first else 0.5
    if index and word.roman and sentence.words[index - 1].first:
        return -0.5
    if token.low in ("i", "i'm", "i've", "i'd", "i'll"):
        return 4.0
    if index in sentence.offices:
        return 2.0
    if word.calendar and index + 1 < len(sentence.tokens) and index:
        dated = sentence.tokens[index + 1].kind == "number"
        if dated and sentence.tokens[index - 1].low in _WHEN:
            return 6.0
    if word.calendar and not (word.first and _is_given(sentence, index)):
        behind = sentence.words[index - 1] if index and sentence.tokens[index - 1].cap else word
        return 0.3 if behind.first and not behind.common and not behind.calendar else 2.5
    if sentence.shouting:
        if word.key in load()["famous"]:
            return 0.3
        return (0.3, 1.0, 2.2)[word.common]
    opening = index in sentence.opens
    base = (-2.0, 0.2, 2.0)[word.common] if opening else (-2.2, -0.9, -0.4)[word.common]
    if word.common == 2 and not opening:
        name = word.first or word.last
        base -= (0.8 if name else 0.4 * _in_company(sentence, index)) * (1.0 - sentence.noise)
    if opening and word.common and word.first and _is_surname(sentence, index + 1):
        base -= 1.4
    if word.title:
        base = max(base, 1.2)
    if sentence.foreign and opening and (len(token.low) < 4 or token.low in load()["connector"]):
        return 3.0
    if sentence.foreign and (opening or word.common or not (word.first or word.last)):
        base += 2.0
    if opening and not word.common and not (word.first or word.last or word.place or word.org):
        base += 1.0
    return base + (2.5 * sentence.noise if word.common else 0.6 * sentence.noise)


def _is_given(sentence: Sentence, index: int) -> bool:
    """Whether a month's name at *index* is a given name: *Jan Novak*, not *in June Paris*."""
    left = sentence.tokens[index - 1].low if index else ""
    if left in _WHEN or index + 1 >= len(sentence.tokens) or not sentence.tokens[index + 1].cap:
        return False
    following = sentence.words[index + 1]
    return (following.first or following.last) and not following.common


def _is_surname(sentence: Sentence, index: int) -> bool:
    """Whether a family name that is no ordinary word stands at *index*."""
    if index >= len(sentence.tokens) or not sentence.tokens[index].cap:
        return False
    return sentence.words[index].last and not sentence.words[index].common


def _in_company(sentence: Sentence, index: int) -> bool:
    """Whether a neighbour is capitalised, too."""
    tokens = sentence.tokens
    after = index + 1 < len(tokens) and tokens[index + 1].cap
    return after or (index - 1 not in sentence.opens and tokens[index - 1].cap)
