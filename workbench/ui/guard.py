"""Who may talk to the app, and what its pages may do: closes what Gradio leaves open."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.hosts import is_loopback
from workbench.language import choose_language, translate

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
    )
)

TUNNEL = ".gradio.live"
_HERE = ("http://localhost:*", "http://127.0.0.1:*")
"""Notebooks of this machine, which show apps of this machine."""
_REFUSED = (
    "This app answers its own pages only. Open it at the address it printed, or start it with "
    "--public-url."
)
_FORWARDED = frozenset({b"x-forwarded-host", b"x-gradio-server"})


class Guard:
    """ASGI middleware: refuses foreign pages, and forbids our pages to load from elsewhere.

    Gradio reflects every Origin, with credentials, on any host but loopback; and a page of
    another site can rebind its name to this machine. So an Origin must be the Host's own, and
    the Host one of *hosts*, a loopback name, while *shared* one of the tunnel's, or in an app that
    is not *local* also an address or this machine's name. Pages of *frames*, sources of
    `frame-ancestors`, may show the app inside of theirs; one on loopback alone those of this
    machine too.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        local: bool,
        hosts: frozenset[str] = frozenset(),
        shared: bool = False,
        frames: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._local = local
        self._hosts = hosts
        self._shared = shared
        here = _HERE if local and not hosts and not shared else ()
        ancestors = " ".join(("'self'", *here, *frames))
        self._policy = f"{_POLICY}; frame-ancestors {ancestors}"
        self._names = hosts | ({socket.gethostname().lower()} if not local else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if not self._welcome(Headers(scope=scope)):
            language = choose_language(Headers(scope=scope).get("accept-language"))
            refusal = PlainTextResponse(translate(_REFUSED, language) + "\n", 403)
            await refusal(scope, receive, send)
            return
        if not self._hosts:  # no proxy was named, so nobody may say what our address is
            fields = [field for field in scope["headers"] if field[0].lower() not in _FORWARDED]
            scope = {**scope, "headers": fields}

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["Content-Security-Policy"] = self._policy
                answer["X-Content-Type-Options"] = "nosniff"
                # With none at all a form's own Origin would read null, and be refused.
                answer["Referrer-Policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _welcome(self, headers: Headers) -> bool:
        host = _name(f"//{headers.get('host', '')}")
        if not self._known(host):
            return False
        origin = headers.get("origin")
        if origin is None or _name(origin) in self._hosts:
            return True
        return origin.partition("://")[2] == headers.get("host")

    def _known(self, host: str) -> bool:
        if not host:
            return False
        if host in self._names or is_loopback(host):
            return True
        if self._shared and host.endswith(TUNNEL):
            return True
        return not self._local and _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
