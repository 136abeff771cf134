"""What the words before a span say of it."""

from __future__ import annotations

from workbench.engines.embedded.tagger.chains import Sentence
from workbench.engines.embedded.tagger.evidence import NONE, Evidence, add
from workbench.engines.embedded.tagger.gazetteer import load

__all__ = ["before"]

_DETERMINERS = frozenset(
    ["the", "a", "an", "this", "that", "these", "its", "their", "our", "every"]
)


_SURE_WORKS = frozenset(
    ["album", "novel", "film", "movie", "opera", "song", "ballet", "musical", "memoir", "sitcom"]
)
_SETTING_OUT = frozenset(
    ["leave", "leaves", "left", "leaving", "bound", "sailed", "sails", "departed", "headed"]
)
_ISSUED = frozenset(
    ["published", "released", "printed", "issued", "distributed", "manufactured", "operated"]
)


def before(sentence: Sentence, start: int) -> Evidence:
    """Return the evidence of the words before *start*."""
    if start == 0:
        return NONE
    tokens, lists = sentence.tokens, load()
    left = tokens[start - 1]
    word = left.low
    second = tokens[start - 2].low if start > 1 else ""
    third = tokens[start - 3].low if start > 2 else ""
    if sentence.shouting:
        return _loud_before(word)
    found = NONE
    if word in ("and", "or", ",") and start > 1 and tokens[start - 2].cap:
        found = _coordinated(sentence, start, word)
    stem = word[:-1] if word.endswith("s") and word not in lists["role"] else word
    if word in lists["title"] and (left.cap or word in lists["role"]):
        strong = 3.2 if left.cap else 2.2
        found = add(found, Evidence(per=strong, loc=-1.5, org=-1.0, misc=-1.0))
    elif stem in lists["role"]:
        found = add(found, Evidence(per=2.4, loc=-1.2, org=-0.6, misc=-0.8))
    elif stem in lists["orgnoun"]:
        found = add(found, Evidence(per=-0.8, loc=-0.6, org=2.0))
    elif stem in lists["worknoun"]:
        sure = 2.0 if word in _SURE_WORKS else 0.0
        found = add(found, Evidence(per=-0.6 - sure, loc=-0.8 - sure, misc=2.2 + 0.6 * sure))
    elif word in lists["locnoun"]:
        found = add(found, Evidence(per=-0.8, loc=1.0))
    if word in _DETERMINERS:
        found = add(found, _determined(second))
        if sentence.earthy and word == "the":
            found = add(found, Evidence(loc=1.0, org=-0.3))
    elif word in lists["locprep"]:
        found = add(found, Evidence(per=-1.2, loc=2.2 if word != "into" else 1.2, org=-0.2))
    elif word in lists["direction"]:
        found = add(found, Evidence(per=-2.0, loc=2.6, org=-0.8))
    elif word == "by" and any(t.low in _ISSUED for t in tokens[max(0, start - 5) : start]):
        found = add(found, Evidence(per=-0.4, org=1.8))
    elif word == "for" and second in _SETTING_OUT:
        found = add(found, Evidence(per=-1.2, loc=2.2, org=-0.5))
    elif word == "of":
        found = add(found, _of(second, third))
    elif word in ("is", "am", "was") and second in ("name", "i"):
        found = add(found, Evidence(per=2.4, loc=-0.5, org=-0.5))
    elif word == "for" and second in ("work", "works", "worked", "working"):
        found = add(found, Evidence(per=-0.3, org=2.0))
    elif word in _PREPOSITIONS:
        found = add(found, _PREPOSITIONS[word])
    elif word in lists["speechnear"]:
        found = add(found, Evidence(per=1.6, loc=-0.8, org=0.2))
    elif word in lists["orgprev"]:
        found = add(found, Evidence(org=0.9, loc=-0.3))
    elif word == "," and second in lists["role"]:
        found = add(found, Evidence(per=2.2, loc=-0.8, org=-0.3, misc=-0.5))
    elif word == "," and second in lists["orgnoun"]:
        found = add(found, Evidence(per=-0.3, org=1.5))
    elif word == "," and second in lists["locnoun"]:
        found = add(found, Evidence(per=-0.4, loc=1.3))
    elif word == "," and second in lists["worknoun"]:
        found = add(found, Evidence(per=-1.4, loc=-1.2, misc=3.2))
    elif word == "and" and second in lists["month"]:
        found = add(found, Evidence(misc=0.5))
    elif word in ("called", "named", "titled", "entitled", "dubbed", "codenamed"):
        found = add(found, Evidence(per=0.3, misc=1.8 if second in ("is", "was", "'s") else 1.0))
    elif word in ("speaks", "spoke", "speaking", "speak", "fluent"):
        found = add(found, Evidence(per=-1.0, misc=2.0))
    if second == "," and word in lists["role"]:
        found = add(found, Evidence(per=0.3))
    return found


def _coordinated(sentence: Sentence, start: int, joint: str) -> Evidence:
    """Return what stands before the other half of *X and Y*, for it speaks of both."""
    tokens, index = sentence.tokens, start - 2
    while index and start - index < 7 and tokens[index - 1].cap:
        index -= 1
    if index < 1 or tokens[index - 1].low in ("and", "or", ",") or start - index > 6:
        return NONE
    found, share = before(sentence, index), 0.7 if joint != "," else 0.3
    return Evidence(*(min(1.5, share * part) for part in found))


def _determined(second: str) -> Evidence:
    """Evidence of an article: people and cities stand without it."""
    if second == "of":
        return Evidence(per=-1.8, loc=-0.2, org=0.5, misc=0.4)
    if second in ("in", "at", "near", "across", "on"):
        return Evidence(per=-1.8, loc=0.9, org=0.2, misc=0.2)
    return Evidence(per=-2.4, loc=-0.3, org=0.5, misc=0.6)


def _of(second: str, third: str) -> Evidence:
    """Evidence of *of*, which depends on what is owned: *city of*, *shares of*, *son of*."""
    lists = load()
    if second in lists["locnoun"] or second in lists["geonoun"]:
        return Evidence(per=-1.5, loc=2.6, org=-0.8)
    if second in (
        "shares",
        "stock",
        "unit",
        "subsidiary",
        "employees",
        "customers",
        "shareholders",
    ):
        return Evidence(per=-0.8, loc=-1.0, org=2.6)
    if second in ("north", "south", "east", "west", "outside", "outskirts", "invasion", "streets"):
        return Evidence(per=-1.5, loc=2.4, org=-0.8)
    if second in load()["kin"]:
        return Evidence(per=1.6, loc=-0.3)
    if second in ("ground", "fans", "supporters", "players", "employees", "headquarters"):
        return Evidence(per=-0.8, org=1.4)
    if second in lists["role"] or second in ("ceo", "head", "founder", "member", "members"):
        return Evidence(per=-1.2, loc=0.4, org=1.2)
    if third and second in ("love", "version", "copy", "performance", "production", "translation"):
        return Evidence(misc=1.0)
    return Evidence(loc=0.4, org=0.1)


_PREPOSITIONS = {
    "above": Evidence(per=-0.5, loc=1.0),
    "below": Evidence(per=-0.5, loc=1.0),
    "towards": Evidence(per=-0.5, loc=1.4),
    "outside": Evidence(per=-0.8, loc=1.6),
    "off": Evidence(per=-0.5, loc=1.4),
    "opposite": Evidence(loc=0.4),
    "at": Evidence(per=-1.2, loc=1.0, org=0.9),
    "from": Evidence(per=-0.9, loc=1.7, org=0.4),
    "to": Evidence(loc=0.9),
    "between": Evidence(loc=0.8),
    "for": Evidence(org=0.5, loc=0.2),
    "by": Evidence(per=0.9, org=0.3, loc=-0.3),
    "with": Evidence(per=0.5, org=0.4),
    "against": Evidence(org=0.7, loc=0.2, per=0.2),
    "on": Evidence(per=-0.6, org=0.2, loc=0.3, misc=0.3),
    "like": Evidence(),
    "than": Evidence(per=0.2),
    "over": Evidence(loc=0.5, org=0.2),
    "via": Evidence(loc=1.5),
    "through": Evidence(loc=0.8),
    "under": Evidence(per=0.8),
    "via.": Evidence(),
    "named": Evidence(per=0.8),
    "married": Evidence(per=2.4, loc=-1.0),
    "met": Evidence(per=1.2),
    "when": Evidence(per=0.6),
    "while": Evidence(per=0.2, org=0.2),
    "that": Evidence(per=0.2, org=0.2, loc=0.2),
    "because": Evidence(per=0.4),
    "where": Evidence(per=0.5),
    "if": Evidence(per=0.3),
    "after": Evidence(per=0.2),
    "until": Evidence(per=0.2),
    "born": Evidence(per=0.5),
    "as": Evidence(),
    "using": Evidence(misc=0.8, org=0.2, per=-0.5),
    "uses": Evidence(misc=0.8, org=0.2, per=-0.5),
    "use": Evidence(misc=0.8, org=0.2, per=-0.5),
}


def _loud_before(word: str) -> Evidence:
    """Evidence before a span in a headline of capitals."""
    if word in ("in", "near", "at", "from", "outside"):
        return Evidence(per=-0.8, loc=1.8)
    if word in ("president", "minister", "senator", "mr", "dr", "coach", "pm", "pope", "king"):
        return Evidence(per=2.4, loc=-1.0)
    return NONE
