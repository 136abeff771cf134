"""What a task is to its faces, and how the installed ones are found."""

from __future__ import annotations

import contextlib
import difflib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, Protocol

from workbench.errors import ConfigurationError, InvalidInputError
from workbench.routes import Route

GROUP = "workbench.tasks"
_OURS = "hf-inference-workbench"

logger = logging.getLogger("workbench")


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
                f"{self.name} is a {self.kind}, not {value!r}",
                hint=f"Write it as in -p {self.name}=7. {self.help}",
            ) from None


class TextPieces(Protocol):
    """A text that comes piece by piece; `result` is what `run` returns, once it is whole."""

    def __iter__(self) -> Iterator[str]: ...

    def close(self) -> None: ...

    @property
    def result(self) -> object: ...


def _as_it_is(result: object) -> object:
    return result


@dataclass(frozen=True, kw_only=True)
class Task:
    """One job a person does: the pure function, its words, and its tab.

    `run(given, client=…, **parameters)` returns the result, and `show` turns that into the text a
    terminal prints; `facts` into what `--json` prints, where it isn't JSON as it is. *given* is a
    text, or for a task that *takes* an image whatever `workbench.images.load_image` takes. A task
    that makes pictures has `draw(result, suffix)`, the bytes of a file with one of its
    *suffixes*. `tab(client)` lays the tab out inside the caller's Blocks; with `targets=(…)` a
    visitor may choose among these alone.
    """

    name: str
    title: str
    summary: str
    order: int
    routes: tuple[Route, ...]
    """Where it is answered: its own route, or those of the tasks it is made of."""
    run: Callable[..., object]
    show: Callable[[object], str]
    tab: Callable[..., None]
    probe: object
    """A small input that `workbench doctor` tries a target with."""
    takes: Literal["text", "image"] = "text"
    facts: Callable[[object], object] = _as_it_is
    stream: Callable[..., TextPieces] | None = None
    """Where the result is a text that grows: the same call, as the pieces of it."""
    draw: Callable[[object, str], bytes] | None = None
    suffixes: tuple[str, ...] = ()
    paid: bool = False
    """Whether a call costs so much that it is made on request alone."""
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
    """Every installed task by name, in tab order. A broken one is left out and logged."""
    tasks, broken = _survey()
    for error in broken.values():
        logger.warning("%s %s", error, error.hint)
    return tasks


def broken_tasks() -> dict[str, ConfigurationError]:
    """What is wrong with each task that `discover` leaves out, by the name it was installed as."""
    return _survey()[1]


def find_task(name: str) -> Task:
    """The task called *name*, or by one of its aliases.

    Only that task's module is imported. Raises ConfigurationError naming those there are, or
    what is wrong with this one.
    """
    for entry in _entries():
        if entry.name == name:
            with contextlib.suppress(ConfigurationError):
                task = _load(entry)
                if task.name == name:
                    return task
    tasks, broken = _survey()
    for task in tasks.values():
        if name in (task.name, *task.aliases):
            return task
    if name in broken:
        raise broken[name]
    near = difflib.get_close_matches(name, tasks, n=1)
    guess = f" Did you mean `{near[0]}`?" if near else ""
    raise ConfigurationError(
        f"there is no task {name!r}", hint=f"Tasks: {', '.join(tasks)}.{guess}"
    )


def _survey() -> tuple[dict[str, Task], dict[str, ConfigurationError]]:
    """The tasks in tab order, and the errors of those that can't be had."""
    found: dict[str, Task] = {}
    broken: dict[str, ConfigurationError] = {}
    for entry in _entries():
        try:
            task = _load(entry)
            if found.setdefault(task.name, task) is not task:
                raise _broken(entry, f"there is a task {task.name!r} already")
        except ConfigurationError as error:
            key = f"{entry.name} ({entry.value})" if entry.name in broken else entry.name
            broken[key] = error
    ordered = sorted(found.values(), key=lambda task: (task.order, task.name))
    return {task.name: task for task in ordered}, broken


def _entries() -> list[EntryPoint]:
    """Ours before those of others, so that no plugin takes the place of a task of ours."""

    def rank(entry: EntryPoint) -> tuple[bool, str]:
        owner = entry.dist.name if entry.dist else ""
        return re.sub(r"[-_.]+", "-", owner).lower() != _OURS, owner

    return sorted(entry_points(group=GROUP), key=rank)


def _load(entry: EntryPoint) -> Task:
    try:
        task = entry.load()
    except KeyboardInterrupt:
        raise
    except BaseException as exc:
        raise _broken(entry, f"{type(exc).__name__}: {exc}") from exc
    if not isinstance(task, Task):
        raise _broken(entry, "it is not a Task")
    if not isinstance(task.name, str) or not isinstance(task.order, int):
        raise _broken(entry, "its name is no text or its order no whole number")
    return task


def _broken(entry: EntryPoint, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"the task {entry.name!r} from {entry.value} can't be loaded: {why}",
        hint="Repair or uninstall the package it comes from.",
    )
