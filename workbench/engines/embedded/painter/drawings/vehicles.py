"""What drives and flies, heading right."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing
from workbench.engines.embedded.painter.pen import INK, WHITE, Color, Pen, listed, luma, shade, tint

_PANE: Color = (186, 224, 240)
_STEEL: Color = (176, 182, 192)
_LAMP: Color = (255, 226, 140)
_SEAT: Color = (122, 84, 54)


def _wheel(pen: Pen, x: float, y: float, r: float) -> None:
    pen.oval(INK, x, y, r)
    pen.oval(_STEEL, x, y, r * 0.52)
    if pen.shows(0.5):
        pen.oval(INK, x, y, r * 0.16)


def _car(pen: Pen, color: Color) -> None:
    pen.blob(color, "36,46 56,10 70,0 124,0 140,8 164,46 150,56 50,56")
    pen.blob(color, "2,72 4,52 22,44 60,40 150,38 190,46 208,58 209,72 196,80 14,80 2,78")
    pen.box(color, 0, 58, 210, 86, 9)
    pen.polygon(_PANE, "52,40 68,12 96,11 96,40")
    pen.polygon(_PANE, "104,40 104,11 128,12 147,40")
    pen.box(shade(color, 20), 6, 74, 204, 84, 4)
    for x in (50, 162):
        pen.pie(shade(color, 45), x, 84, 25, 30, 180, 360)
        _wheel(pen, x, 79, 21)
    pen.oval(_LAMP, 200, 58, 7, 5.4)
    if pen.shows(0.4):
        pen.oval((214, 77, 71), 7, 58, 4, 6)
        pen.line(shade(color), 1.8, "100,44 100,72")
        pen.line(shade(color, 35), 3, "84,50 92,50")


def _bus(pen: Pen, color: Color) -> None:
    pen.box(color, 0, 0, 190, 88, 12)
    pen.box(shade(color, 16), 0, 66, 190, 74)
    for x in range(10, 136, 32):
        pen.box(_PANE, x, 16, x + 25, 42, 4)
    pen.box(_PANE, 142, 16, 162, 82, 3)
    pen.box(_PANE, 168, 16, 190, 48, 3)
    if pen.shows(0.4):
        pen.box(color, 151, 16, 153, 82)
        pen.oval(_LAMP, 185, 62, 5)
        pen.box(tint(color), 12, 4, 178, 8, 2)
    for x in (42, 150):
        pen.pie(shade(color, 45), x, 88, 18, 22, 180, 360)
        _wheel(pen, x, 85, 15)


def _truck(pen: Pen, color: Color) -> None:
    cab = shade(color, 20)
    pen.box(shade(_STEEL, 40), 4, 76, 178, 86)
    pen.box(color, 0, 0, 122, 78, 5)
    pen.blob(cab, "130,22 156,22 168,44 184,52 189,62 189,82 176,84 128,84 128,50")
    pen.polygon(_PANE, "138,30 154,30 164,50 138,50")
    if pen.shows(0.4):
        for y in (14, 60):
            pen.box(tint(color), 8, y, 114, y + 4, 2)
        pen.oval(_LAMP, 183, 66, 5)
    for x in (30, 62, 158):
        _wheel(pen, x, 84, 16)


def _train(pen: Pen, color: Color) -> None:
    dark = shade(color, 45)
    pen.polygon(dark, "124,34 120,2 144,2 140,34")
    pen.box(dark, 116, 0, 148, 7, 3)
    pen.box(color, 90, 20, 108, 36, 8)
    pen.box(color, 60, 30, 166, 74, 10)
    pen.box(color, 6, 16, 66, 78)
    pen.box(dark, 0, 8, 72, 18, 4)
    pen.box(_PANE, 18, 28, 52, 50, 3)
    pen.box(dark, 6, 72, 170, 82)
    pen.polygon(shade(_STEEL, 30), "164,76 186,98 160,98")
    pen.oval(_LAMP, 166, 42, 8)
    if pen.shows(0.4):
        for x in (84, 112, 140):
            pen.box(tint(color), x, 30, x + 4, 72)
        pen.line(tint(color, 45), 2.4, "12,62 58,62")
    for x, r in ((28, 20), (76, 16), (114, 16), (150, 14)):
        _wheel(pen, x, 100 - r, r)
    pen.line(_STEEL, 4, "76,86 114,86")


def _bicycle(pen: Pen, color: Color) -> None:
    for x in (31, 129):
        pen.ring(INK, 4, x, 69, 29, 0, 360)
        pen.ring(_STEEL, 2, x, 69, 26, 0, 360)
        if pen.shows(0.6):
            for points in ("-24,0 24,0", "-12,-21 12,21", "12,-21 -12,21"):
                pen.line(_STEEL, 0.9, [(x + dx, 69 + dy) for dx, dy in listed(points)])
        pen.ring(color, 5, x, 69, 33.4, 190, 330)
    for points in ("31,69 56,30 108,26", "31,69 76,71 108,28", "52,18 76,71", "129,69 107,20"):
        pen.line(color, 6.4, points)
    pen.curve(color, 6, "107,20 104,8 116,4 126,8")
    pen.line(INK, 6, "118,4.6 127,8")
    pen.blob(_SEAT, "38,10 52,12 66,11 64,18 52,20 40,18")
    pen.oval(INK, 76, 71, 8)
    pen.line(_STEEL, 3, "76,71 84,86")
    pen.box(INK, 78, 84, 92, 89, 2)


def _balloon(pen: Pen, color: Color) -> None:
    pale = tint(color, 45)
    for points in ("24,66 33,84", "54,66 45,84"):
        pen.line(_SEAT, 1.6, points)
    pen.blob(color, "39,0 62,7 77,28 74,48 56,66 48,75 30,75 22,66 4,48 1,28 16,7")
    if pen.shows(0.2):
        pen.blob(pale, "39,0 50,8 57,28 54,52 45,75 33,75 24,52 21,28 28,8")
        pen.blob(color, "39,0 43,10 46,28 44,52 41,75 37,75 34,52 32,28 35,10")
    pen.box(shade(color, 30), 28, 72, 50, 77, 2)
    pen.box(_SEAT, 29, 84, 49, 100, 3)
    if pen.shows(0.5):
        pen.box(tint(_SEAT), 28, 84, 50, 88, 2)


def _airplane(pen: Pen, color: Color) -> None:
    dark = shade(color)
    pen.polygon(dark, "96,40 72,12 86,12 126,40")
    pen.polygon(color, "14,44 0,0 20,0 50,40")
    pen.blob(color, "4,38 30,36 90,34 160,34 186,42 199,56 196,66 170,72 100,74 50,66 16,52")
    pen.polygon(dark, "92,58 132,58 86,100 64,100")
    pen.polygon(dark, "8,44 40,46 18,60 4,60")
    pen.blob(_PANE, "168,42 178,42 188,51 170,52")
    if pen.shows(0.3):
        for x in range(54, 160, 16):
            pen.oval(_PANE, x, 48, 4.4)
    if pen.shows(0.6):
        pen.oval(_STEEL, 122, 78, 13, 6)
        pen.oval(INK, 133, 78, 2.4, 5)


def _rocket(pen: Pen, color: Color) -> None:
    fin = WHITE if luma(color) < 90 else shade(color, 40)
    pen.blob((250, 170, 50), "18,80 38,80 40,90 28,100 16,90")
    pen.blob((255, 226, 140), "23,82 33,82 34,88 28,95 22,88")
    for side in (-1, 1):
        pen.polygon(fin, [(28 + side * x, y) for x, y in ((12, 54), (28, 72), (27, 90), (12, 78))])
    pen.blob(color, "28,0 38,14 45,36 44,62 38,81 18,81 12,62 11,36 18,14")
    pen.polygon(fin, "27,62 29,62 31,86 25,86")
    pen.oval(fin, 28, 38, 10)
    pen.oval(_PANE, 28, 38, 7.4)
    if pen.shows(0.4):
        pen.blob(fin, "28,0.5 33,6 37.5,15 28,17.5 18.5,15 23,6")
        pen.line(fin, 2.4, "13,69 22,72 34,72 43,69")


VEHICLES = (
    Drawing("car", _car, (214, 60, 54), 2.1, scale=0.8),
    Drawing("bus", _bus, (248, 192, 52), 1.9, scale=1.15),
    Drawing("truck", _truck, (62, 132, 190), 1.9, scale=1.15),
    Drawing("train", _train, (52, 120, 84), 1.86, scale=1.2),
    Drawing("bicycle", _bicycle, (46, 160, 170), 1.62, scale=0.75),
    Drawing("balloon", _balloon, (226, 76, 66), 0.78, "air", 1.3),
    Drawing("airplane", _airplane, (238, 240, 244), 2.0, "air", 0.7),
    Drawing("rocket", _rocket, (222, 72, 64), 0.56, "air", 1.3),
)
