"""A reply on its way to the disk: seldom, whole, and ended once."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tasks.tabs.talk import keeper as keeping
from tasks.tabs.talk.keeper import Keeper


class Disk:
    """A store that notes what it is told; a write can be held up."""

    def __init__(self):
        self.told, self.go_on = [], threading.Event()
        self.writing = threading.Event()
        self.go_on.set()

    def grow(self, turn, text):
        self.writing.set()
        assert self.go_on.wait(10)
        self.told.append(text)

    def end(self, turn, state, *, facts, error):
        self.told.append((state, dict(facts), error))


@pytest.fixture
def disk():
    """An empty disk."""
    return Disk()


@pytest.fixture
def clock(monkeypatch):
    """The seconds that the keeper sees, to be set."""
    clock = [0.0]
    monkeypatch.setattr(keeping.time, "monotonic", lambda: clock[0])
    return clock


def test_once_a_second_and_everything_at_the_end(disk, clock):
    """The first goes at once, others a second after the last write, the rest with the end."""
    keeper = Keeper(disk, 1)

    async def run():
        for tenth in range(25):
            clock[0] = tenth / 10
            await keeper.add(f"{tenth} ")

    asyncio.run(run())
    pieces = [f"{tenth} " for tenth in range(25)]
    assert disk.told == [pieces[0], "".join(pieces[1:11]), "".join(pieces[11:21])]
    keeper.end("done", facts={"tokens": 25})
    assert "".join(disk.told[:-1]) == "".join(pieces)
    assert disk.told[-1] == ("done", {"tokens": 25}, "")


def test_nothing_is_no_write(disk):
    """An empty piece, as before a reply that begins anew, doesn't touch the disk."""
    keeper = Keeper(disk, 1)
    asyncio.run(keeper.add(""))
    keeper.end("failed", error="why")
    assert disk.told == [("failed", {}, "why")]


def test_end_waits_for_a_write_under_way(disk):
    """A page that goes amid a write loses nothing: the end comes after the text."""
    keeper = Keeper(disk, 1)
    disk.go_on.clear()

    async def run():
        adding = asyncio.create_task(keeper.add("Well"))
        await asyncio.to_thread(disk.writing.wait, 10)
        adding.cancel()
        threading.Timer(0.05, disk.go_on.set).start()
        keeper.end("stopped")

    asyncio.run(run())
    assert disk.told == ["Well", ("stopped", {}, "")]
