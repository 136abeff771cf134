"""Who may talk to the app, and what its pages may do: closes what Gradio leaves open."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.hosts import is_loopback

CONTENT_SECURITY_POLICY = "; ".join(
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


class Guard:
    """ASGI middleware: refuses foreign pages, and forbids our pages to load from elsewhere.

    Gradio reflects every Origin, with credentials, on any host but loopback; and a page of
    another site can rebind its name to 127.0.0.1. So an Origin must be the Host's own, and on a
    *local* app the Host must be a loopback name, or one of *hosts*.
    """

    def __init__(self, app: ASGIApp, *, local: bool, hosts: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._local = local
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._welcome(headers):
            refusal = PlainTextResponse(
                "This app answers its own pages only. Open it at the address it printed.\n", 403
            )
            await refusal(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
                answer["X-Content-Type-Options"] = "nosniff"
                answer["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _welcome(self, headers: Headers) -> bool:
        host = _name(f"//{headers.get('host', '')}")
        known = host in self._hosts
        if self._local and not known and not is_loopback(host):
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        if self._hosts and _name(origin) in self._hosts:
            return True
        return urlsplit(origin).netloc == headers.get("host")


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
