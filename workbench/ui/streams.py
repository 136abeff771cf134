"""From the synchronous client to Gradio's event loop, so that Stop stops at once."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from workbench.errors import WorkbenchError
from workbench.exchanges import Recording, Waiting

T = TypeVar("T")
FIRST_LOOK_S = 0.4
LOOK_S = 1.0


@dataclass(frozen=True)
class Progress:
    """The call is under way; *waiting* is the last wait it was told of."""

    elapsed_s: float
    waiting: Waiting | None


@dataclass(frozen=True)
class Done(Generic[T]):
    """The call ended with *result*."""

    result: T
    recording: Recording


@dataclass(frozen=True)
class Failed:
    """The call ended with *error*, one of ours."""

    error: WorkbenchError
    recording: Recording


async def follow(work: Callable[[], T]) -> AsyncIterator[Progress | Done[T] | Failed]:
    """Run *work* in a thread; yield its progress about once a second, then how it ended.

    Raises what *work* raises, our own errors apart. When the consumer is cancelled or closes, the
    calls inside *work* hang up at once.
    """
    waits: list[Waiting] = []
    recording = Recording(waits.append)
    started = time.monotonic()
    future = _in_thread(work, recording)
    try:
        look_s = FIRST_LOOK_S
        while not future.done():
            await asyncio.wait([future], timeout=look_s)
            if not future.done():
                yield Progress(time.monotonic() - started, waits[-1] if waits else None)
            look_s = LOOK_S
        try:
            result = future.result()
        except WorkbenchError as error:
            yield Failed(error, recording)
        else:
            yield Done(result, recording)
    finally:
        future.cancel()
        recording.stop()


def _in_thread(work: Callable[[], T], recording: Recording) -> asyncio.Future[T]:
    """Start *work* in a daemon thread: unlike a pool's, it never holds up the exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def inside() -> None:
        result, error = None, None
        try:
            with recording:
                result = work()
        except Exception as exc:  # noqa: BLE001 - handed to the waiting side, which raises it
            error = exc
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=inside, name="workbench-call", daemon=True).start()
    return future
