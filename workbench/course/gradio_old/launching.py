"""`launch`, `queue`, `close_all`: on this machine alone, on a port that is free, never blocking."""

from __future__ import annotations

import contextlib
import errno
import functools
import logging
import os
import socket
import warnings
from importlib import import_module
from typing import Any

from workbench.course.gradio_old.calls import Translator, known
from workbench.course.gradio_old.components import KEPT
from workbench.course.gradio_old.patches import Patches
from workbench.errors import ConfigurationError, WorkbenchError

HOST = "127.0.0.1"
_EVERYWHERE = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - to recognise, not to bind


class Sharing:
    """Whether `share=True` makes a public link."""

    def __init__(self, *, on: bool = False) -> None:
        self.on = on


def install(gradio: Any, patches: Patches, translator: Translator, sharing: Sharing) -> None:
    """Make old ways to launch safe and quick."""
    blocks = gradio.Blocks
    patches.wrap(blocks, "launch", functools.partial(_launch, gradio, translator, sharing))
    patches.wrap(blocks, "queue", functools.partial(_queue, translator))
    patches.wrap(import_module("gradio.http_server").Server, "close", _close)
    patches.wrap(gradio, "load", _load)
    patches.set(blocks, "expects_oauth", _login(translator, blocks.expects_oauth))


def _queue(translator: Translator, original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    kwargs, _ = translator.arguments(kwargs, known(original), ("queue",), said=".queue")
    if args:
        translator.announcer.translated(".queue(…)", ".queue(max_size=…)")
    return original(self, **kwargs)


def _launch(
    gradio: Any,
    translator: Translator,
    sharing: Sharing,
    original: Any,
    self: Any,
    *args: Any,
    **kwargs: Any,
) -> Any:
    today = known(original)
    kwargs.update(zip(today[1:], args, strict=False))
    kwargs, _ = translator.arguments(kwargs, today, ("launch",), said=".launch")
    for name, value in getattr(self, KEPT + "look", {}).items():
        kwargs.setdefault(name, value)
    _stay_private(kwargs, translator, sharing)
    if kwargs.pop("debug", False):
        translator.announcer.translated(
            ".launch(debug=True)", "leave it out: it would hold the cell; errors are shown anyway"
        )
    kwargs.setdefault("show_error", True)
    if self.is_running:
        self.close(verbose=False)
    kwargs["server_port"] = _free_port(gradio, kwargs.get("server_port"), translator)
    kwargs.setdefault("run_history", False)
    if "run_history" not in today:
        del kwargs["run_history"]
    quiet = kwargs.get("quiet") or kwargs["share"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        launched = original(self, **{**kwargs, "quiet": kwargs.get("quiet") or not kwargs["share"]})
    if not quiet:  # without Gradio's advice to make a public link
        print(f"* Running on local URL:  {self.local_url}")
    return launched


def _stay_private(kwargs: dict[str, Any], translator: Translator, sharing: Sharing) -> None:
    """No public link unless it was asked for, and no address but this machine's."""
    if kwargs.get("share") and not sharing.on:
        translator.announcer(
            "`share=True` would open this app to the whole internet, so no public link was made. "
            "To have one, run `%course share on` and launch again."
        )
    kwargs["share"] = bool(kwargs.get("share")) and sharing.on
    if kwargs.get("server_name") in _EVERYWHERE:
        translator.announcer.translated(
            f".launch(server_name={kwargs['server_name']!r})",
            "leave it out: apps of a notebook listen on this machine alone",
        )
        kwargs["server_name"] = None
    kwargs["server_name"] = kwargs.get("server_name") or HOST


def _login(translator: Translator, original: property) -> property:
    """A login with Hugging Face works in a Space; elsewhere it would keep an app from starting."""

    def expects_oauth(self: Any) -> bool:
        expected = bool(original.__get__(self))
        if not expected or "SPACE_ID" in os.environ:
            return expected
        translator.announcer(
            "`gr.LoginButton` signs in with Hugging Face, which works in a Space alone; here it "
            "is shown and does nothing."
        )
        return False

    return property(expects_oauth)


def _free_port(gradio: Any, port: Any, translator: Translator) -> int | None:
    """*port*, freed where an app of this kernel holds it, else another; None for no wish."""
    if port is None:
        return None
    port = int(port)
    for app in list(gradio.Blocks.get_instances()):
        if app.is_running and getattr(app, "server_port", None) == port:
            app.close(verbose=False)
            translator.announcer(f"The app that this kernel had on port {port} was closed first.")
    if _is_free(port):
        return int(port)
    translator.announcer(
        f"Port {port} is taken by another program, so the app is on another port: see its address."
    )
    return _any_port()


def _is_free(port: int) -> bool:
    with contextlib.closing(socket.socket()) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
        except OverflowError:
            return False
        except OSError as exc:
            return exc.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True


def _any_port() -> int:
    with contextlib.closing(socket.socket()) as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


def _close(original: Any, self: Any) -> None:
    """Don't wait long for pages that are still open: they hold their connection for ever."""
    self.config.timeout_graceful_shutdown = 1
    log = logging.getLogger("uvicorn.error")  # it calls an open page an error
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        original(self)
    finally:
        log.setLevel(level)


def _load(original: Any, name: Any, *args: Any, **kwargs: Any) -> Any:
    for old in ("api_key", "hf_token"):
        if old in kwargs:
            kwargs["token"] = kwargs.pop(old)
    try:
        return original(name, *args, **kwargs)
    except WorkbenchError:
        raise
    except Exception as exc:
        raise ConfigurationError(
            f"gr.load({name!r}) asks the Hugging Face Hub, and that did not work: "
            f"{type(exc).__name__}",
            hint="Use get_completion or a tab of the workbench, which answer without a network.",
        ) from exc
