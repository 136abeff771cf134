"""What people thought of replies: every rating is kept, the newest counts."""

from __future__ import annotations

import sqlite3
import time

from workbench.errors import InvalidInputError
from workbench.store.records import Feedback, no_message, storable

# a rating without a word takes the one before it back
_COUNTING = """SELECT r.created, t.conversation, t.id AS turn, t.model,
        coalesce(q.content, '') AS question, t.content AS reply, r.rating, r.comment
    FROM ratings r JOIN turns t ON t.id = r.turn LEFT JOIN turns q ON q.id = t.parent
    JOIN conversations c ON c.id = t.conversation
    WHERE (:owner IS NULL OR c.owner = :owner) AND r.rating != ''
        AND r.id = (SELECT max(id) FROM ratings WHERE turn = t.id)
    ORDER BY r.id"""


def rate(conn: sqlite3.Connection, owner: str, turn: int, rating: str, comment: str) -> None:
    """Add a rating of a reply; InvalidInputError for what is no reply of this owner's."""
    row = conn.execute(
        """SELECT role FROM turns t JOIN conversations c ON c.id = t.conversation
            WHERE t.id = ? AND c.owner = ?""",
        (turn, owner),
    ).fetchone()
    if row is None:
        raise no_message()
    if row["role"] != "assistant":
        raise InvalidInputError("only replies can be rated", hint="Rate the reply below it.")
    conn.execute(
        "INSERT INTO ratings (turn, rating, comment, created) VALUES (?, ?, ?, ?)",
        (turn, storable(rating.strip()), storable(comment.strip()), time.time()),
    )


def counting(conn: sqlite3.Connection, owner: str | None) -> list[Feedback]:
    """The ratings that count, oldest first; everybody's when *owner* is None."""
    return [Feedback(**dict(row)) for row in conn.execute(_COUNTING, {"owner": owner})]
