"""A prompt as words the painter can use: each with what it may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workbench.engines.embedded import colors
from workbench.engines.embedded.painter import lexicon

_TOKEN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]|[^\W\d_\u3040-\u9fff\uac00-\ud7a3]+|\d+|[^\w\s]")
_SCRIPT = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]|[^\w\s]")  # what makes a word on its own
_STOPS = ".;:!?()[]\u3002\uff01\uff1f\u2026"
_COMMAS = ",\uff0c\u3001"
_IGNORED = "'’\"`*_-–—/\ufe0f\u200d#"
_LONGEST = 5  # words in the longest phrase of the lexicon
_PLURALS = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "people": "person",
    "wolves": "wolf",
    "geese": "goose",
    "cacti": "cactus",
    "oxen": "ox",
    "calves": "calf",
    "ladies": "lady",
}


@dataclass(frozen=True)
class Word:
    """A word or a phrase of the prompt, and what it stands for: kind to value."""

    text: str
    roles: Mapping[str, str]
    plural: bool = False


def read_words(text: str) -> Iterator[Word]:
    """The words of *text* in order; a phrase such as "hot air balloon" is one word.

    >>> [(word.text, dict(word.roles)) for word in read_words("Two puppies")]
    [('two', {'count': '2'}), ('puppies', {'noun': 'dog'})]
    """
    tokens = [token for token in _TOKEN.findall(text.lower()) if token not in _IGNORED]
    start = 0
    while start < len(tokens):
        longest = min(_LONGEST if tokens[start] in _openings() else 1, len(tokens) - start)
        for length in range(longest, 0, -1):
            word = _look_up("_".join(tokens[start : start + length]))
            if word or length == 1:
                yield word or Word(tokens[start], {"unknown": tokens[start]})
                start += length
                break


def synonyms() -> dict[str, str]:
    """Every word and phrase for something the painter can draw, with the noun it draws.

    >>> synonyms()["puppy"], synonyms()["hot air balloon"]
    ('dog', 'balloon')
    """
    return {
        text.replace("_", " "): roles["noun"]
        for text, roles in _lexicon().items()
        if "noun" in roles
    }


def _look_up(text: str) -> Word | None:
    known = _lexicon()
    if text in known:
        return Word(text, known[text], plural=text in _PLURALS)
    for singular in _singulars(text):
        if known.get(singular, {}).keys() & {"noun", "group", "ground", "far", "sky"}:
            return Word(text, known[singular], plural=True)
    return None


def _singulars(text: str) -> Iterator[str]:
    head, _, last = text.rpartition("_")
    start = head + "_" if head else ""
    if last in _PLURALS:
        yield start + _PLURALS[last]
    if last.endswith("ies"):
        yield start + last[:-3] + "y"
    if last.endswith("es"):
        yield start + last[:-2]
    if last.endswith("s") and not last.endswith("ss"):
        yield start + last[:-1]


@lru_cache(maxsize=1)
def _openings() -> frozenset[str]:
    """The first words of all phrases, to look further only where it can help."""
    return frozenset(text.partition("_")[0] for text in _lexicon() if "_" in text)


@lru_cache(maxsize=1)
def _lexicon() -> Mapping[str, Mapping[str, str]]:
    roles: dict[str, dict[str, str]] = {}

    def add(kind: str, value: str, words: Iterable[str]) -> None:
        for word in words:
            roles.setdefault(word, {}).setdefault(kind, value)

    tables: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("noun", lexicon.NOUNS),
        ("ground", lexicon.GROUNDS),
        ("far", lexicon.FAR),
        ("color", lexicon.MORE_COLORS),
        ("size", lexicon.SIZES),
        ("time", lexicon.TIMES),
        ("weather", lexicon.WEATHERS),
        ("season", lexicon.SEASONS),
    )
    for kind, table in tables:
        for value, words in table.items():
            add(kind, value, [value, *words.split()])
    for count, words in lexicon.COUNTS.items():
        add("count", str(count), words.split())
    for (time, weather), words in lexicon.MOODS.items():
        add("mood", f"{time} {weather}", words.split())
    # Relations and spots are named by phrases: "left" alone is a verb as often as a side.
    for spot, words in lexicon.SPOTS.items():
        add("spot", spot, words.split())
    for relation, words in lexicon.RELATIONS.items():
        add(
            "relation",
            relation,
            words.split() if relation in ("left", "right", "front") else [relation, *words.split()],
        )
    for name in colors.COLORS:
        add("color", name, [name])
    for word, name in colors.SYNONYMS.items():
        if "noun" not in roles.get(word, {}):
            add("color", name, [word])
    for word in lexicon.GROUPS:
        add("group", word, [word])
    for kind, words in (
        ("sky", lexicon.SKY),
        ("wear", lexicon.WEAR),
        ("negation", lexicon.NEGATIONS),
        ("copula", lexicon.COPULAS),
        ("article", lexicon.ARTICLES),
        ("definite", lexicon.DEFINITE),
        ("link", lexicon.LINKS),
        ("plain", lexicon.PLAIN),
        ("stop", " ".join(_STOPS)),
        ("comma", " ".join(_COMMAS)),
    ):
        add(kind, kind, words.split())
    return roles
