"""Trees and what grows below them."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing
from workbench.engines.embedded.painter.pen import WHITE, Color, Pen, luma, shade, tint

_BARK: Color = (122, 84, 54)
_LEAF: Color = (74, 146, 67)
_CREAM: Color = (244, 230, 204)


def _tree(pen: Pen, color: Color) -> None:
    pen.blob(_BARK, "35,55 48,55 49,90 55,100 29,100 35,90")
    for x, y, r in ((20, 40, 20), (62, 42, 20), (41, 26, 26), (40, 48, 20)):
        pen.oval(color, x, y, r)
    if pen.shows(0.3):
        for x, y, r in ((30, 17, 8), (15, 34, 6)):
            pen.oval(tint(color, 20), x, y, r)
    if pen.shows(0.6):
        for x, y, r in ((62, 50, 6), (50, 40, 5)):
            pen.oval(shade(color, 15), x, y, r)


def _pine(pen: Pen, color: Color) -> None:
    pen.box(_BARK, 24, 80, 36, 100)
    for top, half, bottom in ((34, 30, 88), (17, 24, 62), (0, 17, 37)):
        left, right = 30 - half, 30 + half
        edge = bottom - 4
        pen.polygon(
            color, [(30, top), (right, edge), (right - 5, bottom), (left + 5, bottom), (left, edge)]
        )
        if pen.shows(0.4):
            low = [
                (30 - half * 0.55, bottom),
                (right - 5, bottom),
                (right, edge),
                (30 + half * 0.5, edge - 9),
            ]
            pen.polygon(shade(color, 16), low)


def _palm(pen: Pen, color: Color) -> None:
    pen.blob(_BARK, "42,34 50,34 51,60 60,99 58,100 46,100 46,80")
    if pen.shows(0.5):
        for y, x in ((50, 45), (62, 46), (74, 47), (86, 49)):
            pen.line(shade(_BARK), 1.6, [(x, y), (x + 6, y + 1)])
    dark = shade(color, 18)
    pen.blob(dark, "46,30 30,34 18,48 14,64 30,54 44,42")
    pen.blob(dark, "48,30 66,34 78,48 80,64 66,54 50,42")
    for points in (
        "48,32 42,14 28,4 10,4 22,14 36,26",
        "46,32 52,12 66,2 84,4 72,14 58,28",
        "48,34 34,20 16,20 0,38 18,34 36,36",
        "46,34 62,20 80,20 95,38 78,34 60,38",
    ):
        pen.blob(color, points)
    for x, y in ((43, 37), (52, 37), (47, 41)):
        pen.oval(shade(_BARK, 35), x, y, 4.4)


def _bush(pen: Pen, color: Color) -> None:
    pen.box(color, 18, 60, 142, 100, 10)
    for x, y, r in ((28, 70, 28), (60, 46, 38), (100, 38, 38), (134, 68, 26), (80, 70, 30)):
        pen.oval(color, x, y, r)
    if pen.shows(0.3):
        for x, y, r in ((48, 34, 12), (88, 24, 12), (20, 64, 8)):
            pen.oval(tint(color, 20), x, y, r)
        for x, y, r in ((116, 66, 10), (76, 70, 8), (138, 80, 7)):
            pen.oval(shade(color, 15), x, y, r)


def _flower(pen: Pen, color: Color) -> None:
    pen.curve(_LEAF, 4.4, "29,40 31,70 29,99")
    pen.blob(_LEAF, "30,92 34,76 50,68 50,80 42,90")
    pen.blob(shade(_LEAF), "29,98 26,84 12,76 10,86 18,95")
    for x, y in ((29, 12), (45, 23), (39, 43), (19, 43), (13, 23)):
        pen.oval(color, x, y, 12.5)
    middle = (250, 208, 66) if not _is_yellow(color) else (150, 92, 46)
    pen.oval(shade(color, 16), 29, 29, 11)
    pen.oval(middle, 29, 29, 9)


def _is_yellow(color: Color) -> bool:
    return color[0] > 210 and color[1] > 150 and color[2] < 130


def _mushroom(pen: Pen, color: Color) -> None:
    pen.blob(_CREAM, "32,50 58,50 58,80 64,96 45,100 26,96 32,80")
    pen.blob(shade(_CREAM, 14), "50,54 58,54 58,80 63,96 46,99 52,80")
    pen.pie(color, 45, 52, 45, 52, 180, 360)
    pen.oval(color, 45, 52, 45, 9)
    spot = WHITE if luma(color) < 200 else (204, 120, 90)
    pen.oval(spot, 40, 20, 8, 7)
    pen.oval(spot, 66, 34, 8, 6.4)
    if pen.shows(0.4):
        pen.oval(spot, 18, 39, 6.4, 5.4)
        pen.oval(spot, 42, 46, 5.4, 3.6)


def _cactus(pen: Pen, color: Color) -> None:
    dark = shade(color, 18)
    pen.curve(color, 14, "33,70 10,68 7,58 7,38")
    pen.curve(color, 14, "33,56 58,54 63,46 63,26")
    pen.box(color, 22, 0, 48, 100, 13)
    pen.box(color, 22, 80, 48, 100)
    if pen.shows(0.4):
        for x in (29, 35, 41):
            pen.line(dark, 1.8, [(x, 14), (x, 96)])
    if pen.shows(0.6):
        for x, y in ((7, 33), (63, 21)):
            pen.oval((240, 110, 140), x, y, 4.4)


def _grass(pen: Pen, color: Color) -> None:
    back = (
        "16,100 14,66 4,38 26,66 44,100",
        "56,100 60,40 70,8 80,50 86,100",
        "98,100 112,60 134,40 124,74 118,100",
    )
    front = (
        "30,100 32,40 22,0 50,44 58,100",
        "80,100 92,36 112,0 106,50 104,100",
        "2,100 8,86 0,64 24,80 40,100",
    )
    low = (
        "52,100 50,62 42,30 66,62 78,100",
        "94,100 108,76 140,56 130,82 126,100",
        "10,100 70,80 130,100",
    )
    for blades, shown in ((back, shade(color, 16)), (front, color), (low, color)):
        for points in blades:
            pen.polygon(shown, points)
    if pen.shows(0.5):
        for points in ("50,96 52,70", "96,92 100,56", "38,90 36,54"):
            pen.line(shade(color, 16), 1.6, points)


PLANTS = (
    Drawing("tree", _tree, _LEAF, 0.82, scale=1.9),
    Drawing("pine", _pine, (46, 118, 84), 0.6, scale=2.0),
    Drawing("palm", _palm, (86, 160, 70), 0.95, scale=1.8),
    Drawing("bush", _bush, (96, 158, 70), 1.6, scale=0.6),
    Drawing("flower", _flower, (236, 110, 150), 0.58, scale=0.6),
    Drawing("mushroom", _mushroom, (206, 60, 52), 0.9, scale=0.5),
    Drawing("cactus", _cactus, (86, 148, 88), 0.7, scale=1.0),
    Drawing("grass", _grass, (98, 164, 66), 1.4, scale=0.4),
)
