"""Birds, fish and butterflies, looking to the right."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing, eye
from workbench.engines.embedded.painter.pen import (
    INK,
    WHITE,
    Color,
    Pen,
    listed,
    luma,
    mix,
    shade,
    tint,
)

_BEAK: Color = (240, 150, 40)


def _beak(color: Color) -> Color:
    """Orange, except on an orange bird."""
    near = abs(color[0] - 240) + abs(color[1] - 150) + abs(color[2] - 40) < 60
    return (112, 84, 66) if near else _BEAK


def _bird(pen: Pen, color: Color) -> None:
    dark = shade(color)
    pen.polygon(dark, "30,58 2,46 0,58 8,64 2,74 30,74")
    pen.blob(dark, "58,52 44,36 42,14 50,2 62,20 76,40")
    pen.polygon(_beak(color), "108,50 125,58 107,64")
    pen.blob(color, "20,60 44,52 70,48 84,38 102,40 111,54 104,70 90,88 64,98 40,90 26,76")
    if pen.shows(0.3):
        pen.blob(tint(color, 55), "66,78 88,72 100,70 88,86 64,94 50,90")
    pen.blob(dark, "72,60 56,48 28,26 14,0 8,24 18,52 40,72 62,74")
    pen.blob(color, "69,62 54,50 30,31 15,6 11,26 20,50 41,69 62,71")
    eye(pen, color, 96, 51, 3.8)


def _duck(pen: Pen, color: Color) -> None:
    dark, beak = shade(color, 16), _beak(color)
    pen.blob(beak, "100,22 110,24 118,22 118,30 108,36 98,36")
    pen.blob(color, "2,40 16,52 40,56 62,54 70,40 66,20 76,4 94,1 105,14 104,30 96,42 98,60")
    pen.blob(color, "2,40 6,74 22,94 50,100 78,98 98,84 100,62 84,46 50,48 18,50")
    pen.blob(dark, "28,62 46,58 68,62 76,72 62,84 42,84 30,76")
    if pen.shows(0.5):
        pen.curve(color, 2.4, "40,72 54,74 66,70")
        pen.curve(shade(beak, 30), 1.4, "102,30 109,30 117,27")
    eye(pen, color, 92, 17, 3.6)


def _fish(pen: Pen, color: Color) -> None:
    dark = shade(color)
    pen.blob(dark, "56,28 66,4 88,0 104,8 108,26 82,34")
    pen.blob(dark, "72,74 70,94 80,100 94,92 100,72")
    pen.blob(color, "44,50 26,26 6,12 0,20 12,50 0,80 6,88 26,74")
    pen.blob(color, "32,50 54,28 90,16 124,24 148,46 149,54 126,78 90,86 54,72")
    if pen.shows(0.3):
        pen.blob(tint(color, 60), "60,76 92,72 136,64 124,78 92,86")
        pen.blob(dark, "78,48 94,52 88,64 74,66 66,60")
    if pen.shows(0.5):
        for points in ("8,30 26,45", "12,50 26,50", "8,70 26,55"):
            pen.line(dark, 2.4, points)
        pen.ring(dark, 2.4, 96, 48, 22, -58, 58)
        pen.curve(dark, 2, "148,56 140,58 136,55")
    pen.oval(WHITE, 130, 42, 7)
    eye(pen, WHITE, 131, 42, 4.6)


def _butterfly(pen: Pen, color: Color) -> None:
    rim, spot = shade(color, 45), tint(color, 60)
    if luma(color) > 225:
        spot = mix(color, (240, 160, 70), 70)
    for side in (-1, 1):
        pen.blob(rim, _mirror(side, "2,46 14,20 36,5 56,8 60,22 52,44 30,58 6,58"))
        pen.blob(rim, _mirror(side, "3,54 28,56 48,66 47,86 32,100 14,90 4,70"))
        pen.blob(color, _mirror(side, "4,46 17,24 37,10 53,12 56,23 49,41 30,53 6,54"))
        pen.blob(color, _mirror(side, "4,57 28,60 44,68 43,84 31,95 17,87 6,70"))
        pen.oval(spot, 60 + side * 40, 25, 8)
        pen.oval(spot, 60 + side * 29, 75, 6)
        if pen.shows(0.6):
            pen.oval(spot, 60 + side * 25, 40, 4)
        pen.curve(INK, 2, _mirror(side, "1,30 6,12 15,2"))
        pen.oval(INK, 60 + side * 15, 2.5, 2.6)
    pen.oval(INK, 60, 57, 4.6, 29)
    pen.oval(INK, 60, 29, 6)


def _mirror(side: int, points: str) -> list[tuple[float, float]]:
    return [(60 + side * x, y) for x, y in listed(points)]


WINGED = (
    Drawing("bird", _bird, (70, 130, 206), 1.25, "air", 0.45),
    Drawing("duck", _duck, (250, 206, 60), 1.19, "water", 0.45),
    Drawing("fish", _fish, (240, 134, 50), 1.5, "water", 0.4),
    Drawing("butterfly", _butterfly, (236, 130, 60), 1.2, "air", 0.4),
)
