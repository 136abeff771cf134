"""A picture of our painter's, read back as the scene it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from PIL import Image

from workbench.engines.embedded.captioner.setting import likely_settings, refitted
from workbench.engines.embedded.captioner.story import tell
from workbench.engines.embedded.captioner.target import WHOLE, Target, framed
from workbench.engines.embedded.captioner.things import Stage, Thing, find_things
from workbench.engines.embedded.painter.grounds import GROUNDS
from workbench.engines.embedded.painter.scene import Setting

_LONGEST = 256  # side of the picture in which things are looked for, in pixels
_PLAIN = 24  # levels between the darkest and the lightest: a plainer picture is no scene
_BARE = 4.5  # mean difference in levels up to which a picture is an empty backdrop
_STRAY = 0.04  # share of the picture that nothing need explain
_CLEAN = 0.006  # the same in a view that is not worth improving
_FAR_OFF = 0.5  # the same where further looking is in vain
_TRIES = 7  # settings looked at closely


def scene_sentence(image: Image.Image) -> str | None:
    """``a brown dog and two red apples in a field at sunset``; None for any other picture."""
    width, height = image.size
    if max(width, height) > 4 * min(width, height) or min(width, height) < 64:
        return None
    target = Target(image)
    if np.ptp(target.coarse, axis=(0, 1)).max() < _PLAIN:
        return None
    best = min(_views(target), key=_View.badness, default=None)
    if best is None or best.badness() > _STRAY:
        return None
    return tell(best.things, best.setting)


@dataclass(frozen=True)
class _View:
    """One way to see the picture: *stray* is the share of pixels it doesn't explain."""

    setting: Setting
    things: Sequence[Thing]
    stray: float
    fits: bool

    def badness(self) -> float:
        """To compare views by, lower is better: what doesn't fit is worse than all that does."""
        return self.stray + (not self.fits)


def _views(target: Target) -> Iterator[_View]:
    """Ways to see the picture, until one explains nearly everything or none comes near."""
    for number, setting in enumerate(islice(likely_settings(target), _TRIES)):
        view = _seen(target, setting)
        yield view
        if view.badness() <= _CLEAN or view.stray > _FAR_OFF:
            return
        if number == 0 and (part := framed(target.image, setting)).frame != WHOLE:
            for fitted in (setting, refitted(part, setting)):
                view = _seen(part, fitted)
                yield view
                if view.badness() <= _CLEAN:
                    return


def _seen(target: Target, setting: Setting) -> _View:
    small = target.at(_LONGEST)
    height, width = small.shape[:2]
    _, down, _, top = target.frame
    horizon = round((GROUNDS[setting.ground].horizon * down - top) * height)
    stage = Stage(small, target.painted(setting, width, height), horizon)
    things = find_things(stage)
    fits = bool(things) or target.error(setting, full=True) <= _BARE
    # Before a backdrop of one colour anything could be explained away.
    fits = fits and not (setting.sky_color and setting.sky_color == setting.ground_color)
    return _View(setting, things, _stray(stage, things), fits)


def _stray(stage: Stage, things: Sequence[Thing]) -> float:
    """The share of pixels that neither the backdrop nor a recognised thing explains."""
    left = stage.foreground.copy()
    for thing in things:
        left[thing.region.window] = False
    return float(np.mean(left))
