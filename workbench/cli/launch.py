"""`workbench` and `workbench launch`: open the app."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Sequence

from workbench.cli.failures import tell
from workbench.cli.targets import aim
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError, WorkbenchError
from workbench.hosts import is_loopback
from workbench.task import Task, discover, find_task
from workbench.ui.launch import DEFAULT_PORT, free_port

_MORE_PORTS = 20


def launch_tasks(
    names: Sequence[str],
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    targets: Sequence[str] = (),
    allowed: Sequence[str] | None = None,
    public_url: str | None = None,
    browser: bool = True,
) -> None:
    """Build the app with the tasks named (all if none), and serve it until interrupted."""
    client = aim(EndpointClient(), targets)
    chosen = [find_task(name) for name in names] if names else list(discover().values())
    for task in chosen:
        _warn_of_target(client, task)
    local = is_loopback(host) and public_url is None
    if port is None:
        port = _usual_port(host, client.settings.ports)
    free_port(host, port)
    if not local:
        _warn_open(client)
        allowed = allowed or []
    print("Starting …", file=sys.stderr, flush=True)

    from workbench.ui.app import build_app
    from workbench.ui.launch import launch_app

    app = build_app(client, chosen, targets=allowed)
    running = launch_app(app, host=host, port=port, public_url=public_url)
    print(f"Open {running.url} (Ctrl+C ends it)", file=sys.stderr, flush=True)
    if browser and local:
        webbrowser.open(running.url)
    try:
        app.block_thread()
    finally:
        client.close()


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


def _warn_open(client: EndpointClient) -> None:
    print("Others can reach this app, and it has no login yet.", file=sys.stderr)
    if client.settings.token:
        print("Whoever opens it spends your token.", file=sys.stderr)
