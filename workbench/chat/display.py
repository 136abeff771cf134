"""What a model or a person wrote, as Markdown that a page may show."""

from __future__ import annotations

import re
import string

_INFO = r"(?:`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})"
_FENCED = (
    rf"^(?P<fence>{_INFO})[^\n]*"
    r"(?P<whole>(?:\n.*?)??)(?:\n {0,3}(?P=fence)(?P<more>[`~]*[ \t]*)(?=\n|\Z)|\Z)"
)
_INDENTED = (
    rf"^(?P<prefix>[ \t>]*(?:[-*+]|\d{{1,9}}[.)])[ \t]+|[ \t>]+)(?P<inner>{_INFO})[^\n]*"
    r"(?P<block>(?:\n.*?)??)(?:\n(?P<close>[ \t>]*)(?P=inner)[`~]*[ \t]*(?=\n|\Z)|\Z)"
)
_FREE = r"(?!\n {0,3}(?:```|~~~))."
_ON = rf"(?!\n[ \t]*\n){_FREE}"
_SPAN = rf"(?<![`\\])(?P<ticks>`+)(?!`)(?P<span>(?:{_ON})+?)(?<!`)(?P=ticks)(?!`)"
_MATH = rf"\$\$(?:{_FREE})+?\$\$|\\\((?:(?!\\\(){_FREE})+?\\\)|\\\[(?:(?!\\\[){_FREE})+?\\\]"
# As GitHub reads it: "$5 and $6" is money.
_INLINE_MATH = r"(?<![\\$\w])\$(?=[^\s$])(?P<inline>[^$\n]*?[^\s$\\])\$(?![\d$])"
_STRAY = r"\$\$|\\[\[(]"
_TAG = r"\\?<(?=[A-Za-z/!?])"
_PICTURE = r"!+(?=\[)"
# The title of a definition may swallow the beginning of a block of code; it is shown instead.
_DEFINITION = r"^ {0,3}\[(?=(?:\\.|[^\[\]\\])+\]:)"
_PIECE = re.compile(
    f"(?P<fenced>{_FENCED})|(?P<indented>{_INDENTED})|(?P<code>{_SPAN})|(?P<math>{_MATH})"
    f"|{_INLINE_MATH}|(?P<stray>{_STRAY}|`{{3,}})|(?P<picture>{_PICTURE})|(?P<tag>{_TAG})"
    f"|(?P<definition>{_DEFINITION})",
    re.DOTALL | re.MULTILINE,
)
# A page would draw it, pictures from elsewhere included.
_MERMAID = re.compile(r"([`~]{3}[ \t]*)(?=mermaid)")
_RISKY = re.compile(f"{_TAG}|{_PICTURE}|{_STRAY}")
_ENTITIES = {ord(char): f"&#{ord(char)};" for char in string.punctuation + "\n"}


def markdown(text: str) -> str:
    r"""*text* as Markdown in which HTML is words and no picture is loaded from elsewhere.

    Code and formulas stay as they are; a formula between single dollars gets the marks that the
    page reads. The address of a picture becomes a link, a diagram stays code. Markdown and we
    may differ on where code ends, so that tags in it are written as entities, but for a block at
    the margin.

    >>> print(markdown("<b>bold</b> `b` ![map](https://host/map.png) $x^2$"))
    &lt;b>bold&lt;/b> `b` [map](https://host/map.png) \(x^2\)
    >>> print(markdown("`<b>`"))
    <code>&#60;b&#62;</code>
    """
    shown = _PIECE.sub(_shown, re.sub("\r\n?", "\n", text))
    return _MERMAID.sub(r"\1text ", shown)


def _shown(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "fenced":
        plain = not (match["more"] or "").strip(match["fence"][0] + " ")
        return match[0] if plain else _block("", match["whole"])
    if kind == "indented":
        return match[0] if _is_sure(match) else _block(match["prefix"], match["block"])
    if kind == "code":
        return _span(match["span"]) if _RISKY.search(match[0]) else match[0]
    if kind == "math":
        return _formula(match[0])
    if kind == "inline":
        return f"\\({_formula(match['inline'])}\\)"
    if kind == "definition":
        return match[0][:-1] + "&#91;"
    if kind == "stray":  # it would begin what ends where we don't see it
        return match[0].lstrip("\\").translate(_ENTITIES)
    return "" if kind == "picture" else "&lt;"


def _span(text: str) -> str:
    text = text.replace("\n", " ")
    padded = text[0] == text[-1] == " " and text.strip()
    return f"<code>{(text[1:-1] if padded else text).translate(_ENTITIES)}</code>"


def _is_sure(match: re.Match[str]) -> bool:
    """Whether every reader sees the same block, whatever the list or quote that it stands in."""
    margin = re.sub(r"[^\t>]", " ", match["prefix"])
    lines = match["block"].split("\n")[1:]
    lines = lines if ">" in margin else [line for line in lines if line.strip()]
    within = all(line.startswith(margin) for line in lines)
    return within and match["close"] == margin and not _RISKY.search(match[0])


def _block(prefix: str, text: str) -> str:
    """A block of code on one line: none of it can be outside."""
    margin = rf"\A[ \t>]{{0,{len(prefix)}}}"
    inner = "\n".join(re.sub(margin, "", line) for line in text.split("\n")[1:])
    return f"{prefix}<pre><code>{inner.translate(_ENTITIES)}</code></pre>"


def _formula(text: str) -> str:
    """A blank after < means nothing in a formula, and makes a tag of nothing."""
    return re.sub(_PICTURE, "! ", re.sub(_TAG, "< ", text))


def whole(text: str) -> str:
    r"""*text* with a block of code that is still open closed, so that something may follow it.

    >>> whole("Look:\n```python\nprint(")
    'Look:\n```python\nprint(\n```'
    """
    fence = prefix = ""
    for line in text.splitlines():
        found = re.match(rf"([ \t>]*)({_INFO})", line)
        if found and not fence:
            prefix, fence = found[1], found[2]
        elif fence and re.fullmatch(rf"[ \t>]*{fence}[`~]*[ \t]*", line):
            fence = ""
    return f"{text}\n{prefix}{fence}" if fence else text
