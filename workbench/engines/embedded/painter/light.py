"""Colours of the hour and the weather: the sky's, and what they make of the ground's."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.engines.embedded.colors import COLORS
from workbench.engines.embedded.painter.chance import digest, pick
from workbench.engines.embedded.painter.pen import Color, luma, mix
from workbench.engines.embedded.painter.scene import Setting

WHITE: Color = (255, 255, 255)
NIGHT: Color = (16, 22, 52)
_WATER: Color = (66, 150, 200)

# From the top of the sky to the horizon.
_SKIES: Mapping[str, tuple[Color, ...]] = {
    "day": ((118, 186, 240), (176, 218, 248), (214, 236, 250)),
    "morning": ((138, 194, 236), (196, 222, 236), (250, 232, 200)),
    "noon": ((92, 172, 242), (158, 212, 248), (206, 234, 252)),
    "dawn": ((134, 152, 206), (232, 186, 196), (254, 222, 176)),
    "sunset": ((92, 84, 156), (222, 116, 128), (255, 186, 108)),
    "evening": ((52, 60, 118), (116, 104, 160), (214, 156, 160)),
    "night": ((14, 20, 50), (28, 40, 84), (54, 70, 120)),
}
# What the hour's light does to the ground: a colour and how many percent of it.
_LIGHTS: Mapping[str, tuple[Color, int]] = {
    "morning": ((255, 226, 170), 10),
    "dawn": ((240, 178, 180), 20),
    "sunset": ((226, 112, 84), 26),
    "evening": ((74, 62, 124), 40),
    "night": (NIGHT, 58),
}
_VEILS: Mapping[str, tuple[Color, int]] = {
    "rain": ((134, 148, 164), 62),
    "storm": ((66, 72, 92), 74),
    "snow": ((204, 214, 226), 62),
    "fog": ((212, 216, 220), 74),
    "cloudy": ((172, 184, 198), 58),
}
_DARK = ("night", "evening")
_BLUE = ("day", "morning", "noon")


def sky_colors(setting: Setting) -> tuple[Color, ...]:
    """The sky from its top to the horizon.

    >>> sky_colors(Setting(sky_color="red"))[0]
    (217, 63, 65)
    """
    natural = (
        setting.sky_color == "blue" and setting.time in _BLUE and setting.weather not in _VEILS
    )
    if setting.sky_color and not natural:
        color = COLORS[setting.sky_color]
        if setting.time == "day":
            return mix(color, WHITE, 8), mix(color, WHITE, 26), mix(color, WHITE, 46)
        return mix(_SKIES[setting.time][0], color, 75), color, mix(color, WHITE, 30)
    stops = _SKIES[setting.time]
    veil, percent = _VEILS.get(setting.weather, (WHITE, 0))
    if setting.time in _DARK:
        veil = mix(veil, NIGHT, 55)
    return tuple(mix(stop, veil, percent) for stop in stops)


def horizon_color(setting: Setting) -> Color:
    """What far things fade into."""
    return sky_colors(setting)[-1]


def lit(color: Color, setting: Setting) -> Color:
    """*color* of something on the ground, in this light and weather."""
    light, percent = _LIGHTS.get(setting.time, (WHITE, 0))
    color = mix(color, light, percent)
    veil, percent = _VEILS.get(setting.weather, (WHITE, 0))
    return mix(color, mix(veil, NIGHT, 60) if setting.time in _DARK else veil, percent // 3)


def water_color(setting: Setting) -> Color:
    """Water mirrors the sky: at sunset it is not the blue of noon."""
    if setting.ground_color and setting.ground in ("sea", "lake", "river"):
        return lit(mix(COLORS[setting.ground_color], WHITE, 12), setting)
    if setting.time in _LIGHTS:
        return mix(_WATER, sky_colors(setting)[1], 55)
    return mix(_WATER, sky_colors(setting)[1], 40 if setting.weather in _VEILS else 0)


def toned(color: Color, setting: Setting) -> Color:
    """The ground lighter or deeper than usual, where things would vanish in it."""
    if setting.tone == "light":
        return mix(color, WHITE, 34)
    if setting.tone == "deep":
        return (
            mix(color, (112, 158, 216), 40) if luma(color) > 205 else mix(color, (30, 40, 70), 34)
        )
    return color


# Families of colours that go together, from far to near, for pictures of no thing at all.
_FAMILIES: tuple[tuple[Color, ...], ...] = (
    ((250, 226, 190), (242, 178, 132), (218, 116, 100), (150, 74, 104), (72, 48, 92)),
    ((222, 238, 240), (160, 208, 212), (98, 164, 180), (52, 110, 142), (28, 62, 98)),
    ((246, 232, 216), (222, 196, 196), (178, 156, 188), (118, 110, 164), (66, 68, 120)),
    ((250, 240, 206), (214, 220, 150), (146, 188, 124), (82, 142, 110), (40, 90, 92)),
    ((252, 222, 214), (244, 172, 176), (208, 124, 156), (140, 88, 146), (76, 58, 114)),
    ((236, 230, 220), (206, 188, 166), (170, 140, 124), (116, 96, 104), (66, 62, 84)),
)
_COOL = (_FAMILIES[1], _FAMILIES[2])


def family(setting: Setting) -> tuple[Color, ...]:
    """Five colours from far to near that the words of the prompt choose."""
    cool = setting.time in _DARK or setting.weather in _VEILS
    colors = pick(_COOL if cool else _FAMILIES, "family", setting.mood)
    if setting.palette:
        near = [COLORS[name] for name in setting.palette]
        main = near[0]
        steps = [mix(main, WHITE, percent) for percent in (76, 54, 30, 8)]
        colors = (*steps, mix(main, NIGHT, 38))
        if len(near) > 1:
            colors = (
                mix(near[-1], WHITE, 72),
                *(mix(near[i % len(near)], WHITE, 34 - i * 12) for i in range(3)),
                mix(main, NIGHT, 34),
            )
    if setting.time in _DARK:
        colors = tuple(mix(color, (28, 38, 104), 48) for color in colors)
    shift = digest("shift", setting.mood) % 25
    accent = pick(_COOL if cool else _FAMILIES, "accent", setting.mood)[2]
    return tuple(mix(color, accent, shift if not setting.palette else 0) for color in colors)
