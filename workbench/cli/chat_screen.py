"""What a chat shows: replies on stdout, everything else on stderr."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from workbench.cli.failures import harmless
from workbench.cli.output import say
from workbench.cli.status import Status, is_terminal
from workbench.exchanges import Waiting


class Screen:
    """The terminal of a chat. What a model says can't move the cursor or change anything there."""

    def __init__(self) -> None:
        self._status = Status()
        self._replies = 0
        self._begun = False

    def tell(self, text: str) -> None:
        """A line that is no part of a reply."""
        self._status.tell(text)

    def begin(self) -> None:
        """A reply is asked for: show so until it comes."""
        self._begun = False
        self._status.show("…")

    def wait(self, waiting: Waiting) -> None:
        """Tell why a reply is late, in the place of the sign where there is one."""
        if self._status.lively:
            self._status.show(waiting.told)
        else:
            self._status.wait(waiting)

    def piece(self, text: str) -> None:
        """More of the reply. A blank line keeps replies apart."""
        if not text:
            return
        self._status.wipe()
        if not self._begun and self._replies and not is_terminal(sys.stdout):
            say("")
        self._replies += not self._begun
        self._begun = True
        say(harmless(text.replace("\r", "")), end="")

    def end(self) -> None:
        """The reply is over, or none has come."""
        self._status.wipe()
        if self._begun:
            say("")


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
