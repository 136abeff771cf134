"""What a chat shows: replies on stdout, everything else on stderr."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Iterator
from typing import TextIO

from workbench.cli.failures import harmless
from workbench.cli.output import say
from workbench.exchanges import Waiting


class Screen:
    """The terminal of a chat. What a model says can't move the cursor or change anything there."""

    def __init__(self) -> None:
        self._lively = is_terminal(sys.stderr)
        self._sign = 0
        self._replies = 0
        self._begun = False

    def tell(self, text: str) -> None:
        """A line that is no part of a reply."""
        self._wipe()
        self._write(f"{harmless(text)}\n")

    def begin(self) -> None:
        """A reply is asked for: show so until it comes."""
        self._begun = False
        if self._lively:
            self._show("…")

    def wait(self, waiting: Waiting) -> None:
        """Tell why a reply is late, in the place of the sign where there is one."""
        told = f"{waiting.message}; trying again in {waiting.wait_s:.1f} s"
        if self._lively:
            self._show(told)
        else:
            self.tell(told)

    def piece(self, text: str) -> None:
        """More of the reply. A blank line keeps replies apart."""
        if not text:
            return
        self._wipe()
        if not self._begun and self._replies and not is_terminal(sys.stdout):
            say("")
        self._replies += not self._begun
        self._begun = True
        say(harmless(text.replace("\r", "")), end="")

    def end(self) -> None:
        """The reply is over, or none has come."""
        self._wipe()
        if self._begun:
            say("")

    def _show(self, sign: str) -> None:
        self._wipe()
        room = max(shutil.get_terminal_size().columns - 1, 1)
        sign = " ".join(harmless(sign).split())[:room]
        self._sign = len(sign)
        self._write(sign)

    def _wipe(self) -> None:
        if self._sign:
            self._write(f"\r{' ' * self._sign}\r")
            self._sign = 0

    def _write(self, text: str) -> None:
        if sys.stderr is not None:
            with contextlib.suppress(OSError):
                print(text, end="", file=sys.stderr, flush=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person looks at *stream*, or types into it."""
    return stream is not None and not stream.closed and stream.isatty()


@contextlib.contextmanager
def unechoed() -> Iterator[None]:
    """The terminal of stdin shows nothing that is typed while a reply comes; the prompt does."""
    if sys.platform == "win32":
        yield
        return
    import termios

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    quiet = [*before]
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
