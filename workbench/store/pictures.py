"""Pictures in messages: each kept once, however often it is sent."""

from __future__ import annotations

import base64
import binascii
import hashlib
import sqlite3
from collections.abc import Sequence

from workbench.errors import InvalidInputError


def keep(conn: sqlite3.Connection, turn: int, images: Sequence[str]) -> None:
    """Attach data URIs to a turn. InvalidInputError for one that can't be decoded."""
    for place, image in enumerate(images):
        head, _, body = image.partition(",")
        try:
            data = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise InvalidInputError("a picture in the message can't be decoded") from exc
        digest = hashlib.sha256(data).hexdigest()
        mime = head.removeprefix("data:").removesuffix(";base64")
        conn.execute("INSERT OR IGNORE INTO pictures VALUES (?, ?)", (digest, data))
        conn.execute("INSERT INTO shown VALUES (?, ?, ?, ?)", (turn, place, mime, digest))


def gather(conn: sqlite3.Connection, turn: int) -> tuple[str, ...]:
    """The data URIs of a turn, in their order."""
    rows = conn.execute(
        "SELECT mime, data FROM shown JOIN pictures USING (sha256) WHERE turn = ? ORDER BY place",
        (turn,),
    )
    return tuple(f"data:{mime};base64,{base64.b64encode(data).decode()}" for mime, data in rows)


def digests(conn: sqlite3.Connection, conversation: str) -> list[str]:
    """The pictures that a conversation shows."""
    rows = conn.execute(
        """SELECT DISTINCT sha256 FROM shown JOIN turns ON turns.id = shown.turn
            WHERE conversation = ?""",
        (conversation,),
    )
    return [digest for (digest,) in rows]


def drop(conn: sqlite3.Connection, candidates: Sequence[str]) -> None:
    """Remove those of *candidates* that no message shows any more."""
    for digest in candidates:
        conn.execute(
            """DELETE FROM pictures WHERE sha256 = :digest
                AND NOT EXISTS (SELECT 1 FROM shown WHERE sha256 = :digest)""",
            {"digest": digest},
        )
