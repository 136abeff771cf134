"""`workbench serve`: the embedded engine on a port."""

from __future__ import annotations

import logging
import sys

from workbench.cli.output import say
from workbench.errors import ConfigurationError


def serve_engine(host: str, port: int, *, engine: str, print_only: bool, faults: bool) -> None:
    """Serve until interrupted, or print the `.env` lines that would point here."""
    from workbench.engines.server import print_env, serve

    if engine != "embedded":
        raise ConfigurationError(
            f"there is no engine {engine!r}", hint="This version has: embedded."
        )
    if print_only:
        shown = f"[{host}]" if ":" in host else host
        say(print_env(f"http://{shown}:{port}"), end="")
        return
    logging.basicConfig(format="%(message)s")
    try:
        serve(host=host, port=port, faults=faults, on_ready=_announce)
    except OSError as exc:
        raise ConfigurationError(str(exc), hint="") from exc


def _announce(url: str) -> None:
    print(f"Serving at {url} (Ctrl+C ends it)", file=sys.stderr, flush=True)
