"""`workbench run`: one task, on one input or several."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.cli.failures import FAILED, SOME_FAILED, harmless, tell
from workbench.cli.inputs import name_of, read_input, read_pairs
from workbench.cli.places import Places
from workbench.cli.targets import aim
from workbench.client import EndpointClient
from workbench.errors import InvalidInputError, StoppedError, WorkbenchError
from workbench.exchanges import Recording, Waiting
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
    with client.recording(_tell_waiting) as exchanges:
        try:
            result = task.run(read_input(task, given), client=client, **options)
        except StoppedError:
            raise
        except WorkbenchError as error:
            kept = getattr(error, "partial", None)
            if kept is not None:
                places.put(name, kept, _document(task, kept, exchanges))
            if places.alone:
                raise
            places.put_failure(name, error)
            error.task = error.task or task.name
            tell(error, about=name)
            return True
    places.put(name, result, _document(task, result, exchanges))
    return False


def _document(task: Task, result: object, exchanges: Recording) -> dict[str, object]:
    calls = [exchange.as_dict() for exchange in exchanges]
    return {
        "task": task.name,
        "target": display_target(exchanges[0].target) if calls else None,
        "engine": exchanges[0].engine if calls else None,
        "result": task.facts(result),
        "exchanges": calls,
    }


def _tell_waiting(waiting: Waiting) -> None:
    print(
        harmless(f"{waiting.message}; trying again in {waiting.wait_s:.1f} s"),
        file=sys.stderr,
        flush=True,
    )
