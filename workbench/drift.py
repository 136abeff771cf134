"""Drift: how far a picture has moved away from the first one, as a number and as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.language import translate

if TYPE_CHECKING:
    from PIL.Image import Image

_WIDTH, _HEIGHT = 480, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 16, 22, 26
"""Of the plot, in units of its own: the whole, and the room around the lines."""


def drift(first: Image, image: Image) -> float:
    """How much *image* differs from *first*, 0.0 (alike) to 1.0 (light and dark swapped).

    Each picture is made grey and shrunk to 32 × 32 pixels, and 64 bits say which of its 64
    coarsest waves of light and dark are strong (a perceptual hash); drift is the share of bits
    that differ. So it sees the layout of a picture, at any size and however compressed, and
    neither colours nor small things. Two pictures with nothing in common come to about 0.5; in
    one that is plain or symmetric some waves are next to nothing, so that a few bits are chance.

    >>> from PIL import Image, ImageOps
    >>> hill = Image.radial_gradient("L").crop((20, 90, 160, 200))
    >>> drift(hill, hill), drift(hill, hill.resize((64, 64))) < 0.2
    (0.0, True)
    >>> drift(hill, ImageOps.invert(hill)) > 0.8
    True
    """
    from imagehash import phash

    before, after = phash(first), phash(image)
    return float((before - after) / before.hash.size)


def plot(drifts: Sequence[float]) -> str:
    """The drift of each round, from the first on, as an inline SVG in the current language.

    >>> plot([]), "round 2: 0.25" in plot([0.5, 0.25])
    ('', True)
    """
    if not drifts:
        return ""
    spots = [(_x(number, len(drifts)), _y(value)) for number, value in enumerate((0.0, *drifts))]
    told = ", ".join(
        translate(f"round {number}: {value:.2f}") for number, value in enumerate(drifts, 1)
    )
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in spots)
    grid = "".join(
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{_y(at):.1f}" y2="{_y(at):.1f}"/>'
        for at in (0.0, 0.5, 1.0)
    )
    return (
        f'<svg class="wb-drift" role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' xmlns="http://www.w3.org/2000/svg" aria-labelledby="wb-drift-title wb-drift-told">'
        '<title id="wb-drift-title">'
        f"{translate('Drift from the first picture')}</title>"
        f'<desc id="wb-drift-told">{told}</desc>'
        f'<g stroke="currentColor" opacity=".25">{grid}</g>'
        f'<g fill="currentColor" font-size="12" aria-hidden="true">{_labels(len(drifts))}</g>'
        f'<polyline points="{path}" fill="none" stroke="var(--wb-line, currentColor)"'
        f' stroke-width="2"/><g fill="var(--wb-line, currentColor)">{dots}</g></svg>'
    )


def _labels(rounds: int) -> str:
    """The numbers at both axes."""
    across = "".join(
        f'<text x="{_x(number, rounds):.1f}" y="{_HEIGHT - 8}" text-anchor="middle">'
        f"{number or translate('first')}</text>"
        for number in range(rounds + 1)
    )
    up = "".join(
        f'<text x="{_LEFT - 8}" y="{_y(at) + 4:.1f}" text-anchor="end">{at:g}</text>'
        for at in (0.0, 0.5, 1.0)
    )
    return across + up


def _x(number: int, rounds: int) -> float:
    start, end = _LEFT + 18, _WIDTH - _RIGHT - 8
    return start + (end - start) * number / rounds


def _y(value: float) -> float:
    start, end = _HEIGHT - _BOTTOM, _TOP
    return start + (end - start) * value
