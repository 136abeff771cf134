"""`workbench` and `workbench launch`: open the app."""

from __future__ import annotations

import gc
import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.cli import language
from workbench.cli.failures import tell
from workbench.cli.targets import aim
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError, WorkbenchError
from workbench.hosts import is_loopback
from workbench.language import translate
from workbench.settings import Settings
from workbench.task import Task, discover, find_task
from workbench.ui.launch import DEFAULT_PORT, free_port
from workbench.users import Users, readable_by_others

_MORE_PORTS = 20


def launch_tasks(
    names: Sequence[str],
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    targets: Sequence[str] = (),
    allowed: Sequence[str] | None = None,
    public_url: str | None = None,
    auth: Sequence[str] = (),
    share: bool = False,
    insecure: bool = False,
    history: bool = True,
    browser: bool = True,
    daily_limit: int | None = None,
) -> None:
    """Build the app with the tasks named (all if none), and serve it until interrupted.

    *auth* has ``NAME:PASSWORD`` or ``@FILE`` each; APP_PASSWORD of the settings counts too.
    *daily_limit* is how many calls that leave this machine's process a visitor may make a day.
    """
    client = aim(_client(replace(Settings.load(), history=history), daily_limit), targets)
    users = Users.read(auth=auth, shared=client.settings.app_password)
    _check_share(share, public_url, safe=bool(users) or insecure)
    chosen = [find_task(name) for name in names] if names else list(discover().values())
    for task in chosen:
        _warn_of_target(client, task)
    local = is_loopback(host) and public_url is None and not share
    if port is None:
        port = _usual_port(host, client.settings.ports)
    free_port(host, port)
    _warn_of_files(auth)
    if not local:
        allowed = allowed or []
        if not users:
            _warn_open(client)
    print(translate("Starting …"), file=sys.stderr, flush=True)

    from workbench.ui.app import build_app
    from workbench.ui.launch import launch_app

    app = build_app(client, chosen, targets=allowed, users=users)
    running = launch_app(
        app,
        host=host,
        port=port,
        public_url=public_url,
        users=users,
        share=share,
        language=language.chosen,
    )
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    print(translate(f"Open {running.url} (Ctrl+C ends it)"), file=sys.stderr, flush=True)
    if browser and local:
        webbrowser.open(running.url)
    try:
        app.block_thread()
    finally:
        client.close()


def _client(settings: Settings, daily_limit: int | None) -> EndpointClient:
    if daily_limit is None:
        return EndpointClient(settings)
    from workbench.ui.allowance import Allowance
    from workbench.ui.visitors import VisitorsClient

    return VisitorsClient(settings, allowance=Allowance.kept(daily_limit))


def _usual_port(host: str, ports: Sequence[int]) -> int:
    """The port of the settings, else the first free one from the default upwards."""
    if ports:
        return ports[0]
    for port in range(DEFAULT_PORT, DEFAULT_PORT + _MORE_PORTS):
        try:
            return free_port(host, port)
        except ConfigurationError:
            continue
    return 0


def _warn_of_target(client: EndpointClient, task: Task) -> None:
    """Say at the start what would fail at the first call; the other tabs work all the same."""
    try:
        for route in task.routes:
            client.endpoint(route)
    except WorkbenchError as error:
        tell(error)


def _check_share(share: bool, public_url: str | None, *, safe: bool) -> None:
    if share and public_url:
        raise ConfigurationError(
            "--share gives the app an address, and --public-url another", hint="Use one of them."
        )
    if share and not safe:
        raise ConfigurationError(
            "--share opens the app to the internet, and it has no login",
            hint="Set APP_PASSWORD, or add `--auth NAME:PASSWORD`. `--insecure` shares it as it "
            "is.",
        )


def _warn_of_files(auth: Sequence[str]) -> None:
    for given in auth:
        path = Path(given[1:])
        if given.startswith("@") and readable_by_others(path):
            told = f"Others can read {path}: `chmod 600` keeps it to you."
            print(translate(told), file=sys.stderr)


def _warn_open(client: EndpointClient) -> None:
    told = (
        "Others can reach this app, and it has no login. Set APP_PASSWORD, or start it with "
        "`--auth NAME:PASSWORD`."
    )
    print(translate(told), file=sys.stderr)
    if client.settings.token:
        print(translate("Whoever opens it spends your token."), file=sys.stderr)
