"""What to paint, as data: the things, and the setting they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.engines.embedded.painter.chance import digest
from workbench.engines.embedded.painter.reading import Mention, Reading, read

MOST_ITEMS = 12  # drawings in one picture

# Where things are when the prompt doesn't say: the first that fits.
_HAUNTS: Mapping[str, str] = {
    "table": "cup book apple",
    "room": "chair table lamp",
    "snow": "snowman",
    "desert": "cactus",
    "beach": "palm lighthouse",
    "sea": "boat ship fish",
    "road": "car bus truck bicycle",
    "city": "building",
}
_STREWN = ("cloud", "star", "flower", "grass")  # what a backdrop has without being asked
_WATERS = ("beach", "sea", "lake", "river")
_AFLOAT = ("boat", "ship", "fish")
_WORST_FIRST = ("storm", "rain", "snow", "fog", "cloudy", "windy", "sunny")


@dataclass(frozen=True)
class Item:
    """A thing to draw *count* times; *other* is the place in `Scene.items` it relates to."""

    noun: str
    colors: tuple[str, ...] = ()
    count: int = 1
    size: str = ""
    relation: str = ""
    other: int | None = None
    spot: str = ""


@dataclass(frozen=True)
class Setting:
    """All that the backdrop depends on, besides the size and the steps.

    *tone* makes the ground "light" or "deep" so that things stand out from it; *disc* is a "sun"
    or "moon" in the sky; *extras* (0 to 2) is how much may be there that nobody asked for;
    *mood* picks the colours of an abstract picture and *shape* its waves; *variant* (0 to 2) is one
    of three ways to paint any setting. *without* names what must not be strewn about.
    """

    ground: str = "field"
    ground_color: str = ""
    sky_color: str = ""
    time: str = "day"
    weather: str = "clear"
    season: str = ""
    far: tuple[tuple[str, str], ...] = ()
    palette: tuple[str, ...] = ()
    tone: str = ""
    disc: str = ""
    extras: int = 1
    mood: int = 0
    variant: int = 0
    shape: int = 0
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """A prompt as it was understood; *banned* names what must not appear."""

    items: tuple[Item, ...]
    setting: Setting
    banned: tuple[str, ...] = ()


def read_scene(prompt: str, *, negative_prompt: str = "") -> Scene:
    """Understand *prompt*, leaving out all that *negative_prompt* names.

    >>> scene = read_scene("two red dogs on a beach at sunset")
    >>> scene.items[0].noun, scene.items[0].colors, scene.items[0].count
    ('dog', ('red',), 2)
    >>> scene.setting.ground, scene.setting.time
    ('beach', 'sunset')
    """
    reading = read(prompt)
    banned = {*reading.banned, *_named(read(negative_prompt))}
    mentions = [mention for mention in reading.mentions if mention.name not in banned]
    for mention in mentions:
        mention.colors = _allowed(mention.colors, banned)
    items = _items([mention for mention in mentions if mention.kind == "noun"])
    setting = _setting(reading, mentions, items, banned)
    return Scene(items, setting, tuple(sorted(banned)))


def _named(reading: Reading) -> list[str]:
    return [
        *(name for mention in reading.mentions for name in (mention.name, *mention.colors)),
        *reading.loose,
        *reading.times,
        *reading.weathers,
        *reading.seasons,
        *reading.banned,
    ]


def _allowed(names: Iterable[str], banned: set[str]) -> list[str]:
    return [name for name in names if name not in banned]


def _items(mentions: Sequence[Mention]) -> tuple[Item, ...]:
    """As many things as the picture holds, those named first before the others."""
    kept: list[Mention] = []
    counts: list[int] = []
    room = MOST_ITEMS
    for mention in mentions:
        if room > 0:
            kept.append(mention)
            counts.append(min(room, max(mention.count, _shades(mention))))
            room -= counts[-1]
    places = {id(mention): place for place, mention in enumerate(kept)}
    return tuple(
        Item(
            mention.name,
            tuple(mention.colors[:count]),
            count,
            mention.size,
            mention.relation,
            places.get(id(mention.other)),
            mention.spot,
        )
        for mention, count in zip(kept, counts, strict=True)
    )


def _shades(mention: Mention) -> int:
    """ "Red and blue balloons" are at least two, "a red and blue ball" is one."""
    return len(mention.colors) if mention.count > 1 else 1


def _setting(
    reading: Reading, mentions: Sequence[Mention], items: Sequence[Item], banned: set[str]
) -> Setting:
    colors = {m.kind: m.colors[0] for m in reversed(mentions) if m.colors}
    moods = " ".join(reading.moods[:1]).split()
    times = _allowed(reading.times + moods[:1], banned)
    said = set(_allowed(reading.weathers + moods[1:], banned))
    season = next(iter(_allowed(reading.seasons, banned)), "")
    weather = next((name for name in _WORST_FIRST if name in said), "clear")
    if season == "winter" and weather in ("clear", "sunny") and "snow" not in banned:
        weather = "snow"
    grounds = _unique(mention.name for mention in mentions if mention.kind == "ground")
    ground = _ground(grounds, items, weather, banned)
    far = {m.name: (m.colors or [""])[0] for m in mentions if m.kind == "far"}
    for name, distant in (("city", "skyline"), ("forest", "forest"), ("hill", "hill")):
        if name in grounds and name != ground:
            far.setdefault(distant, "")
    if not ground:
        abstract = reading.unknown or reading.loose or reading.moods
        here = any(mention.kind == "sky" for mention in mentions)
        ground = "layers" if abstract and not items and not far and not here else "field"
        if (
            ground == "field"
            and not items
            and times[:1] in (["sunset"], ["dawn"])
            and "sea" not in banned
        ):
            ground = "sea"
    if ground == "field" and weather == "snow" and "snow" not in banned:
        ground = "snow"
    return Setting(
        ground=ground,
        ground_color=colors.get("ground", ""),
        sky_color=colors.get("sky", ""),
        time=times[0] if times else "night" if _nightly(items) else "day",
        weather=weather,
        season=season,
        far=tuple(far.items())[:3],
        palette=tuple(_allowed(_unique(reading.loose), banned))[:4],
        without=tuple(name for name in _STREWN if name in banned),
        mood=digest(*reading.unknown, *reading.moods, *reading.loose),
    )


def _ground(grounds: Sequence[str], items: Sequence[Item], weather: str, banned: set[str]) -> str:
    nouns = [item.noun for item in items]
    ground = grounds[0] if grounds else ""
    if "table" in grounds[:3] and ground in ("", "room"):
        ground = "table"
    if ground in ("field", "hill") and "sea" in grounds:
        ground = "lake"
    if ground == "city":
        ground = next((name for name in grounds if name in _WATERS), ground)
    if not ground:
        ground = next(
            (
                place
                for place, haunters in _HAUNTS.items()
                if place not in banned and any(noun in haunters.split() for noun in nouns)
            ),
            "",
        )
        # Small things stand on a table, but not beside a house.
        if ground in ("table", "room") and not _indoors(nouns):
            ground = ""
        if ground == "table" and ("table" in nouns or "chair" in nouns):
            ground = "room"
    if ground == "sea" and any(noun not in _AFLOAT for noun in nouns if noun in _STANDING.split()):
        ground = "beach"
    if not ground and "field" in banned:
        ground = "desert" if weather != "snow" else "snow"
    return ground


_INDOOR = "cup book apple chair table lamp hat ball umbrella heart cat dog"
_STANDING = (
    "dog cat horse cow sheep rabbit tree pine palm bush flower mushroom cactus house castle church "
    "barn building lighthouse windmill tent fence car bus train bicycle truck snowman chair table"
)


def _nightly(items: Iterable[Item]) -> bool:
    nouns = {item.noun for item in items}
    return bool(nouns & {"moon", "star"}) and "sun" not in nouns


def _indoors(nouns: Iterable[str]) -> bool:
    return all(noun in _INDOOR.split() for noun in nouns)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
