"""The line on stderr that tells what is under way."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

from workbench.cli.columns import columns, cut
from workbench.cli.failures import harmless
from workbench.exchanges import Waiting
from workbench.language import translate

T = TypeVar("T")
_EVERY_S = 5.0


class Status:
    """One line at a time, each in the place of the one before; where no person looks, lines.

    What an engine tells of its work comes many times a second; to a file it goes now and then.
    """

    def __init__(self) -> None:
        self.lively = is_terminal(sys.stderr)
        self._length = 0
        self._told_at = float("-inf")

    def show(self, text: str) -> None:
        """Show *text* until something else is, where a person looks."""
        if self.lively:
            self.wipe()
            room = max(shutil.get_terminal_size().columns - 1, 1)
            text = cut(" ".join(harmless(translate(text)).split()), room)
            self._length = columns(text)
            write(text)

    def tell(self, text: str) -> None:
        """A line that stays."""
        self.wipe()
        write(f"{harmless(translate(text))}\n")

    def wait(self, waiting: Waiting) -> None:
        """Tell why an answer is late."""
        if waiting.again:
            self.tell(waiting.told)
        else:
            self.work(waiting.told)

    def work(self, text: str) -> None:
        """Tell how far the work is."""
        if self.lively:
            self.show(text)
        elif time.monotonic() - self._told_at >= _EVERY_S:
            self._told_at = time.monotonic()
            self.tell(text)

    def wipe(self) -> None:
        """Leave no line behind."""
        if self._length:
            write(f"\r{' ' * self._length}\r")
            self._length = 0

    def until(self, pieces: Iterable[T]) -> Iterator[T]:
        """*pieces* as they are; with the first, the line is wiped."""
        for piece in pieces:
            self.wipe()
            yield piece


def write(text: str) -> None:
    """Put *text* on stderr, if there is one."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(text, end="", file=sys.stderr, flush=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person looks at *stream*, or types into it."""
    return stream is not None and not stream.closed and stream.isatty()
