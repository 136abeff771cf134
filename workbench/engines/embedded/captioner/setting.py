"""Which backdrop of the painter's a picture has, found by painting backdrops and comparing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.engines.embedded.captioner.target import CAP, SKETCH, Target, backdrop
from workbench.engines.embedded.colors import COLORS
from workbench.engines.embedded.painter.backdrop import wall_color
from workbench.engines.embedded.painter.far import far_color
from workbench.engines.embedded.painter.grounds import GROUNDS, ground_color
from workbench.engines.embedded.painter.light import sky_colors
from workbench.engines.embedded.painter.pen import Color
from workbench.engines.embedded.painter.scene import Setting

_TIMES = ("day", "morning", "noon", "dawn", "sunset", "evening", "night")
_WEATHERS = ("clear", "rain", "snow", "fog", "storm", "cloudy")
# What is in the sky unless a thing stands for it.
_DISCS = {"dawn": "sun", "sunset": "sun", "night": "moon"}
_IMPLIED = {"city": "skyline", "forest": "forest"}
_FARS = ("mountain", "hill", "forest", "skyline")
_CLOSE = 3.0  # a second backdrop less than this behind the first is worth a closer look
_HOPELESS = 30.0  # mean difference above which a backdrop is not worth a closer look


def likely_settings(target: Target) -> Iterator[Setting]:
    """Settings that may be the picture's, the best first; each takes a while, so take few."""
    ranked = sorted(
        (target.error(setting), i, setting) for i, setting in enumerate(_likely(target))
    )
    kept: list[Setting] = []
    for error, _, setting in ranked:
        if error < _HOPELESS and sum(setting.ground == other.ground for other in kept) < 2:
            kept.append(setting)
    colored: dict[str, Setting] = {}
    for setting in sorted((target.best(_grounds(target, s)) for s in kept[:8]), key=target.cost):
        colored.setdefault(setting.ground, setting)
    if not colored:
        return
    grounds = list(colored.values())[:3]
    limit = target.cost(grounds[0]) + _CLOSE
    choices = [_choices(target, setting) for setting in grounds if target.cost(setting) < limit]
    first = [_refined(target, own[0]) for own in choices]
    yield from sorted(first, key=lambda setting: target.error(setting, full=True))
    choices += [_choices(target, setting) for setting in grounds[len(choices) :]]
    yield from (_refined(target, own[0]) for own in choices[len(first) :])
    yield from (_refined(target, choice) for own in choices for choice in own[1:4])


def _likely(target: Target) -> Iterator[Setting]:
    """Settings whose sky is nearest, with every ground below."""
    for horizon in sorted({ground.horizon for ground in GROUNDS.values() if not ground.indoors}):
        grounds = [
            name
            for name, ground in GROUNDS.items()
            if ground.horizon == horizon and not ground.indoors and name != "layers"
        ]
        for sky in _skies(target, horizon):
            disc = _DISCS.get(sky.time, "") if sky.weather == "clear" else ""
            for ground in grounds:
                if ground == "space":
                    continue
                implied = _IMPLIED.get(ground)
                yield replace(
                    sky, ground=ground, disc=disc, far=((implied, ""),) if implied else ()
                )
    wall = np.median(target.coarse[: len(target.coarse) // 3].reshape(-1, 3), axis=0)
    rooms = [
        Setting(ground="room", sky_color=c, time=t) for c in ("", *COLORS) for t in ("day", "night")
    ]
    rooms.sort(key=lambda room: _distance(wall_color(room), wall))
    yield from (replace(room, ground=ground) for ground in ("room", "table") for room in rooms[:2])
    yield Setting(ground="space")


def _skies(target: Target, horizon: float, most: int = 2) -> list[Setting]:
    """The settings whose sky is nearest, were the horizon there."""
    pixels = target.coarse
    height = len(pixels)
    rows = np.arange(0, max(2, int(horizon * height * 0.9)), 2)
    places = (rows + 0.5) / (height * (horizon + 0.08)) * 2
    weights = np.maximum(0, 1 - np.abs(places[:, None] - np.arange(3)))
    settings, gradients = _sky_table()
    skies = np.einsum("rs,nsc->nrc", weights, gradients).astype(np.int16)
    part = pixels[rows, ::4].astype(np.int16)
    away = np.abs(part[None] - skies[:, :, None, :]).max(axis=3)
    errors = np.minimum(away, CAP).mean(axis=(1, 2))
    return [settings[i] for i in np.argsort(errors, kind="stable")[:most]]


@lru_cache(maxsize=1)
def _sky_table() -> tuple[list[Setting], NDArray[np.float64]]:
    settings = [Setting(time=time, weather=weather) for time in _TIMES for weather in _WEATHERS]
    settings += [Setting(time=time, sky_color=color) for time in _TIMES for color in COLORS]
    return settings, np.array([sky_colors(setting) for setting in settings], dtype=np.float64)


def _grounds(target: Target, setting: Setting) -> Iterator[Setting]:
    """The setting with the colours of its ground that are nearest to the picture's lower edge."""
    yield setting
    pixels = target.coarse
    edge = np.median(pixels[-max(2, len(pixels) // 12) :].reshape(-1, 3), axis=0)
    choices = [
        replace(setting, ground_color=color, tone=tone, season=season)
        for color, season in (
            *((color, "") for color in ("", *COLORS)),
            ("", "autumn"),
            ("", "spring"),
        )
        for tone in ("", "light", "deep")
    ]
    choices.sort(key=lambda choice: _distance(ground_color(choice), edge))
    yield from dict.fromkeys(choices[:4])


def _distance(color: Color, other: NDArray[np.float64]) -> float:
    return float(np.abs(np.array(color) - other).sum())


def _choices(target: Target, setting: Setting) -> list[Setting]:
    """The setting with what may be far away, the best first."""
    if GROUNDS[setting.ground].indoors:
        return [setting]
    if setting.sky_color or setting.ground == "space":
        weathers = (replace(setting, weather=weather) for weather in _WEATHERS)
        setting = target.best(weathers, full=setting.ground == "space")
    near = [replace(setting, variant=variant) for variant in (0, 1, 2)]
    found = sorted([*near, *_distances(target, setting)], key=target.cost)
    first = target.best([found[0], *_more(target, found[0])])
    others: dict[object, Setting] = {}
    for choice in found:
        others.setdefault(choice.far, choice)
    others.pop(first.far, None)
    return [first, *others.values()]


def _more(target: Target, setting: Setting) -> Iterator[Setting]:
    return _distances(target, setting, sure=True) if setting.far else iter(())


def _refined(target: Target, setting: Setting) -> Setting:
    """The setting with what else its backdrop shows: weather, variant, sun or moon."""
    if GROUNDS[setting.ground].indoors:
        setting = target.best((replace(setting, variant=v) for v in (0, 1, 2)), full=True)
        return target.best((replace(setting, time=time) for time in _TIMES), full=True)
    skies = [setting]
    if setting.weather == "clear" and setting.ground != "space":
        skies += [replace(setting, weather="windy"), replace(setting, weather="sunny", disc="sun")]
        if setting.time in _DISCS:
            skies = [*skies[:2], *(replace(sky, disc="") for sky in skies[:2])]
    sure = len(setting.far) > (setting.ground in _IMPLIED)
    variants = (setting.variant,) if sure else (0, 1, 2)
    setting = target.best((replace(sky, variant=v) for v in variants for sky in skies), full=True)
    return target.best((replace(setting, extras=extras) for extras in (1, 0)), full=True)


def refitted(target: Target, setting: Setting) -> Setting:
    """The setting once more, now that the target knows which part of it the picture shows."""
    bare = replace(
        setting, far=((_IMPLIED[setting.ground], ""),) if setting.ground in _IMPLIED else ()
    )
    return _refined(target, _choices(target, bare)[0])


def _distances(target: Target, setting: Setting, *, sure: bool = False) -> Iterator[Setting]:
    """The setting with one more far thing, in its natural colour or the one that fits best."""
    pixels = target.coarse
    height, width = pixels.shape[:2]
    empty = backdrop(setting, width, height, SKETCH).astype(np.int16)
    gains = []
    for far in _FARS:
        if far in dict(setting.far):
            continue
        for variant in (setting.variant,) if sure else (0, 1, 2):
            yield replace(setting, far=(*setting.far, (far, "")), variant=variant)
            mask = _outline(far, variant, setting.ground, width, height)
            inside = pixels[mask].astype(np.int16)
            if len(inside):
                color = np.median(inside, axis=0)
                before = np.minimum(np.abs(inside - empty[mask]).max(axis=1), CAP).sum()
                after = np.minimum(np.abs(inside - color).max(axis=1), CAP).sum()
                gains.append((float(after - before), far, variant, color))
    for _, far, variant, color in sorted(gains, key=lambda gain: gain[:3])[:2]:
        name = min(COLORS, key=lambda name: _distance(far_color(far, name, setting), color))
        yield replace(setting, far=(*setting.far, (far, name)), variant=variant)


@lru_cache(maxsize=512)
def _outline(far: str, variant: int, ground: str, width: int, height: int) -> NDArray[np.bool_]:
    """Where a far thing is seen."""
    bare = Setting(ground=ground, variant=variant)
    seen = replace(bare, far=((far, "red"),))
    painted = [backdrop(setting, width, height, SKETCH) for setting in (bare, seen)]
    return np.asarray((painted[0] != painted[1]).any(axis=2))
