"""People and those who look like them, facing us; the asked colour is what they wear."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing, eye
from workbench.engines.embedded.painter.pen import INK, WHITE, Color, Pen, luma, shade, tint

_SKIN: Color = (230, 176, 132)
_HAIR: Color = (92, 60, 44)
_TROUSERS: Color = (66, 72, 100)
_SHOE: Color = (70, 52, 46)
_CARROT: Color = (240, 140, 50)


def _face(pen: Pen, x: float, y: float, r: float) -> None:
    pen.oval(_SKIN, x, y, r)
    for side in (-1, 1):
        pen.oval(INK, x + side * r * 0.4, y, r * 0.14)
        if pen.shows(0.6):
            pen.oval((240, 150, 130), x + side * r * 0.58, y + r * 0.36, r * 0.18)
    if pen.shows(0.4):
        pen.ring((160, 84, 70), r * 0.12, x, y + r * 0.22, r * 0.34, 25, 155)


def _legs(pen: Pen, xs: tuple[float, float], width: float, top: float, color: Color) -> None:
    for x in xs:
        pen.box(color, x, top, x + width, 96)
        pen.box(_SHOE, x - 1.5, 94, x + width + 1.5, 100, 2.6)


def _person(pen: Pen, color: Color) -> None:
    _legs(pen, (20, 31), 8, 72, _TROUSERS)
    pen.curve(shade(color, 12), 8, "40,40 50,32 54,18")
    pen.oval(_SKIN, 54.6, 13, 4.6)
    pen.curve(shade(color, 12), 8, "20,40 10,50 6,62")
    pen.oval(_SKIN, 5, 66, 4.4)
    pen.blob(color, "20,34 38,34 43,44 42,60 44,80 15,80 17,60 16,44")
    pen.box(_SKIN, 25, 26, 33, 36)
    pen.oval(_HAIR, 29, 14, 14)
    _face(pen, 29, 18, 12)
    pen.blob(_HAIR, "16,16 18,5 30,1 41,6 42,15 34,10 26,11 20,15")
    if pen.shows(0.4):
        for y in (44, 54, 64):
            pen.oval(tint(color, 60), 29.5, y, 1.5)


def _man(pen: Pen, color: Color) -> None:
    _legs(pen, (14, 30), 10, 64, _TROUSERS)
    pen.box(_TROUSERS, 14, 62, 40, 70)
    for x, hand in ((0, 5), (44, 49)):
        pen.box(shade(color, 12), x, 33, x + 10, 62, 5)
        pen.oval(_SKIN, hand, 64, 4.6)
    pen.box(color, 6, 31, 48, 67, 7)
    pen.box(_SKIN, 23, 26, 31, 34)
    _face(pen, 27, 17, 11)
    pen.pie(_HAIR, 27, 18, 11, 12.5, 15, 165)
    pen.oval(_SKIN, 27, 19.5, 7.4, 5.6)
    if pen.shows(0.3):
        pen.ring((160, 84, 70), 1.5, 27, 19, 4, 25, 155)
    for x in (23, 31):
        pen.oval(INK, x, 16.4, 1.5)
    pen.box(shade(_HAIR), 12, 8, 42, 12, 2)
    pen.box(shade(_HAIR), 17, 0, 37, 11, 3)
    if pen.shows(0.4):
        pen.polygon(tint(color, 60), "23,31 31,31 27,38")
        pen.box(_SHOE, 13, 63, 41, 67)


def _woman(pen: Pen, color: Color) -> None:
    pen.blob(_HAIR, "27,0 40,5 43,20 45,38 36,42 18,42 9,38 11,20 14,5")
    for x in (20, 29):
        pen.box(_SKIN, x, 80, x + 5, 97)
        pen.box(shade(color, 40), x - 2, 95, x + 6.4, 100, 2.4)
    for x, side in ((17, -1), (37, 1)):
        pen.curve(_SKIN, 5.4, [(x, 40), (x + side * 8, 50), (x + side * 11, 62)])
    pen.blob(color, "20,34 34,34 38,42 36,54 46,72 53,86 27,90 1,86 8,72 18,54 16,42")
    pen.box(_SKIN, 24, 27, 30, 35, 2)
    _face(pen, 27, 17, 11.6)
    pen.blob(_HAIR, "15,16 16,5 27,1 38,5 39,16 33,9 27,7 21,9")
    if pen.shows(0.4):
        pen.line(tint(color, 60), 3, "19,54 35,54")


def _child(pen: Pen, color: Color) -> None:
    _legs(pen, (25, 38), 9, 80, _SKIN)
    for side in (-1, 1):
        pen.curve(color, 9, [(36 + side * 8, 57), (36 + side * 20, 56), (36 + side * 26, 50)])
        pen.oval(_SKIN, 36 + side * 30, 45, 5)
    pen.blob(color, "26,50 46,50 51,62 52,88 36,91 20,88 21,62")
    pen.oval(_HAIR, 36, 24, 23.4)
    _face(pen, 36, 29, 20)
    pen.blob(_HAIR, "14,26 16,8 34,0 52,6 58,26 48,16 38,20 26,14")
    if pen.shows(0.4):
        pen.polygon(tint(color, 55), [(36 + x, 68 + y) for x, y in _STAR])


_STAR = (
    (0, -8),
    (2.4, -2.4),
    (8, -2),
    (3.6, 1.6),
    (5, 7),
    (0, 4),
    (-5, 7),
    (-3.6, 1.6),
    (-8, -2),
    (-2.4, -2.4),
)


def _robot(pen: Pen, color: Color) -> None:
    dark = shade(color, 30)
    pen.line(dark, 2.6, "35,14 35,4")
    pen.oval((226, 76, 66), 35, 4.4, 4.4)
    for x in (18, 40):
        pen.box(dark, x, 76, x + 12, 98)
        pen.box(color, x - 3, 92, x + 15, 100, 3)
    for x in (2, 60):
        pen.box(dark, x, 44, x + 8, 70, 4)
        pen.oval(color, x + 4, 71, 6)
    pen.box(dark, 29, 34, 41, 46)
    pen.box(color, 12, 10, 58, 38, 6)
    pen.box(color, 10, 42, 60, 80, 5)
    pen.box(dark, 17, 15, 53, 33, 5)
    for x in (27, 43):
        pen.oval((255, 226, 140), x, 22, 4.2)
        pen.oval(INK, x, 22, 1.8)
    if pen.shows(0.3):
        pen.line((255, 226, 140), 1.8, "29,29 41,29")
        pen.box(tint(color, 55), 19, 50, 51, 66, 3)
        for x, light in ((26, (226, 76, 66)), (35, (250, 200, 60)), (44, (90, 170, 90))):
            pen.oval(light, x, 58, 3)


def _snowman(pen: Pen, color: Color) -> None:
    low = shade(color, 10)
    for points in ("16,54 6,44 2,34", "58,54 68,44 72,34", "6,44 0.8,42", "68,44 73.2,42"):
        pen.line(_HAIR, 2, points)
    pen.oval(color, 37, 76, 27, 25)
    pen.oval(low, 37, 58, 20, 17)
    pen.oval(color, 37, 55, 20, 17)
    pen.oval(color, 37, 31, 15)
    pen.box(INK, 20, 15, 54, 19.4, 2)
    pen.box(INK, 26, 0, 48, 18, 2)
    pen.box((206, 72, 64), 26, 10, 48, 15)
    scarf = (206, 72, 64) if color[0] < 200 or luma(color) > 150 else WHITE
    pen.curve(scarf, 5, "24,42 37,46 50,42")
    pen.line(scarf, 5.4, "47,44 49,58")
    pen.polygon(_CARROT, "37,30 53,34 37,36")
    for x in (31, 42):
        eye(pen, color, x, 27, 2)
    if pen.shows(0.4):
        for y in (58, 68, 78):
            pen.oval(INK if luma(color) > 90 else WHITE, 37, y, 2)


PEOPLE = (
    Drawing("person", _person, (80, 150, 120), 0.6, scale=1.0),
    Drawing("man", _man, (66, 116, 180), 0.54, scale=1.05),
    Drawing("woman", _woman, (142, 80, 176), 0.54, scale=1.0),
    Drawing("child", _child, (240, 170, 60), 0.72, scale=0.7),
    Drawing("robot", _robot, (150, 164, 176), 0.7, scale=0.95),
    Drawing("snowman", _snowman, (250, 250, 250), 0.74, scale=0.95),
)
