"""Words as the companion reads them: plain, turned from you to me, and how alike two texts are."""

from __future__ import annotations

import re

_WORD = re.compile(r"[\w']+")
_TURN = {
    "i": "you",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "i'm": "you're",
    "i've": "you've",
    "i'd": "you'd",
    "i'll": "you'll",
    "am": "are",
    "we": "you",
    "us": "you",
    "our": "your",
    "ours": "yours",
    "we're": "you're",
    "we've": "you've",
}
_PAST = re.compile(r"\b([Yy]ou) was\b")
_STOP = frozenset(
    word
    for line in (
        "a about again all am an and any are as at be been but by can could did do does don't for",
        "from get had has have he her him his how i if in into is it its just me more my not now",
        "of on or our out she so some tell than that the their them then there they this to told",
        "too up us very was we were what what's when where which who who's whose why will with",
        "would you your yours i'm i've you're it's that's please know remember say said mine much",
        "many really",
    )
    for word in line.split()
)
_ALIKE = {
    "called": "name",
    "named": "name",
    "lives": "live",
    "job": "work",
    "working": "work",
    "hour": "open",
    "close": "open",
    "cost": "price",
    "costs": "price",
    "favorite": "favourite",
}


def plain(text: str) -> str:
    """*text* in lower case, with straight apostrophes and single spaces, no mark at its end.

    >>> plain("  What’s  UP? ")
    "what's up"
    """
    return " ".join(text.lower().replace("’", "'").split()).strip(" .!?…")


def turned(text: str) -> str:
    """What somebody says of themselves, said back to them.

    >>> turned("I live in Oslo with my dog")
    'you live in Oslo with your dog'
    """
    told = re.sub(
        r"[A-Za-z]+(?:['’][a-z]+)?",
        lambda word: _TURN.get(word[0].lower().replace("’", "'"), word[0]),
        text,
    )
    return _PAST.sub(r"\1 were", told)


def stems(text: str) -> set[str]:
    """The words that say what a text is about, without their endings."""
    found = (word.strip("'") for word in _WORD.findall(plain(text)))
    return {_stem(word.removesuffix("'s")) for word in found if word not in _STOP and len(word) > 1}


def _stem(word: str) -> str:
    word = _ALIKE.get(word, word)
    for ending in ("ing", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word


def first_upper(text: str) -> str:
    """*text* with its first letter a capital."""
    return text[:1].upper() + text[1:]
