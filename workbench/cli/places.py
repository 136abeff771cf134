"""Where the results of a run go, settled before anything is paid for."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.cli.output import (
    check_folder,
    say,
    say_bytes,
    say_json,
    to_json,
    write_file,
    write_text,
)
from workbench.errors import InvalidInputError, WorkbenchError
from workbench.task import Task

_STEM = re.compile(r"[^\w.-]+")


@dataclass
class Places:
    """Takes results one by one: texts and JSON to stdout or one file, pictures to a file each."""

    task: Task
    alone: bool
    """Whether there is one input only."""
    as_json: bool
    output: Path | None
    folder: Path | None = None
    _texts: list[str] = field(default_factory=list)
    _documents: list[object] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    @classmethod
    def choose(
        cls, task: Task, inputs: Sequence[str | None], output: Path | None, *, as_json: bool
    ) -> Places:
        """Raises InvalidInputError or ConfigurationError when results would have no place."""
        places = cls(task=task, alone=len(inputs) == 1, as_json=as_json, output=output)
        if task.draw is None or as_json:
            if output is not None:
                check_folder(output)
            return places
        if output is None:
            places._check_stdout()
        elif output.is_dir() or not places.alone:
            places._open_folder(output)
        else:
            places._check_suffix(output)
            check_folder(output)
        return places

    def _check_stdout(self) -> None:
        suffix = self.task.suffixes[0]
        if not self.alone:
            raise InvalidInputError(
                "several pictures don't fit into one output", hint="Give a folder with -o FOLDER."
            )
        if sys.stdout is None or sys.stdout.isatty():
            raise InvalidInputError(
                "a terminal shows no pictures",
                hint=f"Write it to a file with -o picture{suffix}, or pipe it on.",
            )

    def _check_suffix(self, output: Path) -> None:
        if output.suffix.lower() not in self.task.suffixes and not output.exists():
            known = ", ".join(self.task.suffixes)
            raise InvalidInputError(
                f"{output} has no ending of a picture made here", hint=f"There are: {known}."
            )

    def _open_folder(self, output: Path) -> None:
        check_folder(output)
        try:
            output.mkdir(exist_ok=True)
        except OSError as exc:
            raise InvalidInputError(
                f"{output} is no folder, and several pictures need one",
                hint="Name a folder with -o, or one input.",
            ) from exc
        self.folder = output

    def put(self, name: str, result: object, document: dict[str, object]) -> None:
        """Take a result: pictures are written at once, the rest when all is done."""
        if self.as_json:
            self._documents.append(document if self.alone else {"input": name, **document})
        elif self.task.draw is not None:
            self._put_picture(name, result, self.task.draw)
        else:
            self._put_text(name, self.task.show(result))

    def put_failure(self, name: str, error: WorkbenchError) -> None:
        if self.as_json:
            self._documents.append({"input": name, "error": error.as_dict()})

    def _put_text(self, name: str, text: str) -> None:
        if not self.alone:
            text = f"==> {name} <==\n{text}\n" if "\n" in text else f"{name}: {text}"
        if self.output is None:
            say(text)
        else:
            self._texts.append(text)

    def _put_picture(self, name: str, result: object, draw: Callable[[object, str], bytes]) -> None:
        usual = self.task.suffixes[0]
        if self.output is None:
            say_bytes(draw(result, usual))
            return
        path = self.folder / self._file_for(name) if self.folder else self.output
        suffix = path.suffix.lower()
        write_file(path, draw(result, suffix if suffix in self.task.suffixes else usual))
        print(f"Written to {path}\n{self.task.show(result)}", file=sys.stderr, flush=True)

    def _file_for(self, name: str) -> str:
        """A file of its own in the folder, called after the input."""
        stem = Path(name).stem if self.task.takes == "image" else name
        stem = _STEM.sub("-", stem).strip("-.")[:60] or "picture"
        names = [stem, *(f"{stem}-{count}" for count in range(2, len(self._used) + 3))]
        chosen = next(one for one in names if one not in self._used)
        self._used.add(chosen)
        return f"{chosen}{self.task.suffixes[0]}"

    def finish(self) -> None:
        """Write what waited to be written together."""
        if self.as_json and self._documents:
            document = self._documents[0] if self.alone else self._documents
            if self.output is None:
                say_json(document)
            else:
                write_text(self.output, to_json(document) + "\n")
        elif self._texts and self.output is not None:
            write_text(self.output, "\n".join(self._texts) + "\n")
        if self.output is not None and (self._texts or (self.as_json and self._documents)):
            print(f"Written to {self.output}", file=sys.stderr)
