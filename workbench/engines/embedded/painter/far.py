"""What stands at the horizon: hills, mountains, woods and the skyline of a city."""

from __future__ import annotations

from workbench.engines.embedded.colors import COLORS
from workbench.engines.embedded.painter.canvas import Canvas, below, oval, ridge
from workbench.engines.embedded.painter.chance import between, share
from workbench.engines.embedded.painter.light import WHITE, horizon_color, lit
from workbench.engines.embedded.painter.pen import Color, Point, mix
from workbench.engines.embedded.painter.scene import Setting

_NATURAL: dict[str, Color] = {
    "mountain": (104, 120, 150),
    "hill": (112, 158, 104),
    "forest": (64, 112, 84),
    "skyline": (112, 124, 152),
}


def paint_far(canvas: Canvas, setting: Setting, horizon: float, steps: int) -> None:
    """Paint what is far away, the farthest first, in tones that fade into the sky."""
    for name in ("mountain", "skyline", "hill", "forest"):
        for found, color in setting.far:
            if found == name:
                _PAINTERS[name](canvas, setting, horizon, steps, far_color(name, color, setting))


def far_color(name: str, color: str, setting: Setting) -> Color:
    """The colour of something far away: the one named, or its own, fading into the sky."""
    if color:
        return lit(COLORS[color], setting)
    natural = _NATURAL[name]
    if setting.weather == "snow" and name != "skyline":
        natural = mix(natural, (222, 232, 244), 55)
    if setting.season == "autumn" and name in ("hill", "forest"):
        natural = mix(natural, (206, 130, 58), 55)
    return mix(lit(natural, setting), horizon_color(setting), 34)


def _mountains(canvas: Canvas, setting: Setting, horizon: float, steps: int, color: Color) -> None:
    peaks = max(3, min(9, int(3.4 / canvas.across)))
    high = min(0.34 * canvas.down * 1.15, horizon * 0.62)
    for layer, (rise, faded) in enumerate(((1.0, 26), (0.62, 0))):
        tone = mix(color, horizon_color(setting), faded)
        for peak in range(peaks):
            key = ("peak", setting.variant, layer, peak)
            x = (peak + 0.5 + between(-0.28, 0.28, *key, "x") + layer * 0.5) / peaks
            top = horizon - high * rise * between(0.62, 1.0, *key, "y")
            wide = between(0.62, 0.86, *key, "w") / peaks
            bend = between(-0.1, 0.1, *key, "b") * wide
            canvas.fill([[(x - wide, horizon), (x + bend, top), (x + wide, horizon)]], tone)
            shadow = [(x + bend, top), (x + wide, horizon), (x + wide * 0.15, horizon)]
            canvas.fill([shadow], mix(tone, (40, 48, 90), 14))
            if steps >= 6 and layer == 0:
                canvas.fill([_cap(x, top, horizon, wide, bend)], mix(WHITE, tone, 22))


def _cap(x: float, top: float, horizon: float, wide: float, bend: float) -> list[Point]:
    """Snow on a peak, with a ragged lower edge."""

    def on(side: float, down: float) -> Point:
        foot = x + side * wide
        return (x + bend + (foot - x - bend) * down, top + (horizon - top) * down)

    return [on(0, 0), on(1, 0.27), on(0.42, 0.2), on(0.1, 0.33), on(-0.4, 0.2), on(-1, 0.27)]


def _hills(canvas: Canvas, setting: Setting, horizon: float, steps: int, color: Color) -> None:
    high = min(0.17 * canvas.down, horizon * 0.4)
    waves = max(2, min(9, int(2.6 / canvas.across)))
    for layer, (rise, faded) in enumerate(((1.0, 36), (0.55, 0))[: 1 if steps < 4 else 2]):
        line = ridge(
            horizon - high * 0.12, high * rise, waves + layer, "hill", setting.variant, layer
        )
        canvas.fill([below(line, horizon + 0.02)], mix(color, horizon_color(setting), faded))


def _forest(canvas: Canvas, setting: Setting, horizon: float, steps: int, color: Color) -> None:
    deep = 0.34 if setting.ground == "forest" else 0.15
    for layer, (rise, faded) in enumerate(((deep, 30), (deep * 0.66, 0))[: 1 if steps < 4 else 2]):
        step = (0.11 if deep > 0.2 else 0.075) * canvas.across
        high = min(rise * canvas.down, horizon * 0.4)
        crowns = [(0.0, horizon - high * 0.4, 1.0, horizon + 0.015)]
        tone = mix(color, horizon_color(setting), faded)
        canvas.boxes(crowns, tone)
        shapes: list[list[Point]] = []
        for tree in range(int(1 / step) + 2):
            key = ("wood", setting.variant, layer, tree)
            x, tall = tree * step, high * between(0.62, 1.0, *key)
            if (tree + setting.variant) % 3 == 0:
                shapes.append(
                    [(x - step, horizon), (x, horizon - tall * 1.12), (x + step, horizon)]
                )
            else:
                shapes.append(oval(x, horizon - tall * 0.62, step * 0.86, tall * 0.42))
        canvas.fill(shapes, tone)


def _skyline(canvas: Canvas, setting: Setting, horizon: float, steps: int, color: Color) -> None:
    high = min(0.46 * canvas.down, horizon * 0.66)
    windows: list[tuple[float, float, float, float]] = []
    for layer, (rise, faded) in enumerate(((1.0, 40), (0.66, 8))):
        tone = mix(color, horizon_color(setting), faded)
        towers = []
        left, house = -0.03 * canvas.across, 0
        while left < 1:
            key = ("tower", setting.variant, layer, house)
            wide = between(0.07, 0.14, *key, "w") * canvas.across
            top = horizon - high * rise * between(0.4, 1.0, *key, "h")
            towers.append((left, top, left + wide * 0.96, horizon + 0.01))
            if layer and steps >= 8:
                windows += _windows(left, top, wide, horizon, canvas, key)
            left += wide
            house += 1
        canvas.boxes(towers, tone)
    if windows:
        glow: Color = (255, 220, 140)
        dark = setting.time in ("night", "evening", "sunset") or setting.weather in (
            "rain",
            "storm",
        )
        canvas.boxes(windows, glow if dark else mix(color, WHITE, 46), 235 if dark else 150)


def _windows(
    left: float, top: float, wide: float, bottom: float, canvas: Canvas, key: tuple[object, ...]
) -> list[tuple[float, float, float, float]]:
    size, gap = wide / 8, 0.034 * canvas.down
    found = []
    rows = min(9, int((bottom - top) / gap) - 1)
    for row in range(rows):
        for column in range(3):
            if share(*key, row, column) < 0.62:
                x, y = left + wide * (0.17 + 0.25 * column), top + gap * (row + 0.55)
                found.append((x, y, x + size, y + gap * 0.45))
    return found


_PAINTERS = {"mountain": _mountains, "hill": _hills, "forest": _forest, "skyline": _skyline}
