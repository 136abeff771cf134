"""A login in front of the whole app: pages, API, files. Nothing is answered before it."""

from __future__ import annotations

import base64
import threading
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.language import translate
from workbench.ui.sessions import LIFETIME_S, Sessions
from workbench.ui.signin import login_page, safe_next
from workbench.ui.tries import Checker, TooSoonError
from workbench.users import Users

USER = "workbench.user"
_STARTUP = "/gradio_api/startup-events"
_MOST_BYTES = 16 * 1024


def user_of(request: Any) -> str | None:
    """Who asks, for a handler's `gr.Request`: the name signed in with, if it is a person's own.

    None without a login, and for holders of the shared password.
    """
    inner = getattr(request, "request", None)
    name = inner.scope.get(USER) if inner is not None else None
    return name if isinstance(name, str) else None


class Login:
    """ASGI middleware: answers those alone who signed in, by cookie or by Basic authorization.

    A page leads to the login page and back; anything else is refused with 401 and JSON.
    `scope["workbench.user"]` is the name of a person who has one. *prefix* is the path of the
    app's public address, *https* the hosts that are reached by https alone; there an app that is
    *framed* by pages of others stays signed in inside of their frame. Until *launched* is
    set, Gradio's own call to start its queue is let through.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        users: Users,
        sessions: Sessions,
        title: str,
        launched: threading.Event,
        prefix: str = "",
        https: frozenset[str] = frozenset(),
        framed: bool = False,
    ) -> None:
        self._app = app
        self._users = users
        self._sessions = sessions
        self._title = title
        self._launched = launched
        self._prefix = prefix
        self._https = https
        self._framed = framed
        self._checker = Checker(users)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._answer(scope, receive)
        except TooSoonError as exc:
            answer = self._too_soon(scope, exc)
        except ClientDisconnect:
            return
        if answer is None:
            await self._app(scope, receive, _unshared(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            answer.headers["Cache-Control"] = "no-store"
            await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        """What to answer in the app's place, or None to let it through with its user."""
        path, method = scope["path"], scope.get("method", "GET")
        if path == _STARTUP and not self._launched.is_set():
            return None
        if path == "/login" and method == "POST":
            return await self._sign_in(scope, receive)
        if path == "/logout":
            return self._sign_out(scope) if method == "POST" else Response(None, 405)
        user = self._signed_in(scope)
        if user is None:
            user = await self._authorized(scope)
        if path == "/login":
            place = safe_next(QueryParams(scope["query_string"]).get("next", "/"))
            return self._page(place) if user is None else self._go(place)
        if user is None:
            return self._refuse(scope)
        if user:
            scope[USER] = user
        return None

    def _signed_in(self, scope: Scope) -> str | None:
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        value = cookies.get(self._sessions.cookie)
        return self._sessions.read(value) if value else None

    async def _authorized(self, scope: Scope) -> str | None:
        """Who `Authorization: Basic` names, if the password is right."""
        scheme, _, encoded = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            plain = base64.b64decode(encoded.strip(), validate=True)
        except ValueError:
            return None
        try:
            text = plain.decode()
        except UnicodeDecodeError:
            text = plain.decode("latin-1")  # as `requests` writes it
        name, _, password = text.partition(":")
        return await self._checker.check(_address(scope), name, password)

    async def _sign_in(self, scope: Scope, receive: Receive) -> Response:
        form = await _form(scope, receive)
        name, place = form.get("username", ""), safe_next(form.get("next", "/"))
        try:
            user = await self._checker.check(_address(scope), name, form.get("password", ""))
        except TooSoonError as exc:
            return self._too_soon(scope, exc, place, name)
        if user is None:
            told = "Wrong name or password." if self._users.people else "Wrong password."
            told = translate(told)
            return self._page(place, name, told, 401) if _wants_page(scope) else _denied(told)
        answer = self._go(place) if _wants_page(scope) else JSONResponse({"success": True})
        self._set_cookie(scope, answer, self._sessions.start(user), LIFETIME_S)
        return answer

    def _sign_out(self, scope: Scope) -> Response:
        answer = self._go("/login") if _wants_page(scope) else JSONResponse({"success": True})
        self._set_cookie(scope, answer, "", 0)
        return answer

    def _set_cookie(self, scope: Scope, answer: Response, value: str, seconds: int) -> None:
        secure = self._is_https(scope)
        # A browser keeps a cookie of a frame only apart for each page around it, and by https.
        framed = secure and self._framed
        answer.set_cookie(
            self._sessions.cookie,
            value,
            max_age=seconds,
            path=f"{self._prefix}/",
            secure=secure,
            httponly=True,
            samesite="none" if framed else "lax",
        )
        if framed:  # Starlette can say so from Python 3.14 on
            answer.headers["Set-Cookie"] += "; Partitioned"

    def _refuse(self, scope: Scope) -> Response:
        if not _wants_page(scope) or scope["method"] not in ("GET", "HEAD"):
            return _denied(
                translate(
                    "Sign in first: reload the page. A program sends name and password as Basic "
                    "authorization."
                ),
                basic="authorization" in Headers(scope=scope),
            )
        place = quote(scope["path"], safe="/=:@!$&'()*+,;~")
        if scope["query_string"]:
            place += "?" + scope["query_string"].decode("latin-1")
        place = safe_next(place)
        return self._go("/login" if place == "/" else f"/login?next={quote(place, safe='/')}")

    def _too_soon(
        self, scope: Scope, exc: TooSoonError, place: str = "/", name: str = ""
    ) -> Response:
        unit = "second" if exc.seconds == 1 else "seconds"
        told = translate(f"Too many wrong tries. Wait {exc.seconds} {unit}, then try again.")
        if scope.get("path") == "/login" and _wants_page(scope):
            answer: Response = self._page(place, name, told, 429)
        else:
            answer = JSONResponse({"detail": told, "error": told}, 429)
        answer.headers["Retry-After"] = str(exc.seconds)
        return answer

    def _page(self, place: str, name: str = "", problem: str = "", status: int = 200) -> Response:
        page = login_page(
            self._title,
            action=f"{self._prefix}/login",
            names=bool(self._users.people),
            optional=self._users.shared is not None,
            place=place,
            name=name[:64],
            problem=problem,
        )
        return HTMLResponse(page, status)

    def _go(self, place: str) -> Response:
        return RedirectResponse(self._prefix + place, 303)

    def _is_https(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        host = headers.get("host", "").partition(":")[0].lower()
        return (
            scope["scheme"] == "https"
            or headers.get("origin", "").startswith("https:")
            or host.endswith(tuple(self._https))
        )


def _denied(told: str, *, basic: bool = False) -> Response:
    answer = JSONResponse({"detail": told, "error": told}, 401)
    if basic:  # unasked, a browser would show a window of its own
        answer.headers["WWW-Authenticate"] = 'Basic realm="workbench", charset="UTF-8"'
    return answer


def _wants_page(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


async def _form(scope: Scope, receive: Receive) -> dict[str, str]:
    """The fields of a short form of either kind; none of what is no form, or a long one."""
    body = b""
    async for chunk in Request(scope, receive).stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return {}

    async def again() -> Message:
        return {"type": "http.request", "body": body}

    try:
        async with Request(scope, again).form(max_files=1, max_fields=16) as form:
            return {name: value for name, value in form.items() if isinstance(value, str)}
    except (HTTPException, MultiPartException):
        return {}


def _unshared(send: Send) -> Send:
    """Keep what is behind the login out of caches that others read, pages out of all."""

    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers["Cache-Control"] = "no-store"
            headers.setdefault("Cache-Control", "private")
        await send(message)

    return send_private
