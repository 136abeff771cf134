"""Keepsakes of a game: all its pictures and captions on one sheet, or one after another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from PIL import Image, ImageDraw

from workbench.images import png_bytes
from workbench.inputs import require_choice
from workbench.lettering import BUILT_IN, UNKNOWN, clean, find_font, has_all, load_font, wrap

FRAME_MS = 2500
"""How long an animation shows each picture, in milliseconds."""
LAST_FRAME_MS = 5000

_PAPER, _INK, _FAINT = (255, 255, 255), (30, 41, 59), (90, 102, 120)
_GAP = 28
_TEXT, _HEAD, _LINE = 18, 15, 25
"""Sizes of the letters, and from one line to the next."""


class Round(Protocol):
    """What a keepsake shows of a round."""

    @property
    def number(self) -> int: ...
    @property
    def before(self) -> Image.Image: ...
    @property
    def caption(self) -> str: ...
    @property
    def image(self) -> Image.Image: ...
    @property
    def drift(self) -> float: ...


@dataclass(frozen=True)
class _Panel:
    """A picture, small, with the lines below it."""

    image: Image.Image
    head: str
    lines: list[str]
    font: str


def contact_sheet(rounds: Sequence[Round]) -> bytes:
    """The first picture and each caption with its picture, on one sheet, as PNG.

    The captions are in the file's text too: there they are whole, also where they are too long
    for the sheet or no font here has their letters, which are written `[?]` then. ValueError
    without rounds.
    """
    side = 360
    panels = _panels(rounds, side=side, most=10)
    columns = min(4, math.ceil(math.sqrt(len(panels))))
    rows = [panels[at : at + columns] for at in range(0, len(panels), columns)]
    heights = [_height(row) for row in rows]
    unknown = any(UNKNOWN in line for panel in panels for line in panel.lines)
    width = _GAP + columns * (side + _GAP)
    height = _GAP + sum(heights) + len(rows) * _GAP + unknown * (_LINE + _GAP)
    sheet = Image.new("RGB", (width, height), _PAPER)
    top = _GAP
    for row, height in zip(rows, heights, strict=True):
        tallest = max(panel.image.height for panel in row)
        for column, panel in enumerate(row):
            _draw(sheet, panel, _GAP + column * (side + _GAP), top, (side, tallest))
        top += height + _GAP
    if unknown:
        told = f"{UNKNOWN}: letters that no font on this computer has; the file's text has them."
        ImageDraw.Draw(sheet).text((_GAP, top), told, _FAINT, load_font(BUILT_IN, _HEAD))
    captions = "\n".join(f"{made.number}. {made.caption}" for made in rounds)
    return png_bytes(sheet, {"Description": captions})


def animation(rounds: Sequence[Round], kind: str) -> bytes:
    """The pictures one after another, each with its caption below, as `gif` or `webp`.

    Each frame has the same size, no side of a picture over 512 pixels, and is shown for
    `FRAME_MS`; they repeat for ever. Raises InvalidInputError for another *kind*, ValueError
    without rounds.
    """
    require_choice("kind", kind, ("gif", "webp"))
    panels = _panels(rounds, side=512, most=5)
    box = (
        max(320, *(panel.image.width for panel in panels)),
        max(panel.image.height for panel in panels),
    )
    size = (box[0] + 2 * _GAP, _GAP + _height(panels) + _GAP)
    frames: Iterator[Image.Image] = (_frame(panel, size, box) for panel in panels)
    if kind == "gif":
        frames = map(_in_few_colours, frames)
    file = BytesIO()
    next(frames).save(
        file,
        kind.upper(),
        save_all=True,
        append_images=frames,
        duration=[FRAME_MS] * (len(panels) - 1) + [LAST_FRAME_MS],
        loop=0,
        **({"quality": 88, "method": 2} if kind == "webp" else {}),
    )
    return file.getvalue()


def _panels(rounds: Sequence[Round], *, side: int, most: int) -> list[_Panel]:
    """A panel for the first picture and for that of each round, *side* pixels at most."""
    if not rounds:
        raise ValueError("a keepsake needs a round")
    captions = [clean(made.caption) for made in rounds]
    common = find_font(" ".join(captions))
    start = rounds[0].number - 1
    head = f"After round {start}" if start else "The first picture"
    panels = [_Panel(_scaled(rounds[0].before, side), head, [], common)]
    for made, caption in zip(rounds, captions, strict=True):
        font = common if has_all(caption, common) else find_font(caption, common)
        lines = wrap(caption, font, _TEXT, side, most)
        head = f"Round {made.number} · drift {made.drift:.2f}"
        panels.append(_Panel(_scaled(made.image, side), head, lines, font))
    return panels


def _scaled(image: Image.Image, side: int) -> Image.Image:
    """*image* as large as it can be with no side over *side*."""
    factor = side / max(image.size)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _height(panels: Sequence[_Panel]) -> int:
    """Of the tallest picture, the heads and the most lines, one below the other."""
    lines = 1 + max(len(panel.lines) for panel in panels)
    return max(panel.image.height for panel in panels) + _GAP // 2 + lines * _LINE


def _frame(panel: _Panel, size: tuple[int, int], box: tuple[int, int]) -> Image.Image:
    frame = Image.new("RGB", size, _PAPER)
    _draw(frame, panel, _GAP, _GAP, box)
    return frame


def _in_few_colours(frame: Image.Image) -> Image.Image:
    """*frame* in 256 colours: Pillow's own way is far slower, and loses the small spots."""
    colours = frame.quantize(256, method=Image.Quantize.FASTOCTREE)
    return frame.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG)


def _draw(sheet: Image.Image, panel: _Panel, left: int, top: int, box: tuple[int, int]) -> None:
    """The picture in the middle of a box of that width and height, its lines below the box."""
    picture, (width, height) = panel.image, box
    spot = (left + (width - picture.width) // 2, top + (height - picture.height) // 2)
    sheet.paste(picture, spot)
    pen = ImageDraw.Draw(sheet)
    top += height + _GAP // 2
    pen.text((left, top), panel.head, _FAINT, load_font(BUILT_IN, _HEAD))
    for line in panel.lines:
        top += _LINE
        pen.text((left, top), line, _INK, load_font(panel.font, _TEXT))
