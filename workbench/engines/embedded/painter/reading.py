"""What a prompt says, word by word: things with their colours and numbers, and the setting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.engines.embedded.painter.lexicon import GROUPS
from workbench.engines.embedded.painter.words import Word, read_words

_SETTING = ("ground", "far", "sky")
_WEARERS = ("person", "man", "woman", "child", "robot", "snowman")
_LIMIT = 40  # mentions kept; the picture holds fewer


@dataclass
class Mention:
    """A thing of the prompt: *kind* says whether it is drawn or part of the setting."""

    kind: str
    name: str
    colors: list[str] = field(default_factory=list)
    count: int = 1
    size: str = ""
    relation: str = ""
    other: Mention | None = None
    spot: str = ""


@dataclass
class Reading:
    """All that was read; *loose* are colours that belong to no thing."""

    mentions: list[Mention] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    weathers: list[str] = field(default_factory=list)
    seasons: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    banned: list[str] = field(default_factory=list)


def read(text: str) -> Reading:
    """Read *text* once, from left to right.

    >>> [(m.name, m.colors, m.count) for m in read("two red dogs; the cat is black").mentions]
    [('dog', ['red'], 2), ('cat', ['black'], 1)]
    """
    reader = _Reader()
    for word in read_words(text):
        reader.take(word)
    reader.end_phrase()
    return reader.reading


class _Reader:
    """Adjectives wait here until the noun they belong to arrives."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.colors: list[str] = []
        self.count = 0
        self.size = self.spot = self.relation = ""
        self.definite = self.negated = self.says_is = self.after_link = False
        self.last: Mention | None = None
        self.previous = ""  # kind of the word before
        self.handlers: dict[str, Callable[[Word], None]] = {
            "negation": self.negation,
            "copula": self.copula,
            "relation": self.relate,
            "spot": self.place,
            "article": self.article,
            "definite": self.article,
            "link": self.link,
            "comma": self.link,
            "stop": self.stop,
            "wear": self.wear,
            "plain": lambda _: None,
            "unknown": lambda word: self.reading.unknown.append(word.text),
        }

    def take(self, word: Word) -> None:
        roles = word.roles
        self.circumstances(word)
        if "noun" in roles or "group" in roles or any(kind in roles for kind in _SETTING):
            self.things(word)
            kind = "noun"
        elif "color" in roles:
            self.colors.append(roles["color"])
            kind = "color"
        elif "count" in roles:
            self.count = int(roles["count"])
            kind = "count"
        elif "size" in roles:
            self.size = roles["size"]
            kind = "size"
        else:
            kind = next((kind for kind in roles if kind in self.handlers), "other")
            if kind in self.handlers:
                self.handlers[kind](word)
        self.previous = kind

    def circumstances(self, word: Word) -> None:
        """Time, weather and the like stand by themselves, wherever they are in the phrase."""
        reading = self.reading
        for kind, found in (
            ("time", reading.times),
            ("weather", reading.weathers),
            ("season", reading.seasons),
            ("mood", reading.moods),
        ):
            if kind in word.roles:
                (reading.banned if self.negated else found).append(word.roles[kind])

    def things(self, word: Word) -> None:
        roles = word.roles
        if self.negated:
            self.reading.banned += [
                roles[kind] for kind in ("noun", "group", *_SETTING) if kind in roles
            ]
            self.clear()
            return
        # "on a table" is where things stand, "a table" is a thing; the same goes for "on a hill".
        on = self.relation in ("on", "in")
        if "noun" in roles and not ("ground" in roles and on):
            self.thing("noun", roles["noun"], word.plural)
        elif "ground" in roles or "group" in roles:
            if "far" in roles and word.plural:
                self.thing("far", roles["far"], False)
            elif "ground" in roles:
                self.thing("ground", roles["ground"], False)
            for noun, count in GROUPS.get(roles.get("group", ""), ()):
                self.reading.mentions.append(Mention("noun", noun, count=count))
        elif "far" in roles:
            self.thing("far", roles["far"], False)
        else:
            self.thing("sky", "sky", False)
        self.clear()

    def thing(self, kind: str, name: str, plural: bool) -> None:
        """Note a thing, or find the one that "the dog" speaks of again."""
        mentions = self.reading.mentions
        known = [m for m in mentions[-_LIMIT:] if (m.kind, m.name) == (kind, name)]
        if known and (self.definite or kind != "noun") and not self.count:
            mention = known[-1]
            mention.colors = self.colors or mention.colors
        else:
            count = self.count or (3 if plural else 1)
            mention = Mention(kind, name, self.colors, count, self.size, spot=self.spot)
            if len(mentions) < _LIMIT:
                mentions.append(mention)
        if self.relation and self.last and self.last is not mention and not self.last.relation:
            self.last.relation, self.last.other = self.relation, mention
        self.last = mention

    def clear(self) -> None:
        self.colors, self.count, self.size, self.spot, self.relation = [], 0, "", "", ""
        self.definite = self.says_is = False

    def end_phrase(self) -> None:
        """Colours without a noun go back to the thing they speak of, or into the palette."""
        if self.negated:
            self.reading.banned += self.colors
        elif self.colors:
            about = self.last if self.says_is or self.relation == "in" else None
            if about and not about.colors:
                about.colors = self.colors
            else:
                self.reading.loose += self.colors
        if not self.colors and self.says_is and self.last and self.size:
            self.last.size = self.size
        self.colors, self.says_is = [], False

    def negation(self, _: Word) -> None:
        self.end_phrase()
        self.negated = True

    def copula(self, _: Word) -> None:
        self.end_phrase()
        self.says_is = True

    def relate(self, word: Word) -> None:
        self.end_phrase()
        self.negated = False
        self.relation = word.roles["relation"]

    def place(self, word: Word) -> None:
        self.end_phrase()
        if self.last and self.previous != "stop" and not self.last.spot:
            self.last.spot = word.roles["spot"]
        else:
            self.spot = word.roles["spot"]

    def article(self, word: Word) -> None:
        if self.colors:
            self.end_phrase()
        self.definite = "definite" in word.roles
        if self.previous == "link":
            self.negated = False

    def link(self, word: Word) -> None:
        if self.previous not in ("color", "size"):
            self.end_phrase()
        if "comma" in word.roles:
            self.negated = False

    def stop(self, _: Word) -> None:
        self.end_phrase()
        self.clear()
        self.negated = False

    def wear(self, _: Word) -> None:
        """The colour of a coat is the colour of who wears it."""
        if self.last and self.last.name in _WEARERS and not self.last.colors:
            self.last.colors = self.colors
            self.colors = []
