"""Pictures that are one simple thing: a flat colour, a fade, stripes, noise or a page of marks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.engines.embedded.captioner.look import Look
from workbench.engines.embedded.captioner.regions import regions_of
from workbench.engines.embedded.captioner.wording import joined
from workbench.engines.embedded.colors import name_of

Line = NDArray[np.float64]


def plain_sentence(look: Look) -> str | None:
    """A sentence where the picture is one of the simple things, else None."""
    for described in (_flat, _noise, _fade, _stripes, _checks, _page):
        if sentence := described(look):
            return sentence
    return None


def _flat(look: Look) -> str | None:
    color = _color(look.pixels.reshape(-1, 3).mean(axis=0))
    spread = np.abs(look.pixels - look.pixels.mean(axis=(0, 1))).max()
    return f"a flat, plain {color} picture" if spread < 10 else None


def _noise(look: Look) -> str | None:
    """Every pixel differs from its neighbours, and no larger area differs from another."""
    height, width = (side // 8 * 8 for side in look.luma.shape)
    blocks = look.luma[:height, :width].reshape(height // 8, 8, width // 8, 8).mean(axis=(1, 3))
    if look.roughness < 9 or look.luma.std() < 3 * blocks.std():
        return None
    ranked = look.colors_in(np.ones_like(look.luma, dtype=bool))
    if look.colorfulness > 25 and ranked[0][1] < 0.4:
        return "a fine, even grain of mixed colours all over"
    return f"a fine, even grain all over, mostly {ranked[0][0]}"


def _fade(look: Look) -> str | None:
    """The colour changes slowly along one direction and not at all across it."""
    pixels = look.pixels.astype(float)
    for axis, first, last in (
        (1, "at the top", "at the bottom"),
        (0, "on the left", "on the right"),
    ):
        line = pixels.mean(axis=axis)
        across = np.abs(pixels - np.expand_dims(line, axis)).max()
        smooth = np.abs(np.diff(line, axis=0)).max() < 0.12 * np.ptp(line, axis=0).max() + 3
        if across < 12 and smooth:
            start, end = _color(line[0]), _color(line[-1])
            if start == end:
                start, end = _toned(line[0], line[-1])
            return f"a smooth fade from {start} {first} to {end} {last}"
    return None


def _stripes(look: Look) -> str | None:
    """Bands of a few flat colours, straight from edge to edge."""
    pixels = look.pixels.astype(float)
    for axis, word in ((0, "vertical"), (1, "horizontal")):
        line = np.median(pixels, axis=axis)
        across = np.abs(pixels - np.expand_dims(line, axis)).max(axis=2)
        steps = np.abs(np.diff(line, axis=0)).max(axis=1)
        edges = int(((steps[1:] > 30) & (steps[:-1] <= 30)).sum())
        if (
            np.quantile(across, 0.98) > 20
            or across.mean() > 2.5
            or np.median(steps) > 4
            or not edges
        ):
            continue
        ranked = [
            name for name, share in look.colors_in(np.ones_like(across, bool)) if share > 0.06
        ]
        if len(ranked) < 2:
            continue
        bands = "bands" if edges <= 3 else "stripes"
        return f"{word} {bands} of {joined(ranked[:4])}"
    return None


def _checks(look: Look) -> str | None:
    """Two tones that change places at every line across and down, as on a chessboard."""
    light = look.luma > (look.luma.min() + look.luma.max()) / 2
    pattern = light[:1] ^ light[:, :1] ^ light[0, 0]
    edges = [int(np.count_nonzero(line[1:] != line[:-1])) for line in (light[0], light[:, 0])]
    if (light == pattern).mean() < 0.985 or min(edges) < 2:
        return None
    names = [look.colors_in(part)[0][0] for part in (light, ~light)]
    return f"a checked pattern of {joined(names)}" if names[0] != names[1] else None


def _page(look: Look) -> str | None:
    """One flat colour with small marks on it: text, tables, drawings in thin lines."""
    paper, on_paper = look.backdrop
    marks = ~on_paper
    if min(marks.shape) < 40 or not 0.004 < marks.mean() < 0.42:
        return None
    found = regions_of(marks)
    small = [
        region for region in found if max(region.height, region.width) < 0.12 * max(marks.shape)
    ]
    if len(small) < 14 or sum(region.area for region in small) < 0.3 * marks.sum():
        return None
    light = look.luma[on_paper].mean() > 110
    rows = marks.mean(axis=1) > 0.012
    lines = int((rows[1:] & ~rows[:-1]).sum())
    kind = "dark" if light else "light"
    sentence = f"{_paper(paper)} page with fine {kind} marks"
    if lines >= 5 and rows.mean() < 0.9:
        sentence += " in level rows"
    colored = [
        name
        for name, part in look.colors_in(marks)
        if part > 0.12 and name not in ("gray", "black", "white", "beige", _color(paper))
    ]
    large = [region for region in found if region.area > 0.02 * marks.size]
    if colored and large:
        return f"{sentence} and {'areas' if len(large) > 1 else 'an area'} of {joined(colored[:2])}"
    return f"{sentence}, some of them {joined(colored[:2])}" if colored else sentence


def _paper(color: Line | NDArray[np.int_]) -> str:
    name = _color(color)
    return f"an {name}" if name == "orange" else f"a {name}"


def _color(color: Line | NDArray[np.int_]) -> str:
    red, green, blue = (int(part) for part in np.round(color))
    name = name_of((red, green, blue))
    return {"silver": "light gray", "navy": "dark blue"}.get(name, name)


def _toned(first: Line, last: Line) -> tuple[str, str]:
    """Two colours of one name, told apart by their brightness."""
    name = _color(first).removeprefix("light ").removeprefix("dark ")
    tones = f"lighter {name}", f"darker {name}"
    return tones if first.sum() > last.sum() else (tones[1], tones[0])
