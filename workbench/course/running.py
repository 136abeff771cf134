"""Run an old notebook as it is, in a kernel of its own with the course's extension loaded."""

from __future__ import annotations

import contextlib
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from workbench.course.advice import advice, blocked
from workbench.course.cells import App, Cell, NotebookRun, first_line
from workbench.course.inside import ASK
from workbench.course.kernel import Kernel
from workbench.course.notebooks import read_notebook, without_secrets
from workbench.errors import ConfigurationError
from workbench.redaction import printable, redact

EXTENSION = "%load_ext workbench.course"
TIMEOUT_S = 600.0
_LOAD_S = 180.0
_PROBE_S = 20.0
_AGAIN = "Run it again when the machine has less to do."
_COLORS = re.compile(r"\x1b\[[0-9;]*m")

Watch = Callable[[Cell, int], None]
"""Called before each cell with it and how many there are."""


def run_notebook(
    path: Path | str,
    *,
    timeout_s: float | None = TIMEOUT_S,
    stop: bool = False,
    watch: Watch | None = None,
) -> NotebookRun:
    """Run every cell of the notebook at *path*, and close the apps it launched.

    The file stays as it is. A cell that fails is noted and the next one runs, unless *stop*. Each
    cell has *timeout_s* seconds. Raises ConfigurationError when there is no notebook, or no
    kernel to run it in.
    """
    with running_notebook(path, timeout_s=timeout_s, stop=stop, watch=watch) as run:
        return run


@contextlib.contextmanager
def running_notebook(
    path: Path | str,
    *,
    timeout_s: float | None = TIMEOUT_S,
    stop: bool = False,
    watch: Watch | None = None,
) -> Iterator[NotebookRun]:
    """As `run_notebook`; the kernel and the apps live until the block ends."""
    path = Path(path)
    notebook = read_notebook(path)
    began = time.monotonic()
    with Kernel(notebook, path.resolve().parent) as kernel:
        _load_extension(kernel, notebook)
        run = _Run(kernel, notebook, timeout_s)
        cells = run.all_cells(stop=stop, watch=watch)
        apps = [_probed(app) for app in run.apps()]
        for cell in cells:
            cell.line = redact(cell.line, run.secrets)
        yield NotebookRun(
            str(path),
            cells,
            apps,
            run.translated,
            seconds=round(time.monotonic() - began, 1),
            executed=without_secrets(notebook, run.secrets),
        )


def _load_extension(kernel: Kernel, notebook: Any) -> None:
    """Load it in a cell that the notebook has for that moment only."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbformat import v4

    cell = v4.new_code_cell(EXTENSION)  # type: ignore[no-untyped-call]
    notebook.cells.insert(0, cell)
    try:
        kernel.run(cell, 0, timeout_s=_LOAD_S, numbered=False)
    except (CellTimeoutError, DeadKernelError) as exc:
        raise ConfigurationError("the extension does not load", hint=_AGAIN) from exc
    finally:
        notebook.cells.pop(0)
    if error := _error(cell):
        raise ConfigurationError(f"the extension does not load: {_told(*error)}", hint="")


class _Run:
    def __init__(self, kernel: Kernel, notebook: Any, timeout_s: float | None) -> None:
        self._kernel = kernel
        self._notebook = notebook
        self._timeout_s = timeout_s
        self._alive = True
        self._running: set[tuple[str, str]] = set()
        self.translated: list[tuple[str, str]] = []
        self.secrets: list[str] = []

    def all_cells(self, *, stop: bool, watch: Watch | None) -> list[Cell]:
        """Every code cell, run until one ends the kernel or, with *stop*, fails."""
        sources = [
            (index, cell)
            for index, cell in enumerate(self._notebook.cells)
            if cell.cell_type == "code"
        ]
        cells = [
            Cell(number, redact(first_line(cell.source)))
            for number, (_, cell) in enumerate(sources, start=1)
        ]
        for (index, _), cell in zip(sources, cells, strict=True):
            failed = any(earlier.state == "failed" for earlier in cells)
            if not self._alive or (failed and stop):
                break
            if watch:
                watch(cell, len(cells))
            began = time.monotonic()
            self._run(cell, index, earlier=failed)
            cell.seconds = round(time.monotonic() - began, 2)
        return cells

    def apps(self) -> list[App]:
        """The apps that run now."""
        return [App(app["url"], app["title"]) for app in self._facts()["apps"]]

    def _facts(self) -> dict[str, Any]:
        facts = (self._kernel.ask(ASK) if self._alive else None) or {}
        self.secrets = sorted({*self.secrets, *facts.get("secrets", ())}, key=len, reverse=True)
        self.translated = [(old, today) for old, today in facts.get("translated", self.translated)]
        return {"apps": [], "hint": "", "cause": "", **facts}

    def _run(self, cell: Cell, index: int, *, earlier: bool) -> None:
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        source = self._notebook.cells[index]
        try:
            self._kernel.run(source, index, timeout_s=self._timeout_s)
        except CellTimeoutError:
            cell.state, cell.why = "failed", f"it did not end in {self._timeout_s:g} seconds"
            cell.next = blocked(source.source)
            self._kernel.interrupt()
            self._alive = self._kernel.ask(ASK) is not None
            return
        except DeadKernelError:
            cell.state, cell.why = "failed", "the kernel died in it"
            cell.next = "Most often memory ran out: close other programs, or use a smaller model."
            self._alive = False
            return
        facts = self._facts()
        error = _error(source)
        cell.state = "failed" if error and not _expected(source) else "ran"
        if cell.state == "failed" and error:
            cell.why = redact(_told(*error), self.secrets)
            cell.next = redact(
                facts["hint"]
                or advice(*error, source.source, cause=facts["cause"], earlier=earlier),
                self.secrets,
            )
        cell.apps = [_probed(app) for app in self._launched(facts)]

    def _launched(self, facts: dict[str, Any]) -> list[App]:
        """The apps that were not there before; one may stand where another was closed."""
        before = self._running
        self._running = {(app["id"], app["url"]) for app in facts["apps"]}
        return [
            App(app["url"], app["title"])
            for app in facts["apps"]
            if (app["id"], app["url"]) not in before
        ]


def _error(cell: Any) -> tuple[str, str] | None:
    """Name and text of the exception that ended *cell*."""
    for output in cell.outputs:
        if output.output_type == "error":
            return output.ename, _COLORS.sub("", output.evalue)
    return None


def _expected(cell: Any) -> bool:
    return "raises-exception" in cell.metadata.get("tags", [])


def _told(kind: str, text: str) -> str:
    line = printable(text)
    return f"{kind}: {line}" if line else kind


def _probed(app: App) -> App:
    """*app*, asked for its page; no proxy stands between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    address = app.url.replace("//0.0.0.0", "//127.0.0.1")
    try:
        with opener.open(address, timeout=_PROBE_S) as page:
            app.answered = page.status == 200
    except urllib.error.HTTPError as refused:
        app.answered = refused.code in (401, 403)  # a login
    except (OSError, ValueError):
        app.answered = False
    return app
