"""Drift: what counts as a change, and the plot of it."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from workbench.drift import drift, plot

SVG = "{http://www.w3.org/2000/svg}"


def scene(size=(256, 256)):
    """A picture with a sky, a field, a sun and something on the left."""
    image = Image.new("RGB", size, "skyblue")
    pen, (w, h) = ImageDraw.Draw(image), size
    pen.rectangle((0, h * 0.6, w, h), fill="darkgreen")
    pen.ellipse((w * 0.2, h * 0.3, w * 0.5, h * 0.8), fill="saddlebrown")
    pen.ellipse((w * 0.7, h * 0.1, w * 0.9, h * 0.3), fill="yellow")
    return image


def as_jpeg(image):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=30)
    return Image.open(file)


@pytest.mark.parametrize(
    ("change", "least", "most"),
    [
        (lambda image: image, 0, 0),
        (lambda image: image.copy(), 0, 0),
        (lambda image: image.convert("L"), 0, 0),
        (lambda image: image.resize((64, 64)), 0, 0.1),
        (lambda image: image.resize((900, 700)), 0, 0.1),
        (as_jpeg, 0, 0.1),
        (lambda image: image.filter(ImageFilter.GaussianBlur(3)), 0, 0.1),
        (ImageOps.mirror, 0.3, 0.7),
        (ImageOps.flip, 0.3, 0.7),
        (ImageOps.invert, 0.85, 1),
    ],
    ids=["same", "copy", "grey", "small", "large", "jpeg", "blur", "mirror", "flip", "inverted"],
)
def test_what_counts(change, least, most):
    """Size, compression and colour change little, another layout half, its opposite all."""
    found = drift(scene(), change(scene()))
    assert least <= found <= most
    assert isinstance(found, float)


@pytest.mark.parametrize("colour", ["black", "white", "red"])
@pytest.mark.parametrize("size", [(1, 1), (8, 600)])
def test_plain_and_tiny_pictures(colour, size):
    """Nothing to see is no error, on either side."""
    plain = Image.new("RGB", size, colour)
    assert 0 <= drift(plain, scene()) <= 1
    assert 0 <= drift(scene(), plain) <= 1


@pytest.mark.parametrize("rounds", [1, 10])
def test_plot_is_sound(rounds):
    """The plot is XML with a name, a text for those who hear it, and a dot for each picture."""
    drifts = [number / 10 for number in range(1, rounds + 1)]
    svg = ElementTree.fromstring(plot(drifts))  # noqa: S314 - our own
    assert svg.get("role") == "img"
    named = {part.get("id"): part.text for part in svg.iter() if part.get("id")}
    names = [named[name] for name in svg.get("aria-labelledby").split()]
    assert names[0] == "Drift from the first picture"
    assert f"round {rounds}: {drifts[-1]:.2f}" in names[1]
    dots = list(svg.iter(f"{SVG}circle"))
    assert len(dots) == rounds + 1
    heights = [float(dot.get("cy")) for dot in dots]
    assert heights == sorted(heights, reverse=True)


def test_plot_stays_inside_itself():
    """No dot or line leaves the picture, at either end of the scale."""
    svg = ElementTree.fromstring(plot([0.0, 1.0]))  # noqa: S314 - our own
    _, _, width, height = map(float, svg.get("viewBox").split())
    for dot in svg.iter(f"{SVG}circle"):
        assert 4 <= float(dot.get("cx")) <= width - 4
        assert 4 <= float(dot.get("cy")) <= height - 4
    assert "http" not in plot([0.5]).replace("http://www.w3.org/2000/svg", "")
