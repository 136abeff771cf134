"""`--target`: one for every task, or one for each as TASK=TARGET."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.client import EndpointClient
from workbench.errors import ConfigurationError
from workbench.routes import COURSE_ROUTES


def aim(client: EndpointClient, targets: Sequence[str]) -> EndpointClient:
    """*client* at the targets that were given. Raises ConfigurationError.

    >>> from workbench.settings import Settings
    >>> aim(EndpointClient(Settings()), ["captioning=embedded"]).target is None
    True
    """
    named = {}
    everywhere = []
    for target in targets:
        task, equals, value = target.partition("=")
        if equals and task in (route.task for route in COURSE_ROUTES):
            named[task] = value
        else:
            everywhere.append(target)
    if len(everywhere) > 1:
        raise ConfigurationError(
            "two targets are given for the same tasks",
            hint="Write --target TASK=TARGET for each, as in --target captioning=org/model.",
        )
    client = client.using(everywhere[0] if everywhere else None)
    for task, target in named.items():
        client = client.using(target, task=task)
    return client
