"""The painter's drawings as templates to compare regions of a picture with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.engines.embedded.captioner.regions import Mask
from workbench.engines.embedded.painter.drawings import DRAWINGS, render
from workbench.engines.embedded.painter.pen import Color

SIDE = 24  # of the square that silhouettes are stretched to, in pixels
_HEIGHT = 48  # of the drawings they are taken from
_MARK: Color = (210, 40, 60)


@dataclass(frozen=True)
class Template:
    """A noun's silhouette in a square, its width over its height, and where its own colour is."""

    noun: str
    flip: bool
    aspect: float
    silhouette: NDArray[np.float32]
    pure: Image.Image


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """Both ways round of every drawing."""
    found = []
    for noun in DRAWINGS:
        tile = _cropped(render(noun, _MARK, _HEIGHT))
        for flip in (False, True):
            if flip:
                tile = tile.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            pixels = np.asarray(tile)
            pure = (pixels[..., :3] == _MARK).all(axis=2) & (pixels[..., 3] == 255)
            square = tile.getchannel("A").resize((SIDE, SIDE), Image.Resampling.BOX)
            silhouette = np.asarray(square, dtype=np.float32) / np.float32(255)
            marked = Image.fromarray(pure.astype(np.uint8) * 255)
            found.append(Template(noun, flip, tile.width / tile.height, silhouette, marked))
    return tuple(found)


@lru_cache(maxsize=1)
def _silhouettes() -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    known = templates()
    return np.stack([t.silhouette for t in known]), np.log([t.aspect for t in known])


def likely(mask: Mask, most: int) -> list[Template]:
    """The templates whose silhouettes overlap best with a region's, best first."""
    silhouettes, aspects = _silhouettes()
    square = Image.fromarray(mask.astype(np.uint8) * 255).resize((SIDE, SIDE), Image.Resampling.BOX)
    seen = np.asarray(square, dtype=np.float32) / 255
    both = np.minimum(silhouettes, seen).sum(axis=(1, 2))
    either = np.maximum(silhouettes, seen).sum(axis=(1, 2))
    stretch = np.abs(aspects - np.log(mask.shape[1] / mask.shape[0]))
    scores = both / either - 0.8 * stretch
    known = templates()
    return [known[i] for i in np.argsort(-scores, kind="stable")[:most]]


def tile_of(template: Template, color: Color, width: int, height: int) -> Image.Image:
    """The drawing in a colour, stretched to a size in pixels (RGBA)."""
    step = max(24, min(96, -(-height // 12) * 12))  # few sizes are drawn, so that the cache helps
    return _tile(template.noun, color, step, template.flip).resize(
        (width, height), Image.Resampling.BOX
    )


@lru_cache(maxsize=4096)
def _tile(noun: str, color: Color, height: int, flip: bool) -> Image.Image:
    return _cropped(render(noun, color, height, flip=flip))


def _cropped(tile: Image.Image) -> Image.Image:
    """The tile without clear edges."""
    solid = tile.getchannel("A").point(lambda alpha: 255 * (alpha > 100))
    return tile.crop(solid.getbbox())
