"""Prompts that the painter understands fully, for comparing what was asked with what is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.engines.embedded.painter.chance import pick, share
from workbench.engines.embedded.painter.drawings import DRAWINGS

COLORS = (
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "brown",
    "black",
    "white",
    "gray",
)
GROUNDS = (
    "field",
    "hill",
    "beach",
    "sea",
    "lake",
    "river",
    "road",
    "forest",
    "desert",
    "snow",
    "city",
    "table",
)
TIMES = ("noon", "sunset", "night", "dawn")
WEATHERS = ("rain", "snow", "fog", "storm")
NOUNS = tuple(noun for noun in DRAWINGS if noun != "grass")

_WHERE: Mapping[str, str] = {
    "field": "in a field",
    "hill": "on a hill",
    "beach": "on a beach",
    "sea": "on the sea",
    "lake": "by a lake",
    "river": "on a river",
    "road": "on a road",
    "forest": "in a forest",
    "desert": "in the desert",
    "snow": "in the snow",
    "city": "in a city",
    "table": "on a table",
}
_HOMES: Mapping[str, tuple[str, ...]] = {
    "ground": ("field", "hill", "beach", "desert", "snow", "forest", "city"),
    "water": ("sea", "river"),
    "air": ("field", "sea", "hill", "beach", "desert"),
    "sky": ("field", "sea", "hill", "desert"),
}
_SMALL = ("cup", "book", "apple", "lamp", "ball", "hat")
_DRIVEN = ("car", "bus", "truck", "bicycle")
_NUMBERS = ("one", "two", "three")
_PLURALS = {
    "sheep": "sheep",
    "fish": "fish",
    "man": "men",
    "woman": "women",
    "child": "children",
    "person": "people",
    "snowman": "snowmen",
    "cactus": "cacti",
    "butterfly": "butterflies",
}


@dataclass(frozen=True)
class Prompt:
    """A prompt, with the nouns (drawn things and grounds) and the colours it names."""

    text: str
    nouns: tuple[str, ...]
    colors: tuple[str, ...]


def prompts(count: int) -> list[Prompt]:
    """The first *count* prompts of an endless list, the same each time.

    >>> prompts(200)[:3] == prompts(3)
    True
    """
    return [_prompt(number) for number in range(count)]


def plural(noun: str) -> str:
    """More than one of *noun*.

    >>> plural("bus"), plural("child"), plural("dog")
    ('buses', 'children', 'dogs')
    """
    if noun in _PLURALS:
        return _PLURALS[noun]
    return noun + ("es" if noun.endswith(("s", "sh", "ch")) else "s")


def _prompt(number: int) -> Prompt:
    first = NOUNS[number * 7 % len(NOUNS)]
    ground = _home(first, number)
    things = [first]
    if share("second", number) < 0.55:
        second = pick(_neighbours(first, ground), "neighbour", number)
        things.append(second)
    texts, colors = [], []
    for place, noun in enumerate(things):
        color = pick(COLORS, "color", number, place) if DRAWINGS[noun].recolor else ""
        colors.append(color)
        many = pick((1, 1, 1, 2, 3), "many", number, place) if len(things) < 2 else 1
        texts.append(_named(noun, color, many))
    text = f"{' and '.join(texts)} {_WHERE[ground]}"
    kind = number % 5
    if ground != "table" and kind == 1:
        text += f" at {pick(TIMES, 'time', number)}"
    elif kind == 3 and ground not in ("table", "snow", "field"):
        text += f" in the {pick(WEATHERS, 'weather', number)}"
    return Prompt(text, (*things, ground), tuple(dict.fromkeys(color for color in colors if color)))


def _home(noun: str, number: int) -> str:
    if noun in _SMALL and number % 2:
        return "table"
    if noun in _DRIVEN and number % 2:
        return "road"
    return pick(_HOMES[DRAWINGS[noun].place], "home", number)


def _neighbours(noun: str, ground: str) -> list[str]:
    if ground == "table":
        return [other for other in _SMALL if other != noun]
    return [
        other for other in NOUNS if other != noun and ground in _HOMES[DRAWINGS[other].place]
    ] or [other for other in _DRIVEN if other != noun]


def _named(noun: str, color: str, many: int) -> str:
    if many > 1:
        return " ".join(filter(None, (_NUMBERS[many - 1], color, plural(noun))))
    word = f"{color} {noun}".strip()
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
