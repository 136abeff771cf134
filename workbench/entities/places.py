"""Entities without offsets, put back where they stand in the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.entities.pieces import SUBWORD, bare
from workbench.entities.search import Finder, Span
from workbench.entities.types import Entity


def locate(entities: Sequence[Entity], text: str) -> None:
    """Give entities without offsets the place of their words, searched on from the one before.

    First up to the next entity that has offsets, then beyond. What is not found stays as it is.
    """
    finder = Finder(text)
    limits = _limits(entities, len(text))
    cursor = position = 0
    while position < len(entities):
        end = entities[position]["end"]
        if end is not None:
            cursor, position = end, position + 1
        else:
            pieces = _word_at(entities, position)
            cursor = _place(pieces, cursor, limits[position], finder)
            position += len(pieces)


def _limits(entities: Sequence[Entity], size: int) -> list[int]:
    """Return for each entity where the next one that has offsets starts."""
    limits = []
    limit = size
    for entity in reversed(entities):
        limits.append(limit)
        limit = limit if entity["start"] is None else entity["start"]
    return limits[::-1]


def _word_at(entities: Sequence[Entity], position: int) -> Sequence[Entity]:
    """Return the entity at *position* with the ``##`` pieces, kept apart, of the same word."""
    end = position + 1
    while end < len(entities) and _is_tail(entities[end], entities[end - 1]):
        end += 1
    return entities[position:end]


def _is_tail(entity: Entity, previous: Entity) -> bool:
    if not entity["word"].startswith(SUBWORD) or entity["start"] is not None:
        return False
    index, before = entity.get("index"), previous.get("index")
    return index is None or before is None or index == before + 1


def _place(pieces: Sequence[Entity], cursor: int, limit: int, finder: Finder) -> int:
    """Place the *pieces* of a word, together or else each alone; return where to search on."""
    search: Callable[[str, int, int], Span | None] = finder.find_near
    if len(pieces) > 1:
        word = pieces[0]["word"] + "".join([bare(piece["word"]) for piece in pieces[1:]])
        if span := search(word, cursor, limit):
            search = finder.find
            cursor, limit = span
    for piece in pieces:
        if span := search(piece["word"], cursor, limit):
            piece["start"], piece["end"] = span
            cursor = span[1]
    return cursor
