"""What the words after a span say of it."""

from __future__ import annotations

from workbench.engines.embedded.tagger.chains import Sentence
from workbench.engines.embedded.tagger.evidence import NONE, Evidence
from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.tokens import Token

__all__ = ["after"]

_DETERMINERS = frozenset(
    ["the", "a", "an", "this", "that", "these", "its", "their", "our", "every"]
)
_AGE = range(1, 110)
_BUILT = frozenset(["stadium", "cave", "caves", "castle", "hills", "plateau", "bridge", "road"])
_COPULAS = frozenset(["is", "was", "are", "were", "became", "remains"])


def after(sentence: Sentence, end: int) -> Evidence:
    """Return the evidence of the words from *end* on."""
    tokens, lists = sentence.tokens, load()
    size = len(tokens)
    if end >= size:
        return NONE
    right = tokens[end]
    word = right.low
    second = tokens[end + 1].low if end + 1 < size else ""
    third = tokens[end + 2].low if end + 2 < size else ""
    if sentence.shouting:
        return _loud_after(word)
    if word == ",":
        return _apposed(tokens, end, second, third)
    if word in ("and", "or") and second and tokens[end + 1].cap:
        return _listed(tokens, end)
    if word == "(":
        return _bracketed(second, third)
    if word == "'s":
        return _owner(second, third)
    if word == ":" and end < 4:
        return Evidence(per=0.8)
    if right.cap and word not in lists["orgnext"]:
        return NONE
    if word in load()["goods"]:
        return Evidence(per=-0.8, org=-0.8, misc=2.6)
    if word in lists["orgnext"]:
        return Evidence(per=-0.7, loc=-0.1, org=1.5)
    if word in lists["langnext"]:
        return Evidence(per=-0.8, loc=-0.2, misc=1.8)
    if word in lists["speechnear"]:
        return Evidence(per=1.3, loc=-0.5, org=0.4, misc=-1.0)
    if word in _COPULAS:
        return _defined(tokens, end + 1)
    if word in ("who", "whose", "himself", "herself"):
        return Evidence(per=2.4, loc=-1.0, org=-1.0, misc=-0.5)
    if word in lists["speech"]:
        return Evidence(per=0.5, misc=-0.4)
    if word in lists["locnoun"] or word.removesuffix("s") in lists["locnoun"] or word in _BUILT:
        return Evidence(per=-0.8, loc=1.2)
    if word == "-" and second in ("based", "born", "bound", "area"):
        return Evidence(per=-1.5, loc=2.5)
    return NONE


def _apposed(tokens: list[Token], comma: int, second: str, third: str) -> Evidence:
    """Evidence of what follows a comma: an age, *who*, *a nurse at …*."""
    lists = load()
    if (
        second.isdigit()
        and int(second[:4]) in _AGE
        and third in (",", ".", "of", "who", "from", "")
    ):
        return Evidence(per=3.2, loc=-1.0, org=-1.0)
    if second in ("who", "whose", "aged"):
        return Evidence(per=2.2, loc=-0.8, org=-0.6)
    if comma + 1 < len(tokens) and tokens[comma + 1].cap:
        return _listed(tokens, comma)
    head = _head_noun(tokens, comma + 1)
    if head in lists["role"]:
        return Evidence(per=1.8, loc=-0.5, org=-0.3)
    if head in lists["locnoun"] or head in lists["geonoun"]:
        return Evidence(per=-1.2, loc=2.2)
    if head in lists["orgnoun"]:
        return Evidence(per=-0.5, org=1.6)
    if head in lists["worknoun"]:
        return Evidence(per=-2.4, misc=3.4)
    if second in ("where", "capital"):
        return Evidence(per=-0.5, loc=1.5)
    return NONE


def _defined(tokens: list[Token], start: int) -> Evidence:
    """Evidence of a definition: *is a Norwegian painter*, *is a village in*."""
    lists = load()
    if start < len(tokens) and tokens[start].low in ("in", "on", "near", "part"):
        return Evidence(per=-0.2, loc=0.3)
    if start + 2 < len(tokens) and tokens[start].low == "one" and tokens[start + 1].low == "of":
        start += 2
    head = _head_noun(tokens, start)
    head = head if head in lists["role"] else head.removesuffix("s")
    if head in lists["role"]:
        return Evidence(per=2.2, loc=-0.8, org=-0.8, misc=-0.8)
    if head in lists["locnoun"] or head in lists["geonoun"]:
        return Evidence(per=-1.0, loc=2.6, org=-0.5)
    if head in lists["orgnoun"]:
        return Evidence(per=-1.0, org=2.2)
    if head in lists["worknoun"]:
        return Evidence(per=-1.5, misc=2.8)
    if tokens[start - 1].low in ("is", "was"):
        return Evidence(per=0.5, misc=-0.4)
    return NONE


def _listed(tokens: list[Token], start: int) -> Evidence:
    """Return what a list says of its members: ``the X, Y and Z peoples``."""
    index = start
    while index + 1 < min(len(tokens), start + 8):
        if tokens[index].low not in (",", "and", "or") or not tokens[index + 1].cap:
            break
        index += 2
    if index >= len(tokens) or index == start:
        return NONE
    if tokens[index].low in load()["langnext"]:
        return Evidence(per=-0.8, misc=1.6)
    if tokens[index].low.removesuffix("s") in load()["locnoun"]:
        return Evidence(per=-0.8, loc=1.6)
    return NONE


_OPENERS = _DETERMINERS | {"his", "her", "then", "now", "once", "one", "another", "two", "three"}


def _head_noun(tokens: list[Token], start: int) -> str:
    """Return the noun of a short description: *coach* of ``a former national coach who``."""
    lists, head = load(), ""
    if start < len(tokens) and tokens[start].cap:
        return ""
    for index in range(start, min(start + 7, len(tokens))):
        token = tokens[index]
        if token.kind != "word":
            break
        if token.low in load()["link"] and index > start:
            return head
        head = token.low
        if index == start and not (head in _OPENERS or head in lists["role"]):
            return ""
    return head


def _bracketed(second: str, third: str) -> Evidence:
    """Evidence of brackets: years of a life, a minute of play."""
    if len(second) == 4 and second.isdigit() and third in ("-", "–", "—"):
        return Evidence(per=2.5, loc=-0.5)
    if second.isdigit() and third in load()["month"]:
        return Evidence(per=2.5, loc=-0.5)
    if second in ("born", "died", "b.", "c.") or (len(second) == 9 and second[4:5] == "-"):
        return Evidence(per=2.5, loc=-0.5)
    if second.isdigit() and third in (",", ")", ";"):
        return Evidence(per=0.8)
    return NONE


def _owner(second: str, third: str) -> Evidence:
    """Evidence of what is owned: a person's kin, a country's capital, a company's shares."""
    lists = load()
    if second in load()["kin"]:
        return Evidence(per=1.6, org=-0.5)
    if second in load()["nationalnoun"] or third in load()["nationalnoun"]:
        return Evidence(per=-0.6, loc=1.2)
    if second in lists["orgnext"] or third in lists["orgnext"]:
        return Evidence(org=0.9, loc=0.2)
    return NONE


def _loud_after(word: str) -> Evidence:
    """Evidence after a span in a headline of capitals."""
    if word in ("shares", "stock", "ceo", "profit", "sues", "unit", "buys", "earnings", "board"):
        return Evidence(per=-0.8, loc=-0.8, org=1.8)
    if word in ("signs", "says", "warns", "resigns", "dies", "vows", "scores", "wins"):
        return Evidence(per=0.6)
    return NONE
