"""Titles that stand before a name: *Foreign Minister*, *Secretary of State*, *Crown Prince*."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.lexicon import Lexeme
from workbench.engines.embedded.tagger.tokens import Token

__all__ = ["find_offices"]

_SURNAMES = frozenset(
    ["king", "prince", "bishop", "judge", "marshal", "pope", "cardinal", "sheriff", "lord", "chair"]
)
_INSIDE = frozenset(["of", "for", "the", "and"])


def find_offices(tokens: Sequence[Token], words: Sequence[Lexeme]) -> frozenset[int]:
    """Return the places of all words of capitalised titles that a capitalised word follows.

    >>> from workbench.engines.embedded.tagger.lexicon import look_up
    >>> from workbench.engines.embedded.tagger.tokens import tokenise
    >>> tokens = tokenise("Then Foreign Minister Ada Lo met General Motors Chief Bo")
    >>> sorted(find_offices(tokens, [look_up(token.text, False) for token in tokens]))
    [1, 2, 6, 8]
    """
    officers, suffixes = load()["officer"], load()["suffix"]
    found: set[int] = set()
    for index, token in enumerate(tokens):
        if not token.cap or token.low not in officers:
            continue
        if token.low in _SURNAMES and index and words[index - 1].first and tokens[index - 1].cap:
            continue
        if index + 1 < len(tokens) and tokens[index + 1].low in suffixes:
            continue
        end = _portfolio(tokens, index + 1)
        if end < len(tokens) and tokens[end].cap and tokens[end].low not in _INSIDE:
            found.update(range(_opening(tokens, index), end))
    return frozenset(found)


def _opening(tokens: Sequence[Token], index: int) -> int:
    """Return where the title begins whose last noun is at *index*."""
    prefixes = load()["officeprefix"]
    while index and tokens[index - 1].cap and tokens[index - 1].low in prefixes:
        if index > 1 and tokens[index - 2].low == "white":
            break
        index -= 1
    return index


def _portfolio(tokens: Sequence[Token], index: int) -> int:
    """Return where *of State*, *for Foreign Affairs* ends that may open at *index*."""
    portfolios, start = load()["portfolio"], index
    if index >= len(tokens) or tokens[index].low not in ("of", "for"):
        return index
    index += 1
    if index < len(tokens) and tokens[index].low == "the":
        index += 1
    if index >= len(tokens) or not tokens[index].cap or tokens[index].low not in portfolios:
        return start
    index += 1
    if index < len(tokens) and tokens[index].low in ("affairs", "security", "secretary", "staff"):
        index += 1
    return index
