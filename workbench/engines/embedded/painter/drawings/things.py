"""Things of every day."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing
from workbench.engines.embedded.painter.pen import WHITE, Color, Pen, luma, shade, tint, turned

_WOOD: Color = (122, 84, 54)
_STEEL: Color = (150, 156, 168)
_PAPER: Color = (250, 244, 228)


def _accent(color: Color) -> Color:
    """White, or coral beside a colour that is nearly white itself."""
    return WHITE if luma(color) < 215 else (222, 104, 92)


def _ball(pen: Pen, color: Color) -> None:
    accent = _accent(color)
    pen.oval(color, 50, 50, 50)
    for start in (-70, 50, 170):
        rim = [turned(50, 50, 50, start + 45 * step / 12) for step in range(13)]
        pen.polygon(accent, [(46, 46), *rim])
    pen.oval(shade(color, 20), 46, 46, 9)
    if pen.shows(0.4):
        pen.oval(tint(color, 45), 26, 24, 7, 5, -45)


def _chair(pen: Pen, color: Color) -> None:
    dark = shade(color)
    for x in (10, 50):
        pen.box(dark, x, 50, x + 6, 94, 2)
    for x in (0, 56):
        pen.box(color, x, 58, x + 8, 100, 2)
    pen.box(color, 7, 0, 59, 20, 5)
    for x in (9, 51):
        pen.box(color, x, 4, x + 6, 54)
    for slat in (22, 30.5, 39):
        pen.box(dark, slat, 16, slat + 5, 52)
    pen.polygon(color, "8,50 58,50 65,62 -1,62")
    pen.box(dark, 0, 61, 65, 67, 1)


def _table(pen: Pen, color: Color) -> None:
    dark = shade(color)
    for x in (24, 119):
        pen.box(dark, x, 20, x + 7, 88)
    pen.box(dark, 10, 24, 140, 42)
    for x in (6, 134):
        pen.box(color, x, 28, x + 10, 100, 2)
    pen.polygon(color, "20,0 130,0 150,20 150,27 0,27 0,20")
    pen.box(dark, 0, 24, 150, 31, 2)
    if pen.shows(0.4):
        pen.box(tint(color, 40), 66, 35, 84, 38, 1.5)
        pen.polygon(tint(color, 18), "26,3 60,3 44,18 16,18")


def _cup(pen: Pen, color: Color) -> None:
    pen.ring(shade(color, 12), 11, 86, 48, 22, -95, 95)
    pen.blob(color, "4,10 4,50 12,82 26,94 66,94 80,82 88,50 88,10 46,16")
    pen.oval(shade(color, 12), 46, 10, 44, 10)
    pen.oval((112, 70, 48), 46, 11.5, 38, 7)
    pen.oval(shade(color, 20), 46, 95, 26, 5)
    if pen.shows(0.4):
        pen.curve(tint(color, 45), 5, "15,30 16,52 22,72")


def _book(pen: Pen, color: Color) -> None:
    dark, accent = shade(color, 30), _accent(color)
    pen.polygon(dark, "0,6 78,0 94,5 94,10 14,14 0,9")
    pen.polygon(_PAPER, "4,7 78,2 90,6 14,11")
    pen.polygon(dark, "0,7 15,12 15,100 0,93")
    pen.polygon(color, "13,11.5 94,5 94,92 13,100")
    if pen.shows(0.2):
        pen.polygon(accent, "30,24 78,20 78,26 30,30")
        pen.polygon(accent, "38,36 70,33.4 70,37.4 38,40")
        pen.polygon(accent, "0,22 15,28 15,33 0,27")
        pen.polygon(accent, "0,74 15,80 15,85 0,79")
    pen.oval(tint(color, 40), 54, 63, 13)
    if pen.shows(0.5):
        pen.polygon(accent, [turned(54, 63, 4.4 if i % 2 else 10, 36 * i - 94) for i in range(10)])


def _umbrella(pen: Pen, color: Color) -> None:
    pen.line(_WOOD, 4.4, "50,10 50,88")
    pen.ring(_WOOD, 4.4, 60, 88, 9.8, 0, 180)
    pen.box(_WOOD, 48.6, 0, 51.4, 12)
    pen.pie(color, 50, 54, 50, 49, 180, 360)
    for x in (12.5, 37.5, 62.5, 87.5):
        pen.oval(None, x, 56, 12.6, 7)
    pen.line(_WOOD, 4.4, "50,52 50,64")
    if pen.shows(0.2):
        pen.blob(tint(color, 35), "48,6 34,16 27,34 25,52 29,50 37,48 45,50 49,53 49,30")
        pen.blob(shade(color, 14), "54,6 72,16 80,32 85,49 92,50 98,53 92,34 76,15")


def _lamp(pen: Pen, color: Color) -> None:
    pen.blob(shade(_STEEL), "26,50 38,50 36,62 44,76 40,90 24,90 20,76 28,62")
    pen.box(shade(_STEEL, 35), 12, 90, 52, 100, 4)
    pen.oval((255, 236, 170), 32, 55, 9, 6)
    pen.polygon(color, "16,0 48,0 64,54 0,54")
    pen.box(shade(color, 14), 1, 48, 63, 54)
    if pen.shows(0.3):
        pen.polygon(tint(color, 35), "20,4 27,4 19,48 8,48")
    pen.line(_STEEL, 1.6, "52,54 52,70")
    pen.oval(_STEEL, 52, 72, 2.6)


def _apple(pen: Pen, color: Color) -> None:
    pen.curve(_WOOD, 5, "48,30 47,16 52,4")
    leaf = (96, 164, 70) if not color[1] > color[0] + 20 else (150, 120, 60)
    pen.blob(leaf, "52,18 60,4 78,2 82,6 76,18 62,22")
    pen.blob(
        color, "47,27 64,21 84,26 94,48 88,76 70,97 56,99 47,96 38,99 24,97 6,76 0,48 10,26 30,21"
    )
    if pen.shows(0.2):
        pen.blob(tint(color, 40), "14,40 22,32 28,34 20,46 16,60 12,52")
        pen.blob(shade(color, 14), "88,52 93,50 88,74 70,94 58,97 76,82")


def _heart(pen: Pen, color: Color) -> None:
    for x in (30, 80):
        pen.oval(color, x, 30, 30)
    pen.polygon(color, "8.2,50.6 30,30 55,14 80,30 101.8,50.6 55,100")
    if pen.shows(0.2):
        pen.blob(tint(color, 45), "14,30 18,17 30,11 33,16 24,22 20,34")


def _kite(pen: Pen, color: Color) -> None:
    accent = _accent(color)
    pen.curve(_WOOD, 2.4, "40,66 38,72 33,78 44,88 38,95")
    for x, y in ((34, 77), (43, 87), (38, 95)):
        for side in (-9, 9):
            pen.polygon(shade(color, 12), [(x, y), (x + side, y - 5), (x + side, y + 5)])
    pen.polygon(color, "40,0 80,32 40,72 0,32")
    pen.polygon(tint(color, 30) if luma(color) < 200 else accent, "40,0 40,32 0,32")
    pen.polygon(shade(color, 20), "40,32 80,32 40,72")
    if pen.shows(0.3):
        pen.line(_WOOD, 1.6, "40,1 40,71")
        pen.line(_WOOD, 1.6, "1,32 79,32")


def _hat(pen: Pen, color: Color) -> None:
    pen.oval(color, 85, 77, 85, 23)
    pen.oval(shade(color, 22), 85, 70, 54, 14)
    pen.blob(color, "36,70 42,34 54,4 70,0 85,5 100,0 116,4 128,34 134,70 85,82")
    band = shade(color, 55) if luma(color) > 90 else (206, 72, 64)
    pen.blob(band, "37,56 85,67 133,56 134,72 85,83 36,72")
    if pen.shows(0.3):
        pen.blob(tint(color, 30), "52,40 58,14 66,8 66,20 60,46")


THINGS = (
    Drawing("ball", _ball, (226, 70, 66), 1.0, scale=0.4),
    Drawing("chair", _chair, (176, 116, 66), 0.65, scale=0.75),
    Drawing("table", _table, (176, 116, 66), 1.5, scale=0.6),
    Drawing("cup", _cup, (84, 150, 200), 1.14, scale=0.4),
    Drawing("book", _book, (60, 104, 176), 0.94, scale=0.45),
    Drawing("umbrella", _umbrella, (206, 64, 84), 1.0, scale=0.85),
    Drawing("lamp", _lamp, (250, 206, 92), 0.64, scale=0.75),
    Drawing("apple", _apple, (212, 52, 48), 0.94, scale=0.4),
    Drawing("heart", _heart, (226, 62, 80), 1.1, "air", 0.45),
    Drawing("kite", _kite, (236, 120, 56), 0.8, "air", 0.7),
    Drawing("hat", _hat, (150, 104, 64), 1.7, scale=0.35),
)
