"""What is in a sky that nobody drew as a thing: sun and moon, stars, clouds, rain and snow."""

from __future__ import annotations

from workbench.engines.embedded.painter.canvas import Canvas, oval
from workbench.engines.embedded.painter.chance import between
from workbench.engines.embedded.painter.grounds import GROUNDS
from workbench.engines.embedded.painter.light import WHITE, family, sky_colors
from workbench.engines.embedded.painter.pen import Color, Point, mix
from workbench.engines.embedded.painter.scene import Setting

_SUN: Color = (255, 226, 130)
_MOON: Color = (246, 242, 220)
DISC_PLACES = (0.74, 0.27, 0.5)  # of the sun or moon, by variant
Oval = tuple[float, float, float, float]


def paint_sky_things(canvas: Canvas, setting: Setting, steps: int) -> None:
    """Paint what the hour and the weather bring, the farthest first."""
    starry = setting.time == "night" and setting.weather in ("clear", "windy", "sunny")
    if (starry or setting.ground == "space") and "star" not in setting.without:
        _stars(canvas, setting, steps)
    paint_disc(canvas, setting, steps)
    clouded = setting.weather in ("cloudy", "storm", "rain", "snow") or _fair(setting, steps)
    if clouded and "cloud" not in setting.without:
        _clouds(canvas, setting, steps)
    if setting.weather == "windy":
        _gusts(canvas, setting)
    if setting.weather == "storm":
        _lightning(canvas, setting)
    if setting.weather in ("rain", "storm"):
        _rain(canvas, setting, steps)
    if setting.weather == "snow":
        _snow(canvas, setting, steps)
    if setting.weather == "fog":
        _fog(canvas, setting)


def paint_disc(canvas: Canvas, setting: Setting, steps: int) -> None:
    """Paint the sun or the moon, low at dawn and sunset."""
    if not setting.disc:
        return
    x = DISC_PLACES[setting.variant]
    horizon = GROUNDS[setting.ground].horizon
    low = setting.time in ("dawn", "sunset")
    radius = 0.1 if low or setting.ground == "layers" else 0.065
    y = horizon - 0.06 * canvas.down if low else max(0.17, 0.13 * canvas.down)
    y = 0.32 if setting.ground == "layers" else y
    color = _MOON if setting.disc == "moon" else _SUN
    if setting.ground == "layers" and setting.disc == "sun":
        color = mix(family(setting)[0], (255, 246, 214), 75)
    rx, ry = radius * canvas.across, radius * canvas.down
    if steps >= 8:
        for wide, alpha in ((2.2, 26), (1.5, 40)):
            canvas.ovals([(x, y, rx * wide, ry * wide)], color, alpha)
    canvas.ovals([(x, y, rx, ry)], color)
    if setting.disc == "moon" and steps >= 8:
        craters = ((-0.3, -0.2, 0.2), (0.3, 0.25, 0.26), (0.2, -0.42, 0.13))
        spots = [(x + dx * rx, y + dy * ry, rx * r, ry * r) for dx, dy, r in craters]
        canvas.ovals(spots, mix(color, (150, 150, 160), 22))


def _fair(setting: Setting, steps: int) -> bool:
    """Whether a fair-weather sky gets clouds nobody asked for."""
    fair = setting.weather in ("clear", "sunny", "windy") and setting.time != "night"
    return fair and setting.extras > 0 and steps >= 12 and setting.ground != "space"


def _stars(canvas: Canvas, setting: Setting, steps: int) -> None:
    horizon = GROUNDS[setting.ground].horizon
    many = int((10 + min(steps, 60)) / canvas.across)
    stars = []
    for star in range(min(many, 240)):
        key = ("star", setting.variant, star)
        size = between(0.0022, 0.0048, *key, "r")
        x, y = between(0, 1, *key, "x"), between(0.02, horizon * 0.88, *key, "y")
        stars.append((x, y, size * canvas.across, size * canvas.down))
    canvas.ovals(stars, (255, 250, 230), 200)


def _clouds(canvas: Canvas, setting: Setting, steps: int) -> None:
    heavy = setting.weather in ("cloudy", "storm", "rain", "snow")
    count = min(4 if heavy else 2 + (steps >= 50), 1 + steps // 8)
    sky = sky_colors(setting)[0]
    light = mix(sky, WHITE, 45) if setting.weather != "storm" else mix(sky, (30, 32, 48), 40)
    if setting.ground == "layers":
        light = WHITE
    horizon = GROUNDS[setting.ground].horizon
    for cloud in range(max(1, int(count / canvas.across / 1.2 + 0.5))):
        key = ("cloud", setting.variant, cloud)
        slots = max(1, int(count / canvas.across / 1.2 + 0.5))
        x = (cloud + between(0.2, 0.8, *key, "x")) / slots
        y = between(0.1, 0.55, *key, "y") * horizon
        size = between(0.1, 0.17, *key, "r") * (1.25 if heavy else 1)
        canvas.fill(
            _puffs(x, y, size * canvas.across, size * canvas.down),
            light,
            70 if setting.ground == "layers" else 120,
        )


def _puffs(x: float, y: float, wide: float, high: float) -> list[list[Point]]:
    """One cloud: round above, flat below."""
    puffs = ((-0.55, 0.0, 0.42, 0.2), (-0.12, -0.12, 0.46, 0.32), (0.4, -0.04, 0.44, 0.24))
    shapes = [oval(x + dx * wide, y + dy * high, rx * wide, ry * high) for dx, dy, rx, ry in puffs]
    return [[(a, min(b, y + 0.1 * high)) for a, b in shape] for shape in shapes]


def _gusts(canvas: Canvas, setting: Setting) -> None:
    shapes: list[list[Point]] = []
    thick = 0.004 * canvas.down
    for gust in range(5):
        key = ("gust", setting.variant, gust)
        x, y = between(0, 0.75, *key, "x"), between(0.08, 0.45, *key, "y")
        wide = between(0.2, 0.32, *key, "w") * canvas.across
        bends = (0, 0.7, 1, 0.7, 0, -0.7, -1, -0.7, 0)
        line = [(x + n * wide / 8, y + bend * 0.01 * canvas.down) for n, bend in enumerate(bends)]
        shapes.append(line + [(a, b + thick) for a, b in reversed(line)])
    canvas.fill(shapes, WHITE, 110)


def _lightning(canvas: Canvas, setting: Setting) -> None:
    x = (0.2, 0.62, 0.84)[setting.variant]
    path = (
        (0, 0.1),
        (0.05, 0.1),
        (0.03, 0.22),
        (0.07, 0.22),
        (-0.01, 0.44),
        (0.01, 0.27),
        (-0.03, 0.27),
    )
    canvas.fill([[(x + dx * canvas.across, y) for dx, y in path]], (255, 240, 170), 225)


def _rain(canvas: Canvas, setting: Setting, steps: int) -> None:
    drops: list[list[Point]] = []
    slant, long, thin = 0.014 * canvas.across, 0.05 * canvas.down, 0.0022 * canvas.across
    for drop in range(min(30 + steps * 3, 220)):
        key = ("rain", setting.variant, drop)
        x, y = between(0, 1, *key, "x"), between(-0.02, 0.62, *key, "y")
        drops.append([(x, y), (x + thin, y), (x + thin - slant, y + long), (x - slant, y + long)])
    canvas.fill(drops, (226, 236, 246), 90)


def _snow(canvas: Canvas, setting: Setting, steps: int) -> None:
    flakes = []
    for flake in range(min(30 + steps * 3, 200)):
        key = ("flake", setting.variant, flake)
        size = between(0.003, 0.007, *key, "r")
        x, y = between(0, 1, *key, "x"), between(0, 0.62, *key, "y")
        flakes.append((x, y, size * canvas.across, size * canvas.down))
    canvas.ovals(flakes, WHITE, 190)


def _fog(canvas: Canvas, setting: Setting) -> None:
    horizon = GROUNDS[setting.ground].horizon
    for band in range(9):
        x = between(0.0, 1.0, "fog", setting.variant, band)
        y = horizon + 0.02 - band * 0.022
        canvas.ovals([(x, y, 0.75, 0.035 - band * 0.002)], WHITE, 34)
