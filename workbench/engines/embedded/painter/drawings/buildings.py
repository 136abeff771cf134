"""Where people live and pray, from a tent to a castle."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing
from workbench.engines.embedded.painter.pen import WHITE, Color, Pen, luma, mix, shade, tint

_GLASS: Color = (255, 226, 140)
_PANE: Color = (150, 204, 232)
_ROOF: Color = (150, 72, 58)
_SLATE: Color = (86, 92, 116)
_WOOD: Color = (122, 84, 54)


def _roof(color: Color) -> Color:
    """A roof that stands out from the walls: tiles, or slate over red and brown walls."""
    return _SLATE if color[0] > color[2] + 60 and luma(color) < 150 else _ROOF


def _house(pen: Pen, color: Color) -> None:
    roof = _roof(color)
    pen.box(shade(roof), 82, 8, 93, 40)
    pen.box(color, 10, 40, 105, 100)
    pen.polygon(roof, "0,44 57.5,0 115,44")
    pen.box(_WOOD, 47, 64, 68, 100)
    for x in (19, 78):
        pen.box(WHITE, x - 1, 55, x + 18, 77)
        pen.box(_GLASS, x + 1, 57, x + 16, 75)
        if pen.shows(0.4):
            pen.box(WHITE, x + 7.6, 56, x + 9.4, 76)
            pen.box(WHITE, x, 65, x + 17, 66.8)
    if pen.shows(0.4):
        pen.oval(_GLASS, 63, 83, 1.8)
        pen.oval(WHITE, 57.5, 26, 8)
        pen.oval(_GLASS, 57.5, 26, 6)


def _castle(pen: Pen, color: Color) -> None:
    dark = shade(color)
    for left, right, top, step in ((34, 96, 44, 12.4), (0, 30, 32, 6), (100, 130, 32, 6)):
        pen.box(color, left, top + 8, right, 100)
        for i in range(0, 5, 2):
            pen.box(color, left + i * step, top, left + i * step + step, top + 10)
    pen.box(color, 28, 52, 102, 100)
    for x in (30, 97):
        pen.box(dark, x, 60, x + 3, 100)
    pen.box(dark, 48, 20, 82, 46)
    pen.polygon(mix(_ROOF, _SLATE, 20), "44,22 65,2 86,22")
    pen.box(_WOOD, 64, 0, 66, 8)
    pen.polygon((226, 70, 66), "66,0 78,3.4 66,7")
    pen.pie(_WOOD, 65, 78, 13, 13, 180, 360)
    pen.box(_WOOD, 52, 77.5, 78, 100)
    for x, y in ((12, 52), (112, 52), (62, 28)):
        pen.box(_GLASS, x, y, x + 6, y + 12, 3)
    if pen.shows(0.5):
        for x in (58, 65, 72):
            pen.box(shade(_WOOD), x - 0.7, 68, x + 0.7, 100)
        for x, y in (
            (8, 78),
            (18, 88),
            (108, 86),
            (118, 74),
            (40, 66),
            (84, 70),
            (84, 90),
            (40, 88),
        ):
            pen.box(shade(color, 12), x, y, x + 7, y + 4, 1)


def _church(pen: Pen, color: Color) -> None:
    roof = _roof(color)
    pen.box(color, 30, 62, 92, 100)
    pen.polygon(roof, "24,64 34,42 84,42 95,64")
    pen.box(color, 4, 42, 38, 100)
    pen.polygon(roof, "0,44 21,10 42,44")
    pen.box(_WOOD, 19.6, 0, 22.4, 14)
    pen.box(_WOOD, 16, 3.4, 26, 6)
    pen.pie(_WOOD, 21, 84, 8, 8, 180, 360)
    pen.box(_WOOD, 13, 83.5, 29, 100)
    for x in (48, 63, 78):
        pen.box(_PANE, x, 72, x + 7, 90, 3.5)
    if pen.shows(0.4):
        pen.oval(WHITE, 21, 58, 7.4)
        pen.oval(_PANE, 21, 58, 5.6)
        pen.box(shade(color, 14), 38, 64, 40.6, 100)


def _barn(pen: Pen, color: Color) -> None:
    trim = WHITE if luma(color) < 200 else shade(color, 40)
    pen.box(tint((150, 156, 168)), 100, 22, 130, 100)
    pen.pie((150, 156, 168), 115, 24, 15, 15, 180, 360)
    pen.polygon(color, "6,44 22,18 54,3 86,18 102,44 102,100 6,100")
    pen.line(_SLATE, 6, "4,46 21,18 54,3 87,18 104,46")
    pen.box(trim, 32, 58, 76, 100)
    pen.box(color, 35, 61, 73, 100)
    for points in ("35,61 73,100", "73,61 35,100", "54,59 54,100"):
        pen.line(trim, 2.6, points)
    pen.box(trim, 43, 26, 65, 46)
    pen.box(shade(color, 55), 46, 29, 62, 43)
    if pen.shows(0.5):
        for y in (42, 60, 80):
            pen.box(shade((190, 194, 204), 14), 104, y, 130, y + 2)


def _building(pen: Pen, color: Color) -> None:
    pen.box(shade(color), 23, 0, 26, 20)
    pen.box(shade(color, 12), 12, 10, 38, 30)
    pen.box(color, 4, 18, 46, 100)
    pen.box(shade(color, 12), 0, 96, 50, 100)
    light = _GLASS if luma(color) < 200 else _PANE
    columns, rows = ((9, 17.6, 26.2, 34.8), 8) if pen.shows(0.4) else ((11, 29), 4)
    width, height = (6, 5) if pen.shows(0.4) else (10, 9)
    for row in range(rows):
        for column, x in enumerate(columns):
            y = 23 + row * (64 / rows)
            lit = (row * 5 + column * 3) % 7 != 2
            pen.box(light if lit else shade(color, 45), x, y, x + width, y + height)
    pen.box(shade(color, 60), 19, 88, 31, 97)


def _tent(pen: Pen, color: Color) -> None:
    pen.line(_WOOD, 2.4, "62,12 68,1.2")
    pen.line(_WOOD, 2.4, "68,12 62,1.2")
    pen.polygon(shade(color, 18), "65,6 92,10 130,100 100,100")
    pen.polygon(color, "65,6 0,100 110,100")
    pen.polygon(shade(color, 60), "65,34 46,100 86,100")
    pen.polygon(tint(color), "65,30 46,100 36,100")
    if pen.shows(0.5):
        pen.line(tint(color, 45), 2, "64,10 4,98")


BUILDINGS = (
    Drawing("house", _house, (232, 196, 146), 1.15, scale=1.8),
    Drawing("castle", _castle, (164, 166, 172), 1.3, scale=2.3),
    Drawing("church", _church, (240, 232, 214), 0.95, scale=2.2),
    Drawing("barn", _barn, (184, 56, 48), 1.3, scale=1.8),
    Drawing("building", _building, (110, 134, 166), 0.5, scale=2.6),
    Drawing("tent", _tent, (236, 140, 56), 1.3, scale=0.95),
)
