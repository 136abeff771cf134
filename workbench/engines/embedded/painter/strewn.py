"""Small things strewn over the ground: tufts, flowers, ripples, pebbles; low in contrast."""

from __future__ import annotations

from workbench.engines.embedded.painter.canvas import Canvas, oval
from workbench.engines.embedded.painter.chance import between, pick
from workbench.engines.embedded.painter.grounds import GRASS, GROUNDS, ground_color
from workbench.engines.embedded.painter.light import WHITE, lit, water_color
from workbench.engines.embedded.painter.pen import Color, Point, mix
from workbench.engines.embedded.painter.scene import Setting
from workbench.engines.embedded.painter.skies import DISC_PLACES

_PETALS: tuple[Color, ...] = ((250, 240, 200), (250, 214, 130), (246, 190, 196), (214, 196, 240))
_WATERS = {"sea": (0.54, 0.98), "beach": (0.57, 0.68), "lake": (0.57, 0.72), "river": (0.71, 0.86)}
_ROADS = {"road": (0.935, 1.0), "river": (0.9, 1.0)}


def strew(canvas: Canvas, setting: Setting, steps: int) -> None:
    """Strew what belongs to the ground, more of it the more steps there are."""
    if steps < 10:
        return
    ground = setting.ground
    if ground in _WATERS and ground != "river" and setting.time in ("dawn", "sunset"):
        _glitter(canvas, setting, *_WATERS[ground])
    if ground in _WATERS:
        color = ground_color(setting) if ground == "sea" else water_color(setting)
        _ripples(canvas, setting, *_WATERS[ground], mix(color, WHITE, 24), steps)
    if GROUNDS[ground].color == GRASS and setting.weather != "snow":
        if "grass" not in setting.without:
            _tufts(canvas, setting, steps)
        if (
            steps >= 50
            and "flower" not in setting.without
            and setting.extras
            and setting.season != "autumn"
        ):
            _flowers(canvas, setting, steps)
    if ground in ("desert", "snow", "beach", "forest"):
        _dapples(canvas, setting, steps)


def _top(setting: Setting) -> float:
    ground = GROUNDS[setting.ground]
    if setting.ground in _ROADS:
        return _ROADS[setting.ground][0]
    return {"beach": 0.76, "lake": 0.8, "hill": 0.84}.get(setting.ground, ground.horizon + 0.04)


def _spots(
    canvas: Canvas, setting: Setting, name: str, many: int
) -> list[tuple[float, float, float]]:
    """Places on the ground as (x, y, size): what is farther up is smaller."""
    top = _top(setting)
    places = []
    for spot in range(min(int(many / canvas.across), 160)):
        key = (name, setting.ground, setting.variant, spot)
        x, y = between(0, 1, *key, "x"), between(top, 0.99, *key, "y")
        places.append((x, y, 0.5 + 0.6 * (y - top) / (1 - top)))
    return places


def _tufts(canvas: Canvas, setting: Setting, steps: int) -> None:
    color = mix(ground_color(setting), (30, 80, 40), 17)
    blades: list[list[Point]] = []
    for x, y, size in _spots(canvas, setting, "tuft", min(steps, 60)):
        wide, high = 0.004 * canvas.across * size, 0.02 * canvas.down * size
        for lean in (-1.6, 0, 1.6):
            foot = x + lean * wide * 0.5
            blades.append(
                [(foot - wide / 2, y), (foot + wide / 2, y), (x + lean * wide * 1.6, y - high)]
            )
    canvas.fill(blades, color)


def _flowers(canvas: Canvas, setting: Setting, steps: int) -> None:
    for number, (x, y, size) in enumerate(_spots(canvas, setting, "petal", steps // 5)):
        rx, ry = 0.0055 * canvas.across * size, 0.0055 * canvas.down * size
        color = lit(pick(_PETALS, "petal", setting.variant, number), setting)
        around = ((-0.8, 0), (0.8, 0), (0, -0.8), (0, 0.8))
        canvas.ovals([(x + dx * rx, y + dy * ry, rx, ry) for dx, dy in around], color, 230)


def _ripples(
    canvas: Canvas, setting: Setting, top: float, bottom: float, color: Color, steps: int
) -> None:
    lines: list[list[Point]] = []
    for ripple in range(min(int(min(steps, 70) * 0.7 / canvas.across), 140)):
        key = ("ripple", setting.variant, ripple)
        y = between(top, bottom, *key, "y")
        near = (y - top) / (bottom - top)
        wide = (0.025 + 0.035 * near) * canvas.across
        thick = (0.0016 + 0.0022 * near) * canvas.down
        lines.append(oval(between(0, 1, *key, "x"), y, wide, thick))
    canvas.fill(lines, color, 150)


def _glitter(canvas: Canvas, setting: Setting, top: float, bottom: float) -> None:
    """The light of a low sun on the water."""
    if setting.disc:
        x = DISC_PLACES[setting.variant]
        lines = []
        for line in range(12):
            y = top - 0.03 + (bottom - top) * line / 12
            wide = (0.11 - 0.006 * line) * between(0.5, 1.0, "glitter", line) * canvas.across
            lines.append((x, y, wide, 0.004 * canvas.down))
        canvas.ovals(lines, (255, 214, 140), 120)


def _dapples(canvas: Canvas, setting: Setting, steps: int) -> None:
    color = mix(ground_color(setting), (90, 70, 60), 12)
    if setting.ground == "snow":
        color = mix(ground_color(setting), (120, 150, 200), 14)
    spots = _spots(canvas, setting, "dapple", min(steps, 60))
    flat = 0.009 if setting.ground in ("desert", "snow") else 0.004
    canvas.ovals(
        [(x, y, flat * 2.4 * canvas.across * s, flat * 0.4 * canvas.down * s) for x, y, s in spots],
        color,
        150,
    )
