"""Which conversation a page shows, and up to which message."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
_MOST = 10_000


@dataclass(frozen=True)
class Place:
    """What a page keeps of itself, so that it outlives a restart of the server.

    >>> Place.read(Place("abc", 3).write())
    Place(talk='abc', head=3)
    >>> Place.read("damaged")
    Place(talk='', head=None)
    """

    talk: str = ""
    head: int | None = None

    @classmethod
    def read(cls, text: object) -> Place:
        try:
            kept = json.loads(str(text))
            talk, head = str(kept["talk"]), kept["head"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return cls()
        whole = isinstance(head, int) and not isinstance(head, bool)
        return cls(talk, head if whole else None)

    def write(self) -> str:
        return json.dumps({"talk": self.talk, "head": self.head})


class Latest(Generic[T]):
    """A little of what happened last, by page or conversation; the oldest is forgotten."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, T] = OrderedDict()

    def set(self, key: str, value: T) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def get(self, key: str, default: T) -> T:
        return self._kept.get(key, default)

    def pop(self, key: str, default: T) -> T:
        return self._kept.pop(key, default)
