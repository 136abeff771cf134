"""`workbench doctor`: what is set up, what is not, and what to do about it."""

from __future__ import annotations

import platform
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Literal
from urllib.parse import urlsplit

from workbench import __version__
from workbench.chat_endpoints import missing
from workbench.cli.columns import padded
from workbench.cli.failures import harmless, told_as_errors
from workbench.cli.listing import told_target
from workbench.cli.output import say, say_json
from workbench.client import EndpointClient
from workbench.config import find_config
from workbench.errors import WorkbenchError
from workbench.hosts import is_loopback
from workbench.language import translate
from workbench.redaction import display_target, last_four, redact
from workbench.routes import Route
from workbench.settings import TOKEN_VARIABLES, Settings, load_environment
from workbench.targets import parse_target
from workbench.task import Task, broken_tasks, discover
from workbench.ui.launch import DEFAULT_PORT, free_port

PACKAGES = ("gradio", "requests", "urllib3", "pillow", "huggingface-hub", "starlette", "uvicorn")
PROBE_DEADLINE_S = 20.0
_REPAIR = "Repair or uninstall the package it comes from."


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `fix` is empty when nothing is to be done."""

    name: str
    state: Literal["ok", "note", "problem"]
    told: str
    fix: str = ""


def examine(*, as_json: bool, probe: bool) -> int:
    """Print every finding; returns the exit code, 1 when there is a problem."""
    findings = []
    for finding in _findings(probe=probe):
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        say_json([asdict(finding) for finding in findings])
    return 1 if any(finding.state == "problem" for finding in findings) else 0


def _findings(*, probe: bool) -> Iterator[Finding]:
    yield from _versions()
    try:
        settings = Settings.load()
    except WorkbenchError as error:
        yield Finding("settings", "problem", str(error), error.hint)
        return
    yield _config()
    yield _token(settings)
    yield _port(settings)
    for name, flaw in broken_tasks().items():
        yield Finding(name, "problem", str(flaw), flaw.hint)
    limits = replace(settings.limits, deadline_s=min(PROBE_DEADLINE_S, settings.limits.deadline_s))
    with EndpointClient(replace(settings, limits=limits)) as client:
        for task in discover().values():
            yield _examine_task(task, client, probe=probe)
    yield _chat_models(settings)


def _versions() -> Iterator[Finding]:
    yield Finding("python", "ok", platform.python_version())
    yield Finding("hf-inference-workbench", "ok", __version__)
    for package in PACKAGES:
        try:
            yield Finding(package, "ok", version(package))
        except PackageNotFoundError:
            yield Finding(package, "problem", "not installed", f"pip install {package}")


def _config() -> Finding:
    path = find_config(load_environment())
    return Finding("workbench.toml", "ok", str(path or "none, and none is needed"))


def _chat_models(settings: Settings) -> Finding:
    """Who can answer now, and what each of the others needs, those that need the same together."""
    needs: dict[str, list[str]] = {}
    for name, model in settings.chat_models.items():
        needs.setdefault(missing(model, settings), []).append(name)
    ready = needs.pop("", [])
    fix = "\n".join(f"{', '.join(names)}: {told}" for told, names in needs.items())
    told = f"{', '.join(ready) or 'none'} can answer"
    return Finding("chat models", "note" if needs else "ok", told, fix)


def _token(settings: Settings) -> Finding:
    if settings.token is None:
        return Finding(
            "token",
            "note",
            f"none ({', '.join(TOKEN_VARIABLES)} and the token file are empty)",
            "Not needed for `embedded`. For hosted models set HF_TOKEN or run `hf auth login`.",
        )
    return Finding("token", "ok", f"{last_four(settings.token)} from {settings.token_source}")


def _port(settings: Settings) -> Finding:
    port = settings.ports[0] if settings.ports else DEFAULT_PORT
    try:
        free_port("127.0.0.1", port)
    except WorkbenchError as error:
        return Finding("port", "note", str(error), error.hint)
    return Finding("port", "ok", f"{port} is free")


def _examine_task(task: Task, client: EndpointClient, *, probe: bool) -> Finding:
    """A task's target as found; what a plugin breaks is a finding, not the end of the list."""
    try:
        return _target(task, client, probe=probe)
    except (Exception, SystemExit) as exc:  # noqa: BLE001 - a plugin may raise anything
        secrets = (client.settings.token, *client.settings.keys.values())
        told = redact(f"the task broke: {type(exc).__name__}: {exc}", secrets)
        return Finding(task.name, "problem", told, _REPAIR)


def _target(task: Task, client: EndpointClient, *, probe: bool) -> Finding:
    if len(task.routes) != 1:
        others = ", ".join(route.task for route in task.routes)
        return Finding(task.name, "note", f"made of {others}")
    (route,) = task.routes
    written, source = told_target(route, client.settings)
    shown = f"{display_target(written)} ({source})"
    try:
        endpoint = client.endpoint(route)
        if endpoint.is_local:
            return Finding(task.name, "ok", f"{shown}: {_found(written, route, client.settings)}")
        free = endpoint.in_process or is_loopback(urlsplit(endpoint.url).hostname or "")
        if not probe or (task.paid and not free):
            if not probe:
                return Finding(task.name, "ok", f"{shown} -> {endpoint}")
            return Finding(
                task.name,
                "note",
                f"{shown} -> {endpoint}; not called, for each call costs",
                f'Try it: workbench run {task.name} "{task.probe}" -o picture.png',
            )
        with client.recording() as exchanges:
            task.run(task.probe, client=client)
    except WorkbenchError as error:
        return Finding(task.name, "problem", f"{shown}: {error}", error.hint)
    if not len(exchanges):
        return Finding(task.name, "problem", f"{shown}: the task made no call", _REPAIR)
    last = exchanges[len(exchanges) - 1]
    return Finding(task.name, "ok", f"{shown}: {last.engine}, {last.elapsed_s * 1000:.0f} ms")


def _found(written: str, route: Route, settings: Settings) -> str:
    """What a local target holds; nothing is fetched or loaded. Raises WorkbenchError."""
    from workbench.engines.local.hub import find
    from workbench.engines.local.kinds import DOES, check_kind, kind_of
    from workbench.engines.messages import nobody

    name = parse_target(written).value
    with told_as_errors():
        source = find(
            name, settings.local, token=None, tell=nobody, gone=threading.Event(), fetch=False
        )
        kind = kind_of(source.folder, name)
        check_kind(kind, route.task, name)
    return f"it {DOES[kind]}; in {source.folder}, not loaded to look at it"


def _print(finding: Finding) -> None:
    mark = padded(translate({"problem": "FAIL"}.get(finding.state, finding.state)), 4)
    say(harmless(f"{mark}  {finding.name:<24} {translate(finding.told)}"))
    if finding.fix:
        for line in finding.fix.splitlines():
            say(harmless(f"{'':<30} -> {translate(line)}"))
