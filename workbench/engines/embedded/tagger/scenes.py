"""Kinds of sentence with rules of their own: datelines, score lines, sports reports."""

from __future__ import annotations

import re

from workbench.engines.embedded.tagger.chains import Sentence
from workbench.engines.embedded.tagger.evidence import NONE, Evidence, add
from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.spans import Span

__all__ = ["is_earthy", "is_foreign", "is_sporty", "site"]

_DASHES = frozenset("-–—:")
_SCORE = re.compile(r"\d{1,3}\Z|\d{1,3}[-–]\d{1,3}\Z")
_SOMEWHERE = frozenset(["in", "from", "at", "near", "to", "around", "into", "visit"])


def is_sporty(sentences: list[Sentence]) -> bool:
    """Whether the text reports games: cities then stand for their teams."""
    sport = load()["sport"]
    found = {token.low for sentence in sentences for token in sentence.tokens} & sport
    words = sum(len(sentence.tokens) for sentence in sentences)
    return len(found) >= 3 and len(found) * 60 >= min(words, 600)


def is_earthy(sentences: list[Sentence]) -> bool:
    """Whether the text describes land and water: unknown names are then places."""
    words = load()["geography"]
    found = {token.low for sentence in sentences for token in sentence.tokens} & words
    size = sum(len(sentence.tokens) for sentence in sentences)
    return len(found) >= 3 and len(found) * 18 >= min(size, 360)


def is_foreign(sentences: list[Sentence]) -> bool:
    """Whether the text's ordinary words are hardly ever English ones."""
    joints = load()["connector"]
    plain = [
        word
        for sentence in sentences
        for token, word in zip(sentence.tokens, sentence.words, strict=True)
        if len(token.text) > 2 and token.text.islower() and token.low not in joints
    ]
    return len(plain) > 2 and sum(word.common > 0 for word in plain) < 0.6 * len(plain)


def site(span: Span) -> Evidence:
    """Return the evidence of the place a span has in its sentence."""
    sentence = span.sentence
    found = NONE
    if span.start <= 1 and _is_dateline(sentence, span):
        found = add(found, Evidence(loc=4.0, per=-2.0, org=-2.0, misc=-2.0))
    tokens = sentence.tokens
    left = tokens[span.start - 1] if span.start else None
    right = tokens[span.end] if span.end < len(tokens) else None
    bracketed = left is not None and right is not None and left.text == "(" and right.text == ")"
    if bracketed and span.start < 8 and sentence.words[span.start].org:
        found = add(found, Evidence(org=1.0))
    scored = _is_score(sentence, span)
    if bracketed or scored or sentence.sporty:
        nation = span.key in load()["nation"] or span.key in load()["national"]
        if bracketed and nation:
            found = add(found, Evidence(loc=1.0))
        elif scored and not (nation or span.words[0].people):
            found = add(found, Evidence(per=-2.0, loc=-1.5, org=6.0, misc=-1.0))
        elif sentence.sporty and not (nation or bracketed):
            found = add(found, _played(sentence, span))
    return add(found, _neighbours(sentence, span))


def _is_dateline(sentence: Sentence, span: Span) -> bool:
    """Whether *span* opens a report: ``LONDON (AP) -``, ``BRUSSELS 1996-08-22``."""
    tokens = sentence.tokens
    if span.start or not all(w.shouted or w.key[-1:] == "." for w in span.words):
        return False
    rest = tokens[span.end : span.end + 9]
    if not rest or (sentence.shouting and len(tokens) > 6):
        return False
    if re.match(r"(?:19|20)\d\d-\d\d", rest[0].text):
        return True
    if rest[0].text in _DASHES and rest[0].text != ":" and span.end < 6:
        return not sentence.shouting
    return rest[0].text in ",(" and any(token.text in _DASHES for token in rest)


def _is_score(sentence: Sentence, span: Span) -> bool:
    """Whether *span* stands in a line like ``Leeds 2 Arsenal 1`` or ``Ajax 1-0 PSV``."""
    tokens = sentence.tokens
    if len(tokens) > 26 or any(token.text in ".,?!" for token in tokens[-1:]):
        return False
    right = tokens[span.end].text if span.end < len(tokens) else ""
    left = tokens[span.start - 1].text if span.start else ""
    if not _SCORE.match(right) and not _SCORE.match(left):
        return False
    if span.start and not _SCORE.match(left) and left not in (")", ";", "v", "vs"):
        return False
    inside = sum((t.text == "(") - (t.text == ")") for t in tokens[: span.start])
    if inside:
        return False
    numbers = sum(bool(_SCORE.match(token.text)) for token in tokens)
    lower = sum(token.text.islower() and token.kind == "word" for token in tokens)
    return (numbers >= 2 and lower <= 3) or (numbers == 1 and lower == 0)


def _played(sentence: Sentence, span: Span) -> Evidence:
    """Evidence that a city or a name is a team: it beats, loses, plays at home."""
    tokens, verbs = sentence.tokens, load()["sportverb"]
    left = tokens[span.start - 1].low if span.start else ""
    right = tokens[span.end].low if span.end < len(tokens) else ""
    further = tokens[span.start - 2].low if span.start > 1 else ""
    if (
        left in _SOMEWHERE
        and further not in verbs
        and further not in ("lost", "home", "fell", "defeat")
    ):
        return NONE
    score = 0.0
    if left in verbs or right in verbs:
        score += 2.2
    if left in ("to", "over", "by", "at", "with") and further in (
        "lost",
        "home",
        "win",
        "victory",
        "defeat",
        "draw",
        "fell",
    ):
        score += 1.8
    if left == "for" and further in (
        "goals",
        "scored",
        "runs",
        "winner",
        "debut",
        "played",
        "signed",
    ):
        score += 1.5
    listed = any(w.place for w in span.words)
    if not score or (len(span.words) > 1 and span.words[0].first and not listed):
        return NONE
    return Evidence(org=score + (2.2 if listed else 0.3), loc=-1.2, per=-0.3)


def _neighbours(sentence: Sentence, span: Span) -> Evidence:
    """Evidence of a place next door: ``Paris, Texas``, ``Lima, Peru``."""
    tokens, words = sentence.tokens, sentence.words
    if span.end + 1 < len(tokens) and tokens[span.end].text == "," and words[span.end + 1].place:
        return Evidence(loc=1.4, per=-0.2) if not sentence.shouting else NONE
    if span.start > 1 and tokens[span.start - 1].text == "," and words[span.start - 2].place:
        return Evidence(loc=0.9)
    if span.start > 1 and tokens[span.start - 1].low == "and" and words[span.start - 2].place:
        return Evidence(loc=0.9)
    if span.end + 1 < len(tokens) and tokens[span.end].low == "and" and words[span.end + 1].place:
        return Evidence(loc=0.7)
    return NONE
