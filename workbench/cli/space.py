"""`workbench space`: write the workbench as a Space."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from workbench.cli.output import say
from workbench.cli.targets import aim
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError, WorkbenchError
from workbench.hosts import is_loopback
from workbench.language import translate
from workbench.redaction import display_target
from workbench.routes import Route
from workbench.settings import Settings
from workbench.space.card import Plan
from workbench.space.files import files_of
from workbench.space.opening import VISITORS
from workbench.space.writing import check_secrets, write_space
from workbench.targets import parse_target
from workbench.task import discover, find_task


def write(
    folder: Path,
    names: Sequence[str],
    *,
    title: str | None,
    emoji: str | None,
    visitors: str,
    daily: int | None,
    targets: Sequence[str],
    force: bool,
) -> None:
    """Write a Space of the tasks named into *folder*, and say how to push it."""
    if visitors not in VISITORS:
        raise ConfigurationError(
            f"--visitors is none of {', '.join(VISITORS)}", hint="Leave it out for `own`."
        )
    if daily is not None and visitors != "limit":
        raise ConfigurationError(
            "--daily is the limit of --visitors limit", hint="Add that, or leave --daily out."
        )
    chosen = [find_task(name) for name in names]
    routes = {route.task: route for task in chosen or discover().values() for route in task.routes}
    given = {"title": title, "emoji": emoji, "daily": daily}
    plan = Plan(
        visitors=visitors,
        tasks=tuple(task.name for task in chosen),
        routes=tuple(routes.values()),
        targets=_targets(targets, list(routes.values())),
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )
    files = files_of(plan)
    check_secrets(files, [plan.title, *plan.targets.values()], _secrets())
    write_space(folder, files, force=force)
    say(str(folder))
    size = sum(map(len, files.values()))
    told = f"{len(files)} files, {size / 1e6:.1f} MB. Its README.md tells how to push it"
    needed = {"login": ", and that it needs the secrets APP_PASSWORD and HF_TOKEN"}
    needed["limit"] = ", and that it needs the secret HF_TOKEN"
    print(translate(f"{told}{needed.get(visitors, '')}."), file=sys.stderr)


def _targets(given: Sequence[str], routes: Sequence[Route]) -> dict[str, str]:
    """Task -> target. Raises ConfigurationError for what a Space can't reach, or may not tell."""
    with EndpointClient(Settings()) as client:
        aimed = aim(client, given)
        named = {route: target for route in routes if (target := aimed.named(route))}
        for route, target in named.items():
            _check(target)
            aimed.endpoint(route)
    return {route.task: target for route, target in named.items()}


def _check(target: str) -> None:
    if display_target(target) != target:
        raise ConfigurationError(
            f"the target {display_target(target)} may hold a key, and app.py is there to be read",
            hint="Set the whole address as a secret of the Space, as in HF_API_NER_BASE.",
        )
    parsed = parse_target(target)
    if parsed.kind == "local":
        raise ConfigurationError(
            f"{target}: a Space runs no models itself", hint="Write `org/model`, or `embedded`."
        )
    if parsed.kind == "url" and is_loopback(urlsplit(parsed.value).hostname or ""):
        raise ConfigurationError(
            f"{target} is this machine, which a Space can't reach",
            hint="Write `org/model`, `embedded`, or an address on the internet.",
        )


def _secrets() -> list[str | None]:
    """What is known to be secret here; settings that can't be read hold nothing to compare."""
    try:
        settings = Settings.load()
    except WorkbenchError:
        return []
    return [settings.token, settings.app_password, *settings.keys.values()]
