"""From a thread to the event loop: results, pieces as they come, failures, and hanging up."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest
from test_line import Peer, silent

from tasks.ner import find_entities
from workbench.errors import CreditsError, StoppedError
from workbench.exchanges import Recording, Waiting, active_recording
from workbench.ui import streams
from workbench.ui.streams import Done, Failed, Piece, Progress, follow


def collect(work, stop_after=None):
    """Everything that `follow` tells, or what it told until there were so many."""

    async def listen():
        told = []
        async with contextlib.aclosing(follow(work)) as news:
            async for one in news:
                told.append(one)
                if len(told) == stop_after:
                    break
        return told

    return asyncio.run(listen())


def pieces(told):
    return [news.item for news in told if isinstance(news, Piece)]


def test_plain_result():
    """Work that returns a value ends with it; a list is one result, no pieces."""
    (done,) = collect(lambda: [1, 2])
    assert isinstance(done, Done)
    assert done.result == [1, 2]


def test_pieces_in_order_then_the_result():
    """Each item of a generator is handed on, in order; what it returns is the result."""

    def work():
        yield from range(100)
        return "end"

    *items, done = collect(work)
    assert pieces(items) == list(range(100))
    assert done.result == "end"


def test_texts_that_come_fast_are_joined():
    """The first text is there at once; those that follow fast come together, none is lost."""

    def work():
        for number in range(200):
            yield f"{number} "
        return "end"

    *items, done = collect(work)
    assert len(items) < 20
    assert "".join(pieces(items)) == "".join(f"{number} " for number in range(200))
    assert done.result == "end"


def test_a_text_is_not_held_for_the_next():
    """A text is shown while the next is still awaited."""
    seen = threading.Event()

    def work():
        yield "a"
        yield "b"
        assert seen.wait(10)
        yield "c"

    async def listen():
        text = ""
        async with contextlib.aclosing(follow(work)) as news:
            async for one in news:
                text += one.item if isinstance(one, Piece) else ""
                if text == "ab":
                    seen.set()
        return text

    assert asyncio.run(listen()) == "abc"


def test_a_piece_comes_before_the_next_is_made():
    """An item is there while the generator still works on the one after it."""
    seen = threading.Event()

    def work():
        yield "first"
        assert seen.wait(10)
        yield "second"

    async def listen():
        told = []
        async for news in follow(work):
            if isinstance(news, Piece):
                told.append(news.item)
                seen.set()
        return told

    assert asyncio.run(listen()) == ["first", "second"]


@pytest.mark.parametrize("count", [0, 2])
def test_failure_keeps_the_pieces(count):
    """Our own error ends as Failed, after the pieces that were there."""

    def work():
        yield from range(count)
        raise CreditsError("nothing left")

    *items, failed = collect(work)
    assert pieces(items) == list(range(count))
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, CreditsError)


def test_a_fault_is_raised():
    """Any other exception comes out of the loop, from plain work and from a generator."""

    def work():
        yield 1
        raise KeyError("bug")

    with pytest.raises(KeyError, match="bug"):
        collect(work)
    with pytest.raises(ZeroDivisionError):
        collect(lambda: 1 / 0)


def test_hanging_up_closes_the_generator_in_its_thread():
    """A consumer that leaves ends the generator, there where it runs."""
    closed, threads = threading.Event(), []
    go_on = threading.Event()

    def work():
        threads.append(threading.current_thread())
        try:
            yield 1
            go_on.wait(10)
            yield 2
            yield 3
        finally:
            threads.append(threading.current_thread())
            closed.set()

    assert pieces(collect(work, stop_after=1)) == [1]
    go_on.set()
    assert closed.wait(10)
    assert threads[0] is threads[1] is not threading.current_thread()


def test_hanging_up_ends_the_call_under_way(client):
    """The server that is being asked between two pieces sees the line go."""
    there = Peer(silent)

    def work():
        yield "asked soon"
        find_entities("Ada", client=client.using(there.url))

    async def listen():
        async with contextlib.aclosing(follow(work)) as news:
            async for one in news:
                if isinstance(one, Progress) and there.asked.is_set():
                    break

    asyncio.run(listen())
    assert there.hung_up.wait(10)
    there.close()


def test_progress_counts_from_the_last_piece(monkeypatch):
    """Time and waits of one step are not those of the step before it."""
    monkeypatch.setattr(streams, "FIRST_LOOK_S", 0.02)
    waiting = Waiting(kind="busy", message="", attempt=1, wait_s=1, elapsed_s=0)
    looked = threading.Semaphore(0)

    def work():
        active_recording().note_waiting(waiting)
        looked.acquire(timeout=10)
        yield 1
        looked.acquire(timeout=10)

    async def listen():
        told = []
        async for news in follow(work):
            told.append(news)
            if isinstance(news, Progress):
                looked.release()
        return told

    before, piece, after, *_ = asyncio.run(listen())
    assert before.waiting is waiting
    assert isinstance(piece, Piece)
    assert isinstance(after, Progress)
    assert after.waiting is None


@pytest.mark.parametrize("when", ["before", "between", "within a call"])
def test_a_recording_of_the_caller_stops_it(client, when):
    """Who holds the recording ends the work from outside, and is told how it ended."""
    there, recording, closed = Peer(silent), Recording(), threading.Event()

    def work():
        try:
            yield "one"
            if when == "within a call":
                find_entities("Ada", client=client.using(there.url))
            else:
                yield from iter(lambda: "more ", None)
        finally:
            closed.set()

    async def listen():
        told = []
        if when == "before":
            recording.stop()
        async for news in follow(work, recording=recording):
            told.append(news)
            if when == "between" or there.asked.is_set():
                recording.stop()
        return told

    *_, failed = asyncio.run(listen())
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, StoppedError)
    assert failed.recording is recording
    if when != "before":
        assert closed.wait(10)
    if when == "within a call":
        assert there.hung_up.wait(10)
        assert len(recording) == 1
    there.close()


def test_nothing_is_lost_of_a_fast_producer():
    """Twenty thousand texts arrive whole and in order, in few pieces, before the result."""
    made = [f"{number} " for number in range(20_000)]

    def work():
        yield from made
        return "end"

    *items, done = collect(work)
    assert "".join(pieces(items)) == "".join(made)
    assert len(items) < 1000
    assert done.result == "end"


def test_only_neighbouring_texts_are_joined():
    """What is no text stands between texts, and a list of texts is one item."""

    def work():
        yield from ["a", "b", ["c"], "d", 1, "e", "f", ""]

    told = pieces(collect(work))
    joined = [told[0]]
    for item in told[1:]:
        if isinstance(item, str) and isinstance(joined[-1], str):
            joined[-1] += item
        else:
            joined.append(item)
    assert joined == ["ab", ["c"], "d", 1, "ef"]


def test_text_before_a_failure_is_told_first():
    """What came before the work failed is shown before the failure."""

    def work():
        yield from ["a", "b", "c"]
        raise CreditsError("nothing left")

    *items, failed = collect(work)
    assert "".join(pieces(items)) == "abc"
    assert isinstance(failed.error, CreditsError)


@pytest.mark.parametrize(
    ("late_s", "gathered"),
    [(float("inf"), streams.GATHER_S), (-1.0, streams.BUSY_GATHER_S)],
    ids=["idle", "busy"],
)
def test_a_loop_that_comes_late_gathers_longer(monkeypatch, late_s, gathered):
    """The first text is told before any wait; each later one after a wait that suits the load."""
    slept, real = [], asyncio.sleep

    async def sleep(seconds):
        slept.append(seconds)
        await real(0)

    monkeypatch.setattr(streams, "LATE_S", late_s)
    monkeypatch.setattr(streams.asyncio, "sleep", sleep)
    go_on = threading.Semaphore(0)

    def work():
        for _ in range(4):
            yield "text"
            assert go_on.acquire(timeout=10)

    async def listen():
        waits = []
        async for news in follow(work):
            if isinstance(news, Piece):
                waits.append(len(slept))
                go_on.release()
        return waits

    assert asyncio.run(listen()) == [0, 1, 2, 3]
    assert slept == [streams.GATHER_S] + [gathered] * 3


def test_what_is_no_text_is_not_gathered(monkeypatch):
    """Pictures and the like go on at once."""

    async def sleep(_):
        raise AssertionError("gathered")

    monkeypatch.setattr(streams.asyncio, "sleep", sleep)
    assert pieces(collect(lambda: (number for number in range(3)))) == [0, 1, 2]
