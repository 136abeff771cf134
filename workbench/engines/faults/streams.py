"""Faults of streams: the engine's own answer, which begins well and is spoiled on its way.

The shape of what goes wrong fits the route, TGI's or OpenAI's. What is no stream passes as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from workbench.engines.faults.trouble import Make, Trouble, pause
from workbench.engines.messages import Pause, Reply

_FEW = 2
_DONE = b"data: [DONE]\n\n"
_COMMENT = b": keep-alive\n\n"
# One byte of a character at a time, so that each is cut inside, and a few letters.
_PACKETS = re.compile(rb"[\x80-\xff]|[\x00-\x7f]{1,5}")
_BROKE = "Request failed during generation: Server error: CUDA out of memory"

_Pieces = Iterator[bytes | Pause]
_Spoil = Callable[[Trouble, _Pieces], _Pieces]


def spoiled(spoil: _Spoil) -> Make:
    """Let *spoil* change the pieces of a stream; one that it leaves midway is closed."""

    def make(trouble: Trouble) -> Reply:
        reply = trouble.answer()
        if isinstance(reply.body, bytes):
            return reply
        return replace(reply, body=_closing(spoil(trouble, reply.body), reply.body))

    return make


def error_first(trouble: Trouble, _: _Pieces) -> _Pieces:
    """Nothing but an error, as a service tells it that has sent its 200 already."""
    yield _error(trouble)


def error_midway(trouble: Trouble, pieces: _Pieces) -> _Pieces:
    """Some tokens, then an error."""
    yield from _beginning(pieces)
    yield _error(trouble)


def error_done(trouble: Trouble, pieces: _Pieces) -> _Pieces:
    """Some tokens, then an error and the end, as TGI ends a chat that failed."""
    yield from _beginning(pieces)
    if _is_openai(trouble):
        # Whatever went wrong, TGI says 422 here.
        yield _event({"error": {"message": _BROKE, "http_status_code": 422}})
    else:
        yield _error(trouble)
    yield _DONE


def cut(_: Trouble, pieces: _Pieces) -> _Pieces:
    """Some tokens, then the connection is closed."""
    yield from _beginning(pieces)
    raise ConnectionAbortedError("the fault `stream-cut`")


def cut_event(_: Trouble, pieces: _Pieces) -> _Pieces:
    """Some tokens and half an event, then the connection is closed."""
    after = yield from _beginning(pieces)
    yield after[: len(after) // 2]
    raise ConnectionAbortedError("the fault `stream-cut-event`")


def unfinished(_: Trouble, pieces: _Pieces) -> _Pieces:
    """Some tokens, then a proper end of the body, but none of the reply."""
    yield from _beginning(pieces)


def no_done(_: Trouble, pieces: _Pieces) -> _Pieces:
    """All of it but the terminator, as some providers send it."""
    return (piece for piece in pieces if piece != _DONE)


def split(_: Trouble, pieces: _Pieces) -> _Pieces:
    """All of it, in packets of one to five bytes that cut characters too."""
    for piece in pieces:
        yield from [piece] if isinstance(piece, Pause) else _PACKETS.findall(piece)


def comments(_: Trouble, pieces: _Pieces) -> _Pieces:
    """All of it, with a comment before each event."""
    for piece in pieces:
        yield piece if isinstance(piece, Pause) or not piece else _COMMENT + piece


def crlf(_: Trouble, pieces: _Pieces) -> _Pieces:
    """All of it, in lines that end with CR LF and have no space after the colon."""
    for piece in pieces:
        if isinstance(piece, bytes):
            piece = piece.replace(b"data: ", b"data:", 1).replace(b"\n", b"\r\n")
        yield piece


def stall(trouble: Trouble, pieces: _Pieces) -> _Pieces:
    """Some tokens, a silence, and the rest."""
    after = yield from _beginning(pieces)
    yield from pause(trouble.seconds_or(30))
    yield after
    yield from pieces


def late(trouble: Trouble, pieces: _Pieces) -> _Pieces:
    """A silence before the first byte, the head included, and then all of it."""
    first = next(pieces, b"")  # so the engine has begun, and counts a caller who leaves
    yield from pause(trouble.seconds_or(30))
    yield first
    yield from pieces


def _closing(pieces: _Pieces, good: _Pieces) -> _Pieces:
    try:
        yield from pieces
    finally:
        if (close := getattr(good, "close", None)) is not None:
            close()


def _beginning(pieces: _Pieces) -> Generator[bytes | Pause, None, bytes]:
    """The first tokens, but never the last; returns the event that comes after them."""
    sent = 0
    for piece in pieces:
        if isinstance(piece, bytes) and piece:
            if sent == _FEW or _completes(piece):
                return piece
            sent += 1
        yield piece
    return b""


def _completes(event: bytes) -> bool:
    """Whether a reply has come to its end with this event, well or not."""
    if event == _DONE:
        return True
    told = json.loads(event.removeprefix(b"data: "))
    ended = any(choice["finish_reason"] for choice in told.get("choices", ()))
    return bool(ended or told.get("generated_text") is not None or "error" in told)


def _error(trouble: Trouble) -> bytes:
    if not _is_openai(trouble):
        return _event({"error": _BROKE, "error_type": "generation"})
    told = "The server had an error while processing your request."
    return _event({"error": {"message": told, "type": "server_error", "param": None, "code": None}})


def _is_openai(trouble: Trouble) -> bool:
    return trouble.path.endswith("/completions")


def _event(value: object) -> bytes:
    return b"data: %s\n\n" % json.dumps(value).encode()
