"""Which processes are still there to finish the replies they began.

Each open store holds a lock on a file of its own. The system drops the lock when the process
ends, however it ends; ids of processes would be reused, and mean nothing in another container.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int, *, wait: bool) -> None:
        msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

    def _is_free(fd: int) -> bool:
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(fd: int, *, wait: bool) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))

    def _is_free(fd: int) -> bool:
        try:  # shared: two who look at once must not see each other
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def alone(folder: Path | None) -> Iterator[None]:
    """One process at a time, for opening a store: it migrates and tidies up."""
    if folder is None:
        yield
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    fd = _opened(folder / "opening")
    try:
        _lock(fd, wait=True)
        yield
    finally:
        os.close(fd)


class Writer:
    """This store among all that write to one file; make it within `alone`."""

    def __init__(self, folder: Path | None) -> None:
        self.name = uuid.uuid4().hex
        self._folder = folder
        self._fd: int | None = None
        if folder is not None:
            for left in folder.glob("?" * len(self.name)):
                if not self.is_there(left.name):
                    with suppress(OSError):
                        left.unlink()
            self._fd = _opened(folder / self.name)
            _lock(self._fd, wait=False)

    def is_there(self, name: str) -> bool:
        """Whether the store called *name* is still open in a living process."""
        if name == self.name or self._folder is None:
            return name == self.name
        try:
            fd = os.open(self._folder / name, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            return not _is_free(fd)
        finally:
            os.close(fd)

    def close(self) -> None:
        """Let go of the lock and its file."""
        if self._fd is not None and self._folder is not None:
            os.close(self._fd)
            self._fd = None
            with suppress(OSError):
                (self._folder / self.name).unlink()
