"""What a person names on the command line, read: a text, a file, standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.errors import InvalidInputError
from workbench.task import Task

_NAME = 48
_PATH = 300


def read_input(task: Task, given: str | None) -> object:
    """An argument as *task* takes it. Raises InvalidInputError."""
    return read_text(given) if task.takes == "text" else read_image(given)


def name_of(task: Task, given: str | None) -> str:
    """What a result is called after its input, short and on one line."""
    if given is None or given == "-":
        return "standard input"
    if given[:5].lower() == "data:":
        return "a data URI"
    line = " ".join(given.split())
    if task.takes == "image" and len(line) <= _PATH:
        return line
    return line if len(line) <= _NAME else line[: _NAME - 1].rstrip() + "…"


def read_text(given: str | None) -> str:
    """The text of an argument: itself, `@file`, or standard input for `-` or nothing.

    A text that starts with @ is written with two. Raises InvalidInputError.

    >>> read_text("@@work")
    '@work'
    """
    if given is None or given == "-":
        return _decode(_read_stdin("a text, @FILE", asked=given is not None), "standard input")
    if given.startswith("@@"):
        return given[1:]
    if given.startswith("@"):
        return _read_file(given[1:])
    return given


def read_image(given: str | None) -> str | bytes:
    """A picture as `load_image` takes it: a file's name, an address, or standard input's bytes."""
    if given is None or given == "-":
        return _read_stdin("a file, an address", asked=given is not None)
    return given.removeprefix("@")


def read_pairs(parameters: Sequence[str]) -> dict[str, str]:
    """The options of `-p name=value`. Raises InvalidInputError."""
    pairs = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name.strip():
            raise InvalidInputError(
                f"{parameter!r} is no parameter",
                hint="Write -p name=value, as in -p max_length=60.",
            )
        pairs[name.strip()] = value.strip()
    return pairs


def _read_stdin(forms: str, *, asked: bool) -> bytes:
    if sys.stdin is None or (not asked and sys.stdin.isatty()):
        raise InvalidInputError("there is no input", hint=f"Give {forms}, or - for standard input.")
    try:
        return sys.stdin.buffer.read()
    except OSError as exc:
        raise InvalidInputError(
            f"standard input can't be read: {exc.strerror or exc}", hint=f"Give {forms}."
        ) from exc


def _read_file(name: str) -> str:
    try:
        path = Path(name).expanduser()
        return _decode(path.read_bytes(), str(path))
    except (OSError, RuntimeError) as exc:
        cause = exc.strerror if isinstance(exc, OSError) else "there is no such home folder"
        raise InvalidInputError(
            f"{name} can't be read: {cause}",
            hint="Check the path; a text that starts with @ is written with two.",
        ) from exc


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InvalidInputError(
            f"{source} is not UTF-8 text (byte {exc.start})", hint="Save it as UTF-8."
        ) from exc
