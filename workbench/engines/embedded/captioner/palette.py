"""Which colour name each pixel of a picture would get."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.engines.embedded.colors import COLORS, LIGHTNESS_WEIGHT, anchors, lab_of

Pixels = NDArray[np.uint8]
"""Height x width x 3: red, green and blue of each pixel."""

NAMES = tuple(COLORS)
_BITS = 5  # of each channel; a step of 8 levels never decides a name a person would argue about


def names_of(pixels: Pixels) -> NDArray[np.intp]:
    """The index into `NAMES` of the name of each pixel's colour (height x width)."""
    coarse = (pixels >> (8 - _BITS)).astype(np.intp)
    index = (coarse[..., 0] << 2 * _BITS) | (coarse[..., 1] << _BITS) | coarse[..., 2]
    return np.asarray(_table()[index])


def luma(pixels: Pixels) -> NDArray[np.float64]:
    """How bright each pixel looks, 0 to 255 (height x width)."""
    return np.asarray(pixels @ np.array([0.299, 0.587, 0.114]), dtype=np.float64)


@lru_cache(maxsize=1)
def _table() -> NDArray[np.intp]:
    steps = 1 << _BITS
    levels = (np.arange(steps) * 255) // (steps - 1)
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = _lab(grid)
    best = np.full(len(grid), np.inf)
    chosen = np.zeros(len(grid), dtype=np.intp)
    for name, anchor in anchors():
        away = (lab - np.array(anchor)) ** 2 @ np.array([LIGHTNESS_WEIGHT, 1.0, 1.0])
        nearer = away < best
        best[nearer], chosen[nearer] = away[nearer], NAMES.index(name)
    return chosen


def _lab(colors: NDArray[np.int_]) -> NDArray[np.float64]:
    return np.array([lab_of((int(r), int(g), int(b))) for r, g, b in colors])
