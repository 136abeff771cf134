"""`workbench course run`: old notebooks run, and what became of their cells."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.cli.columns import padded
from workbench.cli.failures import SOME_FAILED, harmless
from workbench.cli.output import encoded, make_folder, say, say_json, write_file
from workbench.cli.status import Status
from workbench.course.cells import App, Cell, NotebookRun
from workbench.course.notebooks import MARK, find_notebooks, read_notebook
from workbench.course.running import running_notebook
from workbench.errors import ConfigurationError
from workbench.language import translate
from workbench.redaction import printable


def run_notebooks(
    given: Sequence[str],
    *,
    stop: bool = False,
    keep: bool = False,
    timeout_s: float | None,
    output: Path | None = None,
    as_json: bool = False,
) -> int:
    """Run the notebooks and print what became of them; returns the exit code.

    It is 3 when a cell failed or an app did not answer. Raises ConfigurationError.
    """
    paths = find_notebooks(given)
    for path in paths:
        read_notebook(path)
    copies = _copies(paths, output)
    runs = []
    with _ended_by_signals(), contextlib.ExitStack() as open_still:
        for path in paths:
            progress = _Progress(path)
            running = running_notebook(path, timeout_s=timeout_s, stop=stop, watch=progress.watch)
            with contextlib.ExitStack() as here:
                run = (open_still if keep else here).enter_context(running)
                progress.end()
                runs.append(run)
                if path in copies:
                    write_file(copies[path], encoded(run.executed))
                if not as_json:
                    _print(run)
            if stop and not run.passed:
                break
        if as_json:
            say_json([run.as_dict() for run in runs])
        elif len(paths) > 1:
            _print_sum(runs, len(paths))
        if keep:
            _wait([app for run in runs for app in run.apps])
    return 0 if all(run.passed for run in runs) else SOME_FAILED


class _Progress:
    """Which cell runs, on stderr: in place where a person looks, else a line now and then."""

    def __init__(self, path: Path) -> None:
        self._status = Status()
        self._name = path.name
        self._status.work(translate(f"{self._name}: starting a kernel …"))

    def watch(self, cell: Cell, total: int) -> None:
        told = translate(f"{self._name}: cell {cell.number} of {total}")
        self._status.work(f"{told}  {cell.line}")

    def end(self) -> None:
        self._status.wipe()


def _print(run: NotebookRun) -> None:
    say(harmless(run.path))
    for cell in run.cells:
        state = padded(translate(cell.state), 7)
        say(harmless(f"{cell.number:>4}  {state}  {cell.seconds:>6.1f} s  {printable(cell.line)}"))
        for told in _about(cell):
            say(harmless(f"{'':>25}{told}"))
    for old, today in run.translated:
        say(harmless(f"  {translate('old')}: {old}  {translate('today')}: {translate(today)}"))
    for app in run.apps:
        say(harmless(f"  {translate('open at the end')}: {_told(app)}"))
    say(_sum(run.cells, run.launched, run.seconds))


def _about(cell: Cell) -> Iterator[str]:
    if cell.why:
        yield translate(cell.why)
    if cell.next:
        yield translate(f"next: {cell.next}")
    for app in cell.apps:
        yield _told(app)


def _told(app: App) -> str:
    title = f" ({printable(app.title)})" if app.title else ""
    return f"{app.url}{title} {translate('answers' if app.answered else 'does not answer')}"


def _sum(cells: Sequence[Cell], apps: Sequence[App], seconds: float) -> str:
    ran = sum(cell.state == "ran" for cell in cells)
    answered = sum(app.answered for app in apps)
    told = f"{ran} of {len(cells)} cells ran, {answered} of {len(apps)} apps answered"
    return f"{translate(told)}, {seconds:.1f} s"


def _print_sum(runs: Sequence[NotebookRun], total: int) -> None:
    passed = sum(run.passed for run in runs)
    cells = [cell for run in runs for cell in run.cells]
    apps = [app for run in runs for app in run.launched]
    say("")
    say(translate(f"{passed} of {total} notebooks passed"))
    say(_sum(cells, apps, sum(run.seconds for run in runs)))


def _wait(apps: Sequence[App]) -> None:
    """Hold the kernels until Ctrl+C."""
    status = Status()
    if not apps:
        status.tell(translate("No app is open: the last cells closed them."))
        return
    for app in apps:
        status.tell(_told(app))
    status.tell(translate("The apps stay open (Ctrl+C ends them)."))
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Being terminated is being interrupted, so that no kernel is left behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _copies(paths: Sequence[Path], folder: Path | None) -> dict[Path, Path]:
    """Where the executed copy of each goes. Raises ConfigurationError for one that is not ours."""
    if folder is None:
        return {}
    make_folder(folder)
    copies: dict[Path, Path] = {}
    for path in paths:
        copy, count = folder / path.name, 1
        while copy in copies.values():
            count += 1
            copy = folder / f"{path.stem}-{count}{path.suffix}"
        if copy.exists() and not _is_ours(copy):
            raise ConfigurationError(
                f"{copy} is there and is no copy of ours",
                hint="Choose another folder with -o: a notebook is never written over.",
            )
        copies[path] = copy
    return copies


def _is_ours(copy: Path) -> bool:
    try:
        return MARK in json.loads(copy.read_bytes())["metadata"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


__all__ = ["run_notebooks"]
