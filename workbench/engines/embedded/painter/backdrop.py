"""The picture before anything stands in it: sky, what is far away, ground and weather."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from workbench.engines.embedded.colors import COLORS
from workbench.engines.embedded.painter.canvas import Canvas
from workbench.engines.embedded.painter.far import paint_far
from workbench.engines.embedded.painter.grounds import GROUNDS, paint_ground
from workbench.engines.embedded.painter.light import NIGHT, WHITE, family, sky_colors
from workbench.engines.embedded.painter.pen import Color, mix
from workbench.engines.embedded.painter.scene import Setting
from workbench.engines.embedded.painter.skies import paint_sky_things
from workbench.engines.embedded.painter.strewn import strew

_WALL: Color = (242, 230, 210)


def paint_backdrop(setting: Setting, width: int, height: int, steps: int = 25) -> Image.Image:
    """Paint the setting alone; the same setting, size and steps give the same pixels.

    >>> paint_backdrop(Setting(ground="sea"), 64, 48).size
    (64, 48)
    """
    canvas = Canvas(width, height)
    ground = GROUNDS[setting.ground]
    if ground.indoors:
        wall = wall_color(setting)
        canvas.fade(0, ground.horizon, (mix(wall, WHITE, 20), wall), steps)
        if setting.extras and steps >= 10:
            _window(canvas, setting, wall)
    elif setting.ground == "layers":
        colors = family(setting)
        stops = (
            sky_colors(setting) if _sky_said(setting) else (mix(colors[1], WHITE, 12), colors[0])
        )
        canvas.fade(0, 1, stops, steps)
        paint_sky_things(canvas, setting, steps)
    else:
        stops = ((12, 12, 36), (30, 26, 66)) if _in_space(setting) else sky_colors(setting)
        canvas.fade(0, ground.horizon + 0.08, stops, steps)
        paint_sky_things(canvas, setting, steps)
        paint_far(canvas, setting, ground.horizon, steps)
    paint_ground(canvas, setting, steps)
    strew(canvas, setting, steps)
    return canvas.image


def wall_color(setting: Setting) -> Color:
    """The colour of a wall indoors: what would be the sky's, or its own, in the hour's light."""
    wall = mix(COLORS[setting.sky_color], WHITE, 20) if setting.sky_color else _WALL
    return mix(wall, NIGHT, 30) if setting.time in ("night", "evening") else wall


def _window(canvas: Canvas, setting: Setting, wall: Color) -> None:
    """A window, for the hour and the weather to be seen indoors."""
    x, y = (0.76, 0.24, 0.7)[setting.variant], 0.25
    wide, high = min(0.15 * canvas.across, 0.2), min(0.17 * canvas.down, 0.2)
    frame, bar = mix(wall, WHITE, 60), 0.012
    edge, rim = bar * canvas.across, bar * canvas.down
    canvas.boxes([(x - wide - edge, y - high - rim, x + wide + edge, y + high + rim)], frame)
    for row, color in enumerate(sky_colors(replace(setting, sky_color=""))):
        top = y - high + row * high * 2 / 3
        canvas.boxes([(x - wide, top, x + wide, top + high * 2 / 3)], color)
    canvas.boxes([(x - edge / 2, y - high, x + edge / 2, y + high)], frame)
    canvas.boxes([(x - wide, y - rim / 2, x + wide, y + rim / 2)], frame)


def _sky_said(setting: Setting) -> bool:
    return setting.time != "day" or bool(setting.sky_color)


def _in_space(setting: Setting) -> bool:
    return setting.ground == "space" and not setting.sky_color
