"""The SQLite file: opened, checked, migrated; every statement in a transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbench.errors import ConfigurationError, WorkbenchError
from workbench.store import index, schema
from workbench.store.records import no_message
from workbench.store.writers import Writer, alone

_BUSY_S = 30.0
_DAMAGED = "It was left as it is. Move it away to start with an empty history, or restore a backup."
_BLOCKED = (
    "Check the disk's free space and the permissions of the file and its folder, or start with "
    "--no-history."
)


class Database:
    """One connection and one lock for all threads of a process.

    A statement takes microseconds, SQLite has one writer at a time anyway, and an in-memory
    database has no second connection; a connection for each thread would only stay behind when
    the thread ends. Between processes, SQLite's own locks hold.
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.lock = threading.RLock()
        self.closed = False
        folder = None if file is None else file.with_name(file.name + "-writers")
        with self._translated(), alone(folder):
            if file is not None:
                file.touch(mode=0o600)
                with suppress(PermissionError):  # someone else's, and we may write all the same
                    file.chmod(0o600)
            self._conn = sqlite3.connect(
                file or ":memory:",
                timeout=_BUSY_S,
                isolation_level=None,  # we begin and commit; the same in every Python
                check_same_thread=False,
            )
            try:
                self._prepare()
                self.writer = Writer(folder)
            except BaseException:
                self._conn.close()
                raise

    def _prepare(self) -> None:
        conn = self._conn
        conn.row_factory = sqlite3.Row
        conn.create_function("folded", 1, str.casefold, deterministic=True)
        schema.check(conn, self.file)
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = NORMAL")
        conn.execute("PRAGMA secure_delete = ON")
        conn.execute("PRAGMA foreign_keys = ON")
        with self.writing():
            schema.migrate(conn)
            self.indexed = index.build(conn)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One picture of the file, whatever others write meanwhile."""
        with self._transaction("BEGIN") as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, one writer at a time."""
        with self._transaction("BEGIN IMMEDIATE") as conn:
            yield conn

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self.lock, self._translated():
            self._conn.execute(begin)
            try:
                yield self._conn
                self._conn.execute("COMMIT")
            finally:
                if self._conn.in_transaction:
                    self._conn.execute("ROLLBACK")

    def scrub(self) -> None:
        """Empty the log, which holds what was deleted until then."""
        with self.lock, self._translated():
            self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file; to be called once."""
        with self.lock:
            self.closed = True
            self._conn.close()
            self.writer.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except WorkbenchError:
            raise
        except OverflowError as exc:  # an id no number of SQLite's can be
            raise no_message() from exc
        except OSError as exc:
            raise ConfigurationError(
                f"the history {self.file} can't be opened: {exc.strerror or exc}", hint=_BLOCKED
            ) from exc
        except sqlite3.DatabaseError as exc:
            if type(exc) is sqlite3.DatabaseError:
                message = f"the history {self.file} is damaged, or no database at all: {exc}"
                raise ConfigurationError(message, hint=_DAMAGED) from exc
            if type(exc) is sqlite3.OperationalError:
                message = f"the history {self.file} can't be used now: {exc}"
                raise ConfigurationError(message, hint=_BLOCKED) from exc
            raise
