"""How wide text is on a terminal, where Chinese characters take two columns each."""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENING, _CLOSING = "（“「《", "，。：；！？、）”」》…"
_PIECE = re.compile(rf"[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*|\s")


def columns(text: str) -> int:
    """How many columns *text* takes.

    >>> columns("text"), columns("文本")
    (4, 4)
    """
    return sum(1 + (east_asian_width(char) in "WF") for char in text if not combining(char))


def padded(text: str, width: int) -> str:
    """*text* with spaces after it, so that what follows stands *width* columns further.

    >>> padded("文本", 6)
    '文本  '
    """
    return text + " " * (width - columns(text))


def cut(text: str, width: int) -> str:
    """As much of *text* as fits into *width* columns.

    >>> cut("文本", 3)
    '文'
    """
    while columns(text) > width:
        text = text[:-1]
    return text


def wrapped(text: str, width: int) -> list[str]:
    """*text* in lines of *width* columns, broken at spaces and between Chinese characters.

    >>> wrapped("打开 demo 应用。", 10)
    ['打开 demo', '应用。']
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        if columns(lines[-1] + piece) > width and lines[-1].strip():
            lines.append("")
        if lines[-1] or piece.strip():
            lines[-1] += piece
    return [line.rstrip() for line in lines]
