"""What a model or a person wrote, as Markdown that a page may show."""

from __future__ import annotations

import re

_FENCED = (
    r"(?:^|(?<=\n))[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*"
    r"(?:\n.*?(?:\n[ \t>]*(?P=fence)[`~]*[ \t]*(?=\n|\Z)|\Z)|\Z)"
)
_CODE = r"(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)"
_MATH = r"\$\$.+?\$\$|\\\((?:(?!\\\().)+?\\\)|\\\[(?:(?!\\\[).)+?\\\]"
# As GitHub reads it: "$5 and $6" is money.
_INLINE_MATH = r"(?<![\\$\w])\$(?=[^\s$])(?P<inline>[^$\n]*?[^\s$\\])\$(?![\d$])"
_TAG = r"\\?<(?=[A-Za-z/!?])"
_PIECE = re.compile(
    f"(?P<code>{_FENCED}|{_CODE})|(?P<math>{_MATH})|{_INLINE_MATH}"
    f"|(?P<picture>!(?=\\[))|(?P<tag>{_TAG})",
    re.DOTALL,
)


def markdown(text: str) -> str:
    r"""*text* as Markdown in which HTML is words and no picture is loaded from elsewhere.

    Code and formulas stay as they are; a formula between single dollars gets the marks that the
    page reads. The address of a picture becomes a link.

    >>> print(markdown("<b>bold</b> `<b>` ![map](https://host/map.png) $x^2$"))
    &lt;b>bold&lt;/b> `<b>` [map](https://host/map.png) \(x^2\)
    """
    return _PIECE.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    if match["code"] is not None:
        return match["code"]
    if match["math"] is not None:
        return _formula(match["math"])
    if match["inline"] is not None:
        return f"\\({_formula(match['inline'])}\\)"
    return "" if match["picture"] is not None else "&lt;"


def _formula(text: str) -> str:
    """A blank after < means nothing in a formula, and makes a tag of nothing."""
    return re.sub(_TAG, "< ", text)


def whole(text: str) -> str:
    r"""*text* with a block of code that is still open closed, so that something may follow it.

    >>> whole("Look:\n```python\nprint(")
    'Look:\n```python\nprint(\n```'
    """
    fence = ""
    for line in text.splitlines():
        found = re.match(r"[ \t>]*(`{3,}|~{3,})", line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not line.strip(" \t>`~"):
            fence = ""
    return f"{text}\n{fence}" if fence else text
