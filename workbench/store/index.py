"""Finding words in conversations: an FTS5 index where SQLite has one, a scan where not.

The index is made of trigrams, so it finds parts of words and scripts that put no spaces between
them; words of one or two characters are scanned for. It is filled before a search, not at each
message: writing stays cheap, and what a Python without FTS5 wrote is found, too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

PROBE = "CREATE VIRTUAL TABLE temp.probe USING fts5 (content, tokenize='trigram')"
"""Fails where SQLite has no FTS5, or none with trigrams."""
_CREATE = """CREATE VIRTUAL TABLE IF NOT EXISTS search
    USING fts5 (content, content='turns', content_rowid='id', tokenize='trigram')"""
_BACKLOG = """SELECT id, content FROM turns
    WHERE id NOT IN (SELECT id FROM search_docsize) AND id NOT IN (SELECT turn FROM open)"""
_SHORTEST = 3  # characters that a trigram index can find
_MOST_WORDS = 12
_AROUND = 30  # characters of a snippet before what was found
_SNIPPET = 100


def build(conn: sqlite3.Connection) -> bool:
    """Make and fill the index where it is missing; whether it can be used here."""
    try:
        conn.execute(PROBE)
    except sqlite3.OperationalError:
        return False
    conn.execute("DROP TABLE temp.probe")
    conn.execute(_CREATE)
    # a Python without FTS5 may have deleted messages that the index still knows
    stale = "SELECT 1 FROM search_docsize WHERE id NOT IN (SELECT id FROM turns) LIMIT 1"
    if conn.execute(stale).fetchone():
        conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
    fill(conn)
    return True


def is_behind(conn: sqlite3.Connection) -> bool:
    """Whether there are finished messages that the index doesn't know."""
    return conn.execute(_BACKLOG + " LIMIT 1").fetchone() is not None


def fill(conn: sqlite3.Connection, most: int = -1) -> None:
    """Add what the index doesn't know yet; at most so many messages, or all."""
    conn.execute("INSERT INTO search (rowid, content) " + _BACKLOG + " LIMIT ?", (most,))


def forget(conn: sqlite3.Connection, conversation: str) -> None:
    """Take a conversation out, before its messages go.

    `optimize` rewrites the index: until then its old parts would hold the words.
    """
    removed = conn.execute(
        """INSERT INTO search (search, rowid, content) SELECT 'delete', id, content FROM turns
            WHERE conversation = ? AND id IN (SELECT id FROM search_docsize)""",
        (conversation,),
    )
    if removed.rowcount:
        conn.execute("INSERT INTO search (search) VALUES ('optimize')")


def words_of(search: str) -> list[str]:
    """The words to look for; all of them must be in a conversation, in any of its messages.

    >>> words_of('bread OR "rye')
    ['bread', 'OR', '"rye']
    """
    return list(dict.fromkeys(search.replace("\0", " ").split()))[:_MOST_WORDS]


def find(conn: sqlite3.Connection, owner: str, word: str, *, indexed: bool) -> set[str]:
    """The conversations of *owner* whose messages or given title have *word* in them."""
    titled = conn.execute(
        "SELECT id FROM conversations WHERE owner = ? AND instr(folded(title), folded(?)) > 0",
        (owner, word),
    )
    if indexed and len(word) >= _SHORTEST:
        quoted = '"' + word.replace('"', '""') + '"'  # nothing in it is an operator then
        said = conn.execute(
            """SELECT DISTINCT c.id FROM search s JOIN turns t ON t.id = s.rowid
                JOIN conversations c ON c.id = t.conversation
                WHERE search MATCH ? AND c.owner = ?""",
            (quoted, owner),
        )
    else:
        said = conn.execute(
            """SELECT DISTINCT c.id FROM conversations c JOIN turns t ON t.conversation = c.id
                WHERE c.owner = ? AND instr(folded(t.content), folded(?)) > 0""",
            (owner, word),
        )
    return {row[0] for row in [*titled, *said]}


def snippet(conn: sqlite3.Connection, conversation: str, words: Sequence[str]) -> str:
    """Where a conversation has the first of *words* that its messages have, with what is around.

    Empty when they are all in the title.
    """
    for word in words:
        found = conn.execute(
            """SELECT content FROM turns
                WHERE conversation = ? AND instr(folded(content), folded(?)) > 0 LIMIT 1""",
            (conversation, word),
        ).fetchone()
        if found:
            return excerpt(found[0], word)
    return ""


def excerpt(text: str, word: str) -> str:
    """About 100 characters of *text* around *word*, on one line.

    >>> excerpt("It is long. " * 4 + "Bake the\\n bread now.", "bread")
    '…is long. It is long. Bake the bread now.'
    """
    text = " ".join(text.split())
    found = re.search(re.escape(word), text, re.IGNORECASE)
    place = max(found.start() - _AROUND, 0) if found else 0
    cut = text[place : place + _SNIPPET]
    return ("…" if place else "") + cut + ("…" if place + _SNIPPET < len(text) else "")
