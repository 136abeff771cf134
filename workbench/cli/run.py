"""`workbench run`: one task, once."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

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
    with EndpointClient().using(target) as client, client.recording(_tell_waiting) as exchanges:
        result = task.run(text, client=client, **options)
    shown = _document(task, result, exchanges) if as_json else task.show(result)
    if output is None:
        print(shown)
    else:
        output.write_text(shown + "\n", encoding="utf-8")
        print(f"Written to {output}", file=sys.stderr)


def read_input(given: str | None) -> str:
    """The text of an argument: itself, `@file`, or standard input for `-` or nothing.

    A text that starts with @ is written with two. Raises InvalidInputError.

    >>> read_input("@@work")
    '@work'
    """
    if given is None and sys.stdin.isatty():
        raise InvalidInputError(
            "there is no input", hint="Give a text, @FILE, or - for standard input."
        )
    if given is None or given == "-":
        return _decode(sys.stdin.buffer.read(), "standard input")
    if given.startswith("@@"):
        return given[1:]
    if given.startswith("@"):
        path = Path(given[1:]).expanduser()
        try:
            return _decode(path.read_bytes(), str(path))
        except OSError as exc:
            raise InvalidInputError(
                f"{path} can't be read: {exc.strerror}",
                hint="Check the path; a text that starts with @ is written with two.",
            ) from exc
    return given


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


def _document(task: Task, result: object, exchanges: Recording) -> str:
    calls = [exchange.as_dict() for exchange in exchanges]
    document = {
        "task": task.name,
        "target": display_target(exchanges[0].target) if calls else None,
        "engine": exchanges[0].engine if calls else None,
        "result": result,
        "exchanges": calls,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _tell_waiting(waiting: Waiting) -> None:
    print(
        f"{waiting.message}; trying again in {waiting.wait_s:.1f} s",
        file=sys.stderr,
        flush=True,
    )
