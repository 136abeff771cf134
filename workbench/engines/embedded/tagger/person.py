"""Evidence that a span is a person: the shape and the stock of names."""

from __future__ import annotations

from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.lexicon import Lexeme
from workbench.engines.embedded.tagger.spans import Span

__all__ = ["person"]

_NEVER = -9.0
_PRONOUNS = frozenset(["he", "so", "you", "my", "her", "do", "an", "will", "may"])


def person(span: Span) -> float:
    """Return the log-odds that *span* is a person's name, titles left out."""
    lists = load()
    if span.words[0].low in lists["never"] and span.start in span.sentence.opens:
        return _NEVER
    if span.single and span.words[0].low in _PRONOUNS and span.start in span.sentence.opens:
        return _NEVER
    if _holds_office(span):
        return -3.0 if span.single else -6.0
    names: list[Lexeme] = []
    bonus = 0.0
    for offset, word in enumerate(span.words):
        token = span.sentence.tokens[span.start + offset]
        if token.kind in ("number", "mark", "possessive", "opaque"):
            return _NEVER
        if offset and word.low in lists["suffix"] and (word.roman or word.low[:2] in ("jr", "sr")):
            bonus += 1.6 if offset == len(span.words) - 1 else -2.0
        elif word.low in lists["particle"] and (not token.cap or offset):
            bonus += 0.5 if names and names[0].first else -0.8 if names else 0.5
        elif token.low == "the" and offset == 1 and _has_epithet(span):
            bonus += 1.4
        elif not token.cap:
            if word.low != "of" or offset != 1:
                return _NEVER
            bonus -= 0.3 if names and names[0].first else 1.0
        else:
            names.append(word)
    if not names or not span.sentence.tokens[span.end - 1].cap:
        return _NEVER
    bonus += sum(_strangeness(word, place, len(names)) for place, word in enumerate(names))
    if len(names) == 1:
        return bonus + _alone(names[0], span)
    return bonus + _together(names, span.sentence.shouting) - 2.0 * max(0, len(names) - 4)


def _has_epithet(span: Span) -> bool:
    """Whether *span* ends like *Catherine the Great*."""
    return len(span.words) == 3 and span.words[2].low in load()["epithet"]


def _holds_office(span: Span) -> bool:
    """Whether a word of *span* belongs to a title that stands before a name."""
    offices = span.sentence.offices
    return bool(offices) and any(i in offices for i in range(span.start, span.end))


def _strangeness(word: Lexeme, place: int, size: int) -> float:
    """Return what a word that no name contains takes away."""
    lists = load()
    lost = 0.0
    if word.calendar:
        lost -= 5.0 if not (word.first and size > 1) else 0.6
    if word.title and size > 1 and not (place and word.last):
        lost -= 3.5 if place == 0 and not word.first else 1.5
    if word.people:
        lost -= 0.6 if word.last or word.first else 2.5
    if word.digits or word.camel:
        lost -= 3.0
    if (
        size > 1
        and place == size - 1
        and not word.last
        and not word.first
        and (
            word.low in lists["orgtail"]
            or word.low in lists["loctail"]
            or word.low in lists["eventtail"]
        )
    ):
        lost -= 2.5
    if size > 1 and place == 0 and word.low in lists["lochead"] and not word.first:
        lost -= 1.5
    return lost


def _alone(word: Lexeme, span: Span) -> float:
    """Return the evidence of a single name."""
    score = (
        3.4 if word.key in load()["famous"] else 1.4 if word.first else 1.2 if word.last else 0.3
    )
    if word.acronym:
        score -= 2.5
    if word.initial:
        score -= 3.0
    if word.title and span.sentence.tokens[span.start].cap and not word.first:
        score -= 2.5
    if word.common:
        lost = 0.8 if word.common == 1 else 1.4 if word.first or word.last else 3.0
        if word.key in load()["famous"]:
            lost = 0.4
        score -= lost + 2.0 * span.sentence.noise
        if span.start in span.sentence.opens:
            score -= 1.0
    if word.place or word.org:
        score -= 0.6
    return score


def _together(names: list[Lexeme], shouting: bool) -> float:
    """Return the evidence of a given name and a family name side by side."""
    head, tail = names[0], names[-1]
    given = 2.3 if head.initial else 2.6 if head.first else 1.2 if head.last else 0.8
    if head.acronym:
        given = 0.8 if len(head.key) == 2 else -1.5
    if head.common:
        given -= (0.0, 0.6, 1.8)[head.common] if head.first else (0.0, 0.8, 2.4)[head.common]
    if head.place and not (head.first and tail.last):
        given -= 1.2
    family = 1.8 if tail.last else 0.9 if tail.first else 1.0
    if tail.common:
        family -= (0.0, 0.3, 0.8)[tail.common] if tail.last else (0.0, 0.8, 2.1)[tail.common]
    if tail.acronym or tail.initial:
        family -= 2.5
    if tail.place and not tail.last:
        family -= 0.8
    middle = 0.0
    for word in names[1:-1]:
        known = word.initial or word.first or word.last
        middle += 0.6 if known else -1.5 if word.common == 2 else 0.1
    match = 0.7 * (len(names) - 2) if head.first and not tail.common else 0.0
    match += 0.6 if (head.first or head.initial) and (tail.last or not tail.common) else 0.0
    stranger = -0.5 if not (head.first or head.initial or tail.last) else 0.0
    return given + family + middle + match + stranger - (1.0 if shouting else 0.0)
