"""A picture to hold backdrops against: how far each is from it, and which part of one it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from PIL import Image

from workbench.engines.embedded.captioner.palette import Pixels
from workbench.engines.embedded.painter.backdrop import paint_backdrop
from workbench.engines.embedded.painter.scene import Setting

_COARSE, _FINE = 48, 128  # longest side of the pictures compared, in pixels
SKETCH, FULL = 9, 25  # the painter's steps: without small parts, and with all that matters
CAP = 48  # levels: what stands before the backdrop shall not count for more
_DOUBT = 0.3  # how much better, in levels, a backdrop must be for each far thing and its colour
_CUT = 7  # hundredths of the whole that may be missing at the edges

Frame = tuple[float, float, float, float]
"""The whole's width and height in units of the part seen, and where that part begins in it."""
WHOLE: Frame = (1.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Target:
    """The picture at the sizes it is compared at."""

    image: Image.Image
    frame: Frame = WHOLE

    @cached_property
    def coarse(self) -> Pixels:
        """The picture as large as the sketches."""
        return self.at(_COARSE)

    @cached_property
    def fine(self) -> Pixels:
        """The picture as large as the full backdrops."""
        return self.at(_FINE)

    def at(self, longest: int) -> Pixels:
        """The picture with its longer side of so many pixels."""
        width, height = self.image.size
        zoom = longest / max(width, height)
        size = max(4, round(width * zoom)), max(4, round(height * zoom))
        return np.asarray(self.image.resize(size, Image.Resampling.BOX))

    def error(self, setting: Setting, *, full: bool = False) -> float:
        """How far the backdrop is from the picture: mean of the largest channel's difference."""
        pixels = self.fine if full else self.coarse
        painted = self.painted(setting, pixels.shape[1], pixels.shape[0], FULL if full else SKETCH)
        away = np.abs(pixels.astype(np.int16) - painted).max(axis=2)
        return float(np.minimum(away, CAP).mean())

    def painted(self, setting: Setting, width: int, height: int, steps: int = FULL) -> Pixels:
        """The part of the backdrop that the picture shows."""
        across, down, left, top = self.frame
        x, y = round(left * width), round(top * height)
        size = max(round(across * width), x + width), max(round(down * height), y + height)
        whole = backdrop(setting, *size, steps)
        return whole[y : y + height, x : x + width]

    def best(self, settings: Iterable[Setting], *, full: bool = False) -> Setting:
        """The setting whose backdrop is nearest; the first of equals."""

        return min(settings, key=lambda setting: self.cost(setting, full=full))

    def cost(self, setting: Setting, *, full: bool = False) -> float:
        """The error, and something for everything out of the ordinary that it takes."""
        doubts = sum(3 if color else 1 for _, color in setting.far) + 3 * bool(setting.ground_color)
        return self.error(setting, full=full) + _DOUBT * doubts


@lru_cache(maxsize=2048)
def backdrop(setting: Setting, width: int, height: int, steps: int = 25) -> Pixels:
    """The painter's backdrop as an array (height x width x 3)."""
    return np.asarray(paint_backdrop(setting, width, height, steps))


def framed(image: Image.Image, setting: Setting) -> Target:
    """The picture as a part of the setting's backdrop: its edges may have been cut off."""
    best = Target(image)
    for axis in (1, 0):
        frames = [best.frame]
        for hundredths in range(1, _CUT + 1):
            for start in range(hundredths + 1):
                frame = list(best.frame)
                frame[axis], frame[2 + axis] = 1 + hundredths / 100, start / 100
                frames.append((frame[0], frame[1], frame[2], frame[3]))
        tried = [Target(image, frame) for frame in frames]
        best = min(tried, key=lambda target: target.error(setting, full=True))
    return best
