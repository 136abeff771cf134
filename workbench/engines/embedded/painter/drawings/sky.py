"""What is seen in the sky."""

from __future__ import annotations

from workbench.engines.embedded.painter.drawings.drawing import Drawing
from workbench.engines.embedded.painter.pen import Color, Pen, shade, tint, turned

_BOW: tuple[Color, ...] = (
    (226, 70, 66),
    (240, 148, 52),
    (250, 214, 78),
    (96, 178, 90),
    (70, 140, 216),
    (140, 92, 184),
)


def _sun(pen: Pen, color: Color) -> None:
    for step in range(12):
        tip, left, right = (
            turned(50, 50, r, 30 * step + a) for r, a in ((50, 0), (33, -13), (33, 13))
        )
        pen.polygon(color, [tip, left, right])
    pen.oval(shade(color, 12), 50, 50, 34)
    pen.oval(color, 50, 50, 31)
    if pen.shows(0.4):
        pen.oval(tint(color, 25), 40, 40, 11)


def _moon(pen: Pen, color: Color) -> None:
    pen.oval(color, 50, 50, 50)
    pen.oval(None, 78, 40, 45)
    if pen.shows(0.4):
        for x, y, r in ((19, 58, 6), (38, 82, 5), (19, 34, 4)):
            pen.oval(shade(color, 12), x, y, r)


def _star(pen: Pen, color: Color) -> None:
    x, y = 52.6, 55.3
    spikes = [turned(x, y, 24 if step % 2 else 55.3, 36 * step - 90) for step in range(10)]
    pen.polygon(color, spikes)
    if pen.shows(0.4):
        for step in (0, 2, 4):  # the facets that look away from the light
            pen.polygon(shade(color, 12), [(x, y), spikes[step], spikes[step + 1]])


def _cloud(pen: Pen, color: Color) -> None:
    pen.box(color, 0, 58, 180, 100, 21)
    for x, y, r in ((46, 56, 32), (92, 40, 40), (134, 58, 30)):
        pen.oval(color, x, y, r)
    if pen.shows(0.3):
        pen.curve(shade(color, 10), 5, "24,88 60,91 110,91 150,88")
        pen.ring(shade(color, 8), 4, 92, 44, 22, 200, 280)


def _rainbow(pen: Pen, _: Color) -> None:
    for step, band in enumerate(_BOW):
        r = 100 - 7.5 * step
        pen.pie(band, 100, 100, r, r, 180, 360)
    pen.pie(None, 100, 100.5, 55, 55, 180, 360)


SKY = (
    Drawing("sun", _sun, (252, 204, 62), 1.0, "sky", 0.9),
    Drawing("moon", _moon, (250, 232, 160), 0.87, "sky", 0.7),
    Drawing("star", _star, (252, 214, 84), 1.05, "sky", 0.45),
    Drawing("cloud", _cloud, (250, 250, 247), 1.8, "sky", 0.65),
    Drawing("rainbow", _rainbow, _BOW[0], 2.0, "sky", 1.4, recolor=False),
)
