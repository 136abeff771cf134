"""`requests` over an engine in this process: URLs such as ``embedded://engine/ner``, no socket."""

from __future__ import annotations

import contextlib
import http
import io
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPResponse, Timeout
from urllib3.connection import HTTPConnection

from workbench.engines.messages import Headers, Pause, Reply, Request, Respond, parse_query
from workbench.transport import current_line


class EngineAdapter(BaseAdapter):
    """Sends each prepared request to *respond*; mount it under the scheme of the engine.

    Errors are those of a socket: ``requests.ConnectionError`` when the engine breaks off before
    the head, ``requests.ReadTimeout`` when its first piece is late, and what ``raw`` or
    ``iter_content`` raise after that. A timeout is noticed between pieces, so one piece that
    takes long is waited for.

    >>> def echo(request: Request) -> Reply:
    ...     return Reply(200, {"content-type": "text/plain"}, request.path.encode())
    >>> with requests.Session() as session:
    ...     session.mount("embedded://", EngineAdapter(echo))
    ...     session.post("embedded://engine/ner", json={"inputs": "x"}).text
    '/ner'
    """

    def __init__(self, respond: Respond) -> None:
        super().__init__()
        self._respond = respond

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer *request*; the body is read through ``raw``, as from a socket."""
        del stream, verify, cert, proxies
        line = _Line(_read_timeout(timeout))
        asked = _as_request(request, line.gone)
        call = current_line()
        if call is not None:
            asked = replace(asked, tell=call.tell)
        try:
            if call is not None:
                call.attach(line)
            reply = self._respond(asked)
            body = line.open(reply.body)
        except TimeoutError as exc:
            raise requests.ReadTimeout(exc, request=request) from exc
        except ConnectionError as exc:
            raise requests.ConnectionError(exc, request=request) from exc
        return _as_response(request, reply, _as_raw(asked, reply, body, line))

    def close(self) -> None:
        """Nothing is held open."""


class _Line:
    """Stands for the connection: keeps the read timeout, and may be shut from another thread."""

    def __init__(self, timeout_s: float | None) -> None:
        self._timeout_s = timeout_s
        self.gone = threading.Event()
        """Set once the caller has hung up."""

    def open(self, body: bytes | Iterator[bytes | Pause]) -> io.BufferedIOBase:
        """Wait for the first piece of *body* and return all of it as a file."""
        if isinstance(body, bytes):
            return io.BytesIO(body)
        pieces = self._pieces(body)
        return io.BufferedReader(_Pieces(next(pieces, b""), pieces))

    def shutdown(self, how: int) -> None:
        """End the answer where it is, like a socket shut for reading."""
        del how
        self.gone.set()

    def settimeout(self, value: float | None) -> None:
        """Wait so many seconds for each piece from now on."""
        self._timeout_s = value

    def close(self) -> None:
        self.gone.set()

    def _pieces(self, body: Iterator[bytes | Pause]) -> Generator[bytes, None, None]:
        """Pass the pieces on, without the pauses; raises TimeoutError when one takes too long."""
        waiting_since = time.monotonic()
        try:
            for piece in body:
                if isinstance(piece, Pause):
                    self.gone.wait(piece.seconds)
                    piece = b""
                if self.gone.is_set():
                    return
                if piece:
                    yield piece
                    waiting_since = time.monotonic()
                elif self._timeout_s and time.monotonic() - waiting_since > self._timeout_s:
                    raise TimeoutError(f"no answer within {self._timeout_s} s")
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()


class _Pieces(io.RawIOBase):
    """Pieces, none of them empty, as a readable file; closing it closes where they come from."""

    def __init__(self, first: bytes, pieces: Generator[bytes, None, None]) -> None:
        self._left = first
        self._pieces = pieces

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._left = self._left or next(self._pieces, b"")
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def close(self) -> None:
        with contextlib.suppress(ValueError):  # another thread reads; it ends as the line is shut
            self._pieces.close()
        super().close()


def _as_request(prepared: requests.PreparedRequest, gone: threading.Event) -> Request:
    url = urlsplit(prepared.url or "")
    return Request(
        method=prepared.method or "GET",
        path=unquote(url.path) or "/",
        query=parse_query(url.query),
        headers=Headers((str(name), _text(value)) for name, value in prepared.headers.items()),
        body=_as_bytes(prepared.body),
        gone=gone,
    )


def _as_bytes(body: Any) -> bytes:
    """Collect what `requests` allows as a body: nothing, text, bytes, a file or an iterable."""
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, (bytes, bytearray, str)):
        return body.encode() if isinstance(body, str) else bytes(body)
    return b"".join(_as_bytes(piece) for piece in body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _read_timeout(timeout: Any) -> float | None:
    """Return the seconds to wait for a piece, from a number, a pair or urllib3's ``Timeout``."""
    if isinstance(timeout, tuple):
        timeout = timeout[1]
    if isinstance(timeout, Timeout):
        timeout = timeout.clone()
        timeout.start_connect()
        timeout = timeout.read_timeout
    return float(timeout) if isinstance(timeout, (int, float)) else None


def _as_raw(asked: Request, reply: Reply, body: io.BufferedIOBase, line: _Line) -> HTTPResponse:
    return HTTPResponse(
        body=body,
        headers=reply.headers,
        status=reply.status,
        version=11,
        version_string="HTTP/1.1",
        reason=http.HTTPStatus(reply.status).phrase,
        preload_content=False,
        request_method=asked.method,
        # urllib3 closes its connection with the response, and refuses `shutdown` without one.
        connection=cast(HTTPConnection, line),
        sock_shutdown=line.shutdown,
    )


def _as_response(
    request: requests.PreparedRequest, reply: Reply, raw: HTTPResponse
) -> requests.Response:
    response = requests.Response()
    response.status_code = reply.status
    response.headers = CaseInsensitiveDict(reply.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    response.raw = raw
    response.reason = raw.reason or ""
    response.url = request.url or ""
    response.request = request
    return response
