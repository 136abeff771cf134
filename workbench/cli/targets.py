"""`--target`: one for every task, or one for each as TASK=TARGET."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.client import EndpointClient
from workbench.errors import ConfigurationError
from workbench.routes import CHAT, COURSE_ROUTES

_ONE = re.compile(r"(?P<task>[a-z_-]+)=(?P<target>.*)", re.DOTALL)


def aim(client: EndpointClient, targets: Sequence[str]) -> EndpointClient:
    """*client* at the targets that were given. Raises ConfigurationError.

    >>> from workbench.settings import Settings
    >>> aim(EndpointClient(Settings()), ["captioning=embedded"]).target is None
    True
    """
    named: dict[str, str] = {}
    everywhere = []
    twice = False
    for target in targets:
        if match := _ONE.fullmatch(target):
            task = match["task"]
            _check_task(task, match["target"])
            twice = twice or task in named
            named[task] = match["target"]
        else:
            everywhere.append(target)
    if len(everywhere) > 1 or twice:
        raise ConfigurationError(
            "two targets are given for the same tasks",
            hint="Write --target TASK=TARGET for each, as in --target captioning=org/model.",
        )
    client = client.using(everywhere[0] if everywhere else None)
    for task, target in named.items():
        client = client.using(target, task=task)
    return client


def _check_task(task: str, target: str) -> None:
    known = [route.task for route in (*COURSE_ROUTES, CHAT)]
    if task not in known:
        raise ConfigurationError(
            f"no task called {task!r} has a target", hint=f"There are: {', '.join(known)}."
        )
    if not target.strip():
        raise ConfigurationError(
            f"the target of {task} is empty", hint=f"Write {task}=org/model, or leave it out."
        )
