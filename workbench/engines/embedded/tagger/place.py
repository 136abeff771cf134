"""Evidence that a span is a place: known places and the words places are made with."""

from __future__ import annotations

from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.spans import Span, absorbed, damping

__all__ = ["place"]

_NEVER = -9.0
_TIERS = (
    ("nation", 4.8),
    ("place", 4.8),
    ("city", 4.2),
    ("land", 4.0),
    ("water", 3.8),
    ("province", 4.0),
    ("region", 3.4),
    ("town", 2.6),
    ("exonym", 2.6),
    ("village", 2.0),
)


def place(span: Span) -> float:
    """Return the log-odds that *span* is a place."""
    lists = load()
    words, tokens = span.words, span.sentence.tokens
    for name, weight in _TIERS:
        if span.key in lists[name]:
            return _known(span, name, weight) + absorbed(span)
    if span.single:
        word = words[0]
        if word.common == 2 or word.digits:
            return -3.0
        strange = not (word.common or word.first or word.last or word.org or word.title)
        score = -0.6 + 1.2 * (span.sentence.earthy and strange)
        score -= 0.6 * word.common + 2.0 * (word.acronym + word.camel + word.initial)
        return (
            score - 0.4 * (word.first or word.last) - (2.5 if word.calendar or word.people else 0.0)
        )
    if any(t.kind in ("number", "opaque", "mark") for t in tokens[span.start : span.end]):
        return _NEVER
    if not tokens[span.end - 1].cap or not tokens[span.start].cap:
        return _NEVER
    score = _built(span)
    return score + absorbed(span) if score > 1.5 else score


def _known(span: Span, name: str, weight: float) -> float:
    """Return the evidence of a listed place, less what speaks for another reading."""
    score = weight - damping(span)
    if not span.single:
        return score + (2.0 if name in ("town", "village", "region") else 1.4)
    word = span.words[0]
    if word.first:
        score -= 0.7 if name in ("nation", "place", "city") else 1.2
    elif word.last and name in ("town", "village"):
        score -= 0.8
    if len(word.key) < 4 and name in ("region", "village", "town", "city"):
        score -= 1.5
    if word.acronym and len(word.key) == 2 and name == "region":
        score -= 2.0
    if word.calendar:
        score -= 3.0 if word.key not in ("US", "UK", "LA") else 0.0
    return score


def _built(span: Span) -> float:
    """Return the evidence of a name of several words: *Lake X*, *X River*, *Gulf of X*."""
    lists = load()
    words = span.words
    head, tail = words[0].low, words[-1].low
    lows = [word.low for word in words]
    if "of" in lows[1:-1]:
        of = lows.index("of")
        if lows[of - 1] not in lists["locof"]:
            return -4.0
        firm = 3.4 if any(w.place for w in words[of + 1 :]) else 2.6
        return firm - (
            0.6 if lows[of - 1] in ("house", "bank", "temple", "church", "lake") else 0.0
        )
    inner = [word for word in words if word.low not in lists["connector"]]
    joints = {word.low for word in words} & lists["connector"]
    joined = bool(joints) and joints <= lists["particle"]
    if not joined and any(
        low in ("the", "in", "on", "at", "to", "with", "a", "an") for low in lows
    ):
        return -4.0
    if "and" in lows or "&" in lows or "for" in lows or "'s" in lows[:-2]:
        return -4.0
    ordinary = sum(word.common == 2 for word in inner[:-1])
    noise = 2.5 * span.sentence.noise if ordinary == len(inner) - 1 else 0.0
    if tail in lists["loctail"] and len(inner) > 1:
        score = 2.3 if tail in load()["locsoft"] else 3.7
        if lows[-2] == "opera" and tail == "house":
            score = 4.6
        if "'s" in lows:
            score -= 0.4 + (2.0 if words[0].place else 0.0)
        if words[0].people:
            score -= 0.8
        if words[0].calendar or (
            words[0].title and words[0].common and tail not in ("island", "palace")
        ):
            score -= 1.0
        return score - 0.3 * max(0, len(inner) - 3) - noise
    if "'s" in lows:
        return -3.0
    if head in lists["lochead"] and len(inner) in (2, 3, 4):
        if head in load()["locfirm"]:
            return 3.4 - noise
        if words[-1].place or span.sentence.words[span.start + 1].place:
            return 4.2 if span.key.split(" ", 1)[1] in lists["nation"] else 3.6
        return (1.6 if not inner[-1].common else -0.4) - 0.8 * (len(inner) - 2) - noise
    if ordinary or inner[-1].common == 2:
        return -2.5
    earthy = span.sentence.earthy and not any(w.first or w.common or w.title for w in inner)
    return -1.4 - 0.3 * len(inner) + (2.4 if joined else 0.0) + 1.4 * earthy
