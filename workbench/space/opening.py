"""Open the workbench as a Space does: who may use it, and at whose expense."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from workbench.errors import ConfigurationError, WorkbenchError
from workbench.routes import CHAT, COURSE_ROUTES
from workbench.settings import Settings
from workbench.task import discover, find_task
from workbench.ui.launch import DEFAULT_PORT
from workbench.users import Users

Visitors = Literal["own", "login", "limit"]
VISITORS: tuple[str, ...] = get_args(Visitors)
DAILY = 20
HUB = "https://huggingface.co"
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - a Space is reached through its container's network
_KEPT = Path("/data")
"""Where a Space with a disk of its own keeps what is to outlive a restart."""
_PROXIES = "127.0.0.1,::1,10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fc00::/7"
"""Of the addresses that a request came through, the last that is none of these sent it."""


def open_space(
    tasks: Sequence[str] = (),
    *,
    visitors: str = "own",
    daily: int = DAILY,
    daily_total: int | None = None,
    targets: Mapping[str, str] | None = None,
) -> None:
    """Serve *tasks* (all if none is named) until interrupted; on this machine alone if at home.

    *visitors* pay with an account of their "own", enter by a "login" with APP_PASSWORD, or make
    *daily* calls each and *daily_total* together within a "limit". *targets* has a target for a
    task; variables of the environment go before it. Ends the process where it can't be opened.
    """
    try:
        _open(tasks, _Plan(visitors, daily, daily_total, targets or {}))
    except WorkbenchError as error:
        sys.exit(f"{error}\n{error.hint}".rstrip())


@dataclass(frozen=True)
class _Plan:
    visitors: str
    daily: int
    daily_total: int | None
    targets: Mapping[str, str]


def _open(tasks: Sequence[str], plan: _Plan) -> None:
    if plan.visitors not in VISITORS:
        raise ConfigurationError(
            f"visitors={plan.visitors!r} is none of {', '.join(VISITORS)}", hint="Correct app.py."
        )
    host = os.environ.get("SPACE_HOST", "").partition(",")[0]
    # Where Gradio knows a Space it starts another server, to reload code, which knows no guard.
    os.environ.pop("SYSTEM", None)
    if host:
        os.environ.setdefault("FORWARDED_ALLOW_IPS", _PROXIES)
        if os.access(_KEPT, os.W_OK):
            os.environ.setdefault("WORKBENCH_HOME", str(_KEPT))
    settings = _settings(plan.targets)
    users = Users.read(shared=settings.app_password)
    if plan.visitors == "login" and not users:
        raise ConfigurationError(
            "this Space has a login, and no password",
            hint="Set the secret APP_PASSWORD in its settings, and restart it.",
        )
    chosen = [find_task(name) for name in tasks] if tasks else list(discover().values())
    port = int(os.environ.get("GRADIO_SERVER_PORT") or DEFAULT_PORT)
    address = f"https://{host}" if host else None

    from workbench.ui.allowance import Allowance
    from workbench.ui.app import build_app
    from workbench.ui.launch import launch_app
    from workbench.ui.oauth import Provider
    from workbench.ui.visitors import VisitorsClient

    own = plan.visitors == "own"
    home = address or f"http://127.0.0.1:{port}"
    provider = Provider.from_env(os.environ, home) if own else None
    limited = plan.visitors == "limit"
    allowance = Allowance.kept(plan.daily, plan.daily_total) if limited else None
    client = VisitorsClient(
        settings,
        own=own,
        sign_in=provider is not None,
        allowance=allowance,
    )
    for task in chosen:
        for route in task.routes:
            try:
                client.endpoint(route)
            except WorkbenchError as error:  # its tab tells; the others work
                print(f"{error} {error.hint}", file=sys.stderr)
    running = launch_app(
        build_app(client, chosen, targets=["embedded"], users=users),
        host=os.environ.get("GRADIO_SERVER_NAME") or (_EVERYWHERE if host else "127.0.0.1"),
        port=port,
        public_url=address,
        users=users,
        frames=[HUB] if host else [],
        sign_in=provider,
    )
    print(f"Open {running.url} (Ctrl+C ends it)", file=sys.stderr, flush=True)
    running.app.block_thread()


def _settings(targets: Mapping[str, str]) -> Settings:
    variables = {route.task: route.variable for route in (*COURSE_ROUTES, CHAT)}
    unknown = set(targets) - set(variables)
    if unknown:
        raise ConfigurationError(
            f"no task called {', '.join(sorted(unknown))} has a target",
            hint=f"There are: {', '.join(variables)}.",
        )
    settings = Settings.load()
    named = {variables[task]: target for task, target in targets.items()}
    return replace(settings, targets={**named, **settings.targets})
