"""A scene told in words that the painter understands, so that it can be painted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.engines.embedded.captioner.things import Thing
from workbench.engines.embedded.captioner.wording import counted, joined, with_article
from workbench.engines.embedded.colors import name_of
from workbench.engines.embedded.painter.drawings import DRAWINGS
from workbench.engines.embedded.painter.scene import Setting

_ON = {
    "field": "in a {}field",
    "hill": "on a {}hill",
    "beach": "on a {}beach",
    "sea": "on the {}sea",
    "lake": "by a {}lake",
    "river": "by a {}river",
    "road": "on a {}road",
    "forest": "in a {}forest",
    "desert": "in the {}desert",
    "snow": "in the {}snow",
    "city": "in a {}city",
    "room": "in a {}room",
    "table": "on a {}table",
    "space": "in space",
}
_TIMES = {
    "morning": "in the morning",
    "noon": "at noon",
    "dawn": "at dawn",
    "sunset": "at sunset",
    "evening": "in the evening",
    "night": "at night",
}
_WEATHERS = {
    "rain": "in the rain",
    "snow": "in the snow",
    "fog": "in the fog",
    "storm": "in a storm",
    "cloudy": "under a cloudy sky",
    "windy": "in the wind",
    "sunny": "in the sunlight",
}
_FARS = {"mountain": "mountains", "hill": "hills", "forest": "a forest", "skyline": "a skyline"}
_IMPLIED = {("city", "skyline"), ("forest", "forest")}
_UNSAID = ("sun", "moon", "star", "cloud", "rainbow")  # their natural colour is no news
_WORDS = {"balloon": "hot air balloon"}
_EMPTY = {"in the snow": "a snowy field", "in space": "open space"}
_AFLOAT = {"boat", "ship", "duck"}
_INDOORS = ("room", "table")


def tell(things: Sequence[Thing], setting: Setting) -> str:
    """The things, where they are, the weather, the hour and what is far away, in one sentence."""
    where = _where(setting)
    below = {thing.noun for thing in things if DRAWINGS[thing.noun].place not in ("air", "sky")}
    if below and below <= _AFLOAT:
        where = where.replace("by a ", "on a ", 1)
    if not things:
        where = _EMPTY.get(where) or with_article(where.split(" ", 2)[2])
    parts = [_named(things), where]
    if setting.ground not in (*_INDOORS, "space"):
        parts += [_weather(setting), _TIMES.get(setting.time, "")]
    if setting.sky_color:
        above = "before a {} wall" if setting.ground in _INDOORS else "under a {} sky"
        parts.append(above.format(setting.sky_color))
    sentence = " ".join(part for part in parts if part)
    if far := _far(setting):
        sentence += f", with {joined(far)} in the distance"
    return sentence.replace(" a orange ", " an orange ")


def _named(things: Sequence[Thing]) -> str:
    """What there is, the largest first and what is in the sky last; nothing for nothing."""
    kinds = Counter((thing.noun, thing.color) for thing in things)
    sizes = {(thing.noun, thing.color): -thing.region.area for thing in things}
    order = sorted(kinds, key=lambda kind: (DRAWINGS[kind[0]].place == "sky", sizes[kind]))
    words = [counted(kinds[kind], _color(*kind), _WORDS.get(kind[0], kind[0])) for kind in order]
    return joined(words) if words else ""


def _far(setting: Setting) -> list[str]:
    named = []
    for name, color in setting.far:
        article, _, noun = _FARS[name].rpartition(" ")
        if (setting.ground, name) not in _IMPLIED:
            named.append(" ".join(word for word in (article, color, noun) if word))
    return named


def _color(noun: str, color: str) -> str:
    if color or noun in _UNSAID:
        return color
    return name_of(DRAWINGS[noun].color)


def _where(setting: Setting) -> str:
    color = setting.ground_color
    if setting.ground == "field" and setting.weather == "snow" and not color:
        return _ON["snow"].format("")
    if setting.ground == "field" and not color and setting.time in ("day", "noon", "morning"):
        return "on a green field" if setting.season != "autumn" else "in a field in autumn"
    return _ON[setting.ground].format(f"{color} " if color else "")


def _weather(setting: Setting) -> str:
    if setting.ground in ("field", "snow") and setting.weather == "snow":
        return "" if not setting.ground_color else _WEATHERS["snow"]
    return _WEATHERS.get(setting.weather, "")
