"""Translate what HTML says, and leave what it is made of."""

from __future__ import annotations

import html
import re
from itertools import groupby

from workbench.language import ENGLISH, current, translate, translate_facts

_TAG = re.compile(r"(<[^>]*>)")
_WITHIN_A_LINE = re.compile(r"</?(?:a|b|code|em|i|kbd|strong)\b")
_SAID = re.compile(r'\b(alt|aria-label|placeholder|title)="([^"]*)"')


def translate_html(text: str) -> str:
    """*text*, HTML of our own, in the current language.

    A sentence with marks inside is looked up as it is written, marks included.

    >>> from workbench.language import speaking
    >>> with speaking("zh"):
    ...     translate_html('<p class="Text">Text</p>')
    '<p class="Text">文本</p>'
    """
    if current() == ENGLISH:
        return text
    pieces = (piece for piece in _TAG.split(text) if piece)
    return "".join(
        _sentence("".join(run)) if within else "".join(map(_tag, run))
        for within, run in groupby(pieces, _is_within)
    )


def _is_within(piece: str) -> bool:
    return not piece.startswith("<") or bool(_WITHIN_A_LINE.match(piece))


def _tag(tag: str) -> str:
    return _SAID.sub(lambda found: f'{found[1]}="{_text(found[2])}"', tag)


def _sentence(written: str) -> str:
    bare = " ".join(written.split())
    if "<" not in bare:
        return _text(written, bare)
    said = translate(bare)
    if said == bare:  # there are no words for the whole
        return "".join(
            _tag(piece) if piece.startswith("<") else _text(piece) for piece in _TAG.split(written)
        )
    return written.replace(written.strip(), said, 1)


def _text(written: str, bare: str | None = None) -> str:
    plain = html.unescape(" ".join(written.split()) if bare is None else bare)
    said = translate_facts(plain)
    return written if said == plain else written.replace(written.strip(), html.escape(said), 1)
