"""What is known about a thing the painter can draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from workbench.engines.embedded.painter.pen import INK, WHITE, Color, Pen, luma

Place = Literal["ground", "water", "air", "sky"]


@dataclass(frozen=True)
class Drawing:
    """One noun: how it is drawn in a colour, and how it fits into a scene.

    *aspect* is width over height; *scale* the natural height beside a person of 1.0, squashed so
    that a cup and a castle can stand in one picture. Without *recolor* a colour word means nothing.
    """

    name: str
    draw: Callable[[Pen, Color], None]
    color: Color
    aspect: float
    place: Place = "ground"
    scale: float = 1.0
    recolor: bool = True


def eye(pen: Pen, skin: Color, x: float, y: float, r: float) -> None:
    """An eye that can be seen on any skin: dark, with a white rim where the skin is dark too."""
    if luma(skin) < 100:
        pen.oval(WHITE, x, y, r * 1.35)
    pen.oval(INK, x, y, r)
    if pen.shows(0.4):
        pen.oval(WHITE, x - r * 0.3, y - r * 0.35, r * 0.35)
