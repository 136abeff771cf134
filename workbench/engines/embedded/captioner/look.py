"""A picture made small, with what every description needs to know about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.engines.embedded.captioner.palette import NAMES, Pixels, luma, names_of

LONGEST, SHORTEST = 256, 16  # sides of the small picture in pixels
_PLAIN_WORDS = {
    "silver": "gray",
    "navy": "blue",
}  # in light and in shade, not the things themselves


@dataclass(frozen=True)
class Look:
    """The small picture, and the width of the original over its height."""

    pixels: Pixels
    ratio: float

    @classmethod
    def at(cls, image: Image.Image) -> Look:
        """Look at a picture of any size, one pixel too."""
        width, height = image.size
        zoom = min(1.0, LONGEST / max(width, height))
        size = (max(SHORTEST, round(width * zoom)), max(SHORTEST, round(height * zoom)))
        small = image.convert("RGB").resize(size, Image.Resampling.BOX)
        return cls(np.asarray(small), width / height)

    @cached_property
    def names(self) -> NDArray[np.intp]:
        """The colour name of each pixel, as an index into `NAMES`."""
        return names_of(self.pixels)

    @cached_property
    def luma(self) -> NDArray[np.float64]:
        """How bright each pixel is, 0 to 255."""
        return luma(self.pixels)

    @cached_property
    def colorfulness(self) -> float:
        """How far from gray the pixels are on average: 0 in black and white, 30 in most photos."""
        return float(np.ptp(self.pixels, axis=2).mean())

    @cached_property
    def roughness(self) -> float:
        """How much neighbours differ on average: 0 for a flat area, 60 and more for noise."""
        return float(
            (np.abs(np.diff(self.luma, axis=0)).mean() + np.abs(np.diff(self.luma, axis=1)).mean())
            / 2
        )

    @cached_property
    def backdrop(self) -> tuple[NDArray[np.int_], NDArray[np.bool_]]:
        """The most frequent colour, and which pixels have it within a few levels."""
        coarse = (self.pixels >> 4).astype(np.int64) @ np.array([256, 16, 1])
        fullest = np.bincount(coarse.ravel()).argmax()
        color = np.median(self.pixels[coarse == fullest], axis=0).astype(np.int64)
        return color, np.abs(self.pixels.astype(np.int64) - color).max(axis=2) <= 12

    def colors_in(self, window: tuple[slice, slice] | NDArray[np.bool_]) -> list[tuple[str, float]]:
        """The colours of a part of the picture with their shares, largest first."""
        return shares(self.names[window])


def shares(names: NDArray[np.intp]) -> list[tuple[str, float]]:
    """How much of the pixels each colour has, largest first, in plain words.

    >>> shares(np.array([0, 0, 0, NAMES.index("navy")]))
    [('red', 0.75), ('blue', 0.25)]
    """
    counts = np.bincount(names.ravel(), minlength=len(NAMES))
    total: dict[str, int] = {}
    for name, count in zip(NAMES, counts.tolist(), strict=True):
        plain = _PLAIN_WORDS.get(name, name)
        total[plain] = total.get(plain, 0) + count
    ranked = sorted(total.items(), key=lambda pair: -pair[1])
    return [(name, count / max(1, names.size)) for name, count in ranked if count]


def place(x: float, y: float) -> str:
    """Where a point is, with 0 at the left and top and 1 at the right and bottom.

    >>> place(0.5, 0.5), place(0.1, 0.2), place(0.5, 0.9)
    ('in the centre', 'at the upper left', 'near the bottom')
    """
    across = "left" if x < 0.36 else "right" if x > 0.64 else ""
    down = "upper" if y < 0.36 else "lower" if y > 0.64 else ""
    if across and down:
        return f"at the {down} {across}"
    if across:
        return f"on the {across}"
    return {"upper": "near the top", "lower": "near the bottom", "": "in the centre"}[down]
