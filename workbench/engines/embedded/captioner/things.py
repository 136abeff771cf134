"""Which of the painter's drawings stand before a backdrop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.engines.embedded.captioner.palette import Pixels
from workbench.engines.embedded.captioner.regions import Mask, Region, regions_of
from workbench.engines.embedded.captioner.templates import Template, likely, tile_of
from workbench.engines.embedded.colors import COLORS, lab_of
from workbench.engines.embedded.painter.drawings import DRAWINGS
from workbench.engines.embedded.painter.pen import Color

_APART = 20  # levels that make a pixel differ from the backdrop
_CAP = 64  # levels: a wrong pixel can't be more wrong
_LEAST = 0.0012  # of the picture: smaller regions are crumbs of the backdrop
_COVERED = 0.4  # of a drawing's pixels must differ from the backdrop
_SURE = 4.0  # no other drawing needs to be tried
_LIKELY = 10  # silhouettes looked at closely
_GOOD = 12.0  # mean difference in levels up to which a drawing is recognised


@dataclass(frozen=True)
class Thing:
    """A drawing found: *color* is empty for its natural colour; the rest is in pixels."""

    noun: str
    color: str
    region: Region
    error: float


@dataclass(frozen=True)
class Stage:
    """The small picture, the backdrop that was found for it, and the row of its horizon."""

    pixels: Pixels
    backdrop: Pixels
    horizon: int

    def may_be(self, noun: str, region: Region) -> bool:
        """Whether the painter would place such a thing there: on the ground or in the sky."""
        foot = region.top + region.height
        slack = 0.03 * len(self.pixels)
        if DRAWINGS[noun].place in ("air", "sky"):
            return foot < self.horizon + slack
        return foot > self.horizon - slack

    @cached_property
    def foreground(self) -> Mask:
        """The pixels that no backdrop pixel close by explains."""
        return np.asarray(outside(self.pixels, self.backdrop, 5) > _APART)


def outside(pixels: NDArray[np.integer], expected: Pixels, reach: int) -> NDArray[np.int32]:
    """How far each pixel is from all colours expected within *reach* // 2 pixels of it."""
    low = _extreme(np.minimum, expected, reach).astype(np.int32)
    high = _extreme(np.maximum, expected, reach).astype(np.int32)
    return np.asarray(np.maximum(np.maximum(low - pixels, pixels - high).max(axis=2), 0))


_Array = TypeVar("_Array", Pixels, Mask)


def _extreme(lower: np.ufunc, pixels: _Array, reach: int) -> _Array:
    """The minimum, maximum or any of every square of *reach* pixels, centred on each pixel."""
    for axis in (0, 1):
        size = pixels.shape[axis]
        widths = [(0, 0)] * pixels.ndim
        widths[axis] = (reach // 2, reach // 2)
        padded = np.pad(pixels, widths, mode="edge")
        parts = [np.take(padded, range(step, step + size), axis=axis) for step in range(reach)]
        pixels = lower.reduce(parts)
    return pixels


def find_things(stage: Stage) -> list[Thing]:
    """The drawings recognised, each in its own region."""
    things: list[Thing] = []
    left = stage.foreground.copy()
    # Drawings keep their distance and have gaps of their own: what isn't one thing may be two.
    for reach in (5, 3, 1):
        unknown = 0
        for region in _clusters(left, reach):
            thing = _recognised(stage, region)
            if thing:
                things.append(thing)
                left[region.window] = False
            else:
                unknown += 1
        if not unknown:
            break
    return things


def _clusters(mask: Mask, reach: int) -> Iterator[Region]:
    """Regions with less than about *reach* pixels between them, as one."""
    grown = mask
    if reach > 1:
        grown = _extreme(np.logical_or, mask, reach)
    for region in regions_of(grown, smallest=int(_LEAST * mask.size)):
        own = region.mask & mask[region.window]
        rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
        if not len(rows) or len(rows) < 6:
            continue
        yield Region(
            region.left + int(columns[0]),
            region.top + int(rows[0]),
            own[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1],
        )


def _recognised(stage: Stage, region: Region) -> Thing | None:
    """The drawing that is most like the region, if any is."""
    best: Thing | None = None
    for template in likely(region.mask, _LIKELY):
        if stage.may_be(template.noun, region):
            thing = _compared(stage, region, template)
            if best is None or thing.error < best.error:
                best = thing
            if best.error < _SURE:
                break
    return best if best and best.error <= _GOOD else None


def _compared(stage: Stage, region: Region, template: Template) -> Thing:
    window = stage.pixels[region.window].astype(np.int32)
    color = _own_color(window, template)
    name, painted = _named(template.noun, color)
    tile = np.asarray(tile_of(template, painted, region.width, region.height)).astype(np.int32)
    alpha = tile[..., 3:]
    expected = (tile[..., :3] * alpha + stage.backdrop[region.window] * (255 - alpha)) // 255
    away = np.minimum(outside(window, expected.astype(np.uint8), 3), _CAP)
    drawn = alpha[..., 0] > 40
    if region.area < _COVERED * drawn.sum():
        return Thing(template.noun, name, region, _CAP)
    return Thing(template.noun, name, region, float(away[drawn | region.mask].mean()))


def _own_color(window: NDArray[np.int32], template: Template) -> Color:
    """The colour of the picture where the drawing has the colour it was asked for."""
    height, width = window.shape[:2]
    pure = np.asarray(template.pure.resize((width, height), Image.Resampling.BOX)) > 230
    inside = window[pure] if pure.any() else window.reshape(-1, 3)
    red, green, blue = (int(part) for part in np.median(inside, axis=0))
    return red, green, blue


def _named(noun: str, color: Color) -> tuple[str, Color]:
    """The colour word nearest to a colour and what it is painted as; empty for the natural one."""
    drawing = DRAWINGS[noun]
    choices = {"": drawing.color} | (dict(COLORS) if drawing.recolor else {})
    seen = np.array(lab_of(color))
    name = min(
        choices, key=lambda name: float(np.abs(np.array(lab_of(choices[name])) - seen).sum())
    )
    return name, choices[name]
