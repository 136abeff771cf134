"""Colours by their everyday names: what the painter paints and the captioner reads back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

RGB = tuple[int, int, int]

COLORS: Mapping[str, RGB] = MappingProxyType(
    {
        "red": (214, 46, 48),
        "orange": (243, 130, 32),
        "yellow": (251, 212, 48),
        "green": (60, 156, 70),
        "blue": (44, 108, 212),
        "purple": (128, 68, 172),
        "pink": (245, 146, 182),
        "brown": (126, 80, 46),
        "black": (38, 38, 42),
        "white": (246, 246, 243),
        "gray": (134, 137, 142),
        "turquoise": (36, 184, 180),
        "gold": (204, 156, 38),
        "silver": (194, 199, 206),
        "beige": (224, 203, 164),
        "navy": (30, 42, 96),
    }
)
"""The painter's red, green and blue (0 to 255) for each colour it knows."""

SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "grey": "gray",
        "crimson": "red",
        "scarlet": "red",
        "ruby": "red",
        "cherry": "red",
        "maroon": "red",
        "amber": "orange",
        "coral": "orange",
        "lemon": "yellow",
        "blond": "yellow",
        "emerald": "green",
        "lime": "green",
        "olive": "green",
        "azure": "blue",
        "sapphire": "blue",
        "indigo": "navy",
        "violet": "purple",
        "lilac": "purple",
        "lavender": "purple",
        "magenta": "pink",
        "rose": "pink",
        "chestnut": "brown",
        "chocolate": "brown",
        "tan": "beige",
        "cream": "beige",
        "khaki": "beige",
        "ivory": "white",
        "ebony": "black",
        "charcoal": "black",
        "teal": "turquoise",
        "cyan": "turquoise",
        "aqua": "turquoise",
        "golden": "gold",
    }
)
"""Other words for a colour, each with the name in `COLORS` it is painted as."""

# One anchor can't stand for a name: in shade or in light its colour moves towards another's.
ANCHORS: Mapping[str, tuple[RGB, ...]] = {
    "red": ((255, 40, 40), (176, 36, 38), (140, 24, 28), (104, 16, 22), (196, 78, 74)),
    "orange": ((206, 108, 26), (255, 165, 60), (255, 110, 40), (226, 140, 74), (244, 164, 96)),
    "yellow": (
        (255, 242, 60),
        (252, 228, 130),
        (250, 245, 160),
        (222, 190, 44),
        (208, 178, 48),
        (236, 220, 110),
    ),
    "green": (
        (0, 210, 60),
        (40, 110, 50),
        (20, 70, 30),
        (128, 190, 90),
        (160, 210, 120),
        (96, 112, 48),
        (50, 64, 36),
        (150, 205, 150),
        (120, 145, 110),
        (110, 150, 50),
    ),
    "blue": (
        (20, 60, 240),
        (36, 86, 168),
        (28, 70, 130),
        (90, 150, 225),
        (135, 190, 235),
        (170, 208, 238),
        (200, 224, 244),
        (98, 134, 172),
        (70, 100, 140),
        (120, 150, 190),
    ),
    "purple": (
        (160, 60, 220),
        (100, 52, 136),
        (66, 34, 92),
        (170, 120, 205),
        (195, 165, 222),
        (120, 96, 150),
    ),
    "pink": (
        (255, 105, 180),
        (252, 186, 205),
        (214, 116, 150),
        (230, 40, 140),
        (240, 200, 205),
        (216, 150, 160),
    ),
    "brown": (
        (100, 64, 38),
        (66, 42, 26),
        (150, 98, 60),
        (164, 118, 82),
        (110, 84, 66),
        (134, 60, 30),
    ),
    "black": ((0, 0, 0), (20, 20, 24), (48, 48, 50), (30, 26, 24), (18, 22, 34)),
    "white": ((255, 255, 255), (236, 236, 236), (250, 246, 236), (236, 240, 246)),
    "gray": ((80, 82, 86), (106, 108, 112), (160, 162, 166), (128, 122, 116), (120, 128, 136)),
    "turquoise": ((0, 220, 220), (28, 146, 144), (24, 106, 108), (110, 212, 206), (170, 230, 226)),
    "gold": ((174, 132, 34), (222, 178, 62), (190, 150, 70)),
    "silver": ((206, 208, 212), (182, 186, 192)),
    "beige": (
        (240, 226, 196),
        (204, 182, 144),
        (190, 166, 130),
        (170, 152, 120),
        (232, 214, 186),
        (222, 190, 160),
    ),
    "navy": ((24, 34, 78), (36, 50, 112), (16, 24, 58)),
}

Lab = tuple[float, float, float]

LIGHTNESS_WEIGHT = 0.4  # hue tells names apart better than lightness does


def lab_of(rgb: RGB) -> Lab:
    """The colour in OKLab, where equal distances look about equally different.

    Lightness runs from 0 to 1; the other two (green to red, blue to yellow) stay within 0.35 of 0.

    >>> [round(part, 2) + 0 for part in lab_of((255, 255, 255))]
    [1.0, 0.0, 0.0]
    """
    r, g, b = (_linear(part) for part in rgb)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


@lru_cache(maxsize=4096)
def name_of(rgb: RGB) -> str:
    """The everyday name of a colour: one of `COLORS`.

    >>> name_of((250, 10, 20)), name_of((30, 90, 35)), name_of((60, 40, 30))
    ('red', 'green', 'brown')
    """
    lightness, a, b = lab_of(rgb)

    def distance(anchor: Lab) -> float:
        return (
            LIGHTNESS_WEIGHT * (anchor[0] - lightness) ** 2
            + (anchor[1] - a) ** 2
            + (anchor[2] - b) ** 2
        )

    return min(anchors(), key=lambda pair: distance(pair[1]))[0]


@lru_cache(maxsize=1)
def anchors() -> tuple[tuple[str, Lab], ...]:
    """Every name with each of the colours, in OKLab, that stand for it."""
    return tuple(
        (name, lab_of(rgb)) for name, own in COLORS.items() for rgb in (own, *ANCHORS[name])
    )


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
