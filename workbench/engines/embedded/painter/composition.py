"""Where each thing goes: on its ground, near what it relates to, never over another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from workbench.engines.embedded.painter.boxes import Box, Figure, misfit
from workbench.engines.embedded.painter.chance import between, digest, share
from workbench.engines.embedded.painter.drawings import DRAWINGS
from workbench.engines.embedded.painter.grounds import GROUNDS, Band
from workbench.engines.embedded.painter.scene import Item, Scene

_GAP = 0.022  # of the width, between any two things
_SIDE, _EDGE = 0.03, 0.025  # kept free at the sides, above and below
_LEAST = 0.145  # of the height, where there is room
_SHRINK = 0.88
_TRIES = 20
_CROWDED = 0.4  # size below which things may stand anywhere on the ground
_ROW = 4  # things that stand side by side
_SIZES = {"big": 1.4, "small": 0.72, "tiny": 0.55}
_HEIGHTS = (0.46, 0.42, 0.37, 0.33, 0.29, 0.25, 0.21, 0.19, 0.18, 0.17, 0.16, 0.15)
_DRIVES = ("car", "bus", "truck", "bicycle", "train")
_SIDES = {"left": 0.2, "middle": 0.5, "right": 0.8}
_OPPOSITE = {
    "left": "right",
    "right": "left",
    "behind": "front",
    "front": "behind",
    "beside": "beside",
}


def compose(scene: Scene, width: int, height: int, *, seed: int) -> list[Figure]:
    """Place every thing of *scene*, the farthest first; none overlap while there is any room."""
    wanted = [(i, n) for i, item in enumerate(scene.items) for n in range(item.count)]
    size = 1.0
    for _ in range(_TRIES):
        placing = _Placing(scene, width, height, seed, len(wanted), size)
        if all(placing.put(i, n) for i, n in sorted(wanted, key=placing.importance)):
            break
        size *= _SHRINK
    return sorted(placing.figures, key=lambda figure: (figure.box.foot, figure.box.left))


class _Placing:
    """One attempt to place everything at one size."""

    def __init__(
        self, scene: Scene, width: int, height: int, seed: int, total: int, size: float
    ) -> None:
        self.items, self.setting = scene.items, scene.setting
        self.ground = GROUNDS[scene.setting.ground]
        self.width, self.height, self.seed = width, height, seed
        self.size = size
        length = min(math.isqrt(width * height), min(width, height) * 8 // 5)
        self.unit = length * _HEIGHTS[min(total, len(_HEIGHTS)) - 1] * size if total else 0.0
        self.figures: list[Figure] = []
        self.slots: dict[tuple[int, int], float] = {}
        self.depths: dict[tuple[int, int], float] = {}
        self._wish()

    def importance(self, wanted: tuple[int, int]) -> tuple[int, float]:
        """What others relate to comes first, then what is large."""
        item = self.items[wanted[0]]
        related = any(other.other == wanted[0] for other in self.items)
        drawing = DRAWINGS[item.noun]
        return (0 if related else 1, -drawing.scale * drawing.scale * drawing.aspect)

    def put(self, index: int, number: int) -> bool:
        """Place one thing; False if there is no room left for it at this size."""
        item = self.items[index]
        best: tuple[float, Box] | None = None
        gap = max(2, math.ceil(self.width * _GAP))
        for box, depth in self._places(item, index, number):
            if all(box.clears(figure.box, gap) for figure in self.figures):
                cost = self._cost(item, index, number, box, depth)
                if best is None or cost < best[0]:
                    best = cost, box
        if best is None:
            return False
        flip = self._flip(item, index, number, best[1])
        self.figures.append(Figure(index, number, item.noun, best[1], flip))
        return True

    def _wish(self) -> None:
        """Wish for an x for each thing, spread over sky, land and water, and for some a depth.

        A depth is 0 for far and 1 for near. Many things stand in two rows.
        """
        rows: dict[str, list[tuple[int, int]]] = {}
        for i, item in enumerate(self.items):
            for n in range(item.count):
                rows.setdefault(self._row(item), []).append((i, n))
        for row, members in sorted(rows.items()):
            if digest("turn", self.seed, row) % 2:
                members.reverse()
            if len(members) > _ROW and row != "lane":
                self.depths |= {member: place % 2 for place, member in enumerate(members)}
                for line in (members[::2], members[1::2]):
                    self._line_up(row, line)
            else:
                self._line_up(row, members)
        for i, item in enumerate(self.items):
            if item.other is None:
                continue
            if item.relation in ("front", "behind"):
                nearness = float(item.relation == "front")
                self.depths |= {(i, 0): nearness, (item.other, 0): 1 - nearness}
            if item.relation in ("left", "right", "front", "behind"):
                left = item.relation == "left" or (
                    item.relation != "right" and share("side", self.seed, i) < 0.5
                )
                self.slots |= {
                    (i, 0): 0.2 if left else 0.8,
                    (item.other, 0): 0.75 if left else 0.25,
                }

    def _line_up(self, row: str, members: Sequence[tuple[int, int]]) -> None:
        # What is wider gets more of the row, or a row of large things would not fit.
        shares = [
            self._tall(self.items[i], row, 1.0, 1.0) * DRAWINGS[self.items[i].noun].aspect
            for i, _ in members
        ]
        free = max(self.width - sum(shares), 0) / len(members)
        left = 0.0
        for place, (member, wide) in enumerate(zip(members, shares, strict=True)):
            wander = between(-0.4, 0.4, "slot", self.seed, row, place) * free
            self.slots[member] = (left + free / 2 + wide / 2 + wander) / (
                free * len(members) + sum(shares)
            )
            left += wide + free

    def _row(self, item: Item) -> str:
        place = DRAWINGS[item.noun].place
        if place in ("air", "sky"):
            return "sky"
        if place == "water" and self.ground.water:
            return "water"
        if self.ground.lane and item.noun in _DRIVES:
            return "lane"
        return "land" if self.ground.land else "water"

    def _band(self, row: str) -> Band:
        ground = self.ground
        bands = {"water": ground.water, "lane": ground.lane, "land": ground.land}
        band = bands.get(row)
        if band and self.size < _CROWDED:
            return ground.horizon + 0.03, 0.97
        return band or (0.08, ground.horizon * 0.94)

    def _places(self, item: Item, index: int, number: int) -> Iterator[tuple[Box, float]]:
        drawing, row = DRAWINGS[item.noun], self._row(item)
        top, bottom = self._band(row)
        steps = 5 if row == "sky" else 4
        depths = [
            (step + between(0.1, 0.9, "foot", self.seed, index, number, step)) / steps
            for step in range(steps)
        ]
        if (index, number) in self.depths:
            depths.append(self.depths[index, number])
        for depth in depths:
            foot = top + (bottom - top) * depth
            tall = self._tall(item, row, depth, foot)
            wide = round(tall * drawing.aspect)
            if row == "sky":
                foot = _EDGE + (bottom - _EDGE - tall / self.height) * depth + tall / self.height
            y = round(foot * self.height) - tall
            room = self.width * (1 - 2 * _SIDE) - wide
            if room < 0 or y < 0:
                continue
            lefts = [
                self.width * _SIDE
                + room * (column + between(0, 0.9, "x", self.seed, index, number, column)) / 11
                for column in range(11)
            ]
            wish = self.slots[index, number] * self.width - wide / 2
            for left in (min(max(wish, self.width * _SIDE), self.width * _SIDE + room), *lefts):
                yield Box(round(left), y, wide, tall), depth

    def _tall(self, item: Item, row: str, depth: float, foot: float) -> int:
        """The height in pixels: nature, squashed, and smaller the farther away."""
        drawing = DRAWINGS[item.noun]
        scale = math.sqrt(drawing.scale * math.sqrt(drawing.scale)) * _SIZES.get(item.size, 1.0)
        nearness = 1.0 if row in ("sky", "lane") else 0.8 + 0.3 * depth
        if self.setting.ground in ("beach", "lake") and row == "water":
            nearness *= 0.8
        least = _LEAST * min(self.height, 2 * self.width) * self.size
        tall = max(self.unit * scale * nearness, least)
        # Everything is small at a table, so nothing is smaller than the rest.
        if self.ground.indoors and scale < 0.8:
            tall = max(tall, self.unit * (0.75 if self.setting.ground == "table" else 0.5))
        most = (self.ground.horizon * 0.62 if row == "sky" else foot - _EDGE) * self.height
        widest = self.width * (1 - 2 * _SIDE) * 0.72 / drawing.aspect
        return max(4, int(min(tall, most, widest, 0.58 * self.height)))

    def _cost(self, item: Item, index: int, number: int, box: Box, depth: float) -> float:
        """How badly a place suits a thing."""
        x = box.middle / self.width
        cost = abs(x - self.slots[index, number]) + 0.12 * share("cost", self.seed, index, box.left)
        if item.spot in _SIDES:
            cost += 3 * abs(x - _SIDES[item.spot])
        elif item.spot:
            cost += 2 * abs(depth - (1.0 if item.spot == "near" else 0.0))
        elif (index, number) in self.depths:
            cost += 2.0 * abs(depth - self.depths[index, number])
        else:
            cost += 0.4 * abs(depth - 0.55)
        size = self.width, self.height
        for figure in self.figures:
            other = self.items[figure.item]
            if figure.item == item.other:
                cost += misfit(item.relation, box, figure.box, size)
            elif other.other == index:
                cost += misfit(_OPPOSITE.get(other.relation, ""), box, figure.box, size)
        return cost

    def _flip(self, item: Item, index: int, number: int, box: Box) -> bool:
        """Who relates to another faces it; others mostly face the middle."""
        for figure in self.figures:
            if figure.item == item.other:
                return figure.box.middle < box.middle
        if share("flip", self.seed, index, number) < 0.3:
            return box.middle < self.width / 2
        return box.middle > self.width / 2
