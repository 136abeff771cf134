"""How many calls visitors may make a day at the owner's expense, counted on disk."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

from workbench.errors import ConfigurationError, RateLimitedError
from workbench.settings import load_environment
from workbench.store import data_folder
from workbench.ui.sessions import session_key

FILE = "allowance.sqlite3"
VISITORS = 10
"""For so many visitors the total of a day is enough unless it is given."""
_EVERYBODY = ""
_BUSY_S = 10.0
logger = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Allowance:
    """*each* calls a day for a visitor, *total* for all; the day is that of UTC.

    Safe in threads and between processes. In *file* a visitor is a number that changes daily;
    without a file, or where it can't be opened, a restart begins anew.

    >>> allowance = Allowance(1)
    >>> allowance.take("ann")
    >>> allowance.left("ann"), allowance.left("bob")
    (0, 1)
    >>> allowance.take("ann")
    Traceback (most recent call last):
    workbench.errors.RateLimitedError: your calls of today are used up: 1 a day for each visitor
    """

    def __init__(
        self,
        each: int,
        total: int | None = None,
        *,
        file: Path | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.each = each
        self.total = each * VISITORS if total is None else total
        if self.each < 1 or self.total < 1:
            raise ConfigurationError("a daily limit is 1 or more", hint="Write it as a number.")
        self._now = now
        self._key = session_key() if file else secrets.token_bytes()
        self._lock = threading.Lock()
        self._conn = _opened(file)

    @classmethod
    def kept(cls, each: int, total: int | None = None) -> Allowance:
        """One that is kept in the data folder, if there can be one."""
        try:
            file = data_folder(load_environment()) / FILE
        except ConfigurationError as exc:
            logger.warning("the daily limit begins anew at every start: %s", exc)
            file = None
        return cls(each, total, file=file)

    def take(self, who: str) -> None:
        """Count a call of *who*. Raises RateLimitedError, which tells when there are new ones."""
        with self._day() as day:
            if self._taken(day, _EVERYBODY) >= self.total:
                raise self._used_up(
                    f"the calls of today are used up: {self.total} a day for all visitors together"
                )
            name = self._name(day, who)
            if self._taken(day, name) >= self.each:
                raise self._used_up(
                    f"your calls of today are used up: {self.each} a day for each visitor"
                )
            for counted in (_EVERYBODY, name):
                self._conn.execute(
                    "INSERT INTO calls VALUES (?, ?, 1)"
                    " ON CONFLICT (day, who) DO UPDATE SET calls = calls + 1",
                    (day, counted),
                )

    def left(self, who: str) -> int:
        """How many calls *who* may still make today."""
        with self._day() as day:
            mine = self.each - self._taken(day, self._name(day, who))
            return max(0, min(mine, self.total - self._taken(day, _EVERYBODY)))

    def _taken(self, day: str, who: str) -> int:
        row = self._conn.execute(
            "SELECT calls FROM calls WHERE day = ? AND who = ?", (day, who)
        ).fetchone()
        return int(row[0]) if row else 0

    def _name(self, day: str, who: str) -> str:
        return hmac.new(self._key, f"{day}\n{who}".encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def _day(self) -> Iterator[str]:
        """The day, with nobody else counting; what earlier days counted is forgotten."""
        day = self._now().date().isoformat()
        try:
            with self._lock:
                self._conn.execute("BEGIN IMMEDIATE")
                try:
                    self._conn.execute("DELETE FROM calls WHERE day < ?", (day,))
                    yield day
                    self._conn.execute("COMMIT")
                finally:
                    if self._conn.in_transaction:
                        self._conn.execute("ROLLBACK")
        except sqlite3.Error as exc:  # what can't be counted isn't given away
            raise ConfigurationError(
                f"the calls of today can't be counted: {exc}",
                hint="The owner of this app should look at its data folder.",
            ) from exc

    def _used_up(self, told: str) -> RateLimitedError:
        now = self._now()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        minutes = max(1, round((midnight - now).total_seconds() / 60))
        hint = (
            f"There are new ones at 00:00 UTC, in {minutes // 60} h {minutes % 60} min. "
            "Until then `embedded` as the target costs nothing."
        )
        return RateLimitedError(told, hint=hint)


def _opened(file: Path | None) -> sqlite3.Connection:
    try:
        return _connection(file)
    except (OSError, sqlite3.Error) as exc:
        logger.warning("the daily limit begins anew at every start: %s: %s", file, exc)
        return _connection(None)


def _connection(file: Path | None) -> sqlite3.Connection:
    if file is not None:
        file.touch(mode=0o600)
    conn = sqlite3.connect(
        file or ":memory:", timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        conn.execute(
            "CREATE TABLE IF NOT EXISTS calls"
            " (day TEXT, who TEXT, calls INTEGER, PRIMARY KEY (day, who))"
        )
    except sqlite3.Error:
        conn.close()
        raise
    return conn
