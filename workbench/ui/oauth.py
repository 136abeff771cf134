"""Signing in at Hugging Face, so that everybody's calls are made with a token of their own.

Gradio's own way keeps the token in a cookie that is signed and not encrypted, and outside of a
Space signs every visitor in as the owner. Here the token stays in this process, and the cookie
holds a number.
"""

from __future__ import annotations

import html
import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlencode, urlsplit

import anyio.to_thread
import requests
from starlette.datastructures import Headers, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from workbench.errors import ConfigurationError
from workbench.language import translate
from workbench.ui.login import USER
from workbench.ui.signin import safe_next
from workbench.ui.visitors import SIGNED_IN, SignedIn
from workbench.users import check_name

T = TypeVar("T")
START = "/login/huggingface"
CALLBACK = "/login/callback"
LOGOUT = "/logout/huggingface"
SCOPES = "openid profile inference-api"
_TIMEOUT_S = 15
_STATE_S = 10 * 60
_LONGEST_S = 30 * 24 * 3600
_MOST = 10_000
logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Who signs people in, as a Space is told by its environment."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str = SCOPES
    app_url: str
    """The address of the app, without a slash at its end."""

    @classmethod
    def from_env(cls, env: Mapping[str, str], app_url: str) -> Provider | None:
        """None where the Space has no OAuth."""
        if not env.get("OAUTH_CLIENT_ID") or not env.get("OAUTH_CLIENT_SECRET"):
            return None
        return cls(
            url=env.get("OPENID_PROVIDER_URL", "https://huggingface.co").rstrip("/"),
            client_id=env["OAUTH_CLIENT_ID"],
            client_secret=env["OAUTH_CLIENT_SECRET"],
            scopes=env.get("OAUTH_SCOPES") or SCOPES,
            app_url=app_url.rstrip("/"),
        )

    @property
    def callback(self) -> str:
        return self.app_url + CALLBACK

    def page(self, state: str) -> str:
        """Where a person signs in, who comes back to `callback`."""
        asked = {
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "response_type": "code",
            "scope": self.scopes,
            "state": state,
        }
        return f"{self._place('authorization_endpoint')}?{urlencode(asked)}"

    def person(self, code: str) -> tuple[SignedIn, float]:
        """Who brought *code*, and for how many seconds. Raises RequestException or ValueError."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "client_id": self.client_id,
        }
        key = requests.auth.HTTPBasicAuth(self.client_id, self.client_secret)
        given = _json("POST", self._place("token_endpoint"), data=sent, auth=key)
        token, lasts_s = given.get("access_token"), given.get("expires_in")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ValueError("there is no access token in the answer")
        headers = {"Authorization": f"Bearer {token}"}
        told = _json("GET", self._place("userinfo_endpoint"), headers=headers)
        try:
            name = check_name(str(told.get("preferred_username") or ""))
        except ConfigurationError as exc:
            raise ValueError("there is no usable name in the answer") from exc
        seconds = float(lasts_s) if isinstance(lasts_s, int | float) else 3600.0
        return SignedIn(name=name, token=token), min(seconds, _LONGEST_S)

    def _place(self, name: str) -> str:
        """An address of its metadata, which has to be its own: the secret is sent there."""
        place = _json("GET", f"{self.url}/.well-known/openid-configuration").get(name)
        if not isinstance(place, str) or urlsplit(place)[:2] != urlsplit(self.url)[:2]:
            raise ValueError(f"{name} is not an address of {self.url}")
        return place


def _json(method: str, url: str, **sent: object) -> dict[str, object]:
    with requests.Session() as session:
        session.trust_env = False  # a .netrc would replace the token
        answer = session.request(method, url, timeout=_TIMEOUT_S, allow_redirects=False, **sent)  # type: ignore[arg-type]
    answer.raise_for_status()
    document = answer.json()
    if not isinstance(document, dict):
        raise ValueError("the answer is no JSON object")
    return document


class SignIn:
    """ASGI middleware: signs people in and out, and tells the app who they are.

    `scope["workbench.visitor"]` is a SignedIn and `scope["workbench.user"]` their name; whoever
    isn't signed in is let through as well. A restart signs everybody out.
    """

    def __init__(self, app: ASGIApp, *, provider: Provider) -> None:
        self._app = app
        self._provider = provider
        self._secure = provider.app_url.startswith("https:")
        # A cookie of this name is taken from this very host alone.
        self._cookie = "__Host-workbench" if self._secure else "workbench-visitor"
        self._people: _Kept[SignedIn] = _Kept()
        self._under_way: _Kept[str] = _Kept()
        """What each state of a sign-in under way is to go on to."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        place = (scope.get("method"), scope["path"])
        if place == ("GET", START):
            answer = await self._start(scope)
        elif place == ("GET", CALLBACK):
            answer = await self._finish(scope)
        elif place == ("POST", LOGOUT):
            answer = self._sign_out(scope)
        else:
            number = self._read(scope, self._cookie)
            if number and (person := self._people.get(number)):
                scope = {**scope, SIGNED_IN: person, USER: person.name}
            await self._app(scope, receive, send)
            return
        answer.headers["Cache-Control"] = "no-store"
        await answer(scope, receive, send)

    async def _start(self, scope: Scope) -> Response:
        state = secrets.token_urlsafe(32)
        try:
            page = await anyio.to_thread.run_sync(self._provider.page, state)
        except (requests.RequestException, ValueError) as exc:
            return self._failed("Hugging Face can't be reached.", exc)
        place = safe_next(QueryParams(scope["query_string"]).get("next", "/"))
        self._under_way.put(state, place, _STATE_S)
        answer = RedirectResponse(page, 303)
        self._set(answer, f"{self._cookie}-state", state, _STATE_S)
        return answer

    async def _finish(self, scope: Scope) -> Response:
        query = QueryParams(scope["query_string"])
        state, known = query.get("state", ""), self._read(scope, f"{self._cookie}-state")
        # Without the cookie somebody else's sign-in could be put upon a person.
        same = bool(state) and secrets.compare_digest(state.encode(), known.encode())
        place = self._under_way.pop(state) if same else None
        if place is None:
            return self._failed("This sign-in is too old, or was begun elsewhere.")
        if "error" in query or "code" not in query:
            return self._failed("Hugging Face didn't sign you in.")
        try:
            person, lasts_s = await anyio.to_thread.run_sync(self._provider.person, query["code"])
        except (requests.RequestException, ValueError) as exc:
            return self._failed("Hugging Face didn't tell who you are.", exc)
        number = secrets.token_urlsafe(32)
        self._people.put(number, person, lasts_s)
        answer = RedirectResponse(self._provider.app_url + place, 303)
        self._set(answer, self._cookie, number, int(lasts_s))
        self._set(answer, f"{self._cookie}-state", "", 0)
        return answer

    def _sign_out(self, scope: Scope) -> Response:
        self._people.pop(self._read(scope, self._cookie))
        answer = RedirectResponse(f"{self._provider.app_url}/", 303)
        self._set(answer, self._cookie, "", 0)
        return answer

    def _failed(self, told: str, error: Exception | None = None) -> Response:
        if error is not None:  # its text may hold what was sent
            logger.warning("a sign-in failed: %s", type(error).__name__)
        words = [translate(text) for text in (told, "Go back and try again.")]
        page = f'<!doctype html><meta charset="utf-8"><p>{html.escape(" ".join(words))}</p>'
        return HTMLResponse(page, 400 if error is None else 502)

    def _read(self, scope: Scope, cookie: str) -> str:
        return cookie_parser(Headers(scope=scope).get("cookie", "")).get(cookie, "")

    def _set(self, answer: Response, cookie: str, value: str, seconds: int) -> None:
        answer.set_cookie(
            cookie, value, max_age=seconds, secure=self._secure, httponly=True, samesite="lax"
        )


class _Kept(Generic[T]):
    """What is kept for some time, in bounded memory; safe in threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[T, float]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: str, value: T, seconds: float) -> None:
        with self._lock:
            self._kept[key] = value, time.monotonic() + seconds
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def get(self, key: str) -> T | None:
        with self._lock:
            return self._good(self._kept.get(key))

    def pop(self, key: str) -> T | None:
        with self._lock:
            return self._good(self._kept.pop(key, None))

    def _good(self, found: tuple[T, float] | None) -> T | None:
        return found[0] if found and time.monotonic() < found[1] else None
