"""`get_completion`, with the name, the arguments and the answers it has in the notebooks."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from typing import Any, Protocol

from workbench.client import EndpointClient
from workbench.course.routing import route_for
from workbench.errors import ConfigurationError, InvalidInputError
from workbench.routes import COMPLETION, COURSE_ROUTES
from workbench.settings import Settings
from workbench.task import Task, find_task

_ROUTES = {route.task: route for route in COURSE_ROUTES}
_LOCK = threading.Lock()
_CLIENTS: list[EndpointClient] = []


class Completion(Protocol):
    """A function as `get_completion` is."""

    def __call__(
        self,
        inputs: object,
        parameters: Mapping[str, object] | None = None,
        ENDPOINT_URL: str | None = None,  # noqa: N803 - the course's name
    ) -> Any: ...


def shared_client() -> EndpointClient:
    """The client of this process, made anew when the settings changed: one pool of connections.

    >>> shared_client() is shared_client()
    True
    """
    settings = Settings.load()
    with _LOCK:
        if not _CLIENTS or _CLIENTS[0].settings != settings:
            _CLIENTS[:] = [EndpointClient(settings)]
        return _CLIENTS[0]


def get_completion(
    inputs: object,
    parameters: Mapping[str, object] | None = None,
    ENDPOINT_URL: str | None = None,  # noqa: N803 - the course's name
) -> Any:
    """Send *inputs* to an endpoint, and return what the notebooks expect of it.

    For text-to-image that is the base64 of a PNG, as in ``<img src="data:image/png;base64,…">``;
    else the list that the endpoint answered: ``[{"summary_text": …}]``, raw NER tokens, or
    ``[{"generated_text": …}]``. *ENDPOINT_URL* is any target, by default the configured one. The
    task is that of the variable which holds this target (``HF_API_NER_BASE``), or the one its path
    or model says, or else a picture is captioned and a text summarized. A prompt alone can't tell
    that a picture is wanted: for that lesson, and wherever else the task must be said, write
    ``get_completion = completion_for("text-to-image")``.

    Waits, retries and raises as `EndpointClient.call` does; ConfigurationError and
    InvalidInputError where the task can't be told.

    >>> get_completion("The tower is 324 metres tall.")
    [{'summary_text': 'The tower is 324 metres tall.'}]
    """
    client = shared_client()
    task = route_for(inputs, ENDPOINT_URL, client.settings).task
    return _answer(task, inputs, parameters, client.using(ENDPOINT_URL, task=task))


def completion_for(task: str) -> Completion:
    """A `get_completion` for one task, whatever is put in. Raises ConfigurationError.

    >>> get_completion = completion_for("ner")
    >>> get_completion("Ada lives here")
    [{'entity': 'B-PER', 'score': ..., 'index': 1, 'word': 'Ada', 'start': 0, 'end': 3}]
    """
    name = find_task(task).name
    if name not in _ROUTES:
        raise ConfigurationError(
            f"get_completion doesn't do {name}", hint=f"It does: {', '.join(_ROUTES)}."
        )

    def get_completion(
        inputs: object,
        parameters: Mapping[str, object] | None = None,
        ENDPOINT_URL: str | None = None,  # noqa: N803 - the course's name
    ) -> Any:
        return _answer(name, inputs, parameters, shared_client().using(ENDPOINT_URL, task=name))

    return get_completion


def _answer(
    name: str, inputs: object, parameters: Mapping[str, object] | None, client: EndpointClient
) -> Any:
    if name == "captioning":
        return [{"generated_text": run_task(name, inputs, parameters, client)["caption"]}]
    if name == "text-to-image":
        return _base64(run_task(name, inputs, parameters, client).png())
    if name == COMPLETION.task and client.endpoint(COMPLETION).protocol == "chat":
        said = run_task(name, inputs, parameters, client)
        return [{"generated_text": f"{said['prompt'].rstrip()} {said['completion']}"}]
    if name == "ner":  # some endpoints merge tokens unless they are told not to
        parameters = {"aggregation_strategy": "none", **(parameters or {})}
    answer = client.call(client.endpoint(_ROUTES[name]), inputs, parameters)
    return _base64(answer) if isinstance(answer, bytes) else answer


def _base64(picture: bytes) -> str:
    return base64.b64encode(picture).decode("ascii")


def run_task(
    name: str, inputs: object, parameters: Mapping[str, object] | None, client: EndpointClient
) -> Any:
    """What the task called *name* makes of *inputs*. Raises InvalidInputError for an option that
    it does not have, and what the task raises.

    >>> run_task("captioning", "no.png", {"steps": 3}, shared_client())
    Traceback (most recent call last):
    workbench.errors.InvalidInputError: captioning has no parameter 'steps'
    """
    task = find_task(name)
    return task.run(inputs, client=client, **_options(task, parameters or {}))


def _options(task: Task, parameters: Mapping[str, object]) -> dict[str, Any]:
    """*parameters* without those left out, and whole numbers as such: a slider gives floats."""
    known = {each.name: each.kind for each in task.parameters}
    options: dict[str, object] = {}
    for name, value in parameters.items():
        if value is None:
            continue
        if name not in known:
            raise InvalidInputError(
                f"{task.name} has no parameter {name!r}", hint=f"It has: {', '.join(known)}."
            )
        whole = isinstance(value, float) and value.is_integer() and known[name] == "whole number"
        options[name] = int(value) if whole else value  # type: ignore[call-overload]
    return options
