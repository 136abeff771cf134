"""The models in memory: each loaded once, used by one caller at a time, dropped to make room."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from workbench.engines.local import device, weights
from workbench.engines.local.kinds import check_kind, kind_of
from workbench.engines.local.loaded import Kind, Loaded, short_name
from workbench.engines.local.loading import Source, load
from workbench.engines.local.room import Key, Room, key_of, known_key
from workbench.engines.local.waiting import Held, Job, Slot, Tell, Ticket
from workbench.engines.messages import nobody
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

Find = Callable[..., Source]
Load = Callable[[Source, Kind, LocalOptions], Loaded]

_LOOK_S = 0.05  # how often a waiting caller looks whether it is still there
_LEFT = "the caller has left"


class Shelf:
    """Keeps models for all callers of a process. Whoever uses one must not ask for another."""

    def __init__(self, find: Find | None = None, load: Load = load) -> None:
        self._find = find or _find
        self._load = load
        self._changed = threading.Condition()  # guards all below
        self._slots: list[Slot] = []
        self._jobs: dict[tuple[object, ...], Job] = {}
        self._folders: dict[tuple[object, ...], Path] = {}
        self._uses = 0
        self._one_load = threading.Lock()  # so that each sees the memory that is really free

    @contextmanager
    def use(
        self,
        name: str,
        task: str,
        options: LocalOptions,
        *,
        token: str | None = None,
        tell: Tell | None = None,
        gone: threading.Event | None = None,
    ) -> Iterator[Loaded]:
        """The model *name*, the caller's alone until the block ends; callers take turns.

        Finds, fetches and loads it where needed, and tells of that. Raises Refusal, and
        ConnectionAbortedError once *gone* is set. A model that is loaded already is used as it
        is, unless a file in its folder changed.
        """
        ticket = self._enter(name, task, options, token)
        try:
            self._wait(ticket, tell or nobody, gone or threading.Event())
            assert ticket.slot is not None  # noqa: S101 - what waiting is for
            yield replace(ticket.slot.loaded, name=name)
        finally:
            self._leave(ticket)

    def loaded(self) -> list[Held]:
        """What is in memory, the least recently used first."""
        with self._changed:
            slots = sorted(self._slots, key=lambda slot: slot.used)
            return [slot.facts() for slot in slots]

    def drop(self, name: str) -> bool:
        """Free the model *name*, once nobody uses it; False when it isn't in memory."""
        with self._changed:
            known = {str(path.resolve()) for place, path in self._folders.items() if name in place}
            found = self._retire_all(
                lambda slot: slot.loaded.name == name or slot.key.folder in known
            )
        device.give_back()
        return found

    def clear(self) -> None:
        """Free every model, those in use once nobody uses them."""
        with self._changed:
            self._retire_all(lambda _: True)
        device.give_back()

    def _retire_all(self, chosen: Callable[[Slot], bool]) -> bool:
        slots = [slot for slot in self._slots if chosen(slot)]
        for slot in slots:
            self._retire(slot)
        return bool(slots)

    def _retire(self, slot: Slot) -> None:
        slot.stale = True
        if not slot.queue:
            self._slots.remove(slot)

    def _enter(self, name: str, task: str, options: LocalOptions, token: str | None) -> Ticket:
        place = (name, options.cache, options.endpoint)
        folder = self._folders.get(place)
        key = known_key(name, folder, options) if folder else None
        ticket = Ticket(name, task)
        with self._changed:
            slot = self._slot(key)
            if slot is not None:
                check_kind(slot.loaded.kind, task, name)
                slot.admit(ticket)
                return ticket
            about = (name, options, token)
            job = self._jobs.get(about)
            if job is None:
                job = self._jobs[about] = Job(about, name)
                arguments = (job, place, options, token)
                threading.Thread(target=self._run, args=arguments, daemon=True).start()
            job.admit(ticket)
        return ticket

    def _slot(self, key: Key | None) -> Slot | None:
        return next((slot for slot in self._slots if slot.key == key and not slot.stale), None)

    def _wait(self, ticket: Ticket, tell: Tell, gone: threading.Event) -> None:
        while True:
            if gone.is_set():
                raise ConnectionAbortedError(_LEFT)
            with self._changed:
                if ticket.error is not None:
                    raise ticket.error
                if ticket.slot is not None and ticket.slot.queue[0] is ticket:
                    return
                news = ticket.news(time.monotonic())
                if not news:
                    self._changed.wait(_LOOK_S)
            for line in news:
                tell(line)

    def _leave(self, ticket: Ticket) -> None:
        freed = False
        with self._changed:
            slot, job = ticket.slot, ticket.job
            ticket.slot = ticket.job = None
            if slot is not None:
                slot.queue.remove(ticket)
                self._uses += 1
                slot.used = self._uses
                if slot.stale and not slot.queue:
                    self._slots.remove(slot)
                    freed = True
            elif job is not None and ticket in job.tickets:
                job.tickets.remove(ticket)
                if not job.tickets and job.since is None:
                    job.gone.set()
                    self._forget(job)
            del slot
            self._changed.notify_all()
        if freed:
            device.give_back()

    def _run(
        self, job: Job, place: tuple[object, ...], options: LocalOptions, token: str | None
    ) -> None:
        """In a thread of its own: find, fetch and load, for all who wait for it."""
        try:
            source = self._find(
                job.name,
                options,
                token=token,
                tell=lambda line: self._tell(job, line),
                gone=job.gone,
            )
            kind = kind_of(source.folder, job.name)
            self._refuse_others(job, kind)
            self._turn(job)
            try:
                self._provide(job, source, kind, options)
            finally:
                self._one_load.release()
            with self._changed:
                self._folders[place] = source.folder
        except BaseException as error:  # noqa: BLE001 - it reaches every caller
            with self._changed:
                for ticket in job.tickets:
                    ticket.error = _own(error)
                self._forget(job)
                self._changed.notify_all()
        else:
            return
        if job.since is not None:
            device.give_back()  # what was loaded until then

    def _turn(self, job: Job) -> None:
        while not self._one_load.acquire(timeout=_LOOK_S):
            if job.gone.is_set():
                raise ConnectionAbortedError(_LEFT)

    def _provide(self, job: Job, source: Source, kind: Kind, options: LocalOptions) -> None:
        key = key_of(job.name, source.folder, kind, options)
        with self._changed:
            slot = self._slot(key)
            if slot is not None:
                self._hand_over(job, slot)
                return
            self._retire_all(lambda old: key.replaces(old.key))
        needed = weights.needed_bytes(source.folder, key.dtype)
        self._make_room(job, Room(job.name, needed, key.device, options.memory_gb))
        with self._changed:
            if job.gone.is_set():
                raise ConnectionAbortedError(_LEFT)
            job.since = time.monotonic()
            self._changed.notify_all()
        loaded = self._load(source, kind, options)
        with self._changed:
            self._uses += 1
            slot = Slot(key, loaded, used=self._uses)
            self._slots.append(slot)
            self._hand_over(job, slot)

    def _hand_over(self, job: Job, slot: Slot) -> None:
        self._refuse_others(job, slot.loaded.kind)
        for ticket in job.tickets:
            slot.admit(ticket)
        self._forget(job)
        self._changed.notify_all()

    def _refuse_others(self, job: Job, kind: Kind) -> None:
        """Those who want a task that the model doesn't serve need not wait for it."""
        with self._changed:
            for ticket in list(job.tickets):
                try:
                    check_kind(kind, ticket.task, ticket.name)
                except Refusal as refusal:
                    ticket.error = refusal
                    job.tickets.remove(ticket)
            if not job.tickets and job.since is None:
                job.gone.set()
                self._forget(job)
            self._changed.notify_all()
        if job.gone.is_set():
            raise ConnectionAbortedError(_LEFT)

    def _make_room(self, job: Job, room: Room) -> None:
        """Drop what nobody uses until the model fits; wait where only models in use are left."""
        while not job.gone.is_set():
            with self._changed:
                if room.is_enough(self._slots):
                    return
                victim = room.victim(self._slots)
                if victim is None:
                    job.tell(
                        f"{short_name(job.name)}: waiting until another model is free to be dropped"
                    )
                    self._changed.wait(_LOOK_S)
                    continue
                self._retire(victim)
            del victim  # or it would hold what is to be freed
            device.give_back()
        raise ConnectionAbortedError(_LEFT)

    def _tell(self, job: Job, line: str) -> None:
        with self._changed:
            job.lines.append(line)
            self._changed.notify_all()

    def _forget(self, job: Job) -> None:
        if self._jobs.get(job.about) is job:
            del self._jobs[job.about]


def _find(name: str, options: LocalOptions, **call: object) -> Source:
    from workbench.engines.local import hub

    return hub.find(name, options, **call)  # type: ignore[arg-type]


def _own(error: BaseException) -> BaseException:
    """A refusal of one caller's own, without the frames that hold what was loaded."""
    if isinstance(error, Refusal):
        return Refusal(str(error), error.status, kind=error.kind, hint=error.hint)
    return error


SHELF = Shelf()
"""The models of this process."""
