"""From the synchronous client to Gradio's event loop, so that Stop stops at once."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeGuard, TypeVar

from workbench.errors import StoppedError, WorkbenchError
from workbench.exchanges import Recording, Waiting

T = TypeVar("T")
FIRST_LOOK_S = 0.4
LOOK_S = 1.0
GATHER_S = 0.05
"""Pieces of text that come faster are joined: a page shows no more than 20 changes a second."""
BUSY_GATHER_S = 0.1
"""The same while the loop has so much to do that it comes late by LATE_S."""
LATE_S = 0.02
AWAITED_S = 0.002


@dataclass(frozen=True)
class Progress:
    """Work is under way, *elapsed_s* since it began or since its last piece.

    *waiting* is the last wait that was told of meanwhile.
    """

    elapsed_s: float
    waiting: Waiting | None


@dataclass(frozen=True)
class Piece(Generic[T]):
    """A part of the result, and the calls so far."""

    item: T
    recording: Recording


@dataclass(frozen=True)
class Done(Generic[T]):
    """The work ended with *result*."""

    result: T
    recording: Recording


@dataclass(frozen=True)
class Failed:
    """The work ended with *error*, one of ours."""

    error: WorkbenchError
    recording: Recording


News = Progress | Piece[Any] | Done[Any] | Failed


async def follow(
    work: Callable[[], object], *, recording: Recording | None = None
) -> AsyncIterator[News]:
    """Run *work* in a thread; yield its progress about once a second, then how it ended.

    When *work* returns a generator, each of its items is handed on as a Piece as soon as it is
    there, texts that come fast joined, and what the generator returns is the result. Raises what
    *work* raises, our own errors apart. When the consumer is cancelled or closes, the calls inside
    *work* hang up at once, and the generator is closed in its thread. A *recording* of the
    caller's can stop it too: then it ends with StoppedError.
    """
    waits: list[Waiting] = []
    recording = Recording() if recording is None else recording
    recording.tell(waits.append)
    inbox = _Inbox()
    _in_thread(work, recording, inbox.put)
    started, look_s, gather_s = time.monotonic(), FIRST_LOOK_S, GATHER_S
    try:
        while True:
            if not await inbox.wait(look_s):
                yield Progress(time.monotonic() - started, waits[-1] if waits else None)
                look_s = LOOK_S
                continue
            news = inbox.take()
            if isinstance(news, Exception):
                raise news
            yield news
            if not isinstance(news, Piece):
                return
            if _is_text(news):
                asleep = time.monotonic()
                await asyncio.sleep(gather_s)
                late_s = time.monotonic() - asleep - gather_s
                gather_s = GATHER_S if late_s < LATE_S else BUSY_GATHER_S
            started, look_s = time.monotonic(), FIRST_LOOK_S
            waits.clear()
    finally:
        recording.stop()


class _Inbox:
    """What a thread tells a coroutine, which is woken only while it waits."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news: deque[News | Exception] = deque()
        self._there = asyncio.Event()
        self._asleep = False

    def put(self, news: News | Exception) -> None:
        """Add *news*, from any thread."""
        self._news.append(news)
        if self._asleep:
            self._asleep = False
            with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
                self._loop.call_soon_threadsafe(self._there.set)

    async def wait(self, seconds: float) -> bool:
        """Whether there is news, after *seconds* at most."""
        self._there.clear()
        self._asleep = True
        if not self._news:  # looked at after the flag is up: what is put from now on wakes us
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._there.wait(), seconds)
        self._asleep = False
        return bool(self._news)

    def take(self) -> News | Exception:
        """The next news, texts that follow one another joined."""
        first = self._news.popleft()
        if not _is_text(first):
            return first
        texts = [first.item]
        while self._news and _is_text(later := self._news[0]):
            self._news.popleft()
            texts.append(later.item)
        return Piece("".join(texts), first.recording)


def _is_text(news: object) -> TypeGuard[Piece[str]]:
    return isinstance(news, Piece) and isinstance(news.item, str)


def _in_thread(
    work: Callable[[], object], recording: Recording, tell: Callable[[News | Exception], None]
) -> None:
    """Start *work* in a daemon thread: unlike a pool's, it never holds up the exit.

    It speaks the language that is spoken here.
    """

    def inside() -> None:
        try:
            with recording:
                result = work()
                if isinstance(result, Generator):
                    result = _exhaust(result, recording, tell)
            tell(Done(result, recording))
        except WorkbenchError as error:
            tell(Failed(error, recording))
        except Exception as error:  # noqa: BLE001 - handed to the waiting side, which raises it
            tell(error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(inside,), name="workbench-call", daemon=True).start()


def _exhaust(
    pieces: Generator[object, None, object],
    recording: Recording,
    tell: Callable[[News], None],
) -> object:
    """Hand on every item, unless stopped meanwhile; returns what the generator does.

    After a text that had to be waited for, some time passes before the next is asked for: what
    comes meanwhile is read at one go, which costs a fraction of waking up for each token.
    """
    with contextlib.closing(pieces):
        while not recording.stopped:
            asked = time.monotonic()
            try:
                item = next(pieces)
            except StopIteration as end:
                return end.value
            tell(Piece(item, recording))
            if isinstance(item, str) and time.monotonic() - asked > AWAITED_S:
                recording.sleep(GATHER_S)
    raise StoppedError("stopped")
