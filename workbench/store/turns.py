"""Messages in the tables: added, finished, read, and followed from the last to the first."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence

from workbench.store import pictures
from workbench.store.records import Turn, dump, load, no_conversation, no_message, storable


def require(conn: sqlite3.Connection, owner: str, conversation: str) -> sqlite3.Row:
    """The row of a conversation; InvalidInputError when *owner* has no such one."""
    row: sqlite3.Row | None = conn.execute(
        "SELECT * FROM conversations WHERE id = ? AND owner = ?", (conversation, owner)
    ).fetchone()
    if row is None:
        raise no_conversation()
    return row


def require_turn(conn: sqlite3.Connection, conversation: str, turn: int) -> None:
    """InvalidInputError when the conversation has no such message."""
    found = "SELECT 1 FROM turns WHERE id = ? AND conversation = ?"
    if conn.execute(found, (turn, conversation)).fetchone() is None:
        raise no_message()


def add(
    conn: sqlite3.Connection,
    conversation: str,
    role: str,
    content: str,
    parent: int | None,
    model: str,
) -> int:
    """The id of a new message, which becomes the last one shown."""
    if parent is not None:
        require_turn(conn, conversation, parent)
    added = conn.execute(
        """INSERT INTO turns (conversation, parent, role, content, model, created)
            VALUES (?, ?, ?, ?, ?, ?)""",
        (conversation, parent, role, storable(content), storable(model), time.time()),
    )
    turn = added.lastrowid or 0  # None only before any INSERT
    conn.execute("UPDATE conversations SET head = ? WHERE id = ?", (turn, conversation))
    return turn


def finish(
    conn: sqlite3.Connection, turn: int, state: str, facts: Mapping[str, object], error: str
) -> None:
    """Join the pieces of an open reply and note how it ended."""
    conn.execute("UPDATE turns SET content = ? WHERE id = ?", (_pieces(conn, turn), turn))
    conn.execute("DELETE FROM pieces WHERE turn = ?", (turn,))
    conn.execute("DELETE FROM open WHERE turn = ?", (turn,))
    conn.execute(
        "INSERT INTO ends VALUES (?, ?, ?, ?, ?)",
        (turn, state, storable(error), dump(facts), time.time()),
    )


def _pieces(conn: sqlite3.Connection, turn: int) -> str:
    rows = conn.execute("SELECT text FROM pieces WHERE turn = ? ORDER BY id", (turn,))
    return "".join(text for (text,) in rows)


_READ = """SELECT t.id, t.parent, t.role, t.content, t.model, t.created,
        e.state, e.error, e.facts, r.rating, r.comment, o.turn IS NOT NULL AS is_open,
        EXISTS (SELECT 1 FROM shown WHERE shown.turn = t.id) AS has_images
    FROM turns t LEFT JOIN ends e ON e.turn = t.id LEFT JOIN open o ON o.turn = t.id
    LEFT JOIN ratings r ON r.id = (SELECT max(id) FROM ratings WHERE ratings.turn = t.id)
    WHERE t.conversation = ? AND t.id >= ? ORDER BY t.id"""


def rows(conn: sqlite3.Connection, conversation: str, since: int = 0) -> dict[int, sqlite3.Row]:
    """The messages of a conversation by their ids, oldest first, from the id *since* on."""
    return {row["id"]: row for row in conn.execute(_READ, (conversation, since))}


def one(conn: sqlite3.Connection, conversation: str, turn: int) -> Turn:
    """A message as a turn."""
    return _turn(conn, rows(conn, conversation, turn)[turn])


def leaves(conn: sqlite3.Connection, conversation: str) -> list[int]:
    """The ids of the messages that nothing follows, oldest first."""
    found = conn.execute(
        """SELECT id FROM turns WHERE conversation = :name AND id NOT IN
            (SELECT parent FROM turns WHERE conversation = :name AND parent IS NOT NULL)
            ORDER BY id""",
        {"name": conversation},
    )
    return [turn for (turn,) in found]


def upwards(rows: Mapping[int, sqlite3.Row], head: int | None) -> list[sqlite3.Row]:
    """The messages from the first to *head*; InvalidInputError when it isn't among *rows*."""
    if head is not None and head not in rows:
        raise no_message()
    path = []
    while head is not None:
        path.append(rows[head])
        head = rows[head]["parent"]
    return path[::-1]


def turns(conn: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[Turn]:
    """*rows* as turns, with their pictures and what open replies say so far."""
    return [_turn(conn, row) for row in rows]


def _turn(conn: sqlite3.Connection, row: sqlite3.Row) -> Turn:
    return Turn(
        id=row["id"],
        parent=row["parent"],
        role=row["role"],
        content=_pieces(conn, row["id"]) if row["is_open"] else row["content"],
        created=row["created"],
        images=pictures.gather(conn, row["id"]) if row["has_images"] else (),
        state="streaming" if row["is_open"] else row["state"] or "done",
        model=row["model"],
        error=row["error"] or "",
        facts=load(row["facts"] or "{}"),
        rating=row["rating"] or "",
        comment=row["comment"] or "",
    )
