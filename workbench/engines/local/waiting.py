"""Who waits for a model: while it is fetched and loaded, and then for a turn."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.engines.local.loaded import Kind, Loaded, short_name
from workbench.engines.local.room import Key

Tell = Callable[[str], None]

_PATIENCE_S = 0.5  # a shorter wait for a turn isn't told


@dataclass(eq=False)
class Ticket:
    """One caller, who wants one task. In a job until the model is there, then in its queue."""

    name: str
    task: str
    job: Job | None = None
    slot: Slot | None = None
    error: BaseException | None = None
    since: float = 0.0
    _seen: int = 0
    _last: str = ""

    def news(self, now: float) -> list[str]:
        """The lines that this caller wasn't told yet."""
        lines: list[str] = []
        if self.slot is not None:
            ahead = self.slot.queue.index(self)
            if ahead and now - self.since >= _PATIENCE_S:
                others = "1 other" if ahead == 1 else f"{ahead} others"
                lines = [f"{short_name(self.name)}: waiting for {others}"]
        elif self.job is not None:
            lines = self.job.lines[self._seen :]
            self._seen += len(lines)
            if self.job.since is not None:
                lines.append(f"{short_name(self.name)}: loading, {now - self.job.since:.0f} s")
        lines = [line for line in lines if line != self._last]
        self._last = lines[-1] if lines else self._last
        return lines


@dataclass(frozen=True, kw_only=True)
class Held:
    """A model in memory, and how many callers use it or wait for it."""

    name: str
    kind: Kind
    device: str
    dtype: str
    size_bytes: int
    callers: int


@dataclass(eq=False)
class Slot:
    """A loaded model; the first in its queue uses it."""

    key: Key
    loaded: Loaded
    used: int
    queue: deque[Ticket] = field(default_factory=deque)
    stale: bool = False
    """Whether it is dropped once its queue is empty."""

    def admit(self, ticket: Ticket) -> None:
        ticket.slot, ticket.since = self, time.monotonic()
        self.queue.append(ticket)

    def facts(self) -> Held:
        loaded = self.loaded
        return Held(
            name=loaded.name,
            kind=loaded.kind,
            device=loaded.device,
            dtype=loaded.dtype,
            size_bytes=loaded.size_bytes,
            callers=len(self.queue),
        )


@dataclass(eq=False)
class Job:
    """A model on its way into memory, for all who wait for it."""

    about: tuple[object, ...] = field(repr=False)  # a token is in it
    name: str
    tickets: list[Ticket] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when all have left before its weights are read."""
    lines: list[str] = field(default_factory=list)
    since: float | None = None
    """When reading its weights began."""

    def admit(self, ticket: Ticket) -> None:
        ticket.job, ticket._seen = self, max(0, len(self.lines) - 1)
        self.tickets.append(ticket)

    def tell(self, line: str) -> None:
        """Add a line, unless it is the latest."""
        if self.lines[-1:] != [line]:
            self.lines.append(line)
