"""Join pieces of text, and cut one to a number of tokens."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from workbench.chunks import estimate_tokens

__all__ = ["cut", "join"]

_PLACE = re.compile(
    r"[^\s\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]+|[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]"
)
_CLAUSE_END = ",;:—–，、；："
_LOOSE = " \t,;:—–-，、；：([{“«「『"
_SOLID = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_ELLIPSIS = "…"
_FAR = 2000


def join(pieces: Sequence[str]) -> str:
    """Put *pieces* in a row, with a space between, but none after a Chinese or Japanese mark.

    >>> join(["One.", "Two."]), join(["一。", "二。"])
    ('One. Two.', '一。二。')
    """
    joined = ""
    for piece in pieces:
        last = joined[-1:]
        closed = _SOLID.match(last) and not last.isalnum() and _SOLID.match(piece)
        joined += piece if closed or not joined else " " + piece
    return joined


def cut(text: str, limit: int, wanted: int = 0) -> str:
    """Return *text* if it costs at most *limit* tokens, else its start and "…".

    It is cut at the end of a clause in its second half, else at the end of a word; where not even
    the first word fits, only a word that does is left, else a part of one. A clause that leaves
    less than *wanted* tokens is passed over.

    >>> cut("The rain stopped at noon, and the match went on.", 8)
    'The rain stopped at noon…'
    """
    head = text[: 8 * limit + 8]  # a token has at most 7 characters; the rest is white space
    if len(head) == len(text) and estimate_tokens(text) <= limit:
        return text
    mark = _ELLIPSIS if limit > 1 else ""
    places = _places(head, limit - len(mark))
    clauses = [
        (end, cost)
        for end, cost in places
        if head[end - 1] in _CLAUSE_END and cost - 1 >= max(limit / 2, wanted)
    ]
    if clauses:
        return head[: clauses[-1][0]].rstrip(_LOOSE) + mark
    if places:
        return _exactly(head[: places[-1][0]], mark, wanted)
    room = limit - len(mark)
    return (_first_fitting(text, room) or _characters(head, room)) + mark


def _places(text: str, limit: int) -> list[tuple[int, int]]:
    """Return where words end, with the tokens up to there, as far as *limit* tokens."""
    places: list[tuple[int, int]] = []
    cost = 0
    for match in _PLACE.finditer(text):
        cost += estimate_tokens(match.group())
        if cost > limit:
            break
        places.append((match.end(), cost))
    return places


def _first_fitting(text: str, limit: int) -> str:
    """Return the first word of at most *limit* tokens: a poor summary, but no half of a word."""
    for match in _PLACE.finditer(text[:_FAR]):
        word = match.group().strip(_LOOSE)
        if any(map(str.isalnum, word)) and estimate_tokens(word) <= limit:
            return word
    return ""


def _exactly(head: str, mark: str, wanted: int) -> str:
    """Drop loose marks at the end only as far as *wanted* tokens stay."""
    tidy = head.rstrip(_LOOSE) + mark
    return tidy if estimate_tokens(tidy) >= wanted else head + mark


def _characters(text: str, limit: int) -> str:
    sizes = range(1, len(text) + 1)
    return text[: bisect_right(sizes, limit, key=lambda size: estimate_tokens(text[:size]))]
