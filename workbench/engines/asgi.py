"""An engine as an ASGI application, and the two ends of a connection that ASGI leaves out."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import threading
from collections.abc import AsyncGenerator, Iterator

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from workbench.engines.messages import (
    MAX_BODY_BYTES,
    Headers,
    Pause,
    Reply,
    Request,
    Respond,
    parse_query,
    too_large_reply,
)

_TURN = 64
_DRAIN_BYTES = 8 * MAX_BODY_BYTES
_LINE = "workbench.line"
_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_NO_BODY = frozenset({204, 304})


class Line:
    """The connection a request came in on."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.closing = False
        """Whether the server is shutting down, so that a stream should end."""
        self.gone = threading.Event()
        """That of the request under way; set when nobody waits for its answer."""

    def shut(self) -> None:
        """The server is shutting down: what is under way should end."""
        self.closing = True
        self.gone.set()

    def hang_up(self) -> None:
        """Close the connection, once what was written has left."""
        self._transport.close()

    def reset(self) -> None:
        """Abort the connection, so that the caller's next read fails."""
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()


class LineProtocol(H11Protocol):
    """uvicorn's HTTP protocol, which also tells the application which connection it is on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._line = Line(transport)
        self.app = _with_line(self.app, self._line)

    def shutdown(self) -> None:
        self._line.shut()
        super().shutdown()


def _with_line(app: ASGIApp, line: Line) -> ASGIApp:
    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[_LINE] = line
        await app(scope, receive, send)

    return run


class EngineApp:
    """Runs *respond* in a worker thread for each request, reading no more than it may."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line: Line | None = scope.get("extensions", {}).get(_LINE)
        try:
            body = await _read_body(receive)
            if body is None:
                reply = too_large_reply()
            else:
                request = _as_request(scope, body)
                if line is not None:
                    line.gone = request.gone
                reply = await self._answer(request, receive)
            await _send_reply(reply, line, receive, send)
        except ConnectionError as exc:
            if line is None:
                raise
            await _break_off(exc, line, receive)

    async def _answer(self, request: Request, receive: Receive) -> Reply:
        """What *respond* says; meanwhile a caller that leaves is noticed, and it is told so."""
        watching = asyncio.create_task(_until_gone(receive))
        watching.add_done_callback(lambda task: None if task.cancelled() else request.gone.set())
        try:
            return await run_in_threadpool(self._respond, request)
        finally:
            watching.cancel()


class _Gone(Exception):  # noqa: N818 - the caller left; nobody is to blame
    """Nobody is listening any more."""


async def _read_body(receive: Receive) -> bytes | None:
    """Return the body, or None when it is too large.

    A body over the limit is read on and dropped for a while, because most clients look at an
    answer only when they have sent everything.
    """
    body = bytearray()
    dropped = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError("the caller left")
        if len(body) <= MAX_BODY_BYTES:
            body += message.get("body", b"")
        else:
            dropped += len(message.get("body", b""))
        if not message.get("more_body", False) or dropped > _DRAIN_BYTES:
            return None if len(body) > MAX_BODY_BYTES else bytes(body)


def _as_request(scope: Scope, body: bytes) -> Request:
    fields = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=parse_query(scope["query_string"].decode("latin-1")),
        headers=Headers(fields),
        body=body,
    )


async def _send_reply(reply: Reply, line: Line | None, receive: Receive, send: Send) -> None:
    if isinstance(reply.body, bytes):
        await send(_head(reply, len(reply.body)))
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})
        return
    caller = asyncio.create_task(_until_gone(receive))
    try:
        await _send_pieces(reply, reply.body, caller, line, send)
    finally:
        caller.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await caller


async def _send_pieces(
    reply: Reply,
    body: Iterator[bytes | Pause],
    caller: asyncio.Task[None],
    line: Line | None,
    send: Send,
) -> None:
    declared = reply.headers.get("content-length")
    sent = 0
    drawn = _at_once(body) if reply.ready else _pieces(body)
    async with contextlib.aclosing(drawn) as pieces:
        async for piece in pieces:
            if caller.done() or (line is not None and line.closing):
                raise ConnectionAbortedError("the caller left, or the server stops")
            if isinstance(piece, Pause):
                if piece.seconds:
                    await asyncio.wait([caller], timeout=piece.seconds)
                continue
            if piece and not sent:
                await send(_head(reply))
            if piece:
                sent += len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    if not sent:
        await send(_head(reply))
    if declared is not None and sent < int(declared):
        raise ConnectionAbortedError("the body ended early")
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pieces(body: Iterator[bytes | Pause]) -> AsyncGenerator[bytes | Pause, None]:
    """Draw pieces in a worker thread, and close the iterator there too."""
    try:
        while (piece := await run_in_threadpool(next, body, None)) is not None:
            yield piece
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            await run_in_threadpool(close)


async def _at_once(body: Iterator[bytes | Pause]) -> AsyncGenerator[bytes | Pause, None]:
    """Draw pieces that need no waiting for; the others have their turn all the same."""
    try:
        for number, piece in enumerate(body):
            if not number % _TURN:
                await asyncio.sleep(0)
            yield piece
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _break_off(error: ConnectionError, line: Line, receive: Receive) -> None:
    """End the connection as *error* says, and wait until the server has noticed."""
    if isinstance(error, ConnectionResetError):
        line.reset()
    else:
        line.hang_up()
    await _until_gone(receive)


def _head(reply: Reply, length: int | None = None) -> Message:
    fields = dict(reply.headers)
    if length is not None and reply.status not in _NO_BODY:
        fields.setdefault("content-length", str(length))
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    return {"type": "http.response.start", "status": reply.status, "headers": headers}
