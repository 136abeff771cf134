"""`workbench run`: one task, once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.cli.failures import harmless
from workbench.cli.output import check_folder, say, say_json, to_json, write_file
from workbench.client import EndpointClient
from workbench.errors import InvalidInputError
from workbench.exchanges import Recording, Waiting
from workbench.redaction import display_target
from workbench.task import Task, find_task


def run_task(
    name: str,
    given: str | None,
    parameters: Sequence[str],
    *,
    target: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Run the task and print its result to stdout, or write it to *output*."""
    task = find_task(name)
    options = task.read_parameters(_pairs(parameters))
    text = read_input(given)
    if output is not None:
        check_folder(output)
    with EndpointClient().using(target) as client, client.recording(_tell_waiting) as exchanges:
        result = task.run(text, client=client, **options)
    document = _document(task, result, exchanges) if as_json else None
    if output is not None:
        shown = task.show(result) if document is None else to_json(document)
        write_file(output, shown + "\n")
        print(f"Written to {output}", file=sys.stderr)
    elif document is not None:
        say_json(document)
    else:
        say(task.show(result))


def read_input(given: str | None) -> str:
    """The text of an argument: itself, `@file`, or standard input for `-` or nothing.

    A text that starts with @ is written with two. Raises InvalidInputError.

    >>> read_input("@@work")
    '@work'
    """
    if given is None or given == "-":
        return _read_stdin(asked=given is not None)
    if given.startswith("@@"):
        return given[1:]
    if given.startswith("@"):
        return _read_file(given[1:])
    return given


def _read_stdin(*, asked: bool) -> str:
    if sys.stdin is None or (not asked and sys.stdin.isatty()):
        raise InvalidInputError(
            "there is no input", hint="Give a text, @FILE, or - for standard input."
        )
    try:
        data = sys.stdin.buffer.read()
    except OSError as exc:
        raise InvalidInputError(
            f"standard input can't be read: {exc.strerror or exc}", hint="Give a text or @FILE."
        ) from exc
    return _decode(data, "standard input")


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


def _pairs(parameters: Sequence[str]) -> dict[str, str]:
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


def _document(task: Task, result: object, exchanges: Recording) -> dict[str, object]:
    calls = [exchange.as_dict() for exchange in exchanges]
    return {
        "task": task.name,
        "target": display_target(exchanges[0].target) if calls else None,
        "engine": exchanges[0].engine if calls else None,
        "result": result,
        "exchanges": calls,
    }


def _tell_waiting(waiting: Waiting) -> None:
    print(
        harmless(f"{waiting.message}; trying again in {waiting.wait_s:.1f} s"),
        file=sys.stderr,
        flush=True,
    )
