"""Launch an app: the one place where it is opened to a browser, and closed to the rest."""

from __future__ import annotations

import errno
import inspect
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from workbench.errors import ConfigurationError
from workbench.hosts import is_loopback
from workbench.ui.guard import Guard
from workbench.ui.quiet import quiet_gradio

if TYPE_CHECKING:
    import gradio as gr

DEFAULT_PORT = 7860
UPLOAD_LIMIT = "50mb"
THREADS = 100


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
) -> Running:
    """Serve *app*; port 0 takes any free one. *public_url* is its address behind a proxy.

    Returns at once. Raises ConfigurationError when the port is taken.
    """
    quiet_gradio()
    from starlette.middleware import Middleware

    from workbench.ui.theme import CSS_FILE, theme

    free = free_port(host, port)
    hosts = frozenset({_public_host(public_url)} if public_url else ())
    guard = Middleware(Guard, local=is_loopback(host), hosts=hosts)
    app.queue(default_concurrency_limit=THREADS, max_size=None)
    app.delete_cache = (3600, 24 * 3600)
    _, url, _ = app.launch(
        server_name=host,
        server_port=free,
        root_path=public_url,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        show_error=False,
        max_threads=THREADS,
        max_file_size=UPLOAD_LIMIT,
        theme=theme(),
        css_paths=CSS_FILE,
        app_kwargs={"middleware": [guard]},
        **_supported(app.launch, run_history=False, footer_links=["api", "settings"]),
    )
    return Running(app=app, url=public_url or url)


def _public_host(public_url: str) -> str:
    parts = urlsplit(public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            f"{public_url!r} is no address of an app", hint="Write it as https://host/path."
        )
    return parts.hostname


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
