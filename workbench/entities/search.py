"""Finding names again in the text they come from, when the model's tokenizer gives no offsets."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from itertools import accumulate, compress

from workbench.entities.pieces import SUBWORD, bare
from workbench.entities.words import is_mark, splits_word

WINDOW = 20_000
"""Characters searched for one name."""

# What keeps the whole linear: each search spends what it reads and earns a little, so that a
# book with many names not in it is searched less far for each of them.
_SAVINGS = 20_000_000
_EARNED = 400
_MATCH_COST = 300  # looking at one match costs as much as reading this many characters
_TELLING = 4  # so many letters inside a longer word are more than chance

Span = tuple[int, int]


class Folding(dict[str, str]):
    """Characters as uncased vocabularies have them: small, without accents, spaces, controls.

    >>> folding = Folding()
    >>> "".join(folding[character] for character in "É ﬁ")
    'efi'
    """

    def __missing__(self, character: str) -> str:
        apart = unicodedata.normalize("NFKD", character.casefold())
        kept = [c for c in apart if unicodedata.category(c) not in ("Mn", "Me", "Cc", "Cf")]
        folded = self[character] = "".join("".join(kept).split())
        return folded

    def fold(self, word: str) -> str:
        """Return *word* folded.

        >>> Folding().fold("São Paulo")
        'saopaulo'
        """
        if word.isascii() and word.isprintable():
            return word.lower().replace(" ", "")
        return "".join([self[character] for character in word])


class Finder:
    """Searches one text for names, forwards, blind to case, accents and spacing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folding = Folding()
        self._folded = ""  # the text folded, as far as it was needed
        self._places = array("q")  # folded character -> where it comes from
        self._ranks = array("q", [0])  # place in the text -> folded characters before it
        self._missed: dict[str, int] = {}  # word -> where it was last looked for in vain
        self._savings = _SAVINGS

    def find(self, word: str, start: int, stop: int) -> Span | None:
        """Return the span of the first *word* in text[start:stop]; whole words come first.

        A word with ``##`` in front is looked for inside longer words. Offsets lie in the text.

        >>> Finder("Newer than NEW\\tYork, dental").find("new york", 0, 27)
        (11, 19)
        """
        savings = self._savings = self._savings + _EARNED
        furthest = start + (WINDOW if savings > WINDOW else max(_EARNED, savings))
        if stop > furthest:
            stop = furthest
        if word.startswith(SUBWORD):
            return self._find_folded(bare(word), start, stop, inside=True)
        if not word.islower():  # a vocabulary with capitals: see first where they are the same
            for at in self._matches(self.text, word, start, stop):
                if not splits_word(self.text, at) and not splits_word(self.text, at + len(word)):
                    return at, at + len(word)
        return self._find_folded(word, start, stop, inside=False)

    def find_near(self, word: str, start: int, limit: int) -> Span | None:
        """Return the first *word* between *start* and *limit*, or else the first after *start*."""
        if self._missed.get(word) == start:
            return None
        span = self.find(word, start, limit)
        if span is None and limit < len(self.text):
            span = self.find(word, start, len(self.text))
        if span is None:
            self._missed[word] = start
        return span

    def _find_folded(self, word: str, start: int, stop: int, *, inside: bool) -> Span | None:
        key = self._folding.fold(word)
        if not key or start >= stop:
            return None
        if stop >= len(self._ranks):
            self._fold_to(stop)
        beginning = part = None
        for at in self._matches(self._folded, key, self._ranks[start], self._ranks[stop]):
            span = self._span(at, at + len(key))
            if span is None:
                continue
            tail = splits_word(self.text, span[0])
            if tail is inside and (inside or not splits_word(self.text, span[1])):
                return span
            if tail:
                part = part or span
            else:
                beginning = beginning or span
        return beginning or (part if inside or len(key) >= _TELLING else None)

    def _matches(self, haystack: str, needle: str, low: int, high: int) -> Iterable[int]:
        """Return where *needle* is, and pay for looking."""
        at = haystack.find(needle, low, high)
        if at < 0:
            self._savings -= high - low
            return ()
        return self._matches_from(haystack, needle, low, at, high)

    def _matches_from(
        self, haystack: str, needle: str, low: int, at: int, high: int
    ) -> Iterator[int]:
        while at >= 0:
            self._savings -= at - low + _MATCH_COST
            yield at
            if self._savings < 0:
                return
            low = at + 1
            at = haystack.find(needle, low, high)
        self._savings -= high - low

    def _fold_to(self, stop: int) -> None:
        start = len(self._ranks) - 1
        stop = min(len(self.text), max(stop, 2 * start))  # doubling: copied a few times at most
        folded = [self._folding[character] for character in self.text[start:stop]]
        places = list(compress(range(start, stop), folded))
        added = "".join(folded)
        if len(places) != len(added):
            places = [place for place, new in enumerate(folded, start) for _ in new]
        self._places.extend(places)
        self._ranks.pop()
        self._ranks.extend(accumulate(map(len, folded), initial=len(self._folded)))
        self._folded += added

    def _span(self, low: int, high: int) -> Span | None:
        """Return the place of folded characters in the text; None when they cut one in two."""
        places = self._places
        start, last = places[low], places[high - 1]
        if low and places[low - 1] == start:
            return None
        if high < len(places) and places[high] == last:
            return None
        end = last + 1
        while end < len(self.text) and is_mark(self.text[end]):
            end += 1
        return start, end
