"""Conversations that go: deleted, never used, or too many for the memory."""

from __future__ import annotations

import sqlite3

from workbench.store import index, pictures


def remove(conn: sqlite3.Connection, conversation: str, *, indexed: bool) -> None:
    """Take away a conversation with its messages, ratings, pictures and words in the index."""
    if indexed:
        index.forget(conn, conversation)
    shown = pictures.digests(conn, conversation)
    conn.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
    pictures.drop(conn, shown)


def remove_oldest(conn: sqlite3.Connection, kept: int, *, indexed: bool) -> None:
    """Keep so many conversations, those with the newest activity."""
    oldest = conn.execute(
        """SELECT id FROM conversations c ORDER BY coalesce(
            (SELECT max(created) FROM turns WHERE conversation = c.id), created) DESC,
            rowid DESC LIMIT -1 OFFSET ?""",
        (kept,),
    ).fetchall()
    for (conversation,) in oldest:
        remove(conn, conversation, indexed=indexed)


def remove_unused(conn: sqlite3.Connection, before: float) -> None:
    """Take away conversations without a message, begun *before* (unix seconds)."""
    conn.execute(
        """DELETE FROM conversations
            WHERE created < ? AND id NOT IN (SELECT conversation FROM turns)""",
        (before,),
    )
