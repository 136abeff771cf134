"""The grounds a picture can stand on, and where on them things may be placed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.engines.embedded.colors import COLORS
from workbench.engines.embedded.painter.canvas import Canvas, below, ridge
from workbench.engines.embedded.painter.light import (
    WHITE,
    family,
    horizon_color,
    lit,
    toned,
    water_color,
)
from workbench.engines.embedded.painter.pen import Color, Point, mix
from workbench.engines.embedded.painter.scene import Setting

Band = tuple[float, float]
_SHADE: Color = (30, 34, 74)
ASPHALT: Color = (104, 106, 116)
GRASS: Color = (146, 200, 100)
SNOW: Color = (228, 237, 247)
EARTH: Color = (128, 150, 82)


_CROSSED = ("road", "lake", "river")  # a colour word speaks of what runs through the grass


@dataclass(frozen=True)
class Ground:
    """A ground's colour and its heights, all shares of the picture's height from the top.

    *land*, *water* and *lane* are the bands where the foot of a thing may be: lane for what
    drives. None where there is none.
    """

    color: Color
    horizon: float
    land: Band | None
    water: Band | None = None
    lane: Band | None = None
    indoors: bool = False


GROUNDS: Mapping[str, Ground] = {
    "field": Ground(GRASS, 0.62, (0.70, 0.95)),
    "hill": Ground(GRASS, 0.74, (0.76, 0.95)),
    "beach": Ground((238, 216, 166), 0.54, (0.79, 0.95), (0.61, 0.69)),
    "lake": Ground(GRASS, 0.54, (0.82, 0.95), (0.62, 0.73)),
    "sea": Ground((66, 150, 200), 0.50, None, (0.64, 0.92)),
    "river": Ground(GRASS, 0.54, (0.59, 0.645), (0.75, 0.84)),
    "road": Ground(GRASS, 0.56, (0.62, 0.675), lane=(0.80, 0.90)),
    "forest": Ground(EARTH, 0.60, (0.69, 0.95)),
    "desert": Ground((236, 200, 134), 0.62, (0.70, 0.95)),
    "snow": Ground(SNOW, 0.62, (0.70, 0.95)),
    "city": Ground((188, 190, 198), 0.60, (0.665, 0.715), lane=(0.84, 0.92)),
    "room": Ground((206, 164, 118), 0.70, (0.77, 0.95), indoors=True),
    "table": Ground((186, 130, 84), 0.64, (0.72, 0.90), indoors=True),
    "space": Ground((150, 150, 170), 0.84, (0.88, 0.95)),
    "layers": Ground((120, 130, 150), 0.46, (0.80, 0.95)),
}


def ground_color(setting: Setting) -> Color:
    """The main colour of the ground, in the light of the hour."""
    ground = GROUNDS[setting.ground]
    natural = ground.color
    if setting.weather == "snow" and natural in (GRASS, EARTH):
        natural = SNOW
    elif setting.season == "autumn" and natural in (GRASS, EARTH):
        natural = mix(natural, (240, 184, 86), 65)
    elif setting.season == "spring" and natural == GRASS:
        natural = mix(natural, (190, 226, 120), 40)
    named = setting.ground_color if setting.ground not in _CROSSED else ""
    if named and not (named == "green" and natural == GRASS):
        natural = mix(COLORS[named], WHITE, 12)
    elif setting.ground == "sea":
        return toned(water_color(setting), setting)
    natural = toned(natural, setting)
    return natural if ground.indoors else lit(natural, setting)


def paint_ground(canvas: Canvas, setting: Setting, steps: int) -> None:
    """Paint the ground below the horizon."""
    _PAINTERS.get(setting.ground, _plain)(canvas, setting, steps)


def _slope(color: Color, setting: Setting) -> tuple[Color, Color]:
    """From the horizon to the feet of who looks: pale first, then deeper."""
    return mix(color, horizon_color(setting), 24), mix(color, _SHADE, 9)


def _plain(canvas: Canvas, setting: Setting, steps: int) -> None:
    canvas.fade(GROUNDS[setting.ground].horizon, 1, _slope(ground_color(setting), setting), steps)


def _hill(canvas: Canvas, setting: Setting, steps: int) -> None:
    color = ground_color(setting)
    flat, top = 0.80, 0.66
    canvas.fade(flat - 0.02, 1, _slope(color, setting), steps)
    shift = (setting.variant - 1) * 0.08
    crest: list[Point] = []
    for step in range(41):
        x = step / 40
        aside = (x - 0.5 - shift) / 0.62
        rise = max(0.0, 1 - aside * aside)
        crest.append((x, flat - (flat - top) * rise))
    canvas.fill([below(crest)], mix(color, horizon_color(setting), 12))
    lower = [(x, y + (0.9 - y) * 0.55 + 0.02) for x, y in crest]
    if steps >= 4:
        canvas.fill([below(lower)], mix(color, _SHADE, 6))


def _sea(canvas: Canvas, setting: Setting, steps: int) -> None:
    color = ground_color(setting)
    stops = (mix(color, horizon_color(setting), 34), color, mix(color, _SHADE, 24))
    canvas.fade(GROUNDS["sea"].horizon, 1, stops, steps)


def _shore(canvas: Canvas, setting: Setting, steps: int) -> None:
    """Water first, then the beach or the bank of a lake."""
    land = ground_color(setting)
    horizon = GROUNDS[setting.ground].horizon
    water = water_color(setting)
    canvas.fade(horizon, 0.83, (mix(water, horizon_color(setting), 30), water), steps)
    edge = 0.715 if setting.ground == "beach" else 0.765
    line = ridge(edge + 0.015, 0.03, 3, "shore", setting.variant)
    if steps >= 4:
        foam = [(x, y - 0.009) for x, y in line]
        canvas.fill([below(foam)], mix(water, WHITE, 55))
    canvas.fill([below(line)], mix(land, horizon_color(setting), 10))
    if steps >= 4:
        canvas.fill([below([(x, y + 0.09) for x, y in line])], land)


def _river(canvas: Canvas, setting: Setting, steps: int) -> None:
    _plain(canvas, setting, steps)
    water, land = water_color(setting), ground_color(setting)
    upper = ridge(0.685, 0.014, 3, "bank", setting.variant, 0)
    lower = ridge(0.885, 0.014, 3, "bank", setting.variant, 1)
    canvas.fill([below(upper)], mix(land, _SHADE, 24))
    canvas.fill([below([(x, y + 0.008) for x, y in upper])], mix(water, WHITE, 12))
    if steps >= 4:
        canvas.fill([below([(x, y + 0.1) for x, y in upper])], water)
    canvas.fill([below(lower)], mix(land, _SHADE, 7))


def _road(canvas: Canvas, setting: Setting, steps: int) -> None:
    _plain(canvas, setting, steps)
    verge = mix(ground_color(setting), WHITE, 30)
    _street(canvas, setting, 0.70, 0.925, verge, steps)


def _city(canvas: Canvas, setting: Setting, steps: int) -> None:
    _plain(canvas, setting, steps)
    _street(canvas, setting, 0.735, 1.0, mix(ground_color(setting), WHITE, 38), steps)


def _street(
    canvas: Canvas, setting: Setting, top: float, bottom: float, kerb: Color, steps: int
) -> None:
    named = setting.ground_color if setting.ground == "road" else ""
    asphalt = lit(COLORS[named] if named else ASPHALT, setting)
    edge = 0.012
    canvas.boxes([(0, top - edge, 1, top), (0, bottom, 1, bottom + edge)], kerb)
    canvas.boxes([(0, top, 1, bottom)], asphalt)
    if steps >= 4:
        dash, y = 0.1 * canvas.across, (top + bottom) / 2 - 0.02
        places = [
            (n * dash, y, n * dash + dash * 0.55, y + 0.012) for n in range(int(1 / dash) + 1)
        ]
        canvas.boxes(places, mix(asphalt, WHITE, 60))


def _inside(canvas: Canvas, setting: Setting, steps: int) -> None:
    floor = ground_color(setting)
    ground = GROUNDS[setting.ground]
    canvas.fade(ground.horizon, 1, (mix(floor, WHITE, 10), mix(floor, _SHADE, 8)), steps)
    if setting.ground == "table":
        canvas.boxes([(0, 0.945, 1, 1)], mix(floor, _SHADE, 30))
        canvas.boxes([(0, 0.935, 1, 0.95)], mix(floor, WHITE, 26))
        return
    canvas.boxes([(0, ground.horizon - 0.022, 1, ground.horizon)], mix(floor, WHITE, 62))
    if steps >= 10:
        joints = [(0, y, 1, y + 0.004) for y in (0.745, 0.805, 0.885)]
        canvas.boxes(joints, mix(floor, _SHADE, 16))


def _moon(canvas: Canvas, setting: Setting, steps: int) -> None:
    color = ground_color(setting)
    line = ridge(0.85, 0.03, 2, "moon", setting.variant)
    canvas.fill([below(line)], color)
    if steps >= 10:
        places = [(0.2, 0.92, 0.07, 0.014), (0.55, 0.965, 0.09, 0.016), (0.83, 0.91, 0.05, 0.011)]
        canvas.ovals(places, mix(color, _SHADE, 16))


def _layers(canvas: Canvas, setting: Setting, steps: int) -> None:
    """Wavy bands from far to near: the landscape of prompts that name no thing."""
    colors = family(setting)
    count = min(len(colors) - 1, 2 + steps // 6)
    for layer in range(count):
        color = colors[1 + layer * (len(colors) - 2) // max(count - 1, 1)]
        base = 0.52 + 0.42 * layer / max(count - 1, 1)
        rise = 0.20 - 0.03 * layer
        waves = max(2, int((2 + layer % 2) / canvas.across))
        line = ridge(base, rise, waves, "layer", setting.mood, setting.shape, layer)
        canvas.fill([below(line)], color)


_PAINTERS = {
    "hill": _hill,
    "sea": _sea,
    "beach": _shore,
    "lake": _shore,
    "river": _river,
    "road": _road,
    "city": _city,
    "room": _inside,
    "table": _inside,
    "space": _moon,
    "layers": _layers,
}
