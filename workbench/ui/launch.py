"""Launch an app: the one place where it is opened to a browser, and closed to the rest."""

from __future__ import annotations

import contextlib
import errno
import inspect
import re
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from workbench.errors import ConfigurationError
from workbench.hosts import is_loopback
from workbench.ui.guard import TUNNEL, Guard
from workbench.ui.quick import remember_descriptions
from workbench.ui.quiet import quiet_gradio
from workbench.users import Users

if TYPE_CHECKING:
    import gradio as gr
    from starlette.middleware import Middleware

    from workbench.ui.oauth import Provider

DEFAULT_PORT = 7860
UPLOAD_LIMIT = "50mb"
THREADS = 100
_FRAME = re.compile(r"[a-z][a-z0-9+.-]*:(//[\w.*:\[\]-]+)?", re.IGNORECASE | re.ASCII)
_ONE_SERVER = {"ssr_mode": False, "num_workers": 0}
"""Servers of Gradio's own beside the app, which variables may ask for, know no guard."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A launched app; `close()` frees its port."""

    app: gr.Blocks
    url: str

    def close(self) -> None:
        self.app.close(verbose=False)


def launch_app(
    app: gr.Blocks,
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    public_url: str | None = None,
    users: Users | None = None,
    share: bool = False,
    frames: Sequence[str] = (),
    language: str | None = None,
    sign_in: Provider | None = None,
) -> Running:
    """Serve *app*; port 0 takes any free one. *public_url* is its address behind a proxy.

    With *users* nothing is answered before one of them signs in; with *sign_in* visitors may sign
    in at Hugging Face. *share* opens a tunnel at gradio.live, which is up to the caller to refuse
    without users. Pages at one of *frames*, as in `https://huggingface.co` or
    `https://*.hf.space`, may show the app in a frame. Visitors see it in the language of their
    browser, or all in *language*. Returns at once. Raises ConfigurationError when the port is
    taken, or there is no tunnel.
    """
    quiet_gradio()
    from starlette.middleware import Middleware

    from workbench.ui.language import Language, speak
    from workbench.ui.theme import CSS_FILE, theme

    free = free_port(host, port)
    hosts = frozenset({_public_host(public_url)} if public_url else ())
    guards = [
        Middleware(
            Guard,
            local=is_loopback(host),
            hosts=hosts,
            shared=share,
            frames=[_frame(source) for source in frames],
        ),
        Middleware(Language, fixed=language, prefix=_prefix(public_url)),
    ]
    launched = threading.Event()
    if users:
        guards.append(_login(app, users, free, public_url, launched, framed=bool(frames)))
    if sign_in:
        from workbench.ui.oauth import SignIn

        guards.append(Middleware(SignIn, provider=sign_in))
    app.queue(default_concurrency_limit=THREADS, max_size=None)
    app.delete_cache = (3600, 24 * 3600)
    with contextlib.redirect_stdout(sys.stderr):  # where Gradio tells why there is no tunnel
        _, url, shared_url = app.launch(
            server_name=host,
            server_port=free,
            root_path=public_url,
            prevent_thread_lock=True,
            inline=False,
            quiet=True,
            share=share,
            show_error=False,
            enable_monitoring=False,
            max_threads=THREADS,
            max_file_size=UPLOAD_LIMIT,
            theme=theme(),
            css_paths=CSS_FILE,
            app_kwargs={"middleware": guards},
            **_supported(
                app.launch, run_history=False, footer_links=["api", "settings"], **_ONE_SERVER
            ),
        )
    speak(app)
    launched.set()
    remember_descriptions()
    if share and not shared_url:
        app.close(verbose=False)
        raise ConfigurationError(
            "the tunnel of --share can't be opened",
            hint="Check the network, or reach the app through a proxy with `--public-url`.",
        )
    return Running(app=app, url=public_url or shared_url or url)


def _login(
    app: gr.Blocks,
    users: Users,
    port: int,
    public_url: str | None,
    launched: threading.Event,
    *,
    framed: bool,
) -> Middleware:
    from starlette.middleware import Middleware

    from workbench.ui.login import Login
    from workbench.ui.sessions import Sessions, session_key

    parts = urlsplit(public_url or "")
    https = {TUNNEL} | ({parts.hostname} if parts.scheme == "https" and parts.hostname else set())
    return Middleware(
        Login,
        users=users,
        # Cookies know no ports: in the name, it keeps two apps of one host apart.
        sessions=Sessions(users, session_key(), f"workbench-{port}"),
        title=str(app.title),
        launched=launched,
        prefix=_prefix(public_url),
        https=frozenset(https),
        framed=framed,
    )


def _prefix(public_url: str | None) -> str:
    return urlsplit(public_url or "").path.rstrip("/")


def _public_host(public_url: str) -> str:
    parts = urlsplit(public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            f"{public_url!r} is no address of an app", hint="Write it as https://host/path."
        )
    return parts.hostname


def _frame(source: str) -> str:
    if not _FRAME.fullmatch(source):
        raise ConfigurationError(
            f"{source!r} is no address of pages that may show the app",
            hint="Write it as https://host, https://*.host or http://host:port.",
        )
    return source


def free_port(host: str, port: int) -> int:
    """*port*, or any free one for 0. Raises ConfigurationError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            told = (
                "is taken" if exc.errno == errno.EADDRINUSE else f"can't be used ({exc.strerror})"
            )
            raise ConfigurationError(
                f"port {port} on {host} {told}",
                hint="Stop what uses it, or choose another with `--port`; 0 takes a free one.",
            ) from exc
        taken: int = probe.getsockname()[1]
        return taken


def _supported(function: Any, **options: object) -> dict[str, Any]:
    """Those of *options* that the installed Gradio knows."""
    known: Sequence[str] = tuple(inspect.signature(function).parameters)
    return {name: value for name, value in options.items() if name in known}
