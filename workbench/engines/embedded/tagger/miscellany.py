"""Evidence that a span is a nationality, faith, language, event, titled work or product."""

from __future__ import annotations

import re

from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.lexicon import Lexeme
from workbench.engines.embedded.tagger.spans import Span, absorbed, damping, make_span

__all__ = ["miscellany", "titled"]

_NEVER = -9.0
_MODEL = re.compile(r"[A-Z][A-Za-z]{0,12}-\d{1,4}[A-Za-z]?\Z")
_CODENAMED = frozenset(["operation", "exercise", "hurricane", "typhoon", "cyclone"])
_GAPS = frozenset(["at", "in", "to", "with", "on"])
_CODE = re.compile(r"[A-Za-z]{1,3}\d{1,4}[A-Za-z]{0,2}\Z")
_LISTS = (("event", 4.9), ("product", 4.0), ("work", 3.2))


def miscellany(span: Span) -> float:
    """Return the log-odds that *span* is one of the many other kinds of name."""
    lists = load()
    words = span.words
    if all(word.people for word in words) or span.key in lists["people"]:
        return _people(span)
    for name, weight in _LISTS:
        if span.key in lists[name]:
            numbered = 1.2 * (span.sentence.tokens[span.end - 1].kind == "number")
            return weight - damping(span) + 1.6 * absorbed(span) + numbered
    score = titled(span) if span.quoted else -1.2
    if span.single:
        return max(score, _alone(words[0]))
    tokens = span.sentence.tokens[span.start : span.end]
    if tokens[-1].kind == "number":
        return max(score, _model(span))
    if _is_ship(span):
        return 4.2 + absorbed(span) + 0.5 * ("of" in span.key.split(" "))
    if words[-1].digits and len(words) < 4 and _CODE.match(words[-1].key):
        maker = words[0].org or span.key.rpartition(" ")[0] in lists["product"]
        return 4.6 + absorbed(span) if maker else max(score, 2.2)
    if span.quoted and score > -1.0:
        return score
    if (
        any(t.kind in ("opaque", "mark", "number") for t in tokens)
        or not tokens[-1].cap
        or not tokens[0].cap
    ):
        return _NEVER
    if words[0].low == "the" and span.start not in span.sentence.opens and len(words) < 7:
        capital = all(t.cap for t in tokens if t.low not in lists["connector"])
        near = span.sentence.tokens[max(0, span.start - 3) : span.start]
        work = any(t.low in lists["worknoun"] or t.low in lists["workverb"] for t in near)
        score = max(score, -0.6 + 2.2 * work + absorbed(span)) if capital else score
    return max(score, _built(span))


def _is_ship(span: Span) -> bool:
    """Whether *span* is a ship's prefix and a name: *HMS Victory*."""
    prefix = span.words[0]
    if prefix.low not in load()["shipprefix"] or not prefix.key.isupper() or len(span.words) > 5:
        return False
    rest = span.sentence.tokens[span.start + 1 : span.end]
    return all(token.cap or token.low == "of" for token in rest) and rest[-1].cap


def _people(span: Span) -> float:
    score = 4.8 if span.single else 5.4
    score -= damping(span) * 0.8
    if span.single and (span.words[0].first or span.words[0].last):
        score -= 0.9
    if span.start and span.sentence.tokens[span.start - 1].low == "the" and span.words[-1].place:
        score -= 1.5
    following = span.sentence.tokens[span.end : span.end + 1]
    if following and following[0].cap and span.sentence.words[span.end].last and not span.single:
        score -= 0.5
    return score


def _alone(word: Lexeme) -> float:
    if _MODEL.match(word.key):
        return 2.8
    if word.digits and _CODE.match(word.key) and not word.calendar:
        return 1.2
    if word.key.endswith("++"):
        return 3.0
    if word.common == 2 or word.calendar:
        return -3.0
    ending = (
        0.9
        if word.key.endswith(("ian", "ians", "ese", "ish", "ism", "ist", "ists", "ite", "ites"))
        else 0.0
    )
    known = 0.9 * (word.first or word.last or word.place)
    return ending - 1.2 - known - 0.5 * word.common - (1.0 if word.acronym else 0.0)


def _model(span: Span) -> float:
    """Return the evidence of a name with a number behind it: *iPhone 15*, *Boeing 737*."""
    number = span.sentence.tokens[span.end - 1].text
    lists, before = load(), span.sentence.tokens[span.end - 2]
    following = span.sentence.tokens[span.end : span.end + 1]
    base = make_span(span.sentence, span.start, span.end - 1, False).key
    if base in lists["product"] and not (following and following[0].low in lists["unit"]):
        return 5.4 if len(number) < 5 else 2.0
    if before.low in ("act", "bill", "code", "rules", "regulations", "order") and len(number) == 4:
        return 4.6 + absorbed(span)
    if len(span.words) > 4 or span.words[0].calendar or not span.sentence.tokens[span.end - 2].cap:
        return _NEVER
    if any(word.common == 2 for word in span.words[:-1]) or span.sentence.sporty:
        return -3.5
    product = any(span.words[0].key in load()[name] for name in ("product", "work", "event"))
    if product:
        return 5.4
    if span.words[0].org and re.fullmatch(r"\d{3}[A-Z]?", number) and len(span.words) == 2:
        return 4.8
    if re.fullmatch(r"(?:19|20)\d\d", number) or re.search(r"[:.,/-]", number) or len(number) > 4:
        return -2.0
    if following and following[0].low in lists["unit"]:
        return -2.5
    return 0.8 if span.words[0].org or span.words[0].camel else 0.2 if len(number) < 4 else -0.8


def _built(span: Span) -> float:
    """Return the evidence of an event's or a law's name: *X Cup*, *Battle of X*."""
    lists = load()
    words, lows = span.words, [word.low for word in span.words]
    inner = [word for word in words if word.low not in lists["connector"]]
    joint = next((i for i, low in enumerate(lows) if low in ("of", "on", "for")), 0)
    score = -1.6 - 0.2 * max(0, len(inner) - 2)
    if joint and lows[joint - 1] in lists["eventhead"] and words[joint - 1].key[:1].isupper():
        score = 4.0
    elif joint and lows[joint - 1] in lists["eventtail"] and lows[joint - 1] in load()["eventfirm"]:
        score = 3.2
    elif lows[0] in _CODENAMED and len(words) in (2, 3):
        score = 3.4 if not words[0].first else 2.4
    elif lows[-1] in lists["eventtail"] and len(inner) > 1:
        score = 3.8 if lows[-1] in load()["eventfirm"] else 2.0
        if joint or "and" in lows:
            score -= 0.8
    if "'s" in lows:
        score -= 1.0
    if joint and not _GAPS.isdisjoint(lows[:joint]):
        score = _NEVER
    if words[0].people and score < 0:
        score += 0.5
    if score > 1.5:
        score += absorbed(span)
        if (
            span.sentence.shouting
            and (words[0].people or words[0].place)
            and lows[-1] in load()["eventfirm"]
        ):
            score += 2.2
    if all(word.common == 2 for word in inner):
        score -= 2.5 * span.sentence.noise
    return score


def titled(span: Span) -> float:
    """Return the evidence that a quotation is a work's title rather than speech."""
    lists = load()
    tokens, words = span.sentence.tokens, span.words
    last = tokens[span.end - 1]
    if last.text in (",", ".", "!", "?") and last.text in (",", "."):
        return -6.0
    long = [w for w, t in zip(words, tokens[span.start : span.end], strict=True) if len(w.low) > 3]
    raised = sum(w.key[:1].isupper() for w in long)
    if not long or raised < len(long):
        return -4.0 if long else -1.0
    # Words in lower case would each count for the reading "no name": give that back.
    score = (3.2 + 0.5 * (raised > 1) if len(words) > 1 else 0.2) + 0.4 * sum(
        not w.key[:1].isupper() for w in words
    )
    window = tokens[max(0, span.start - 7) : span.start - 1]
    near = {t.low for t in window}
    if near & lists["worknoun"]:
        score += 2.0
    elif near & lists["workverb"]:
        score += 1.2
    following = tokens[span.end + 1].low if span.end + 1 < len(tokens) else ""
    if following in lists["speechnear"] or (following == "," and last.text in ",."):
        score -= 2.5
    return score - (0.5 if span.start in span.sentence.opens and len(words) == 1 else 0.0)
