"""Replies that are being written: grown piece by piece, ended once, also when nobody is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from workbench.errors import InvalidInputError
from workbench.store import turns
from workbench.store.database import Database
from workbench.store.records import ENDS, storable


def begin(
    db: Database, conn: sqlite3.Connection, conversation: str, parent: int, model: str
) -> int:
    """The id of a new reply that this process writes."""
    turn = turns.add(conn, conversation, "assistant", "", parent, model)
    conn.execute("INSERT INTO open VALUES (?, ?)", (turn, db.writer.name))
    return turn


def grow(db: Database, turn: int, text: str, owner: str | None) -> bool:
    """Add a piece; False when the reply isn't open here (any more)."""
    with db.lock:  # a thread may still be streaming while the store is closed
        if db.closed:
            return False
        with db.writing() as conn:
            mine = _is_mine(db, conn, turn, owner)
            if mine:
                piece = (turn, storable(text))
                conn.execute("INSERT INTO pieces (turn, text) VALUES (?, ?)", piece)
            return mine


def end(
    db: Database,
    turn: int,
    state: str,
    facts: Mapping[str, object],
    error: str,
    owner: str | None,
) -> bool:
    """Finish a reply; False when it isn't open here (any more)."""
    if state not in ENDS:
        raise InvalidInputError(f"a reply ends as one of {', '.join(ENDS)}, not {state!r}")
    with db.lock:
        if db.closed:
            return False
        with db.writing() as conn:
            mine = _is_mine(db, conn, turn, owner)
            if mine:
                turns.finish(conn, turn, state, facts, error)
            return mine


def _is_mine(db: Database, conn: sqlite3.Connection, turn: int, owner: str | None) -> bool:
    found = conn.execute(
        """SELECT 1 FROM open JOIN turns t ON t.id = open.turn
            JOIN conversations c ON c.id = t.conversation
            WHERE open.turn = :turn AND open.writer = :writer
                AND (:owner IS NULL OR c.owner = :owner)""",
        {"turn": turn, "writer": db.writer.name, "owner": owner},
    )
    return found.fetchone() is not None


def settle(db: Database) -> None:
    """End the replies of processes that are gone."""
    with db.reading() as conn:
        writers = [name for (name,) in conn.execute("SELECT DISTINCT writer FROM open")]
    gone = [name for name in writers if not db.writer.is_there(name)]
    if gone:
        with db.writing() as conn:
            _interrupt(conn, gone)


def close(db: Database) -> None:
    """End the replies begun here, and close the file; a second time does nothing."""
    with db.lock:
        if db.closed:
            return
        try:
            with db.writing() as conn:
                _interrupt(conn, [db.writer.name])
        finally:
            db.close()


def _interrupt(conn: sqlite3.Connection, writers: Iterable[str]) -> None:
    for name in writers:
        theirs = conn.execute("SELECT turn FROM open WHERE writer = ?", (name,)).fetchall()
        for (turn,) in theirs:
            turns.finish(conn, turn, "interrupted", {}, "")
