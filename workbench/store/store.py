"""The store: every method reads and writes only what belongs to the owner it is given."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection

from workbench.chat.conversation import Message, Role
from workbench.closing import Closing
from workbench.errors import InvalidInputError
from workbench.store import exports, index, lists, pictures, ratings, removal, replies, turns
from workbench.store.database import Database
from workbench.store.records import (
    Conversation,
    End,
    Feedback,
    Summary,
    Turn,
    dump,
    storable,
)

MOST_IN_MEMORY = 1000
"""Conversations that a store without a file keeps."""
_LONGEST_TITLE = 200
_BATCH = 200
_EMPTY_S = 30 * 24 * 3600.0
"""How long a conversation without a message is kept: its tab may still be open."""


class Store(Closing):
    """Conversations in a SQLite file, or in memory when *path* is None.

    Safe for many threads and for several processes on one file. An owner is any text, such as
    `browser:…` or `user:…`; a conversation or message of another owner is as if it weren't there
    (InvalidInputError). ConfigurationError when the file is damaged, another program's, from a
    newer version, or can't be written.

    >>> with Store(None) as store:
    ...     talk = store.start("user:ada")
    ...     asked = store.say("user:ada", talk.id, "user", "Hello", parent=None)
    ...     reply = store.begin("user:ada", talk.id, parent=asked.id)
    ...     for piece in ("Hi", " Ada"):
    ...         _ = store.grow(reply.id, piece)
    ...     _ = store.end(reply.id, "done")
    ...     [(turn.role, turn.content) for turn in store.path("user:ada", talk.id)]
    [('user', 'Hello'), ('assistant', 'Hi Ada')]
    """

    def __init__(self, path: Path | None) -> None:
        self._db = Database(None if path is None else path.absolute())
        with self._db.writing() as conn:
            removal.remove_unused(conn, time.time() - _EMPTY_S)
        replies.settle(self._db)

    def close(self) -> None:
        """End the replies still being written as interrupted, and let go of the file."""
        replies.close(self._db)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        replies.settle(self._db)
        with self._db.reading() as conn:
            yield conn

    def start(
        self,
        owner: str,
        *,
        model: str = "",
        system: str = "",
        options: Mapping[str, object] | None = None,
    ) -> Conversation:
        """A new conversation, listed once it has a message."""
        name = uuid.uuid4().hex
        with self._db.writing() as conn:
            conn.execute(
                """INSERT INTO conversations (id, owner, model, system, options, created)
                    VALUES (?, ?, ?, ?, ?, ?)""",
                (name, owner, storable(model), storable(system), dump(options or {}), time.time()),
            )
            if self._db.file is None:
                removal.remove_oldest(conn, MOST_IN_MEMORY, indexed=self._db.indexed)
            return lists.opened(conn, turns.require(conn, owner, name))

    def open(self, owner: str, conversation_id: str) -> Conversation:
        """A conversation with its settings and the id of the last message shown."""
        with self._reading() as conn:
            return lists.opened(conn, turns.require(conn, owner, conversation_id))

    def say(
        self,
        owner: str,
        conversation_id: str,
        role: Role,
        content: str,
        *,
        parent: int | None,
        images: Sequence[str] = (),
        model: str = "",
    ) -> Turn:
        """Add a whole message after *parent* (None: the first) and show it as the last.

        A *parent* that has a reply already gets one more version. Raises InvalidInputError also
        for an empty message, a picture that is none, and a system message, which belongs to
        `start`.
        """
        message = Message(role, content, tuple(images))
        if role == "system":
            raise InvalidInputError(
                "a system message can't be said within a conversation",
                hint="Start a new conversation with it.",
            )
        with self._db.writing() as conn:
            turns.require(conn, owner, conversation_id)
            turn = turns.add(conn, conversation_id, role, content, parent, model)
            pictures.keep(conn, turn, message.images)
            return turns.one(conn, conversation_id, turn)

    def begin(self, owner: str, conversation_id: str, *, parent: int, model: str = "") -> Turn:
        """Add a reply that is being written, and show it as the last message."""
        with self._db.writing() as conn:
            turns.require(conn, owner, conversation_id)
            turn = replies.begin(self._db, conn, conversation_id, parent, model)
            return turns.one(conn, conversation_id, turn)

    def grow(self, turn_id: int, text: str, *, owner: str | None = None) -> bool:
        """Add a piece to a reply begun here; False when it has ended, or was deleted.

        *owner*, when given, must be whose it is.
        """
        return replies.grow(self._db, turn_id, text, owner)

    def end(
        self,
        turn_id: int,
        state: End,
        *,
        facts: Mapping[str, object] | None = None,
        error: str = "",
        owner: str | None = None,
    ) -> bool:
        """Finish a reply begun here; only the first end counts, later ones return False.

        *facts* is what is worth knowing of the call (JSON), *error* fit to show.
        """
        return replies.end(self._db, turn_id, state, facts or {}, error, owner)

    def show(self, owner: str, conversation_id: str, head: int | None) -> None:
        """Make *head* the last message shown; None shows none."""
        with self._db.writing() as conn:
            turns.require(conn, owner, conversation_id)
            if head is not None:
                turns.require_turn(conn, conversation_id, head)
            conn.execute("UPDATE conversations SET head = ? WHERE id = ?", (head, conversation_id))

    def path(self, owner: str, conversation_id: str, head: int | None = None) -> list[Turn]:
        """The messages from the first to *head*; by default to the last one shown."""
        with self._reading() as conn:
            stored = turns.require(conn, owner, conversation_id)["head"]
            rows = turns.rows(conn, conversation_id)
            shown = turns.upwards(rows, stored if head is None else head)
            return turns.turns(conn, shown)

    def turns(self, owner: str, conversation_id: str) -> list[Turn]:
        """The messages of every version, oldest first."""
        with self._reading() as conn:
            turns.require(conn, owner, conversation_id)
            return turns.turns(conn, list(turns.rows(conn, conversation_id).values()))

    def versions(self, owner: str, conversation_id: str) -> list[int]:
        """The ids of the messages that nothing follows, oldest first."""
        with self._reading() as conn:
            turns.require(conn, owner, conversation_id)
            return turns.leaves(conn, conversation_id)

    def conversations(self, owner: str, *, search: str = "", limit: int = 100) -> list[Summary]:
        """Those with a message, newest activity first.

        With *search*, those that have each of its words, or what a word begins with, in the title
        or in any message that is finished; case doesn't matter, nothing in it is an operator.
        """
        words = index.words_of(storable(search))
        indexed = self._db.indexed
        if words and indexed:
            self._catch_up()
        with self._reading() as conn:
            return lists.listed(conn, owner, words, limit, indexed=indexed)

    def _catch_up(self) -> None:
        while True:
            with self._reading() as conn:
                if not index.is_behind(conn):
                    return
            with self._db.writing() as conn:  # in parts, so that nobody waits long
                index.fill(conn, _BATCH)

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give a title of at most 200 characters; an empty one brings the default back."""
        title = storable(title.strip()[:_LONGEST_TITLE])
        with self._db.writing() as conn:
            turns.require(conn, owner, conversation_id)
            conn.execute(
                "UPDATE conversations SET title = ? WHERE id = ?", (title, conversation_id)
            )

    def delete(self, owner: str, conversation_id: str) -> None:
        """Remove a conversation for good: its text, pictures and ratings are overwritten."""
        with self._db.writing() as conn:
            turns.require(conn, owner, conversation_id)
            removal.remove(conn, conversation_id, indexed=self._db.indexed)
        self._db.scrub()

    def rate(self, owner: str, turn_id: int, rating: str, comment: str = "") -> None:
        """Rate a reply, any word will do; the newest rating counts, an empty one takes it back."""
        with self._db.writing() as conn:
            ratings.rate(conn, owner, turn_id, rating, comment)

    def feedback(self, owner: str | None = None) -> list[Feedback]:
        """The ratings that count, oldest first; everybody's when *owner* is None."""
        with self._reading() as conn:
            return ratings.counting(conn, owner)

    def export_json(self, owner: str, conversation_id: str) -> dict[str, object]:
        """All versions of a conversation with its settings, ready for `json.dumps`."""
        return exports.as_json(
            self.open(owner, conversation_id), self.turns(owner, conversation_id)
        )

    def export_markdown(self, owner: str, conversation_id: str) -> str:
        """The messages shown, for reading."""
        return exports.as_markdown(
            self.open(owner, conversation_id), self.path(owner, conversation_id)
        )

    def feedback_csv(self, owner: str | None) -> str:
        """`feedback` as a table that a spreadsheet can open; write it as UTF-8."""
        return exports.as_csv(self.feedback(owner))
