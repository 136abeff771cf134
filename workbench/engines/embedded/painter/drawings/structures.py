"""What people build and do not live in."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing
from workbench.engines.embedded.painter.pen import WHITE, Color, Pen, luma, shade, turned

_GLASS: Color = (255, 226, 140)
_WOOD: Color = (122, 84, 54)
_SLATE: Color = (86, 92, 116)


def _bridge(pen: Pen, color: Color) -> None:
    dark = shade(color, 20)
    pen.polygon(color, "0,34 240,34 240,100 0,100")
    for x in (62, 178):
        pen.pie(dark, x, 100, 48, 54, 180, 360)
        pen.pie(None, x, 100, 42, 48, 180, 360)
    pen.pie(None, 62, 100.4, 42, 48, 180, 360)
    pen.box(dark, 0, 28, 240, 36)
    pen.box(color, 0, 10, 240, 16)
    for x in range(0, 240, 18):
        pen.box(color, x, 14, x + 6, 30)
    for x in (0, 112, 224):
        pen.box(dark, x, 4, x + 16, 30)
        pen.box(color, x - 0.1, 0, x + 16, 6)
    if pen.shows(0.5):
        for x, y in (
            (8, 44),
            (24, 40),
            (112, 48),
            (126, 60),
            (108, 76),
            (216, 44),
            (228, 58),
            (6, 64),
            (120, 90),
        ):
            pen.box(dark, x, y, x + 9, y + 4, 1)


def _lighthouse(pen: Pen, color: Color) -> None:
    white = WHITE if luma(color) < 215 else (206, 72, 64)
    pen.blob((128, 124, 124), "0,99 6,90 22,88 40,90 46,99 22,101")
    pen.polygon(color, "14,32 32,32 38,94 8,94")
    for top, bottom in ((44, 54), (66, 77)):
        left, right = 14 - (top - 32) * 6 / 62, 32 + (top - 32) * 6 / 62
        low = (bottom - top) * 6 / 62
        pen.polygon(white, [(left, top), (right, top), (right + low, bottom), (left - low, bottom)])
    pen.box(shade(color, 35), 19, 84, 27, 94, 3)
    pen.box(_GLASS, 15, 16, 31, 30)
    pen.box(shade(color, 50), 21.6, 16, 24.4, 30)
    pen.box(shade(color, 35), 8, 29, 38, 33, 1.5)
    pen.pie(color, 23, 17, 12, 13, 180, 360)
    pen.box(shade(color, 35), 21.8, 0, 24.2, 6)


def _windmill(pen: Pen, color: Color) -> None:
    sail = WHITE if luma(color) < 215 else (206, 190, 160)
    pen.polygon(color, "25,44 59,44 70,100 14,100")
    pen.polygon(shade(color, 14), "53,44 59,44 70,100 61,100")
    pen.pie(_SLATE, 42, 45, 19, 17, 180, 360)
    pen.pie(_WOOD, 40, 86, 7, 7, 180, 360)
    pen.box(_WOOD, 33, 85.5, 47, 100)
    if pen.shows(0.4):
        pen.box(_GLASS, 36, 66, 44, 76, 3)
    for angle in (45, 135, 225, 315):
        corners = [turned(42, 42, r, angle + a) for r, a in ((14, 4), (47, 2), (48, 15), (16, 38))]
        pen.polygon(sail, corners)
        pen.line(_WOOD, 2.6, [(42, 42), turned(42, 42, 46, angle)])
        if pen.shows(0.6):
            for r in (21, 29, 37):
                pen.line(
                    _WOOD, 1.2, [turned(42, 42, r, angle), turned(42, 42, r + 1, angle + 550 / r)]
                )
    pen.oval(_WOOD, 42, 42, 4.4)


def _fence(pen: Pen, color: Color) -> None:
    for y in (36, 70):
        pen.box(shade(color, 14), 0, y, 200, y + 11)
    for x in range(6, 190, 34):
        pen.polygon(color, [(x, 14), (x + 9, 0), (x + 18, 14), (x + 18, 100), (x, 100)])
        if pen.shows(0.5):
            for nail in (41.5, 75.5):
                pen.oval(shade(color, 40), x + 9, nail, 2)


STRUCTURES = (
    Drawing("bridge", _bridge, (142, 138, 136), 2.4, scale=0.85),
    Drawing("lighthouse", _lighthouse, (214, 62, 56), 0.46, scale=2.4),
    Drawing("windmill", _windmill, (226, 204, 168), 0.84, scale=2.2),
    Drawing("fence", _fence, (154, 106, 66), 2.0, scale=0.5),
)
