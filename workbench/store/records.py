"""What the store hands out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from workbench.chat.conversation import Role
from workbench.errors import InvalidInputError

State = Literal["streaming", "done", "stopped", "failed", "interrupted"]
End = Literal["done", "stopped", "failed", "interrupted"]
ENDS = get_args(End)

UNTITLED = "Untitled"
_TITLE = 60


@dataclass(frozen=True)
class Conversation:
    """A conversation; `head` is the id of the last message shown, None when there is none."""

    id: str
    title: str
    model: str
    system: str
    options: Mapping[str, object]
    head: int | None
    created: float


@dataclass(frozen=True)
class Summary:
    """A line of the list; times are unix seconds, `snippet` shows where a search found it."""

    id: str
    title: str
    model: str
    created: float
    updated: float
    snippet: str = ""


@dataclass(frozen=True)
class Turn:
    """A message; those with the same `parent` are versions of one another.

    `images` are data URIs, `created` is in unix seconds, `rating` and `comment` are the newest.
    """

    id: int
    parent: int | None
    role: Role
    content: str
    created: float
    images: tuple[str, ...] = field(default=(), repr=False)
    state: State = "done"
    model: str = ""
    error: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    rating: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Feedback:
    """A rating that counts, with what was rated; `created` is in unix seconds."""

    created: float
    conversation: str
    turn: int
    model: str
    question: str
    reply: str
    rating: str
    comment: str


def default_title(text: str) -> str:
    """The first line of *text*, at most 60 characters, cut at a word where there is one.

    >>> default_title("  \\nHow do I   bake bread?\\nI have flour.")
    'How do I bake bread?'
    """
    lines = text.split("\n")
    line = next((" ".join(line.split()) for line in lines if line.strip()), UNTITLED)
    if len(line) <= _TITLE:
        return line
    cut = line[:_TITLE]
    space = cut.rfind(" ")
    return (cut[:space] if space > _TITLE // 2 else cut[:-1]) + "…"


def storable(text: str) -> str:
    """*text* with halves of characters joined or replaced: SQLite takes whole ones only.

    >>> storable("a\\ud83d\\ude00b\\ud83d")
    'a😀b\ufffd'
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def dump(facts: Mapping[str, object]) -> str:
    """*facts* as JSON; what JSON has no form for is kept as text."""
    return storable(json.dumps(dict(facts), ensure_ascii=False, default=str))


def load(text: str) -> dict[str, object]:
    """What `dump` kept; numbers that JSON has not (NaN, Infinity) become None."""
    facts: dict[str, object] = json.loads(text, parse_constant=lambda _: None)
    return facts


def no_conversation() -> InvalidInputError:
    return InvalidInputError(
        "there is no such conversation here",
        hint="It may have been deleted. Open another one, or start a new one.",
    )


def no_message() -> InvalidInputError:
    return InvalidInputError(
        "there is no such message here",
        hint="Reload the page: the conversation may have been deleted.",
    )
