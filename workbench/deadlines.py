"""Hang up the calls that reach their deadline, wherever they are stuck.

A socket's timeout starts anew with every byte, so a server that drips its head would never meet
it. One thread looks after all calls of the process; it sleeps while there are none.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from workbench.transport import Line

LOOK_S = 0.1


class Deadlines:
    """The lines under way and when each expires, by `time.monotonic`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[Line, float] = {}
        self._some = threading.Event()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def watching(self, line: Line, deadline: float) -> Iterator[None]:
        """Expire *line* when *deadline* comes inside the block."""
        with self._lock:
            self._lines[line] = deadline
            if not self._some.is_set():
                self._some.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="workbench-deadlines", daemon=True
                )
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._lines.pop(line, None)

    def _run(self) -> None:
        while True:
            self._some.wait()
            with self._lock:
                now = time.monotonic()
                late = [line for line, deadline in self._lines.items() if deadline <= now]
                for line in late:
                    del self._lines[line]
                if not self._lines:
                    self._some.clear()
            for line in late:
                line.expire()
            time.sleep(LOOK_S)


DEADLINES = Deadlines()
