"""Results as a notebook shows them: HTML without a script, legible in light and in dark.

Every text may come from anywhere and is escaped; a picture is part of the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from workbench.language import translate

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL = 240
"""Pixels of the longest side of a small picture."""
_FORMULA = re.compile(
    r"^ {0,3}(?P<fence>```+|~~~+).*?(?:^ {0,3}(?P=fence)|\Z)|(?P<ticks>`+)[^`].*?(?P=ticks)"
    r"|\\\((?P<inline>.+?)\\\)|\\\[(?P<block>.+?)\\\]",
    re.DOTALL | re.MULTILINE,
)
_PALETTE = ("#c4b5e8", "#f0b48f", "#8fd3d1", "#d8d97a", "#c9cdd4", "#e69f9f")
_CHIP = (
    "background:{color};color:#0f172a;border-radius:4px;padding:1px 4px;"
    "-webkit-box-decoration-break:clone;box-decoration-break:clone"
)
_LABEL = "font-size:.7em;font-weight:700;margin-left:4px;opacity:.75;user-select:none"
_TEXT = "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.7;max-width:48em"
_NOTE = "font-size:.85em;opacity:.75;margin-top:4px"


def text_html(text: str, note: str = "", *, before: str = "") -> str:
    """*text*, after *before*, which is paler, and with a *note* below.

    >>> "&lt;b&gt;" in text_html("<b>")
    True
    """
    pale = f'<span style="opacity:.65">{html.escape(before)}</span>' if before else ""
    return f'<div style="{_TEXT}">{pale}{html.escape(text)}</div>{note_html(note)}'


def with_dollars(markdown: str) -> str:
    r"""*markdown* whose formulas stand between dollars, as notebooks read them; code stays.

    >>> with_dollars(r"\(x^2\), in code `\(x^2\)`")
    '$x^2$, in code `\\(x^2\\)`'
    """
    return _FORMULA.sub(_in_dollars, markdown)


def _in_dollars(match: re.Match[str]) -> str:
    if match["inline"]:
        return f"${match['inline'].strip()}$"
    return f"$${match['block']}$$" if match["block"] else match[0]


def note_html(text: str) -> str:
    """A small line; nothing where there is nothing to say."""
    return f'<div style="{_NOTE}">{html.escape(text)}</div>' if text else ""


def marked_html(
    text: str, entities: Sequence[Mapping[str, object]], colors: Mapping[str, str]
) -> str:
    """*text* with its *entities* marked, each with its type; those with no place are listed below.

    >>> found = [{"entity_group": "PER", "start": 0, "end": 3, "word": "Ada", "score": 0.9}]
    >>> "&lt;wrote&gt;" in marked_html("Ada <wrote>", found, {"PER": "#fff"})
    True
    """
    shades = {**_shades(entities, colors), **colors}
    marked, unplaced, at = "", "", 0
    for entity in sorted(entities, key=lambda entity: _offset(entity["start"])):
        start, end = _offset(entity["start"]), _offset(entity["end"])
        if start < 0:
            unplaced += _chip(str(entity["word"]), entity, shades) + " "
        elif start >= at:
            marked += html.escape(text[at:start]) + _chip(text[start:end], entity, shades)
            at = end
    marked += html.escape(text[at:])
    if not entities:
        unplaced = note_html(translate("No entities found."))
    return f'<div style="{_TEXT};max-height:24em;overflow:auto">{marked}</div>{unplaced}'


def _offset(place: object) -> int:
    return place if isinstance(place, int) else -1


def _shades(entities: Iterable[Mapping[str, object]], known: Mapping[str, str]) -> dict[str, str]:
    """A color of ours for each type that has none of its own."""
    kinds = dict.fromkeys(str(entity["entity_group"]) for entity in entities)
    strange = [kind for kind in kinds if kind not in known]
    return {kind: _PALETTE[place % len(_PALETTE)] for place, kind in enumerate(strange)}


def _chip(words: str, entity: Mapping[str, object], shades: Mapping[str, str]) -> str:
    kind = str(entity["entity_group"])
    score = entity.get("score")
    told = f"{kind} {score:.3f}" if isinstance(score, float) else kind
    return (
        f'<mark title="{html.escape(told)}" style="{_CHIP.format(color=shades[kind])}">'
        f'{html.escape(words)}<span style="{_LABEL}">{html.escape(kind)}</span></mark>'
    )


def small(image: Image) -> str:
    """*image* as the data URI of a small JPEG."""
    from workbench.images import encode_image

    return encode_image(image, longest=SMALL, format="jpeg").data_uri


def figure_html(
    source: str, lines: Sequence[str], *, alt: str = "", width: int | None = None
) -> str:
    """A picture, by the data URI *source*, with *lines* below it."""
    told = "".join(
        f'<div style="{_NOTE if number else ""}">{html.escape(line)}</div>'
        for number, line in enumerate(lines)
    )
    wide = f"width:{width}px;" if width else ""
    return (
        f'<figure style="margin:0;{wide}max-width:100%"><img src="{html.escape(source)}" '
        f'alt="{html.escape(alt)}" style="max-width:100%;border-radius:6px">'
        f'<figcaption style="overflow-wrap:anywhere">{told}</figcaption></figure>'
    )


def strip_html(figures: Iterable[str]) -> str:
    """Figures side by side, in rows."""
    inner = "".join(figures)
    return f'<div style="display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start">{inner}</div>'
