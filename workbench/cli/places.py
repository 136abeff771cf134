"""Where the results of a run go, settled before anything is paid for."""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.cli.failures import harmless
from workbench.cli.output import (
    check_place,
    encoded,
    is_direct,
    make_folder,
    say,
    say_bytes,
    say_json,
    to_json,
    write_or_rescue,
)
from workbench.cli.status import Status
from workbench.errors import InvalidInputError, WorkbenchError
from workbench.language import translate
from workbench.task import Task, TextPieces

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

    @classmethod
    def choose(
        cls, task: Task, inputs: Sequence[str | None], output: Path | None, *, as_json: bool
    ) -> Places:
        """Raises InvalidInputError or ConfigurationError when results would have no place."""
        places = cls(task=task, alone=len(inputs) == 1, as_json=as_json, output=output)
        if task.draw is None or as_json:
            if output is not None:
                check_place(output)
        elif output is None:
            places._check_stdout()
        elif not places.alone or os.path.isdir(output):  # noqa: PTH112 - never raises, unlike Path
            make_folder(output)
            places.folder = output
        else:
            places._check_suffix(output)
            check_place(output)
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
        if output.suffix.lower() not in self.task.suffixes and not is_direct(output):
            known = ", ".join(self.task.suffixes)
            raise InvalidInputError(
                f"{output} has no ending of a picture made here", hint=f"There are: {known}."
            )

    @property
    def streams(self) -> bool:
        """Whether a text is printed while it grows: it stands alone, on stdout, as it is."""
        plain = not self.as_json and self.output is None
        return plain and self.alone and self.task.stream is not None

    def put_pieces(self, pieces: TextPieces, status: Status) -> None:
        """Print each piece as it comes. Of a text that breaks off, all that arrived."""
        shown: list[str] = []

        def put(piece: str) -> None:
            shown.append(piece)
            say(self._fit(piece), end="")

        try:
            for piece in status.until(pieces):
                put(piece)
        except WorkbenchError as error:
            if shown or bool(getattr(error, "partial", "")):
                put(self.task.show(pieces.result)[len("".join(shown)) :])
            raise
        finally:
            pieces.close()
            if shown:
                say("")

    def put(self, name: str, result: object, document: dict[str, object]) -> None:
        """Take a result: pictures are written at once, the rest when all is done."""
        if self.as_json:
            self.put_document(name, document)
        elif self.task.draw is not None:
            self._put_picture(name, result, self.task.draw)
        else:
            self._put_text(name, self.task.show(result))

    def put_document(self, name: str, document: dict[str, object]) -> None:
        """Take what `--json` prints of one input."""
        if self.as_json:
            self._documents.append(document if self.alone else {"input": name, **document})

    def _put_text(self, name: str, text: str) -> None:
        if not self.alone:
            text = f"==> {name} <==\n{text}\n" if "\n" in text else f"{name}: {text}"
        if self.output is not None:
            self._texts.append(text)
        else:
            say(self._fit(text))

    def _fit(self, text: str) -> str:
        """*text* as stdout takes it: a terminal is protected, a pipe gets it as it is."""
        return harmless(text) if sys.stdout is not None and sys.stdout.isatty() else text

    def _put_picture(self, name: str, result: object, draw: Callable[[object, str], bytes]) -> None:
        usual = self.task.suffixes[0]
        if self.output is None:
            say_bytes(draw(result, usual))
            return
        path = self.folder / self._file_for(name) if self.folder else self.output
        suffix = path.suffix.lower()
        data = draw(result, suffix if suffix in self.task.suffixes else usual)
        write_or_rescue(path, data)
        told = harmless(f"{translate(f'Written to {path}')}\n{self.task.show(result)}")
        print(told, file=sys.stderr, flush=True)

    def _file_for(self, name: str) -> str:
        """A file of its own in the folder, called after the input; what is there stays."""
        stem = Path(name).stem if self.task.takes == "image" else name
        stem = _STEM.sub("-", stem).strip("-.")[:60] or "picture"
        folder, suffix = self.folder or Path(), self.task.suffixes[0]
        names = (
            f"{stem}{'' if count == 1 else f'-{count}'}{suffix}" for count in itertools.count(1)
        )
        return next(one for one in names if not (folder / one).exists())

    def finish(self) -> None:
        """Write what waited to be written together."""
        if self.as_json and self._documents:
            document = self._documents[0] if self.alone else self._documents
            if self.output is None:
                say_json(document)
            else:
                write_or_rescue(self.output, encoded(to_json(document) + "\n"))
        elif self._texts and self.output is not None:
            write_or_rescue(self.output, encoded("\n".join(self._texts) + "\n"))
        if self.output is not None and (self._texts or (self.as_json and self._documents)):
            print(harmless(translate(f"Written to {self.output}")), file=sys.stderr)
