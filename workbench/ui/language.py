"""The app in the language of who looks at it: its page as it is sent, and what its handlers say."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.language import (
    ENGLISH,
    LANGUAGES,
    choose_language,
    current,
    speaking,
    translate,
    translate_facts,
)
from workbench.language.markup import translate_html
from workbench.ui.labels import labels_script
from workbench.ui.signin import safe_next
from workbench.ui.switch import SHOWN, TAGS

SPOKEN = "workbench.language"
COOKIE = "workbench-language"
SWITCH = "/language"
_YEAR_S = 365 * 24 * 3600
_PAGES = ("/", "/login", "/config", "/config/")
_CONFIG, _END = b"<script>window.gradio_config = ", b";</script>"
_WORDS = frozenset(
    ("alt_text", "description", "info", "label", "placeholder", "stop_btn", "submit_btn", "title")
)
_BUTTONS = frozenset(("button", "clearbutton", "downloadbutton", "uploadbutton"))
_SAID_BY_SCRIPT = re.compile(r"/\*say\*/'([^']*)'")


class Language:
    """ASGI middleware: finds the language of each request, speaks it, and sends pages in it.

    It is *fixed*, or the one chosen with the switch, or the first of the browser's that is ours;
    `scope["workbench.language"]` tells it to handlers. The switch is a form that posts to
    `/language`; what was chosen is kept in a cookie, and where a frame keeps none in the address.
    *prefix* is the path of the app's public address.
    """

    def __init__(self, app: ASGIApp, *, fixed: str | None = None, prefix: str = "") -> None:
        self._app = app
        self._fixed = fixed
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path == SWITCH and scope.get("method") == "POST" and self._fixed is None:
            answer = await self._switch(Request(scope, receive))
            await answer(scope, receive, send)
            return
        language = self._fixed or wanted(scope)
        with speaking(language):
            if scope["type"] == "http" and path in _PAGES:
                send = _translated(send, language, switch=self._fixed is None)
            await self._app({**scope, SPOKEN: language}, receive, send)

    async def _switch(self, request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > 100:
                return Response(None, 413)
        language = parse_qs(body.decode("latin-1")).get("language", [""])[-1]
        if language not in LANGUAGES:
            return Response(None, 400)
        before = _page_before(request.headers)
        asked = parse_qs(before.query)
        if "lang" in asked or request.headers.get("sec-fetch-dest") == "iframe":
            asked["lang"] = [language]
        at_login = before.path == f"{self._prefix}/login"
        place = before.path if at_login else safe_next(before.path or "/")
        if asked:
            place += "?" + urlencode(asked, doseq=True)
        answer = RedirectResponse(place if before.path else f"{self._prefix}/", 303)
        secure = request.headers.get("origin", "").startswith("https:")
        answer.headers["Set-Cookie"] = (
            f"{COOKIE}={language}; Path={self._prefix}/; Max-Age={_YEAR_S}; "
            + ("SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax")
        )
        return answer


def wanted(scope: Scope) -> str:
    """The language that a request asks for: by `?lang=` of its page, by the cookie, by its header.

    >>> wanted({"query_string": b"lang=zh", "headers": []})
    'zh'
    """
    headers = Headers(scope=scope)
    queries = (scope["query_string"].decode("latin-1"), _page_before(headers).query)
    chosen = [name for query in queries for name in parse_qs(query).get("lang", [])]
    chosen.append(cookie_parser(headers.get("cookie", "")).get(COOKIE, ""))
    known = (name for name in chosen if name in LANGUAGES)
    return next(known, None) or choose_language(headers.get("accept-language"))


def _page_before(headers: Headers) -> SplitResult:
    """The page of this app that a request comes from; an empty address for any other."""
    try:
        before = urlsplit(headers.get("referer", ""))
    except ValueError:
        return urlsplit("")
    return before if before.netloc == headers.get("host") else urlsplit("")


def language_of(request: Any) -> str | None:
    """The language of a handler's `gr.Request`, if it came through `Language`."""
    inner = getattr(request, "request", None)
    return inner.scope.get(SPOKEN) if inner is not None else None


def speak(app: Any) -> None:
    """Have every handler of *app*, a Blocks, speak the language of who asks."""
    call: Callable[..., Awaitable[Any]] = app.call_function

    async def spoken(
        function: Any, inputs: Any, iterator: Any = None, requests: Any = None, *rest: Any
    ) -> Any:
        request = requests[0] if isinstance(requests, list) else requests
        with speaking(language_of(request) or current()):
            return await call(function, inputs, iterator, requests, *rest)

    app.call_function = spoken


def _translated(send: Send, language: str, *, switch: bool) -> Send:
    """Send a page in *language*."""
    begun: list[Message] = []
    body: list[bytes] = []

    async def send_translated(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)
            return
        if message["type"] != "http.response.body" or not begun:
            await send(message)
            return
        body.append(message.get("body", b""))
        if message.get("more_body"):
            return
        start, whole = begun.pop(), b"".join(body)
        headers = MutableHeaders(scope=start)
        if headers.get("content-type", "").startswith("text/html"):
            whole = translate_page(whole, language, switch=switch)
        elif language != ENGLISH and start["status"] == 200:
            whole = translate_config(whole, language)
        headers["Content-Length"] = str(len(whole))
        headers["Content-Language"] = TAGS[language]
        headers.add_vary_header("Accept-Language, Cookie")
        await send(start)
        await send({"type": "http.response.body", "body": whole})

    return send_translated


def translate_page(page: bytes, language: str, *, switch: bool = True) -> bytes:
    """A page of Gradio's in *language*, Gradio's own words too, which follow the browser's."""
    tag = TAGS[language]
    script = f"<script>Object.defineProperty(navigator,'language',{{value:'{tag}'}})</script>"
    added = f"<head>{script}{SHOWN if switch else ''}"
    if language != ENGLISH:
        added += labels_script()
    page = page.replace(b"<head>", added.encode(), 1)
    page = page.replace(b'lang="en"', f'lang="{tag}"'.encode(), 1)
    head, found, rest = page.partition(_CONFIG)
    if language == ENGLISH or not found:
        return page
    config, end, rest = rest.partition(_END)
    return b"".join((head, found, _for_script(translate_config(config, language)), end, rest))


@functools.lru_cache(maxsize=16)
def translate_config(config: bytes, language: str) -> bytes:
    """The description of an app, as JSON, in *language*."""
    described = json.loads(config)
    with speaking(language):
        translate_app(described)
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()


def translate_app(config: dict[str, Any]) -> None:
    """Translate what *config*, Gradio's description of an app, shows to people, in its place."""
    config["title"] = translate(config.get("title") or "")
    for component in config.get("components", ()):
        _translate_component(component["type"], component["props"])
    for dependency in config.get("dependencies", ()):
        if isinstance(script := dependency.get("js"), str):
            dependency["js"] = _SAID_BY_SCRIPT.sub(
                lambda found: json.dumps(translate(found[1]), ensure_ascii=False), script
            )


def _translate_component(kind: str, props: dict[str, Any]) -> None:
    for name in _WORDS & props.keys():
        if isinstance(props[name], str):
            props[name] = translate(props[name])
    value = props.get("value")
    if isinstance(value, str) and kind == "html":
        props["value"] = translate_html(value)
    elif isinstance(value, str) and kind in _BUTTONS:
        props["value"] = translate(value)
    if choices := props.get("choices"):
        props["choices"] = [_choice(choice) for choice in choices]
    for example in props.get("examples") or ():
        if isinstance(example, dict) and isinstance(example.get("text"), str):
            example["text"] = translate(example["text"])
    if options := props.get("feedback_options"):
        props["feedback_options"] = [_option(option) for option in options]


def _choice(choice: Any) -> Any:
    """A choice by its name in the language, with the value it has; one without a name stays."""
    name, value = choice if isinstance(choice, list | tuple) and len(choice) == 2 else ("", "")
    if not isinstance(name, str) or name == value:
        return choice
    return [translate_facts(name), value]


def _option(option: str) -> str:
    """What a reply may be rated; thumbs Gradio knows by their English names."""
    return option if option in ("Like", "Dislike") else translate(option)


def _for_script(text: bytes) -> bytes:
    for character, written in (("<", "003c"), (">", "003e"), ("&", "0026"), ("'", "0027")):
        text = text.replace(character.encode(), f"\\u{written}".encode())
    return text
