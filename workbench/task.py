"""What a task is to its faces, and how the installed ones are found."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Literal

from workbench.errors import ConfigurationError, InvalidInputError
from workbench.routes import Route

GROUP = "workbench.tasks"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An option of a task, as a person sets it with `-p name=value`."""

    name: str
    help: str
    kind: Literal["whole number", "number", "text"] = "text"
    choices: tuple[str, ...] = ()

    def read(self, value: str) -> int | float | str:
        """*value* as the task takes it. Raises InvalidInputError.

        >>> Parameter(name="max_length", help="", kind="whole number").read("60")
        60
        """
        if self.choices and value not in self.choices:
            known = ", ".join(self.choices)
            raise InvalidInputError(f"{self.name} is one of {known}, not {value!r}", hint="")
        try:
            if self.kind == "text":
                return value
            return int(value) if self.kind == "whole number" else float(value)
        except ValueError:
            raise InvalidInputError(
                f"{self.name} is a {self.kind}, not {value!r}", hint=self.help
            ) from None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One job a person does: the pure function, its words, and its tab.

    `run(text, client=…, **parameters)` returns what `--json` prints; `show` turns that into
    the text a terminal prints. `tab(client)` lays the tab out inside the caller's Blocks; with
    `targets=(…)` a visitor may choose among these alone.
    """

    name: str
    title: str
    summary: str
    order: int
    route: Route
    run: Callable[..., object]
    show: Callable[[object], str]
    tab: Callable[..., None]
    probe: str
    """A small input that `workbench doctor` tries a target with."""
    parameters: tuple[Parameter, ...] = ()
    aliases: tuple[str, ...] = ()

    def read_parameters(self, given: Mapping[str, str]) -> dict[str, int | float | str]:
        """Options from the command line. Raises InvalidInputError listing the known ones."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise InvalidInputError(
                    f"{self.name} has no parameter {name!r}",
                    hint=f"It has: {', '.join(known) or 'none'}.",
                )
        return {name: known[name].read(value) for name, value in given.items()}


def discover() -> dict[str, Task]:
    """Every installed task by name, in tab order. Raises ConfigurationError for a broken one."""
    found = [_load(entry) for entry in entry_points(group=GROUP)]
    return {task.name: task for task in sorted(found, key=lambda task: (task.order, task.name))}


def find_task(name: str) -> Task:
    """The task called *name*, or by one of its aliases.

    Only that task's module is imported. Raises ConfigurationError naming those there are.
    """
    entries = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name in entries:
        return _load(entries[name])
    tasks = discover()
    for task in tasks.values():
        if name in (task.name, *task.aliases):
            return task
    near = difflib.get_close_matches(name, tasks, n=1)
    guess = f" Did you mean `{near[0]}`?" if near else ""
    raise ConfigurationError(
        f"there is no task {name!r}", hint=f"Tasks: {', '.join(tasks)}.{guess}"
    )


def _load(entry: EntryPoint) -> Task:
    try:
        task = entry.load()
    except Exception as exc:
        raise ConfigurationError(
            f"the task {entry.name!r} from {entry.value} can't be loaded: {exc}",
            hint="Repair or uninstall the package it comes from.",
        ) from exc
    if not isinstance(task, Task):
        raise ConfigurationError(f"{entry.value} is not a Task", hint="Repair that package.")
    return task
