"""Connected regions of a mask, and what simple shape each one has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
"""Height x width: which pixels belong."""


@dataclass(frozen=True)
class Region:
    """A connected part: *mask* is as large as its box, whose corner is at (*left*, *top*)."""

    left: int
    top: int
    mask: Mask

    @property
    def area(self) -> int:
        """How many pixels belong to it."""
        return int(self.mask.sum())

    @property
    def height(self) -> int:
        """Height of the box in pixels."""
        return int(self.mask.shape[0])

    @property
    def width(self) -> int:
        """Width of the box in pixels."""
        return int(self.mask.shape[1])

    @property
    def window(self) -> tuple[slice, slice]:
        """Where the box is in the picture, to index an array with."""
        return (
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )


def regions_of(mask: Mask, *, smallest: int = 1) -> list[Region]:
    """The connected regions (eight neighbours) of at least *smallest* pixels, largest first.

    >>> blob = np.array([[1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 1]], dtype=bool)
    >>> [(region.left, region.top, region.area) for region in regions_of(blob)]
    [(2, 1, 3), (0, 0, 2)]
    """
    runs = _runs(mask)
    parent = _joined(runs)
    members: dict[int, list[tuple[int, int, int]]] = {}
    for index, run in enumerate(runs):
        members.setdefault(_root(parent, index), []).append(run)
    found = [
        _region(own)
        for own in members.values()
        if sum(end - start for _, start, end in own) >= smallest
    ]
    return sorted(found, key=lambda region: (-region.area, region.top, region.left))


def outline(region: Region) -> str | None:
    """``round``, ``oval``, ``square``, ``rectangular`` or ``triangular``; None for all else."""
    height, width = region.height, region.width
    if min(height, width) < 5:
        return None
    y = (np.arange(height)[:, None] + 0.5) / height * 2 - 1
    x = (np.arange(width)[None, :] + 0.5) / width * 2 - 1
    ratio = width / height
    fits = {
        "round" if 0.87 < ratio < 1.15 else "oval": x**2 + y**2 <= 1,
        "square" if 0.87 < ratio < 1.15 else "rectangular": np.ones((height, width), dtype=bool),
        "triangular": (np.abs(x) <= (y + 1) / 2),
    }
    shape, share = max(
        ((shape, _overlap(region.mask, ideal)) for shape, ideal in fits.items()),
        key=lambda fit: fit[1],
    )
    # The rim of a small shape is a large share of it.
    return shape if share > 0.955 - 0.9 / min(height, width) else None


def _overlap(a: Mask, b: Mask) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))


def _runs(mask: Mask) -> list[tuple[int, int, int]]:
    """(row, start, end) of each unbroken run of pixels, row by row."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    return list(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True))


def _joined(runs: list[tuple[int, int, int]]) -> list[int]:
    """The parent of each run in a forest where touching runs share a root."""
    parent = list(range(len(runs)))
    above = 0
    for index, (row, start, end) in enumerate(runs):
        while runs[above][0] < row - 1 or (runs[above][0] == row - 1 and runs[above][2] < start):
            above += 1
        other = above
        while runs[other][0] == row - 1 and runs[other][1] <= end:
            parent[_root(parent, other)] = _root(parent, index)
            other += 1
    return parent


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


def _region(runs: list[tuple[int, int, int]]) -> Region:
    top, bottom = runs[0][0], runs[-1][0] + 1
    left, right = min(start for _, start, _ in runs), max(end for _, _, end in runs)
    mask = np.zeros((bottom - top, right - left), dtype=bool)
    for row, start, end in runs:
        mask[row - top, start - left : end - left] = True
    return Region(left, top, mask)
