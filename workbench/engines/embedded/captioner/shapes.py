"""A few simple shapes on a plain background."""

from __future__ import annotations

from collections import Counter

import numpy as np

from workbench.engines.embedded.captioner.look import Look, place, shares
from workbench.engines.embedded.captioner.regions import Region, outline, regions_of
from workbench.engines.embedded.captioner.wording import counted, joined, with_article
from workbench.engines.embedded.colors import name_of

_MOST = 12  # shapes; more of them are a pattern
_SPECK = 0.0006  # of the picture: smaller marks are no shape


def shapes_sentence(look: Look) -> str | None:
    """``a large round orange shape in the centre of a white background``, or None."""
    ground, on_ground = look.backdrop
    if on_ground.mean() < 0.3 or not _reaches_edges(on_ground):
        return None
    found = regions_of(~on_ground, smallest=max(4, int(_SPECK * on_ground.size)))
    if not 1 <= len(found) <= _MOST or (~on_ground).sum() > 1.15 * sum(r.area for r in found) + 20:
        return None
    name = name_of(_rgb(ground))
    if any(_words(look, region).split()[-1] == name for region in found):
        return None
    background = f"{with_article(name)} background"
    if len(found) == 1:
        return _one(look, found[0], background)
    kinds = Counter(_words(look, region) for region in found)
    if len(kinds) > 4:
        return f"{counted(len(found), '', 'separate shape')} in several colours on {background}"
    return f"{joined([counted(n, words, 'shape') for words, n in kinds.items()])} on {background}"


def _one(look: Look, region: Region, background: str) -> str:
    height, width = look.luma.shape
    share = region.height * region.width / (height * width)
    size = "large " if share > 0.2 else "small " if share < 0.02 else ""
    where = place(
        (region.left + region.width / 2) / width, (region.top + region.height / 2) / height
    )
    words = f"{size}{_words(look, region)} shape".replace("  ", " ")
    return (
        f"{with_article(words)} {where} {'of' if where == 'in the centre' else 'on'} {background}"
    )


def _words(look: Look, region: Region) -> str:
    """The outline and the colours of a shape: ``round orange``, ``red and white``."""
    ranked = shares(look.names[region.window][region.mask])
    colors = [name for name, share in ranked if share > 0.3 or share == ranked[0][1]][:2]
    many = ranked[0][1] < 0.3
    return " ".join(filter(None, (outline(region), "many-coloured" if many else joined(colors))))


def _reaches_edges(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> bool:
    rim = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    return bool(rim.mean() > 0.85)


def _rgb(color: np.ndarray[tuple[int, ...], np.dtype[np.int_]]) -> tuple[int, int, int]:
    red, green, blue = (int(part) for part in color)
    return red, green, blue
