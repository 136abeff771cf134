"""`workbench run`: one task, on one input or several."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from workbench.cli.failures import FAILED, SOME_FAILED, tell
from workbench.cli.inputs import name_of, read_input, read_pairs
from workbench.cli.places import Places
from workbench.cli.status import Status
from workbench.cli.targets import aim
from workbench.client import EndpointClient
from workbench.errors import InvalidInputError, StoppedError, WorkbenchError
from workbench.exchanges import Recording
from workbench.redaction import display_target
from workbench.task import Task, find_task


def run_task(
    name: str,
    given: Sequence[str],
    parameters: Sequence[str],
    *,
    targets: Sequence[str],
    as_json: bool,
    output: Path | None,
) -> None:
    """Run the task on each input; print its results to stdout, or write them to *output*.

    One that fails doesn't keep the others from being done; then the exit code is 3.
    """
    task = find_task(name)
    options = task.read_parameters(read_pairs(parameters))
    inputs: Sequence[str | None] = given or [None]
    if len([one for one in inputs if one in (None, "-")]) > 1:
        raise InvalidInputError("standard input can be read once", hint="Name it once.")
    places = Places.choose(task, inputs, output, as_json=as_json)
    with aim(EndpointClient(), targets) as client:
        try:
            failures = [_run_one(task, one, options, client, places) for one in inputs]
        finally:
            places.finish()
    if any(failures):
        sys.exit(SOME_FAILED if not all(failures) else FAILED)


def _run_one(
    task: Task,
    given: str | None,
    options: dict[str, int | float | str],
    client: EndpointClient,
    places: Places,
) -> bool:
    """Whether it failed. An input that stands alone raises what went wrong."""
    name = name_of(task, given)
    status = Status()
    with client.recording(status.wait) as exchanges:
        try:
            read = read_input(task, given)
            if task.stream is not None and places.streams:
                places.put_pieces(task.stream(read, client=client, **options), status)
                return False
            result = task.run(read, client=client, **options)
        except (WorkbenchError, KeyboardInterrupt) as error:
            status.wipe()
            _keep(task, name, error, exchanges, places)
            if places.alone or isinstance(error, StoppedError | KeyboardInterrupt):
                raise
            error.task = error.task or task.name
            tell(error, about=name)
            return True
        finally:
            status.wipe()
    places.put(name, result, _document(task, exchanges, result=task.facts(result)))
    return False


def _keep(
    task: Task,
    name: str,
    error: WorkbenchError | KeyboardInterrupt,
    exchanges: Recording,
    places: Places,
) -> None:
    """Put away what a task that ended early had done, and what ended it."""
    facts: dict[str, object] = {}
    if isinstance(error, WorkbenchError):
        facts["error"] = error.as_dict()
    kept = None if places.streams else getattr(error, "partial", None)
    if kept:
        document = _document(task, exchanges, result=task.facts(kept), **facts)
        places.put(name, kept, document)
    elif facts and not places.alone:
        places.put_document(name, facts)


def _document(task: Task, exchanges: Recording, **facts: object) -> dict[str, object]:
    calls = [exchange for exchange in exchanges if exchange.payload.method == "POST"]
    return {
        "task": task.name,
        "target": _each(display_target(call.target) for call in calls),
        "engine": _each(call.engine for call in calls),
        **facts,
        "exchanges": [exchange.as_dict() for exchange in exchanges],
    }


def _each(told: Iterable[str]) -> str | None:
    """Every one once; two when a task is made of two."""
    return ", ".join(dict.fromkeys(told)) or None
