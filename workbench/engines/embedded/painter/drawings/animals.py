"""Animals on four legs, looking to the right."""

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

_CORAL: Color = (214, 77, 71)
_ROSE: Color = (238, 166, 160)
_CREAM: Color = (246, 232, 208)


def _dog(pen: Pen, color: Color) -> None:
    dark = shade(color)
    pen.curve(color, 8, "18,55 8,44 4,28")
    for x in (34, 82):
        pen.box(dark, x, 66, x + 11, 99, 5)
    pen.blob(color, "12,58 22,48 50,50 76,44 92,52 92,70 78,78 45,75 24,79 13,72")
    for x in (17, 70):
        pen.box(color, x, 64, x + 13, 100, 6)
    pen.blob(color, "72,24 80,6 94,2 104,14 118,21 119,32 108,39 98,52 82,56 72,44")
    pen.blob(dark, "80,5 70,10 63,32 67,46 76,42 84,22")
    pen.oval(INK, 116, 24, 4.4, 3.6)
    eye(pen, color, 95, 18, 3.4)
    if pen.shows(0.5):
        collar = _CORAL if color[0] < 180 or color[1] > 120 else (250, 206, 92)
        pen.line(collar, 5, "74,54 93,56")
        pen.curve(dark, 1.6, "114,34 106,35 102,32")


def _cat(pen: Pen, color: Color) -> None:
    dark = shade(color)
    pen.curve(color, 9, "30,94 10,92 5,76 10,62 5,50")
    pen.blob(color, "34,46 62,46 72,72 72,94 64,100 30,100 21,90 24,66")
    pen.box(dark, 52, 66, 54, 98, 1)
    pen.oval(color, 44, 95, 12, 5)
    pen.oval(color, 64, 95, 12, 5)
    for points in ("27,22 27,0 47,12", "75,22 75,0 55,12"):
        pen.polygon(color, points)
    for points in ("30,18 30,7 41,13", "72,18 72,7 61,13"):
        pen.polygon(_ROSE, points)
    pen.oval(color, 51, 29, 26, 21)
    for x in (41, 61):
        eye(pen, color, x, 27, 4)
    pen.polygon(_ROSE, "48,35 54,35 51,39")
    if pen.shows(0.5):
        pen.curve(dark, 1.6, "45,41 48,43 51,39 54,43 57,41")
        for points in ("28,36 38,37", "28,43 38,41", "64,37 74,36", "64,41 74,43"):
            pen.line(tint(color, 60), 1.2, points)
    if pen.shows(0.7):
        for points in ("45,9 47,17", "51,8 51,18", "57,9 55,17", "27,74 35,76", "25,82 34,83"):
            pen.line(dark, 2.6, points)


def _horse(pen: Pen, color: Color) -> None:
    dark, mane = shade(color, 16), shade(color, 50)
    pen.blob(mane, "14,42 4,48 1,68 6,80 11,70 16,54 22,46")
    for points in ("24,60 30,78 25,99 33,99 38,78 38,60", "72,60 77,78 82,99 90,99 86,76 84,58"):
        pen.polygon(dark, points)
    pen.blob(color, "14,46 26,38 50,42 72,36 88,44 86,60 74,66 50,64 28,68 15,60")
    pen.polygon(color, "15,54 18,80 16,98 26,98 28,80 33,60")
    pen.polygon(color, "66,58 68,80 67,98 77,98 78,80 84,56")
    pen.blob(mane, "60,42 64,22 74,7 88,3 86,22 76,42")
    pen.blob(color, "67,44 74,22 84,6 94,5 103,15 114,26 114,34 106,37 96,30 92,42 86,58 74,56")
    pen.polygon(color, "82,9 84,0 92,8")
    for x in (16, 67):
        pen.box(mane, x - 0.5, 94, x + 10.5, 100)
    eye(pen, color, 95, 16, 2.6)
    if pen.shows(0.5):
        pen.oval(mane, 109.5, 29, 1.6)
        pen.blob(mane, "84,4 92,5 95,12 89,11")


def _cow(pen: Pen, color: Color) -> None:
    patch = mix(INK, color, 20) if luma(color) > 180 else _CREAM
    dark = shade(color)
    pen.curve(color, 3.6, "14,36 4,44 5,68")
    pen.oval(patch, 5, 72, 4, 7)
    for x in (32, 94):
        pen.box(dark, x, 66, x + 11, 99, 3)
    pen.oval(_ROSE, 42, 76, 10, 7)
    pen.blob(color, "10,38 20,30 60,32 98,28 112,36 112,62 100,75 60,76 24,76 11,64")
    for x in (14, 78):
        pen.box(color, x, 64, x + 13, 100, 3)
        pen.box(INK, x, 94, x + 13, 100, 2)
    pen.blob(patch, "26,33 44,33 52,46 44,56 30,52 24,42")
    pen.blob(patch, "66,50 78,44 88,52 84,66 70,66")
    for points in ("108,16 101,8 103,0 107,8 115,12", "126,14 134,6 132,0 128,6 120,10"):
        pen.blob(_CREAM, points)
    for x, turn in ((101, 25), (132, -25)):
        pen.oval(dark, x, 20, 8, 4.4, turn)
    pen.blob(color, "106,14 117,10 128,14 130,30 126,50 108,50 104,30")
    pen.oval(_ROSE, 118, 47, 14, 9)
    for x in (111, 124):
        eye(pen, color, x, 28, 3)
    if pen.shows(0.5):
        for x in (113, 123):
            pen.oval(shade(_ROSE, 50), x, 46, 2, 2.6)


def _sheep(pen: Pen, color: Color) -> None:
    skin = tint(color, 45) if luma(color) < 100 else (84, 74, 78)
    for x in (30, 44, 74, 88):
        pen.box(skin, x, 70, x + 8, 100, 3)
    lumps = "20,40 36,27 56,21 76,24 92,34 100,50 94,66 78,74 58,77 38,75 22,66 14,53"
    for lump in listed(lumps):
        pen.oval(color, *lump, 13)
    pen.oval(color, 57, 50, 42, 28)
    pen.oval(color, 6.5, 46, 6.5)
    if pen.shows(0.5):
        for x, y in ((34, 44), (54, 40), (44, 60), (66, 58)):
            pen.ring(shade(color, 14), 2, x, y, 6, 20, 160)
    pen.oval(skin, 97, 25, 9, 4.6, 15)
    pen.blob(skin, "98,20 110,16 119,26 124,42 117,52 106,50 99,36")
    for x, y, r in ((98, 16, 8), (107, 11, 9), (115, 17, 7)):
        pen.oval(color, x, y, r)
    eye(pen, skin, 112, 32, 2.6)


def _rabbit(pen: Pen, color: Color) -> None:
    dark = shade(color)
    pen.oval(WHITE if luma(color) < 225 else dark, 9, 78, 9)
    pen.oval(dark, 47, 17, 6.5, 17, -16)
    pen.blob(color, "12,74 20,54 40,48 56,54 66,62 68,86 62,99 24,100 12,90")
    pen.oval(color, 56, 42, 20, 17)
    pen.oval(color, 57, 16, 6.5, 16.5, 4)
    if pen.shows(0.3):
        pen.oval(_ROSE, 57, 18, 3, 11, 4)
    pen.oval(color, 66, 95, 14, 5)
    pen.oval(dark, 34, 78, 17, 16)
    pen.oval(color, 33, 77, 16, 15)
    pen.oval(dark, 40, 96, 17, 4)
    eye(pen, color, 62, 39, 3.4)
    pen.oval(_ROSE, 75, 43, 3, 2.4)
    if pen.shows(0.5):
        for points in ("70,48 80,46", "70,50 79,52"):
            pen.line(dark, 1, points)


ANIMALS = (
    Drawing("dog", _dog, (158, 102, 54), 1.2, scale=0.65),
    Drawing("cat", _cat, (236, 146, 52), 0.78, scale=0.55),
    Drawing("horse", _horse, (140, 84, 48), 1.15, scale=1.15),
    Drawing("cow", _cow, (246, 244, 238), 1.4, scale=0.95),
    Drawing("sheep", _sheep, (246, 244, 238), 1.24, scale=0.7),
    Drawing("rabbit", _rabbit, (160, 158, 156), 0.8, scale=0.5),
)
