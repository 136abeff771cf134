"""What merging named entities passes around: an entity, a piece, and how a label is read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypedDict


class _Required(TypedDict):
    entity_group: str
    score: float
    word: str
    start: int | None
    end: int | None


class Entity(_Required, total=False):
    """One named entity, ready for JSON.

    Offsets count characters (Python ``str`` indices), end exclusive; both are None when the
    place is unknown. ``entity`` (label as the model wrote it) and ``index`` (position in the
    model's input) are those of the first piece, and only there for entities made of pieces.
    """

    entity: str
    index: int


Piece = tuple[str, str, bool, float, "int | None", str, "int | None", "int | None"]
"""One token of the model, its values checked: label, type, whether the tag begins an entity,
score, index, word, start, end. A plain tuple, for there is one for each token of a text.
``start`` and ``end`` are both set or both None."""

OUTSIDE = "O"
"""The label of what is no entity."""

# Inside-outside tagging and its dialects: BIO, BIOES, BILOU, BMES.
_PREFIXED = re.compile(r"([BIESLUM])-(?=.)")
_BEGINNERS = frozenset("BSU")


@lru_cache(maxsize=1024)
def read_label(label: str) -> tuple[str, bool]:
    """Return the type in *label* and whether the tag starts a new entity.

    >>> read_label("B-PER"), read_label("I-PER"), read_label("PER")
    (('PER', True), ('PER', False), ('PER', False))
    """
    prefix = _PREFIXED.match(label)
    if prefix is None:
        return label, False
    return label[prefix.end() :], prefix[1] in _BEGINNERS


def entity_type(label: str) -> str:
    """Return *label* without the tagging prefix; a prefix with nothing behind it is the label.

    >>> entity_type("B-PER"), entity_type("PER"), entity_type("I-"), entity_type("B-O")
    ('PER', 'PER', 'I-', 'O')
    """
    return read_label(label)[0]
