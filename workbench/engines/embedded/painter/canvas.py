"""A canvas for backdrops: gradients, and shapes with soft edges over what is there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from PIL import Image

from workbench.engines.embedded.painter.chance import share
from workbench.engines.embedded.painter.pen import Color, Point, crossings, mix

_CORNERS = 24
_SMOOTH = 20  # bands from which on a gradient is smooth
_CIRCLE = tuple(
    (
        round(math.cos(math.tau * step / _CORNERS) * 1024) / 1024,
        round(math.sin(math.tau * step / _CORNERS) * 1024) / 1024,
    )
    for step in range(_CORNERS)
)


class Canvas:
    """Coordinates are shares of the picture: x and y from 0 to 1, down and to the right."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height))
        self.width, self.height = width, height
        # A length that looks the same across and down, however wide or narrow the picture is.
        length = min(math.isqrt(width * height), min(width, height) * 8 // 5)
        self.across, self.down = length / width, length / height
        longest = max(width, height)
        self._times = 4 if longest <= 320 else 3 if longest <= 800 else 2

    def fade(self, top: float, bottom: float, stops: Sequence[Color], bands: int = _SMOOTH) -> None:
        """Fill the rows between two heights with a gradient; fewer than 20 *bands* show."""
        first, last = self._row(top), self._row(bottom)
        rows = max(last - first, 1)
        column = bytearray()
        for row in range(rows):
            place = 500 if bands == 1 else row * 1000 // rows
            if 1 < bands < min(rows, _SMOOTH):
                place = row * bands // rows * 1000 // (bands - 1)
            column += bytes(_between(stops, place))
        strip = Image.frombytes("RGB", (1, rows), bytes(column))
        self.image.paste(strip.resize((self.width, rows), Image.Resampling.NEAREST), (0, first))

    def fill(self, shapes: Iterable[Sequence[Point]], color: Color, alpha: int = 255) -> None:
        """Fill polygons with a colour; *alpha* 255 covers what was there, 0 leaves it."""
        times = self._times
        right, bottom = self.width * times, self.height * times
        scaled = [
            [(math.floor(x * right + 0.5), math.floor(y * bottom + 0.5)) for x, y in shape]
            for shape in shapes
        ]
        if not scaled:
            return
        xs = [x for shape in scaled for x, _ in shape]
        ys = [y for shape in scaled for _, y in shape]
        x0, y0 = max(min(xs) // times, 0), max(min(ys) // times, 0)
        x1 = min(max(xs) // times + 1, self.width)
        y1 = min(max(ys) // times + 1, self.height)
        if x1 <= x0 or y1 <= y0:
            return
        size = (x1 - x0) * times, (y1 - y0) * times
        mask = bytearray(size[0] * size[1])
        ink = memoryview(bytes([alpha]) * size[0])
        for shape in scaled:
            corners = [(x - x0 * times, y - y0 * times) for x, y in shape]
            _fill(mask, size, corners, ink)
        soft = Image.frombytes("L", size, bytes(mask)).reduce(times)
        self.image.paste(color, (x0, y0), soft)

    def ovals(
        self, places: Iterable[tuple[float, float, float, float]], color: Color, alpha: int = 255
    ) -> None:
        """Fill ellipses given as (x, y, half width, half height)."""
        self.fill([oval(*place) for place in places], color, alpha)

    def boxes(
        self, places: Iterable[tuple[float, float, float, float]], color: Color, alpha: int = 255
    ) -> None:
        """Fill rectangles given as (left, top, right, bottom)."""
        self.fill([[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in places], color, alpha)

    def _row(self, y: float) -> int:
        return min(max(math.floor(y * self.height + 0.5), 0), self.height)


def oval(x: float, y: float, rx: float, ry: float) -> list[Point]:
    """The corners of an ellipse."""
    return [(x + rx * cos, y + ry * sin) for cos, sin in _CIRCLE]


def ridge(
    base: float, rise: float, waves: int, *parts: object, jagged: bool = False
) -> list[Point]:
    """A line of hills from x 0 to 1: its y is at *base*, up to *rise* higher."""
    heights = [share(*parts, wave) for wave in range(waves + 2)]
    pieces = 1 if jagged else 10
    points = []
    for step in range(waves * pieces + 1):
        wave, part = divmod(step, pieces)
        t = part / pieces
        smooth = t * t * (3 - 2 * t)
        high = heights[wave] * (1 - smooth) + heights[wave + 1] * smooth
        points.append((step / (waves * pieces), base - rise * high))
    return points


def below(line: Sequence[Point], bottom: float = 1.0) -> list[Point]:
    """The area from a line down to *bottom*."""
    return [(0.0, bottom), *line, (1.0, bottom)]


def _fill(
    mask: bytearray, size: tuple[int, int], corners: list[tuple[int, int]], ink: memoryview
) -> None:
    width, height = size
    top, rows = crossings(corners, height)
    for start, row in enumerate(rows, top):
        row.sort()
        for left, right in zip(row[::2], row[1::2], strict=True):
            first, last = max(left, 0), min(right, width)
            if first < last:
                mask[start * width + first : start * width + last] = ink[: last - first]


def _between(stops: Sequence[Color], place: int) -> Color:
    if len(stops) == 1:
        return stops[0]
    span = 1000 // (len(stops) - 1)
    first = min(place // span, len(stops) - 2)
    return mix(stops[first], stops[first + 1], min((place - first * span) * 100 // span, 100))
