"""Evidence that a span is an organisation: known ones and the words they are made with."""

from __future__ import annotations

from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.lexicon import Lexeme
from workbench.engines.embedded.tagger.spans import Span, absorbed, damping

__all__ = ["organisation"]

_NEVER = -9.0
_ENDINGS = (
    "lab",
    "labs",
    "corp",
    "soft",
    "tech",
    "bank",
    "tel",
    "pharma",
    "media",
    "com",
    "ware",
    "works",
)
_BEGINNINGS = ("petro", "tele", "euro", "micro", "bio", "agro", "inter", "trans", "digi", "cyber")
_NON_HEADS = frozenset(
    ["international", "national", "royal", "communist", "minister", "us", "inter"]
)


def organisation(span: Span) -> float:
    """Return the log-odds that *span* is an organisation."""
    lists = load()
    if span.key in lists["organisation"] or span.key in lists["club"]:
        sporting = 0.8 if span.sentence.sporty and span.key in lists["club"] else 0.0
        homely = 1.2 if span.single and span.words[0].place and not span.sentence.sporty else 0.0
        if homely and span.key in lists["organisation"]:
            article = span.start and span.sentence.tokens[span.start - 1].low == "the"
            homely = 1.8 if article and span.key in lists["place"] else 0.4
        return 4.6 + sporting - homely + 1.6 * absorbed(span) - damping(span) - _rivals(span)
    if not span.single and span.words[-1].key in lists["club"] and _is_town(span.key):
        return 4.6 + absorbed(span)
    if span.key in lists["company"]:
        return 3.8 + absorbed(span) - damping(span) - _rivals(span)
    if span.single:
        return _alone(span.words[0], span)
    tokens = span.sentence.tokens[span.start : span.end]
    if any(t.kind in ("opaque", "number") or (t.kind == "mark" and t.text != "&") for t in tokens):
        return _NEVER
    if not tokens[-1].cap or not tokens[0].cap:
        return _NEVER
    score = _built(span)
    return score + absorbed(span) if score > 1.5 else score


def _is_town(key: str) -> bool:
    """Whether all but the last word is a place: *Kansas City* of *Kansas City Royals*."""
    town = key.rpartition(" ")[0]
    return any(town in load()[name] for name in ("city", "place", "region", "province", "town"))


def _rivals(span: Span) -> float:
    """Return what a listed name loses to a person of that name."""
    word = span.words[0]
    if span.single and (word.first or word.last) and not word.camel and not word.acronym:
        return 0.8 if word.common else 0.4
    return 0.0


def _alone(word: Lexeme, span: Span) -> float:
    if word.calendar or word.people or word.initial or len(word.key) < 2:
        return -3.5
    if word.acronym:
        coded = 2.2 * (word.key[-1].isdigit() and word.key not in ("G7", "G8", "G20", "M23"))
        return (1.6 if len(word.key) == 2 else 2.6) - (1.0 if word.place else 0.0) - coded
    if word.camel:
        return (2.8 if not word.digits else 0.3) - 2.0 * (word.key in load()["product"])
    if word.digits:
        return -2.5
    unheard = not (word.common or word.first or word.last or word.place) and len(word.low) > 5
    if unheard and (word.low.endswith(_ENDINGS) or word.low.startswith(_BEGINNINGS)):
        return 1.0
    if word.common == 2:
        return -3.0
    sporting = 0.5 if span.sentence.sporty else 0.0
    return sporting - 0.5 - 0.8 * word.common - 0.4 * (word.first or word.last)


def _built(span: Span) -> float:
    """Return the evidence of a name of several words: *X Inc*, *Bank of X*, *A & B*."""
    lists = load()
    words, lows = span.words, [word.low for word in span.words]
    inner = [word for word in words if word.low not in lists["connector"]]
    score = _joints(span, lows)
    tail = lows[-1]
    first_joint = next((i for i, low in enumerate(lows) if low in ("of", "for")), 0)
    headed = first_joint and (
        lows[first_joint - 1] in lists["orghead"] or lows[first_joint - 1] in lists["orgtail"]
    )
    if headed and lows[first_joint - 1] not in _NON_HEADS:
        score += 4.2 - 0.2 * max(0, len(inner) - 5)
    elif tail in lists["orgtail"] and len(inner) > 1 and not first_joint:
        score += 4.4 if tail in load()["orglegal"] else 2.5 if tail in load()["orgsoft"] else 3.5
    elif lows[0] in load()["orgleader"] and len(inner) in (2, 3):
        score += 2.9 if words[0].acronym or lows[0] not in ("real", "as", "team", "us") else 1.5
    elif words[0].acronym and len(words[0].key) > 2 and len(inner) == 2:
        score += 0.3
    elif "&" in lows or any(word.low in ("and",) for word in words):
        score += 0.8
    else:
        score += -0.8 if any(word.common for word in inner) else -1.2
        score -= 0.3 * max(0, len(inner) - 2)
        if span.quoted or (not span.sentence.shouting and all(w.common for w in inner)):
            score += 0.6
    if span.sentence.shouting and tail in load()["orglegal"] and len(inner) > 1:
        score += 2.0
    if lows[0] in load()["orgbroad"]:
        score += 0.8
    if words[0].calendar or words[-1].calendar:
        score -= 2.5
    if all(word.common == 2 for word in inner):
        score -= 2.5 * span.sentence.noise
    if words[0].title and not words[0].last and not headed:
        score -= 1.2
    if len(inner) == 2 and inner[0].first and inner[1].last and tail not in load()["orglegal"]:
        score -= 1.2
    return score


def _joints(span: Span, lows: list[str]) -> float:
    """Return what the little words inside take away, or an ampersand adds."""
    score = 0.0
    if "&" in lows:
        score += 2.6
    if "and" in lows:
        joint = lows.index("and")
        before, behind = span.words[joint - 1], span.words[min(joint + 1, len(lows) - 1)]
        score += 0.4 if before.common and behind.common else -2.6
    if "'s" in lows:
        joint = lows.index("'s")
        legal = lows[-1] in load()["orglegal"] or lows[-1] == "company"
        score -= 1.0 if legal or not span.words[joint - 1].place else 3.5
        score -= 2.0 * (joint > 1 and lows[0] not in ("st", "st.", "saint"))
        score += 0.6 if span.words[joint - 1].last or span.words[joint - 1].common else 0.0
    if any(low in ("in", "on", "to", "with", "at", "a", "an") for low in lows):
        score -= 2.5
    return score
