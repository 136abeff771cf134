"""How words touch: scripts written without spaces, and what is one character to a reader."""

from __future__ import annotations

import re
import unicodedata

# Thai to Tibetan, Myanmar, Khmer, Tai, Balinese, Javanese, Han, kana and their punctuation; emoji.
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1b7f"
    "\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u2e80-\u312f\u31a0-\u4dbf\u4e00-\u9fff"
    "\ua980-\ua9df\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\ufe0f\ufe30-\ufe4f\uff66-\uff9f"
    "\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
_FIRST_UNUSUAL = "\u0300"  # below: no combining mark, no joiner, no script without spaces
CONTEXT = 32  # characters to look back at, enough for a row of flags
_JOINER = "\u200d"
_FLAG_LETTERS = re.compile("[\U0001f1e6-\U0001f1ff]+\\Z")


def is_unspaced(character: str) -> bool:
    """Whether *character* belongs to a script written without spaces, or is an emoji."""
    return character >= _FIRST_UNUSUAL and _UNSPACED.match(character) is not None


def is_mark(character: str) -> bool:
    """Whether *character* combines with the one before it: an accent, a vowel sign."""
    return character >= _FIRST_UNUSUAL and unicodedata.category(character)[0] == "M"


def same_character(before: str, after: str) -> bool:
    """Whether a reader sees one character across the end of *before* and the start of *after*.

    >>> same_character("e", "\u0301"), same_character("👩\u200d", "🔬"), same_character("🇫", "🇷")
    (True, True, True)
    >>> same_character("e", "e"), same_character("🇫🇷", "🇩")
    (False, False)
    """
    first = after[0]
    if first < _FIRST_UNUSUAL:
        return False
    if is_mark(first) or first in "\u200c\u200d" or before[-1] == _JOINER:
        return True
    if "\U0001f3fb" <= first <= "\U0001f3ff" or "\U000e0020" <= first <= "\U000e007f":
        return True  # a skin tone, a tag
    flags = _FLAG_LETTERS.search(before)
    return bool(flags and len(flags[0]) % 2 and _FLAG_LETTERS.match(first))


def same_word(before: str, after: str) -> bool:
    """Whether *after*, which touches *before*, can be the rest of the same word.

    Where words are written without spaces, touching means nothing: 北 and 京 are two pieces.

    >>> same_word("Deep", "L"), same_word("北", "京"), same_word("at ", "L")
    (True, False, False)
    """
    if same_character(before, after):
        return True
    last, first = before[-1], after[0]
    return not (last.isspace() or first.isspace() or is_unspaced(last) or is_unspaced(first))


def splits_word(text: str, place: int) -> bool:
    """Whether *place* in *text* has letters or digits of one word on both sides.

    >>> splits_word("a smart one", 4), splits_word("a smart one", 2), splits_word("東京", 1)
    (True, False, False)
    """
    if not 0 < place < len(text):
        return False
    last, after = text[place - 1], text[place]
    if last < _FIRST_UNUSUAL and after < _FIRST_UNUSUAL:
        return last.isalnum() and after.isalnum()
    if same_character(text[max(0, place - CONTEXT) : place], after):
        return True
    return (last.isalnum() or is_mark(last)) and after.isalnum() and same_word(last, after)
