"""The tables, how older files get them, and which files are ours at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from workbench.errors import ConfigurationError
from workbench.store import index

APPLICATION = int.from_bytes(b"wbhi", "big")
"""Tells our files from other SQLite files."""

FIRST = (
    """CREATE TABLE conversations (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL, system TEXT NOT NULL, options TEXT NOT NULL,
        head INTEGER, created REAL NOT NULL)""",
    "CREATE INDEX conversations_owner ON conversations (owner)",
    # AUTOINCREMENT: the id of a deleted message never becomes another's, for stale tabs
    """CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        parent INTEGER, role TEXT NOT NULL, content TEXT NOT NULL,
        model TEXT NOT NULL, created REAL NOT NULL)""",
    "CREATE INDEX turns_conversation ON turns (conversation, id)",
    # a reply that is being written, and by whom
    """CREATE TABLE open (
        turn INTEGER PRIMARY KEY REFERENCES turns ON DELETE CASCADE, writer TEXT NOT NULL)""",
    # what it says so far; joined into its turn when it ends
    """CREATE TABLE pieces (
        id INTEGER PRIMARY KEY,
        turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE, text TEXT NOT NULL)""",
    "CREATE INDEX pieces_turn ON pieces (turn, id)",
    """CREATE TABLE ends (
        turn INTEGER PRIMARY KEY REFERENCES turns ON DELETE CASCADE, state TEXT NOT NULL,
        error TEXT NOT NULL, facts TEXT NOT NULL, created REAL NOT NULL)""",
    """CREATE TABLE ratings (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE,
        rating TEXT NOT NULL, comment TEXT NOT NULL, created REAL NOT NULL)""",
    "CREATE INDEX ratings_turn ON ratings (turn, id)",
    "CREATE TABLE pictures (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL)",
    """CREATE TABLE shown (
        turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE, place INTEGER NOT NULL,
        mime TEXT NOT NULL, sha256 TEXT NOT NULL REFERENCES pictures,
        PRIMARY KEY (turn, place)) WITHOUT ROWID""",
    "CREATE INDEX shown_picture ON shown (sha256)",
)


def _tables(conn: sqlite3.Connection) -> None:
    for statement in FIRST:
        conn.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], object], ...] = (_tables, index.build)
"""What makes a file of version n one of version n + 1, from an empty one on."""


def check(conn: sqlite3.Connection, file: Path | None) -> None:
    """Refuse a file that isn't ours, is damaged, or is from a later version.

    Raises ConfigurationError, and sqlite3.DatabaseError for what isn't SQLite at all.
    """
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    (application,) = conn.execute("PRAGMA application_id").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and (version or tables or application):
        raise ConfigurationError(
            f"{file} is a database of another program",
            hint="Set WORKBENCH_HOME to another folder, or move the file away.",
        )
    if version > len(MIGRATIONS):
        raise ConfigurationError(
            f"{file} was written by a newer workbench: its history has version {version}, "
            f"this one knows up to {len(MIGRATIONS)}",
            hint="Update with `pip install -U hf-inference-workbench`, or set WORKBENCH_HOME "
            "to another folder.",
        )
    for (found,) in conn.execute("PRAGMA quick_check(1)"):
        if found != "ok":
            raise sqlite3.DatabaseError(found)


def migrate(conn: sqlite3.Connection) -> None:
    """Bring the file up to the newest version, within the caller's transaction."""
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    for step in MIGRATIONS[version:]:
        step(conn)
    if version < len(MIGRATIONS):
        conn.execute(f"PRAGMA application_id = {APPLICATION}")
        conn.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
