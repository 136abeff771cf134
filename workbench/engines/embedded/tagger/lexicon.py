"""What is known of one word, whatever stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from workbench.engines.embedded.tagger.gazetteer import load

__all__ = ["Lexeme", "is_people", "look_up", "recased"]

_ROMAN = re.compile(r"[IVX]{1,5}\Z")
_ACRONYM = re.compile(
    r"(?:[A-Z]\.){2,8}\Z|[A-Z]{2,6}s?\Z|[A-Z]{1,4}&[A-Z]{1,3}\Z|[A-Z]{2,4}[0-9]\Z"
)
_CAMEL = re.compile(r"[A-Z]?[a-z]+[A-Z]|[A-Z]{2,}[a-z]{2,}")
_SCOTTISH = re.compile(r"(?:Mc|Mac|De|Di|Le|La|Van|Fitz|O['’]|D['’]|Du|Von|N['’])[A-Z][a-z]+\Z")
_PLACES = ("nation", "place", "city", "province", "region", "town", "exonym", "land", "water")
_GIVEN = frozenset(["dean"])
_PREFIXES = frozenset(["ex", "non", "anti", "pre", "post", "pro", "co", "semi", "mid", "vice"])
_SMALL = frozenset(["of", "the", "and", "for", "de", "la", "du", "des", "van", "von", "in", "on"])


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A word's lexical facts; ``common`` is 2 for an ordinary word, 1 for one that is both."""

    key: str
    low: str
    common: int
    first: bool
    last: bool
    people: bool
    place: bool
    org: bool
    initial: bool
    acronym: bool
    camel: bool
    digits: bool
    shouted: bool
    title: bool
    roman: bool
    calendar: bool  # months, days, and capitals that are never names (CEO, TV)


def recased(word: str) -> str:
    """Return a shouted word as running text writes it.

    >>> recased("LONDON"), recased("O'NEILL"), recased("MCDONALD'S"), recased("AL-ASSAD")
    ('London', "O'Neill", "McDonald's", 'Al-Assad')
    """
    if word.lower() in _SMALL:
        return word.lower()
    parts = re.split(r"([-'’])", word)
    pieces = [part.capitalize() if len(part) > 1 else part for part in parts]
    if len(pieces) > 2 and len(parts[-1]) == 1 and parts[-2] in "'’":
        pieces[-1] = parts[-1].lower()
    joined = "".join(pieces)
    return "Mc" + joined[2:].capitalize() if joined.startswith("Mc") and len(joined) > 4 else joined


@lru_cache(maxsize=20_000)
def is_people(word: str) -> bool:
    """Whether *word* names a nationality, faith, language or people, alone or hyphenated."""
    lists = load()
    if word in lists["people"] or word in lists["demonym"]:
        return True
    parts = word.split("-")
    if len(parts) < 2:
        return (
            word.endswith("s")
            and len(word) > 5
            and (word[:-1] in lists["demonym"] or word[:-1] in lists["people"])
        )
    heads = ("people", "demonym", "combining")
    known = [any(part in lists[name] for name in heads) for part in parts]
    return all(known) and parts[-1] not in lists["combining"]


@lru_cache(maxsize=50_000)
def look_up(word: str, shouting: bool) -> Lexeme:
    """Return the facts of *word*; *shouting* says that capitals mean nothing around it."""
    lists = load()
    key = word.replace("’", "'")
    low = key.lower()
    upper = key.isupper() and len(key) > 1
    acronym = upper and bool(_ACRONYM.match(key)) and not _ROMAN.match(key)
    known = key in lists["organisation"] or key in lists["club"] or key in lists["place"]
    known = known or bool(_ROMAN.match(key))
    if (upper and not known and (shouting or len(key) > 5 or not acronym)) or (
        upper and not known and len(key) > 3 and _is_city(recased(key))
    ):
        key, acronym = recased(key), False
    common = 2 if low in lists["common"] or len(key) == 1 else 1 if low in lists["mixed"] else 0
    camel = bool(_CAMEL.match(key)) and not _SCOTTISH.match(key) and "-" not in key
    digits = any(char.isdigit() for char in key)
    if camel or digits or (acronym and not shouting):
        common = 0
    elif not common and len(low) > 5 and not key[1:].isupper():
        common = _derived(low)
        if common and (key in lists["first"] or key in lists["last"] or key in lists["city"]):
            common = 1
    if "'" in low and not common and low.split("'")[0] in lists["common"] and low[-1] != "s":
        common = 2
    place = any(key in lists[name] for name in _PLACES)
    return Lexeme(
        key=key,
        low=low,
        common=common,
        first=key in lists["first"] or ("-" in key and key.split("-")[0] in lists["first"]),
        last=key in lists["last"] or bool(_SCOTTISH.match(key)) or _double(key),
        people=is_people(key),
        place=place,
        org=key in lists["organisation"] or key in lists["club"] or key in lists["company"],
        initial=(len(key) == 2 and key[1] == ".") or bool(re.fullmatch(r"(?:[A-Z]\.){2,3}", key)),
        acronym=acronym,
        camel=camel,
        digits=digits,
        shouted=upper,
        title=low in lists["title"] or (low in lists["role"] and low not in _GIVEN),
        roman=bool(_ROMAN.match(word)),
        calendar=low in lists["month"] or (low in lists["neverent"] and upper),
    )


def _is_city(key: str) -> bool:
    lists = load()
    return key in lists["city"] or key in lists["nation"] or key in lists["place"]


def _double(key: str) -> bool:
    """Whether *key* is a double-barrelled family name."""
    lasts = load()["last"]
    return "-" in key and key[-1].islower() and any(part in lasts for part in key.split("-"))


def _derived(low: str) -> int:
    """Whether an unknown word is an ordinary one with an ending or a prefix."""
    common = load()["common"]
    for ending in ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "less", "al"):
        if low.endswith(ending) and low[: -len(ending)] in common:
            return 2
    if low.endswith("ies") and low[:-3] + "y" in common:
        return 2
    if low.endswith(("tors", "tions", "sions", "ments", "ologists", "ologist", "ities", "ically")):
        return 1
    if "-" in low and all(part in common or part in _PREFIXES for part in low.split("-")):
        return 2
    return 0
