"""From the synchronous client to Gradio's event loop, so that Stop stops at once."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
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


async def follow(work: Callable[[], object]) -> AsyncIterator[News]:
    """Run *work* in a thread; yield its progress about once a second, then how it ended.

    When *work* returns a generator, each of its items is handed on as a Piece as soon as it is
    there, texts that come fast joined, and what the generator returns is the result. Raises what
    *work* raises, our own errors apart. When the consumer is cancelled or closes, the calls inside
    *work* hang up at once, and the generator is closed in its thread.
    """
    waits: list[Waiting] = []
    recording = Recording(waits.append)
    inbox = _in_thread(work, recording)
    started, look_s = time.monotonic(), FIRST_LOOK_S
    coming = asyncio.ensure_future(inbox.get())
    try:
        while True:
            await asyncio.wait([coming], timeout=look_s)
            if not coming.done():
                yield Progress(time.monotonic() - started, waits[-1] if waits else None)
                look_s = LOOK_S
                continue
            news = coming.result()
            while _is_text(news) and not inbox.empty():
                later = inbox.get_nowait()
                if not _is_text(later):
                    yield news
                    news = later
                    break
                news = Piece(news.item + later.item, later.recording)
            if isinstance(news, Exception):
                raise news
            yield news
            if not isinstance(news, Piece):
                return
            if _is_text(news):
                await asyncio.sleep(GATHER_S)
            coming = asyncio.ensure_future(inbox.get())
            started, look_s = time.monotonic(), FIRST_LOOK_S
            waits.clear()
    finally:
        coming.cancel()
        recording.stop()


def _is_text(news: object) -> TypeGuard[Piece[str]]:
    return isinstance(news, Piece) and isinstance(news.item, str)


def _in_thread(work: Callable[[], object], recording: Recording) -> asyncio.Queue[News | Exception]:
    """Start *work* in a daemon thread: unlike a pool's, it never holds up the exit."""
    loop = asyncio.get_running_loop()
    inbox: asyncio.Queue[News | Exception] = asyncio.Queue()

    def tell(news: News | Exception) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(inbox.put_nowait, news)

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

    threading.Thread(target=inside, name="workbench-call", daemon=True).start()
    return inbox


def _exhaust(
    pieces: Generator[object, None, object],
    recording: Recording,
    tell: Callable[[News], None],
) -> object:
    """Hand on every item, unless stopped meanwhile; returns what the generator does."""
    with contextlib.closing(pieces):
        while not recording.stopped:
            try:
                item = next(pieces)
            except StopIteration as end:
                return end.value
            tell(Piece(item, recording))
    raise StoppedError("stopped")
