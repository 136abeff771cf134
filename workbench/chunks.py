"""How many tokens a text costs, and how to cut it into pieces that a model accepts."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise

from workbench.sentences import sentence_spans

__all__ = ["estimate_tokens", "split_text"]

_TOKEN = re.compile(
    r"[A-Za-z]{1,7}|[0-9]{1,2}"
    r"|(?:(?![×÷;·։،؛؟۔।॥።])[\u00c0-\u10ff\u1200-\u1fff]){1,2}"
    r"|\S"
)
_CLAUSE_MARKS = frozenset(",;:—–)，、；：）」』،؛")
_NEVER_FIRST = frozenset("。！？｡，、；：）」』】》〉］｝’”…‥ーっゃゅょッャュョ々．")
_NEVER_LAST = frozenset("「『（【《〈［｛‘“")
_WIDE = re.compile(r"[\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_BLANK_LINE = re.compile(r"[\n\r\u2028][^\S\n\r\u2028]*(?:\r?\n|\r(?!\n)|\u2028)|\u2029")
_INSIDE, _WORD, _CLAUSE, _SENTENCE, _LINE, _PARAGRAPH = range(6)


def estimate_tokens(text: str) -> int:
    """Return about how many sub-word tokens a BART- or BERT-class tokenizer makes of *text*.

    Counted are: every 7 letters of a plain Latin word (or what is left of one), every 2 digits,
    every 2 letters of accented Latin and other alphabets, and every other character that is not
    white space, so each Chinese character and each punctuation mark. For English prose that is
    about 1.35 a word, up to a tenth above the vocabularies of BART and BERT; the two marks a
    tokenizer adds around the text are not counted. Never more than the number of characters;
    joining two texts costs as much as both, or one less.

    >>> estimate_tokens("The quick brown fox jumps."), estimate_tokens("你好，世界。")
    (6, 6)
    """
    return len(_TOKEN.findall(text))


def split_text(text: str, max_tokens: int) -> list[tuple[int, int]]:
    """Return half-open character spans that cut *text* into chunks of similar size.

    Each chunk costs at most *max_tokens* as `estimate_tokens` counts, is trimmed of white space,
    and ends at a paragraph where one ends near the ideal size, else a sentence, a clause, a word;
    a sentence is cut only where it or its surroundings leave no choice, a word only when it is too
    long for a chunk of its own. Together the chunks hold every character that is not white space.
    A text without any gives no chunk. Raises ValueError when *max_tokens* is below 1.

    >>> text = "One two three four. Five six. Seven, eight, nine."
    >>> [text[start:end] for start, end in split_text(text, 8)]
    ['One two three four. Five six.', 'Seven, eight, nine.']
    """
    if max_tokens < 1:
        raise ValueError(f"max_tokens must be at least 1, not {max_tokens}")
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    if len(tokens) <= max_tokens:
        return [(tokens[0][0], tokens[-1][1])] if tokens else []
    levels = _boundary_levels(text, tokens)
    cuts = [0]
    while len(tokens) - cuts[-1] > max_tokens:
        cuts.append(_next_cut(levels, cuts[-1], max_tokens))
    cuts.append(len(tokens))
    return [(tokens[first][0], tokens[last - 1][1]) for first, last in pairwise(cuts)]


def _boundary_levels(text: str, tokens: list[tuple[int, int]]) -> bytearray:
    """Grade the place before each token, and the end, as a place to cut."""
    levels = bytearray(len(tokens) + 1)
    for i in range(1, len(tokens)):
        levels[i] = _grade(text, tokens[i - 1], tokens[i])
    starts = [start for start, _ in tokens]
    for sentence, _ in sentence_spans(text)[1:]:
        i = bisect_left(starts, sentence)
        gap = text[tokens[i - 1][1] : starts[i]]
        if _BLANK_LINE.search(gap):
            levels[i] = _PARAGRAPH
        else:
            levels[i] = _SENTENCE if len(gap.splitlines()) < 2 and "\n" not in gap else _LINE
    levels[0] = levels[-1] = _PARAGRAPH
    return levels


def _grade(text: str, before: tuple[int, int], after: tuple[int, int]) -> int:
    last, first = text[before[1] - 1], text[after[0]]
    if before[1] < after[0]:
        return _CLAUSE if last in _CLAUSE_MARKS else _WORD
    wide = _WIDE.match(last) or _WIDE.match(first)
    if not wide or first in _NEVER_FIRST or last in _NEVER_LAST:
        return _INSIDE
    return _CLAUSE if last in _CLAUSE_MARKS else _WORD


def _next_cut(levels: bytearray, start: int, max_tokens: int) -> int:
    """Return where the chunk that begins at token *start* ends: the best place near its share."""
    left = len(levels) - 1 - start
    share = left / -(-left // max_tokens)
    low = start + max(1, round(share * 0.6))
    high = start + min(max_tokens, round(share * 1.4))
    aim = start + share
    for level in (_PARAGRAPH, _LINE, _SENTENCE):
        if cut := _nearest(levels, low, high, aim, level):
            return cut
    return (
        _whole_next(levels, start, max_tokens, aim, _SENTENCE)
        or _nearest(levels, low, high, aim, _CLAUSE)
        or _nearest(levels, low, high, aim, _WORD)
        or _whole_next(levels, start, max_tokens, aim, _WORD)
        or min(high, round(aim))
    )


def _nearest(levels: bytearray, low: int, high: int, aim: float, level: int) -> int:
    """Return the place in ``low..high`` of at least *level* nearest to *aim*, or 0."""
    places = [i for i in range(low, high + 1) if levels[i] >= level]
    return min(places, key=lambda i: abs(i - aim), default=0)


def _whole_next(levels: bytearray, start: int, max_tokens: int, aim: float, level: int) -> int:
    """Return the place nearest to *aim* after which a whole unit of *level* still fits, or 0.

    Such a place may make a small chunk, which is better than to break a unit that need not be.
    """
    cut = _nearest(levels, start + 1, start + max_tokens, aim, level)
    if not cut:
        return 0
    beyond = range(cut + 1, min(cut + max_tokens + 1, len(levels)))
    return cut if any(levels[i] >= level for i in beyond) else 0
