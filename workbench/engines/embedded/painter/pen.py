"""A pen for flat shapes that leaves the same pixels on every machine.

Every shape becomes a polygon with corners on whole pixels of a finer grid, filled here with whole
numbers only: Pillow's own polygons differ from release to release.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from PIL import Image

Color = tuple[int, int, int]
Point = tuple[float, float]
Fill = Color | None  # None clears
Points = str | Iterable[Point]
"""Corners, or their numbers in a string as in an SVG: ``"0,100 50,0 100,100"``."""

WHITE: Color = (250, 250, 247)
INK: Color = (43, 40, 48)
_FINENESS = 1024  # cos and sin are rounded to this, since libraries differ in their last bits
_ROUND = 64  # corners of a polygon that stands for a full ellipse
_SPAN = 8  # straight pieces between two points of a smooth curve


def mix(color: Color, other: Color, percent: int) -> Color:
    """*color* with *percent* of *other* stirred in.

    >>> mix((0, 100, 200), (200, 100, 0), 25)
    (50, 100, 150)
    """
    red, green, blue = (
        (a * (100 - percent) + b * percent + 50) // 100 for a, b in zip(color, other, strict=True)
    )
    return red, green, blue


def luma(color: Color) -> int:
    """How bright a colour looks, 0 to 255."""
    red, green, blue = color
    return (299 * red + 587 * green + 114 * blue + 500) // 1000


def shade(color: Color, percent: int = 22) -> Color:
    """The colour of a part in the shade; a near-black one turns lighter, so as to show."""
    if luma(color) < 50:
        return mix(color, WHITE, percent * 2 // 3)
    return mix(color, (24, 20, 44), percent)


def tint(color: Color, percent: int = 30) -> Color:
    """The colour of a part in the light; a near-white one turns a little grayer instead."""
    if luma(color) > 225:
        return mix(color, (120, 130, 160), percent // 2)
    return mix(color, WHITE, percent)


def _turn(degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return (
        round(math.cos(angle) * _FINENESS) / _FINENESS,
        round(math.sin(angle) * _FINENESS) / _FINENESS,
    )


def turned(x: float, y: float, r: float, degrees: float) -> Point:
    """The point *r* away from (x, y) in this direction, clockwise from the right."""
    cos, sin = _turn(degrees)
    return x + r * cos, y + r * sin


_CIRCLE = tuple(_turn(360 * step / _ROUND) for step in range(_ROUND))


def _spline(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """The Catmull-Rom curve from b towards c, without c."""
    points = []
    for step in range(_SPAN):
        t = step / _SPAN
        u, v = t * t, t * t * t
        wa, wb, wc, wd = -v + 2 * u - t, 3 * v - 5 * u + 2, -3 * v + 4 * u + t, v - u
        x = (wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0]) / 2
        y = (wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1]) / 2
        points.append((x, y))
    return points


class Pen:
    """Draws on a clear tile; the unit is a hundredth of the tile's height, both ways.

    y goes from 0 at the top to 100 at the bottom, x from 0 at the left to 100 times the aspect.
    Where a shape takes a colour, None clears instead. Angles are degrees, clockwise from the right.
    """

    def __init__(self, aspect: float, height_px: int, *, detail: float = 1.0) -> None:
        self.detail = detail
        self._times = 4 if height_px <= 320 else 3
        self._width = max(1, math.floor(height_px * aspect + 0.5)) * self._times
        self._height = height_px * self._times
        self._pixels = bytearray(4 * self._width * self._height)

    def picture(self) -> Image.Image:
        """What was drawn so far, at its final size with soft edges."""
        size = self._width, self._height
        fine = Image.frombytes("RGBa", size, self._pixels)
        return fine.reduce(self._times).convert("RGBA")

    def shows(self, level: float) -> bool:
        """Whether the wanted detail reaches *level*; ask before drawing something small."""
        return self.detail >= level

    def polygon(self, color: Fill, points: Points) -> None:
        """Fill the polygon with these corners."""
        scale = self._height / 100
        path = listed(points)
        corners = [(math.floor(x * scale + 0.5), math.floor(y * scale + 0.5)) for x, y in path]
        width = self._width
        ink = memoryview(bytes((*color, 255) if color else (0, 0, 0, 0)) * width)
        top, rows = crossings(corners, self._height)
        for start, row in enumerate(rows, top):
            row.sort()
            for left, right in zip(row[::2], row[1::2], strict=True):
                left, right = max(left, 0), min(right, width)
                if left < right:
                    at = 4 * start * width
                    self._pixels[at + 4 * left : at + 4 * right] = ink[: 4 * (right - left)]

    def blob(self, color: Fill, points: Points) -> None:
        """Fill the smooth closed curve through these points."""
        path = listed(points)
        spans = zip(path[-1:] + path, path, path[1:] + path, path[2:] + path, strict=False)
        self.polygon(color, [point for span in spans for point in _spline(*span)])

    def oval(
        self, color: Fill, x: float, y: float, rx: float, ry: float = 0, turn: float = 0
    ) -> None:
        """Fill an ellipse round (x, y), a circle without *ry*, turned by *turn* degrees."""
        ry = ry or rx
        cos, sin = _turn(turn)
        size = max(rx, ry) * self._height
        circle = _CIRCLE[:: 4 if size < 600 else 2 if size < 3000 else 1]
        self.polygon(
            color,
            [(x + rx * c * cos - ry * s * sin, y + rx * c * sin + ry * s * cos) for c, s in circle],
        )

    def box(
        self, color: Fill, left: float, top: float, right: float, bottom: float, radius: float = 0
    ) -> None:
        """Fill a rectangle, with round corners where *radius* is given."""
        if not radius:
            self.polygon(color, [(left, top), (right, top), (right, bottom), (left, bottom)])
            return
        centres = (
            (right - radius, bottom - radius),
            (left + radius, bottom - radius),
            (left + radius, top + radius),
            (right - radius, top + radius),
        )
        quarter = _ROUND // 4
        corners = [
            (x + radius * c, y + radius * s)
            for i, (x, y) in enumerate(centres)
            for c, s in (_CIRCLE[(i * quarter + step) % _ROUND] for step in range(quarter + 1))
        ]
        self.polygon(color, corners)

    def pie(
        self, color: Fill, x: float, y: float, rx: float, ry: float, start: float, end: float
    ) -> None:
        """Fill the slice of an ellipse from angle *start* to *end*."""
        self.polygon(color, [(x, y), *_arc(x, y, rx, ry, start, end)])

    def ring(
        self, color: Color, width: float, x: float, y: float, r: float, start: float, end: float
    ) -> None:
        """Draw a band of a circle, *r* to its middle, from angle *start* to *end*."""
        outer = _arc(x, y, r + width / 2, r + width / 2, start, end)
        inner = _arc(x, y, r - width / 2, r - width / 2, start, end)
        self.polygon(color, outer + inner[::-1])

    def line(self, color: Fill, width: float, points: Points) -> None:
        """Draw a line through these points, with round ends and corners."""
        half = width / 2
        path = listed(points)
        for x, y in path:
            self.oval(color, x, y, half)
        for (x0, y0), (x1, y1) in pairwise(path):
            length = math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)) or 1
            dx, dy = (y1 - y0) * half / length, (x0 - x1) * half / length
            corners = [
                (x0 + dx, y0 + dy),
                (x1 + dx, y1 + dy),
                (x1 - dx, y1 - dy),
                (x0 - dx, y0 - dy),
            ]
            self.polygon(color, corners)

    def curve(self, color: Fill, width: float, points: Points) -> None:
        """Draw a smooth line through these points."""
        path = listed(points)
        spans = zip(path[:1] + path, path, path[1:], path[2:] + path[-1:], strict=False)
        self.line(color, width, [p for span in spans for p in _spline(*span)] + path[-1:])


def listed(points: Points) -> list[Point]:
    """The points one by one.

    >>> listed("0,100 50,0")
    [(0.0, 100.0), (50.0, 0.0)]
    """
    if not isinstance(points, str):
        return list(points)
    pairs = (pair.split(",") for pair in points.split())
    return [(float(x), float(y)) for x, y in pairs]


def crossings(corners: list[tuple[int, int]], height: int) -> tuple[int, list[list[int]]]:
    """The first row touched and, for each row from there, where its middle crosses the outline.

    Whole numbers only. A crossing between two pixels' middles counts as the pixel right of it.

    >>> crossings([(0, 0), (6, 0), (0, 3)], 2)
    (0, [[5, 0], [3, 0]])
    """
    top = max(0, min(y for _, y in corners))
    bottom = min(height, max(y for _, y in corners))
    rows: list[list[int]] = [[] for _ in range(top, bottom)]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        first, last = max(y0, top), max(min(y1, bottom), top)
        double, step = 2 * (y1 - y0), 2 * (x1 - x0)
        x = double * x0 + (2 * (first - y0) + 1) * (x1 - x0) + (y1 - y0)
        for row in rows[first - top : last - top]:
            row.append(x // double)
            x += step
    return top, rows


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    steps = max(2, int((end - start) * _ROUND / 360))
    turns = [_turn(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * cos, y + ry * sin) for cos, sin in turns]
