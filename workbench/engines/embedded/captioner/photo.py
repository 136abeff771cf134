"""Any other picture, photographs above all: its form, light, colours and texture as measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.engines.embedded.captioner.look import Look, place
from workbench.engines.embedded.captioner.palette import NAMES
from workbench.engines.embedded.captioner.regions import outline, regions_of
from workbench.engines.embedded.captioner.wording import joined, with_article

_TALL, _WIDE = 0.8, 1.25
_TONED = {"blue", "green", "brown", "red", "gray", "purple", "pink", "turquoise"}
_COLORLESS = {"black", "gray", "white"}


def photo_sentence(look: Look) -> str:
    """``a wide, bright picture, mostly pale blue above and beige below, with a level horizon``."""
    tone = _tone(look)
    words = [word for word in (_form(look), _light(look), _texture(look)) if word]
    head = with_article(f"{', '.join(words)} {tone}picture".strip())
    parts = [head, "" if tone else _colors(look), _feature(look)]
    return ", ".join(part for part in parts if part)


def _form(look: Look) -> str:
    if look.ratio < _TALL:
        return "very tall" if look.ratio < 0.33 else "tall"
    if look.ratio > _WIDE:
        return "very wide" if look.ratio > 3 else "wide"
    return "square"


def _light(look: Look) -> str:
    low, middle, high = np.quantile(look.luma, [0.05, 0.5, 0.95])
    if high - low < 70 and middle > 135 and look.colorfulness < 40 and look.roughness < 5:
        return "hazy"
    if middle < 60:
        return "dark"
    if middle > 180:
        return "bright"
    if high - low > 205:
        return "high-contrast"
    return "soft" if high - low < 90 else ""


def _texture(look: Look) -> str:
    if look.roughness < 2.2:
        return "smooth"
    if look.roughness > 17:
        return "finely textured"
    return "busy" if look.roughness > 11 else ""


def _tone(look: Look) -> str:
    """``black-and-white`` or ``sepia`` and a space, where all colours are shades of one."""
    if look.colorfulness < 5:
        return "black-and-white "
    red, green, blue = (look.pixels[..., part].astype(float) for part in range(3))
    warm = ((red >= green) & (green >= blue)).mean() > 0.97
    spread = np.std((red - blue) / (look.luma + 40))
    return "sepia " if warm and spread < 0.075 and 12 < look.colorfulness < 75 else ""


def _colors(look: Look) -> str:
    height, width = look.names.shape
    third, side = height // 3, width // 3
    above, below = _main(look, np.s_[:third, :]), _main(look, np.s_[-third:, :])
    if above and below and above != below:
        return f"mostly {above} above and {below} below"
    left, right = _main(look, np.s_[:, :side]), _main(look, np.s_[:, -side:])
    if left and right and left != right:
        return f"mostly {left} on the left and {right} on the right"
    centre = _main(look, np.s_[height // 3 : -(height // 3), width // 3 : -(width // 3)])
    around = _main(look, _rim(height, width))
    if centre and around and centre != around:
        return f"{centre} in the centre and mostly {around} around it"
    everywhere = np.ones((height, width), dtype=bool)
    ranked = [pair for pair in look.colors_in(everywhere) if pair[1] > 0.1]
    if not ranked or ranked[0][1] < 0.28:
        return "in many colours"
    names = [_toned(look, name, everywhere) for name, _ in ranked[:3]]
    if ranked[0][1] > 0.5:
        return f"mostly {names[0]}" + (f" with some {joined(names[1:])}" if names[1:] else "")
    return f"in {joined(names)}"


def _rim(height: int, width: int) -> NDArray[np.bool_]:
    rim = np.ones((height, width), dtype=bool)
    rim[height // 6 : -(height // 6), width // 6 : -(width // 6)] = False
    return rim


def _main(look: Look, part: tuple[slice, slice] | NDArray[np.bool_]) -> str | None:
    """The colour that clearly leads in a part of the picture."""
    ranked = look.colors_in(part)
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if ranked[0][1] < 0.42 or ranked[0][1] < 1.4 * second:
        return None
    return _toned(look, ranked[0][0], part)


def _toned(look: Look, name: str, part: tuple[slice, slice] | NDArray[np.bool_]) -> str:
    """The colour with ``pale`` or ``dark`` where it is."""
    if name not in _TONED:
        return name
    pixels = look.pixels[part].reshape(-1, 3)
    own = pixels[_named(look, name, part)] if pixels.size else pixels
    bright = float(np.median(own @ np.array([0.299, 0.587, 0.114]))) if own.size else 128.0
    return f"pale {name}" if bright > 185 else f"dark {name}" if bright < 72 else name


def _named(
    look: Look, name: str, part: tuple[slice, slice] | NDArray[np.bool_]
) -> NDArray[np.bool_]:
    return np.asarray(look.names[part].ravel() == NAMES.index(name))


def _feature(look: Look) -> str:
    """At most one thing that stands out: a border, a spot of light, a level horizon."""
    if border := _border(look):
        return f"with {with_article(border)} border"
    if spot := _spot(look):
        return f"with one round light spot {spot}"
    return "with a level horizon" if _horizon(look) else ""


def _border(look: Look) -> str | None:
    """The colour of an even frame of at least 2 % round something else."""
    height, width = look.luma.shape
    thick = max(2, round(0.02 * max(height, width)))
    frame = np.ones((height, width), dtype=bool)
    frame[thick:-thick, thick:-thick] = False
    color = np.median(look.pixels[frame], axis=0)
    away = np.abs(look.pixels - color).max(axis=2)
    inner = np.zeros((height, width), dtype=bool)
    inner[height // 5 : -(height // 5), width // 5 : -(width // 5)] = True
    rim = away[2 * thick : 4 * thick, width // 5 : -(width // 5)]
    if np.quantile(away[frame], 0.97) > 14 or (away[inner] < 30).mean() > 0.25 or not rim.size:
        return None
    return look.colors_in(frame)[0][0]


def _spot(look: Look) -> str | None:
    """Where the only round area is that is much lighter than everything else."""
    dark = float(np.quantile(look.luma, 0.85))
    if dark > 150 or look.luma.max() < 175:
        return None
    threshold = max(165.0, (dark + float(look.luma.max())) / 2)
    found = regions_of(look.luma > threshold)
    if not found or not 0.0012 < found[0].area / look.luma.size < 0.12:
        return None
    if sum(region.area for region in found[1:]) > 0.25 * found[0].area:
        return None
    spot, (height, width) = found[0], look.luma.shape
    if outline(spot) != "round":
        return None
    return place((spot.left + spot.width / 2) / width, (spot.top + spot.height / 2) / height)


def _horizon(look: Look) -> bool:
    """Whether the strongest step from above to below runs level through almost all columns."""
    height, width = look.luma.shape
    deep = max(3, height // 24)
    if height < 6 * deep:
        return False
    columns = look.pixels[:, : width // 16 * 16].reshape(height, 16, -1, 3).mean(axis=2)
    sums = np.concatenate([np.zeros((1, 16, 3)), np.cumsum(columns, axis=0)])
    means = (sums[deep:] - sums[:-deep]) / deep
    step = np.abs(means[deep:] - means[:-deep]).max(axis=2)
    inner = step[height // 8 : -(height // 8) or None]
    rows, strength = inner.argmax(axis=0), inner.max(axis=0)
    level = np.abs(rows - np.median(rows)) <= max(2, 0.025 * height)
    return bool((level & (strength > 28)).mean() >= 0.85)
