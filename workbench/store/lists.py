"""Conversations as the sidebar lists them, and as they are opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from workbench.store import index
from workbench.store.records import Conversation, Summary, default_title, load

# ids of messages order activity: they only grow, also when a clock is set back
_LIST = """SELECT c.id, c.title, c.model, c.created,
        max(last.created, coalesce(ends.created, 0)) AS updated
    FROM conversations c
    JOIN turns last ON last.id = (SELECT max(id) FROM turns WHERE conversation = c.id)
    LEFT JOIN ends ON ends.turn = last.id
    WHERE c.owner = ? ORDER BY last.id DESC"""


def listed(
    conn: sqlite3.Connection, owner: str, words: Sequence[str], limit: int, *, indexed: bool
) -> list[Summary]:
    """Conversations that have all *words*, in their title or in any message, newest first."""
    found = [index.find(conn, owner, word, indexed=indexed) for word in words]
    summaries: list[Summary] = []
    for row in conn.execute(_LIST, (owner,)):
        if len(summaries) >= limit:
            break
        if all(row["id"] in ids for ids in found):
            summaries.append(
                Summary(
                    id=row["id"],
                    title=title(conn, row),
                    model=row["model"],
                    created=row["created"],
                    updated=row["updated"],
                    snippet=index.snippet(conn, row["id"], words),
                )
            )
    return summaries


def title(conn: sqlite3.Connection, row: sqlite3.Row) -> str:
    """The title a person gave, or one from the first message that has words."""
    if row["title"]:
        return str(row["title"])
    first = conn.execute(
        """SELECT substr(content, 1, 2000) FROM turns
            WHERE conversation = ? AND role = 'user' AND trim(content, ' \n\r\t') != ''
            ORDER BY id LIMIT 1""",
        (row["id"],),
    ).fetchone()
    return default_title(first[0] if first else "")


def opened(conn: sqlite3.Connection, row: sqlite3.Row) -> Conversation:
    """A row of the table as a conversation."""
    return Conversation(
        id=row["id"],
        title=title(conn, row),
        model=row["model"],
        system=row["system"],
        options=load(row["options"]),
        head=row["head"],
        created=row["created"],
    )
