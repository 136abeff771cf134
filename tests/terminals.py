"""A command in a terminal of its own, used as a person does: keys in, what is shown comes out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

_PROMPT = "\x1b[?2004h"  # pastes are marked from here on: the prompt is ready
_SENT = "\x1b[?2004l"


class Terminal:
    """Runs `workbench` with *arguments*; all waiting ends after *patience* seconds."""

    def __init__(self, *arguments, env=None, patience=15, columns=100, **options):
        self.patience = patience
        self.raw = ""
        self._read = 0
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "workbench", *arguments],
            **{"stdin": theirs, "stdout": theirs, "stderr": theirs, **options},
            env={**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm", **(env or {})},
            preexec_fn=_lead,
        )
        os.close(theirs)

    def type(self, keys):
        """Press *keys*."""
        os.write(self._ours, keys.encode())

    def wait_for(self, text):
        """What is shown up to and with *text*, from where the last wait ended."""
        deadline = time.monotonic() + self.patience
        while (place := self.raw.find(text, self._read)) < 0:
            if not self._more(deadline - time.monotonic()):
                raise AssertionError(f"no {text!r} in {self.raw[self._read :]!r}")
        begun, self._read = self._read, place + len(text)
        return self.raw[begun : self._read]

    def ask(self, line):
        """Type a line once the prompt is there, and send it; what was shown before."""
        before = self.ready()
        self.type(line + "\r")
        self.wait_for(_SENT)
        return before

    def ready(self):
        """Wait for the prompt; what was shown before."""
        return self.wait_for(_PROMPT).removesuffix(_PROMPT)

    def end(self):
        """Wait for the end; the exit code."""
        deadline = time.monotonic() + self.patience
        while self._more(deadline - time.monotonic()):
            pass
        return self.process.wait(max(deadline - time.monotonic(), 0.1))

    def _more(self, seconds):
        ready, _, _ = select.select([self._ours], [], [], max(seconds, 0))
        if not ready:
            return False
        with contextlib.suppress(OSError):  # how Linux says that the other side was closed
            data = os.read(self._ours, 65536)
            self.raw += data.decode("utf-8", "replace")
            return bool(data)
        return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        os.close(self._ours)


def _lead():
    """Have the terminal to oneself, so that Ctrl-C reaches the process."""
    os.setsid()
    fcntl.ioctl(next(fd for fd in (0, 1, 2) if os.isatty(fd)), termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
