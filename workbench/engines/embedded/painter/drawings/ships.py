"""What floats, heading right."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing
from workbench.engines.embedded.painter.pen import WHITE, Color, Pen, luma, shade, tint

_PANE: Color = (120, 176, 214)
_WOOD: Color = (122, 84, 54)
_RED: Color = (206, 72, 64)


def _boat(pen: Pen, color: Color) -> None:
    pen.box(_WOOD, 48, 0, 52, 76)
    pen.polygon(color, "51,4 100,64 51,64")
    pen.polygon(WHITE if luma(color) < 215 else tint(_RED), "49,10 49,66 10,66")
    pen.blob(color, "0,72 20,74 60,75 110,70 104,86 90,99 24,100 8,92")
    pen.polygon(color, "0,70 110,70 104,84 4,84")
    if pen.shows(0.3):
        pen.polygon(tint(color, 60), "2,76 108,76 106,82 3,82")
        pen.polygon(shade(color, 12), "52,50 88.6,50 100,64 52,64")


def _ship(pen: Pen, color: Color) -> None:
    upper = WHITE if luma(color) < 215 else (206, 212, 222)
    funnel = _RED if color[0] < 170 or color[1] > 150 else (70, 80, 104)
    for x in (66, 96, 126):
        pen.polygon(funnel, [(x, 30), (x - 3, 2), (x + 15, 2), (x + 18, 30)])
        pen.box((60, 58, 66), x - 3.4, 0, x + 15.4, 7)
    pen.box(shade(upper, 12), 48, 26, 162, 40, 3)
    pen.box(upper, 34, 38, 176, 58, 3)
    pen.polygon(color, "0,50 12,56 200,56 220,44 204,100 20,100 8,82")
    pen.polygon(shade(color, 25), "12.5,88 207,88 204,100 20,100")
    if pen.shows(0.3):
        for x in range(44, 166, 15):
            pen.oval(_PANE, x + 2, 48, 3.6)
    if pen.shows(0.5):
        for x in range(56, 150, 13):
            pen.box(_PANE, x, 30, x + 7, 35)
        for x in range(30, 196, 20):
            pen.oval(tint(color, 60), x, 72, 3)


SHIPS = (
    Drawing("boat", _boat, (222, 86, 62), 1.1, "water", 1.0),
    Drawing("ship", _ship, (46, 66, 116), 2.2, "water", 1.0),
)
