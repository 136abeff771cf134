"""A reply is put away while it is written, so that nothing of it is lost."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping

from workbench.store import Store
from workbench.store.records import End

EVERY_S = 1.0


class Keeper:
    """Writes a reply to the store, once a second at most, and how it ended."""

    def __init__(self, store: Store, turn: int) -> None:
        self._store = store
        self._turn = turn
        self._waiting: list[str] = []
        self._written = float("-inf")
        self._writing = threading.Lock()

    async def add(self, text: str) -> None:
        """Keep *text*; the first goes to the disk at once."""
        self._waiting.append(text)
        now = time.monotonic()
        if now - self._written >= EVERY_S:
            self._written = now
            await asyncio.to_thread(self._write)

    def end(self, state: End, *, facts: Mapping[str, object] = {}, error: str = "") -> None:
        """Write the rest and how it ended; of several ends the first counts."""
        self._write()
        self._store.end(self._turn, state, facts=facts, error=error)

    def _write(self) -> None:
        with self._writing:  # a thread may still be at it when the page goes
            text, self._waiting = "".join(self._waiting), []
            if text:
                self._store.grow(self._turn, text)
