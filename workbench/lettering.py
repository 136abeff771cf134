"""Words on pictures: a font that has the letters, lines that fit, and never a wrong letter."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from PIL import ImageFont

UNKNOWN = "[?]"
"""Stands for letters that no font here can draw."""
BUILT_IN = ""
"""The name of Pillow's own font, which has the letters of English and few others."""
_FONTS = (
    BUILT_IN,
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "segoeui.ttf",
    "Arial Unicode.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "wqy-zenhei.ttc",
    "msyh.ttc",
    "msgothic.ttc",
    "malgun.ttf",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "AppleSDGothicNeo.ttc",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "Nirmala.ttf",
    "LeelawUI.ttf",
)
"""Looked for in the system's folders, in this order."""
# Letters that are joined, reordered or written from the right: wrong without a shaping library.
_SHAPED = re.compile(
    "ARABIC|HEBREW|SYRIAC|THAANA|NKO|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU"
    "|KANNADA|MALAYALAM|SINHALA|THAI|LAO|TIBETAN|MYANMAR|KHMER|MONGOLIAN"
)
_NO_LETTER = "\U0010fffe"
_MOST = 2000


def clean(text: str) -> str:
    """*text* as it is written on a picture: in one line, without control characters.

    >>> clean(" one\\n two\\x07 ")
    'one two'
    """
    line = " ".join(unicodedata.normalize("NFC", text[:_MOST]).split())
    return "".join(char for char in line if not _is_control(char))


def find_font(text: str, preferred: str = BUILT_IN) -> str:
    """The name of the first font here that has every letter of *text*, or else most of them.

    >>> find_font("plain words")
    ''
    """
    fewest, best = len(text) + 1, preferred
    for name in dict.fromkeys((preferred, *_FONTS)):
        lacking = _lacking(text, name)
        if lacking < fewest:
            fewest, best = lacking, name
        if not lacking:
            break
    return best


def has_all(text: str, name: str) -> bool:
    """Whether the font has every letter of *text*."""
    return not _lacking(text, name)


def wrap(text: str, name: str, size: int, width: int, most: int) -> list[str]:
    """*text* in at most *most* lines of *width* pixels, in letters of *size*.

    What the font lacks becomes `[?]`, what is too long ends in `…`.

    >>> wrap("the sun and the moon", BUILT_IN, 20, 110, 2)
    ['the sun and', 'the moon']
    >>> wrap("\\ue000 and more than fits", BUILT_IN, 20, 110, 1)
    ['[?] and mo…']
    """
    font = load_font(name, size)
    found: list[str] = []
    rest = _drawable(text, name)
    while rest and len(found) < most:
        line = _first_line(rest, font, width)
        found.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    if rest:
        last = f"{found[-1]} {rest}"
        room = width - font.getlength("…")
        found[-1] = last[: _fitting(last, font, room)].rstrip() + "…"
    return found


@lru_cache(maxsize=64)
def load_font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of the system or Pillow's own, *size* pixels. Raises OSError when it isn't there."""
    font = ImageFont.truetype(name, size) if name else ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise OSError("Pillow was built without FreeType")
    return font


def _first_line(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The beginning of *text* that fits, cut after a space, or where words are written close."""
    low = _fitting(text, font, width)
    if low == len(text) or text[low] == " ":
        return text[:low]
    close = any(unicodedata.east_asian_width(char) in "WF" for char in text[low - 1 : low + 1])
    cut = 0 if close else text.rfind(" ", 0, low) + 1
    return text[: cut or low]


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: float) -> int:
    """How many letters of *text* fit, one at least."""
    # Measuring takes longer than the text is: no more of it than letters as narrow as an i.
    low, high = 1, min(len(text), max(1, int(width) // 2))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= width else (low, middle - 1)
    return low


def _drawable(text: str, name: str) -> str:
    drawn: list[str] = []
    for char in text:
        if _has(name, char):
            drawn.append(char)
        elif drawn[-1:] != [UNKNOWN]:
            drawn.append(UNKNOWN)
    return "".join(drawn)


def _lacking(text: str, name: str) -> int:
    return sum(not _has(name, char) for char in text)


@lru_cache(maxsize=8192)
def _has(name: str, char: str) -> bool:
    """Whether the font has a shape of its own for *char*: Pillow doesn't tell, so it is drawn."""
    font = _found(name)
    if font is None:
        return False
    needs_shaping = _SHAPED.match(unicodedata.name(char, ""))
    if needs_shaping and font.layout_engine != ImageFont.Layout.RAQM:
        return False
    shape = _shape(font, char)
    if not any(shape[1]):
        return unicodedata.category(char) in ("Cf", "Zs")
    return shape != _shape(font, _NO_LETTER)


@lru_cache(maxsize=len(_FONTS))
def _found(name: str) -> ImageFont.FreeTypeFont | None:
    """The font, or None where there is none: a search through folders, made once."""
    try:
        return load_font(name, 16)
    except OSError:
        return None


def _shape(font: ImageFont.FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char, mode="L")
    return mask.size, bytes(mask)


def _is_control(char: str) -> bool:
    selector = unicodedata.name(char, "").startswith("VARIATION SELECTOR")
    return selector or unicodedata.category(char) in ("Cc", "Cs")
