"""Colour names: what is painted under a name is called by that name again."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from workbench.engines.embedded.colors import ANCHORS, COLORS, SYNONYMS, name_of


def mixed(color: tuple[int, int, int], other: int, share: float) -> tuple[int, int, int]:
    """The colour with a share of the gray level *other*."""
    red, green, blue = (round(part + (other - part) * share) for part in color)
    return red, green, blue


@pytest.mark.parametrize("name", COLORS)
def test_painted_colour_is_named_back(name: str) -> None:
    """Every colour the painter uses has its own name."""
    assert name_of(COLORS[name]) == name


@pytest.mark.parametrize("name", COLORS)
def test_name_survives_jpeg(name: str) -> None:
    """A flat area keeps its name through JPEG with quartered colour."""
    file = io.BytesIO()
    Image.new("RGB", (32, 32), COLORS[name]).save(file, "JPEG", quality=85, subsampling="4:2:0")
    red, green, blue = Image.open(file).getpixel((16, 16))  # type: ignore[misc]
    assert name_of((red, green, blue)) == name


@pytest.mark.parametrize("name", [name for name in COLORS if name not in ("white", "silver")])
def test_name_survives_shade(name: str) -> None:
    """A seventh less light, as on the side of a thing, changes no name but those of near-white."""
    assert name_of(mixed(COLORS[name], 0, 0.14)) == name


@pytest.mark.parametrize("name", [name for name in COLORS if name not in ("black", "navy")])
def test_name_survives_light(name: str) -> None:
    """A fifth more light changes no name but those of near-black."""
    assert name_of(mixed(COLORS[name], 255, 0.2)) == name


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((255, 0, 0), "red"),
        ((0, 128, 0), "green"),
        ((0, 0, 255), "blue"),
        ((255, 255, 0), "yellow"),
        ((255, 192, 203), "pink"),
        ((128, 0, 128), "purple"),
        ((139, 69, 19), "brown"),
        ((135, 206, 235), "blue"),
        ((255, 255, 255), "white"),
        ((0, 0, 0), "black"),
        ((128, 128, 128), "gray"),
        ((64, 224, 208), "turquoise"),
    ],
    ids=str,
)
def test_everyday_names(rgb: tuple[int, int, int], name: str) -> None:
    """Well-known colours get the name a person would give them."""
    assert name_of(rgb) == name


def test_synonyms_lead_to_colours() -> None:
    """Every synonym stands for a colour that can be painted, and none hides a colour's own name."""
    assert set(SYNONYMS.values()) <= set(COLORS)
    assert not set(SYNONYMS) & set(COLORS)
    assert set(ANCHORS) == set(COLORS)
