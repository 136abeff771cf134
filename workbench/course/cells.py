"""What became of a notebook: its cells, its apps, and the facts of both as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

State = Literal["ran", "failed", "not run"]
_ROOM = 60


@dataclass
class App:
    """An app that a cell launched. `answered`: a page came from its address."""

    url: str
    title: str = ""
    answered: bool = False


@dataclass
class Cell:
    """One code cell, counted from 1. `why` and `next` are empty unless it failed."""

    number: int
    line: str
    state: State = "not run"
    seconds: float = 0.0
    why: str = ""
    next: str = ""
    apps: list[App] = field(default_factory=list)


@dataclass
class NotebookRun:
    """A notebook after its run.

    `apps` are those that still ran after the last cell, `translated` the old ways to write Gradio
    that were met, with today's.
    """

    path: str
    cells: list[Cell]
    apps: list[App] = field(default_factory=list)
    translated: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    executed: str = field(default="", repr=False)
    """The notebook with its outputs, as JSON, without secrets."""

    @property
    def launched(self) -> list[App]:
        """Every app that a cell launched, closed since or not."""
        return [app for cell in self.cells for app in cell.apps]

    @property
    def passed(self) -> bool:
        """Every cell ran and every app answered."""
        ran = all(cell.state == "ran" for cell in self.cells)
        return ran and all(app.answered for app in [*self.launched, *self.apps])

    def as_dict(self) -> dict[str, object]:
        """The run as JSON-ready facts, without the executed notebook."""
        facts = asdict(self)
        del facts["executed"]
        return {**facts, "passed": self.passed}


def first_line(source: str) -> str:
    """The first line of code in *source*, shortened; a comment if there is nothing else.

    >>> first_line("# Load the key\\n\\nimport os"), first_line("# later"), first_line(" ")
    ('import os', '# later', '(empty)')
    """
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("#")]
    line = (code or lines or ["(empty)"])[0]
    return line if len(line) <= _ROOM else f"{line[: _ROOM - 1]}…"
