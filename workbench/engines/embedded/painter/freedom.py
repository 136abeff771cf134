"""What the painter decides by itself: all that a prompt leaves open, by seed and guidance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workbench.engines.embedded.colors import COLORS, name_of
from workbench.engines.embedded.painter.chance import between, digest, pick, share
from workbench.engines.embedded.painter.drawings import DRAWINGS
from workbench.engines.embedded.painter.grounds import GROUNDS, ground_color
from workbench.engines.embedded.painter.pen import WHITE, Color, mix
from workbench.engines.embedded.painter.scene import MOST_ITEMS, Item, Scene, Setting

_LITERAL = 10.0  # from this guidance on, nothing is added
_LOOSE = 4.0  # below this, things are added that nobody named
_APART = 90  # least sum of channel differences between a thing and its ground
_INK: Color = (30, 28, 40)

_DISTANT: Mapping[str, tuple[str, ...]] = {
    "field": ("hill", "mountain", "forest", ""),
    "hill": ("hill", "mountain", ""),
    "lake": ("mountain", "forest", "hill"),
    "river": ("forest", "hill", "mountain"),
    "road": ("hill", "forest", "mountain"),
    "snow": ("mountain", "forest", ""),
    "desert": ("mountain", "", ""),
    "beach": ("", "", "mountain"),
}
_COMPANY: Mapping[str, tuple[str, ...]] = {
    "field": ("tree", "bush", "flower", "bird", "butterfly", "house"),
    "hill": ("tree", "bush", "bird", "windmill"),
    "beach": ("palm", "umbrella", "bird", "boat"),
    "lake": ("duck", "tree", "boat", "bird"),
    "sea": ("boat", "ship", "bird", "cloud"),
    "river": ("boat", "duck", "tree", "bush"),
    "road": ("tree", "bush", "bicycle", "bird"),
    "forest": ("mushroom", "rabbit", "pine", "tree"),
    "desert": ("cactus", "bird", "cactus"),
    "snow": ("pine", "snowman", "bird"),
    "city": ("person", "car", "bicycle", "bird"),
    "room": ("lamp", "chair", "book", "ball"),
    "table": ("apple", "cup", "book"),
    "space": ("star", "rocket", "star"),
    "layers": ("bird", "tree", "balloon", "pine"),
}


def fill_in(scene: Scene, *, seed: int, guidance_scale: float, steps: int) -> Scene:
    """*scene* with everything decided: company, distance, sun or moon, and the ground's tone."""
    setting = replace(
        scene.setting,
        variant=digest("variant", seed) % 3,
        shape=digest("shape", seed) if scene.setting.ground == "layers" else 0,
        extras=0 if guidance_scale >= _LITERAL else 2 if guidance_scale < _LOOSE else 1,
    )
    if setting.ground == "city":
        setting = replace(setting, far=_with(setting, "skyline", scene))
    if setting.ground == "forest":
        setting = replace(setting, far=_with(setting, "forest", scene))
    low_sun = setting.time in ("dawn", "sunset")
    if not setting.far and setting.extras and steps >= 10 and not low_sun:
        distant = pick(_DISTANT.get(setting.ground, ("",)), "distant", seed, _subject(scene))
        setting = replace(setting, far=_with(setting, distant, scene))
    setting = replace(setting, disc=_disc(scene, setting))
    items = scene.items + _company(scene, setting, seed, guidance_scale)
    setting = replace(setting, tone=_tone(items, setting))
    return replace(scene, items=items, setting=setting)


def colors_of(item: Item, scene: Scene, *, seed: int, guidance_scale: float) -> list[Color]:
    """A colour for each thing of *item*, a little different with every seed."""
    natural = DRAWINGS[item.noun].color
    if scene.setting.season == "autumn" and item.noun in ("tree", "bush"):
        natural = COLORS["orange"]
    if name_of(natural) in scene.banned:
        free = [
            name
            for name in ("blue", "orange", "purple", "turquoise", "brown", "white")
            if name not in scene.banned
        ]
        natural = COLORS[pick(free, "instead", item.noun)] if free else (120, 120, 130)
    drift = min(max(12.0 - guidance_scale, 1.0), 11.0)
    colors = []
    for number in range(item.count):
        names = item.colors
        color = COLORS[names[number % len(names)]] if names else natural
        key = (seed, item.noun, number)
        percent = int(drift * share("drift", *key) * (0.6 if names else 1.2))
        colors.append(mix(color, pick((WHITE, _INK), "way", *key), percent))
    return colors


def _with(setting: Setting, name: str, scene: Scene) -> tuple[tuple[str, str], ...]:
    if not name or name in scene.banned or name in dict(setting.far):
        return setting.far
    return (*setting.far, (name, ""))


def _disc(scene: Scene, setting: Setting) -> str:
    disc = "moon" if setting.time == "night" else "sun"
    drawn = any(item.noun in ("sun", "moon") for item in scene.items)
    clear = setting.weather in ("clear", "sunny", "windy")
    told = setting.time in ("dawn", "sunset", "night") or setting.weather == "sunny"
    if drawn or disc in scene.banned or not clear or GROUNDS[setting.ground].indoors:
        return ""
    if setting.ground == "space":
        return ""
    return disc if told or setting.ground == "layers" else ""


def _company(scene: Scene, setting: Setting, seed: int, guidance: float) -> tuple[Item, ...]:
    """Things nobody named: one or two, where the prompt is taken loosely."""
    if setting.extras < 2 or sum(item.count for item in scene.items) + 2 > MOST_ITEMS:
        return ()
    taken = {item.noun for item in scene.items} | set(scene.banned)
    fitting = [noun for noun in _COMPANY[setting.ground] if noun not in taken]
    many = 1 + (between(0, _LOOSE, "many", seed) > guidance)
    chosen = sorted(fitting, key=lambda noun: digest("company", seed, _subject(scene), noun))[:many]
    return tuple(Item(noun, size="small") for noun in chosen)


def _subject(scene: Scene) -> str:
    return " ".join(item.noun for item in scene.items)


def _tone(items: tuple[Item, ...], setting: Setting) -> str:
    """How light the ground must be for all that stands on it to be seen."""
    colors = [
        COLORS[name]
        for item in items
        if DRAWINGS[item.noun].place in ("ground", "water")
        for name in item.colors
    ] + [
        DRAWINGS[item.noun].color
        for item in items
        if not item.colors and DRAWINGS[item.noun].place in ("ground", "water")
    ]
    best, widest = "", -1
    for tone in ("", "light", "deep"):
        ground = ground_color(replace(setting, tone=tone))
        nearest = min((_distance(color, ground) for color in colors), default=999)
        if nearest >= _APART:
            return tone
        if nearest > widest:
            best, widest = tone, nearest
    return best


def _distance(one: Color, other: Color) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))
