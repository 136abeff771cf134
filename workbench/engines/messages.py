"""What an engine is asked and what it answers: HTTP as values, without a socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl

MAX_BODY_BYTES = 10 * 2**20
"""Longest request body an engine reads: 10 MiB."""

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})


class Headers(Mapping[str, str]):
    """Header fields, read-only; names compare without case, repeats are joined by a comma.

    >>> headers = Headers([("Accept", "a/b"), ("accept", "c/d"), ("Authorization", "Bearer x")])
    >>> headers["ACCEPT"]
    'a/b, c/d'
    >>> headers
    Headers({'accept': 'a/b, c/d', 'authorization': '***'})
    """

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields: dict[str, str] = {}
        for name, value in pairs:
            known = self._fields.get(name.lower())
            self._fields[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        shown = {
            name: "***" if name in _SECRET_HEADERS else value
            for name, value in self._fields.items()
        }
        return f"Headers({shown})"


def nobody(told: str) -> None:
    """Where what is told of the work goes when nobody listens."""


@dataclass(frozen=True)
class Request:
    """One request: *path* is decoded and starts with ``/``, *query* keeps the last of a name."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)
    gone: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)
    """Set once the caller has left: long work looks at it, and ends."""
    tell: Callable[[str], None] = field(default=nobody, repr=False, compare=False)
    """Tells the caller, on one line, what it waits for."""


@dataclass(frozen=True)
class Pause:
    """Nothing is sent for so many seconds, while no thread waits; a caller that leaves is seen."""

    seconds: float


@dataclass(frozen=True)
class Reply:
    """One answer; header names are lower case.

    A body of bytes is sent whole. An iterator is sent piece by piece: the head leaves with the
    first piece that is not empty, and an empty piece or a Pause is a moment in which the sender
    may notice that the caller has left. Raising ``ConnectionResetError`` resets the connection,
    any other ``ConnectionError`` closes it early, as does ending short of a declared
    ``content-length``.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes | Iterator[bytes | Pause] = field(default=b"", repr=False)
    ready: bool = False
    """Whether each piece is had at once, so that none needs a thread to wait in."""


Respond = Callable[[Request], Reply]
"""What an engine is. It may raise ``ConnectionError`` to break off instead of answering."""


def parse_query(query: str) -> dict[str, str]:
    """Decode what follows the ``?``; a name without a value gives the empty string.

    >>> parse_query("a=1&b=x%20y&a=2&c")
    {'a': '2', 'b': 'x y', 'c': ''}
    """
    return dict(parse_qsl(query, keep_blank_values=True))


def json_reply(status: int, value: object, headers: Mapping[str, str] | None = None) -> Reply:
    """Answer with *value* as UTF-8 JSON; raises ValueError on NaN and on lone surrogates."""
    body = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Reply(status, {"content-type": "application/json", **(headers or {})}, body.encode())


def text_reply(status: int, text: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Answer with plain text."""
    kind = {"content-type": "text/plain; charset=utf-8"}
    return Reply(status, {**kind, **(headers or {})}, text.encode())


def too_large_reply() -> Reply:
    """Refuse a body beyond ``MAX_BODY_BYTES``; the connection closes, unread bytes and all."""
    text = f"The request body is larger than {MAX_BODY_BYTES} bytes. Send a smaller one."
    return json_reply(413, {"error": text}, {"connection": "close"})
