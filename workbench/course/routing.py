"""Which task a call of `get_completion` is meant for: the course never says it."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from urllib.parse import urlsplit

from workbench.engines.container import PIPELINES
from workbench.errors import ConfigurationError, InvalidInputError
from workbench.routes import CAPTIONING, COURSE_ROUTES, MODEL_TASKS, SUMMARIZATION, Route
from workbench.settings import Settings
from workbench.targets import parse_target

_BY_TASK = {route.task: route for route in COURSE_ROUTES}
_PATHS = {**PIPELINES, "generate": "completion", "generate_stream": "completion"}
_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
_LONGEST_NAME = 4096
_HEAD = 64  # bytes that are looked at
_TELL = "Say which: get_completion = completion_for({!r}), from workbench.course."


def route_for(inputs: object, target: str | None, settings: Settings) -> Route:
    """The route of the task that *inputs* are sent to *target* for.

    Looked at in turn: the variable that holds this target (``HF_API_NER_BASE``), the path or
    model it names, and what the inputs are: a picture is captioned, a text summarized. Raises
    ConfigurationError for a target that several variables hold, InvalidInputError for inputs that
    are neither.

    >>> settings = Settings(targets={"HF_API_NER_BASE": "https://host.example"})
    >>> route_for("Ada", "https://host.example", settings).task
    'ner'
    >>> route_for("a dog", "http://127.0.0.1:8200/text-to-image", settings).task
    'text-to-image'
    >>> route_for("A long text.", None, settings).task
    'summarization'
    """
    held = _by_variable(target, settings) if target else []
    if len(held) == 1:
        return held[0]
    if target and (route := _by_name(target)):
        return route
    if held:
        return _one_of(held, inputs)
    if is_picture(inputs):
        return CAPTIONING
    if isinstance(inputs, str) or (
        isinstance(inputs, list) and inputs and all(isinstance(each, str) for each in inputs)
    ):
        return SUMMARIZATION
    raise InvalidInputError(
        f"it can't be told what to do with {type(inputs).__name__}: "
        "a text is summarized, a picture captioned",
        hint=_TELL.format("ner"),
    )


def _by_variable(target: str, settings: Settings) -> list[Route]:
    wanted = target.strip().rstrip("/")
    return [
        route
        for route in COURSE_ROUTES
        if settings.targets.get(route.variable, "").rstrip("/") == wanted
    ]


def _by_name(target: str) -> Route | None:
    """The route that the path of an address says, or the model of a target."""
    parsed = parse_target(target)
    name = parsed.value
    if parsed.kind == "url":
        *_, owner, last = ["", "", *urlsplit(name).path.strip("/").split("/")]
        if last in _PATHS:
            return _BY_TASK[_PATHS[last]]
        name = f"{owner}/{last}"
    return _BY_TASK.get(MODEL_TASKS.get(name, ""))


def _one_of(routes: list[Route], inputs: object) -> Route:
    pictured = is_picture(inputs)
    fitting = [route for route in routes if (route is CAPTIONING) == pictured]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(route.variable for route in routes)
    raise ConfigurationError(
        f"it can't be told which task is meant: {names} hold the same target",
        hint=_TELL.format((fitting or routes)[-1].task),
    )


def is_picture(inputs: object) -> bool:
    """Whether *inputs* are a picture, or the base64, file or address of one.

    >>> is_picture("https://host.example/dog.jpg"), is_picture("A dog in a park")
    (True, False)
    """
    if isinstance(inputs, str):
        text = inputs.strip()
        return _is_address(text) or _is_file(text) or _is_base64(text)
    return (
        isinstance(inputs, bytes | bytearray | memoryview | os.PathLike)
        or hasattr(inputs, "__array_interface__")
        or callable(getattr(inputs, "read", None))
    )


def _is_address(text: str) -> bool:
    start = text[:11].lower()
    return start.startswith(("http://", "https://", "data:image/")) and len(text.split()) == 1


def _is_file(text: str) -> bool:
    from workbench.images import sniff

    if not text or len(text) > _LONGEST_NAME or "\n" in text:
        return False
    try:
        with Path(text).open("rb") as file:
            return sniff(file.read(_HEAD)) is not None
    except (OSError, ValueError):
        return text.lower().endswith(_SUFFIXES)


def _is_base64(text: str) -> bool:
    from workbench.images import sniff

    head = "".join(text[: 2 * _HEAD].split())[: _HEAD // 3 * 4]
    try:
        data = base64.b64decode(head[: len(head) // 4 * 4], altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        try:
            data = base64.b64decode(head[: len(head) // 4 * 4], validate=True)
        except (binascii.Error, ValueError):
            return False
    return len(data) >= 24 and sniff(data) is not None
