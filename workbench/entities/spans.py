"""Spans of text: trimmed to what can be seen, put in order, freed of overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.entities.types import Entity


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span without outer white space; None when nothing else is in it.

    >>> trim("to Paris ", 2, 9)
    (3, 8)
    """
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def cut_words(entities: Iterable[Entity], text: str) -> None:
    """Give each entity that has a place the word that stands there."""
    for entity in entities:
        start = entity["start"]
        if start is not None:
            entity["word"] = text[start : entity["end"]]


def settle(entities: list[Entity], sizes: Sequence[int], text: str | None) -> list[Entity]:
    """Sort by place and resolve overlaps; *sizes* says how many pieces each score is the mean of.

    What overlaps with its own type becomes one entity, its score the mean over all pieces. Of
    different types the leftmost, then the longest, wins; what of the other lies after it stays.
    An entity without offsets stays behind the one it followed. Changes the entities it is given;
    with *text*, words are for `cut_words`.
    """
    if _in_order(entities):
        return entities
    return _without_overlaps(_with_unions(entities, sizes, text), text)


def _in_order(entities: Iterable[Entity]) -> bool:
    """Whether no entity starts before the one ahead of it ends; unplaced ones fit anywhere."""
    reached = 0
    for entity in entities:
        start, end = entity["start"], entity["end"]
        if start is not None and end is not None:
            if start < reached:
                return False
            reached = end
    return True


def _order(entities: Sequence[Entity]) -> list[int]:
    """Return positions sorted by start, the longer first; unplaced ones go with the one before."""
    keys: list[tuple[int, int]] = []
    key = (-1, 0)
    for entity in entities:
        start, end = entity["start"], entity["end"]
        if start is not None and end is not None:
            key = start, -end
        keys.append(key)
    return sorted(range(len(keys)), key=keys.__getitem__)


def _with_unions(
    entities: Sequence[Entity], sizes: Sequence[int], text: str | None
) -> list[Entity]:
    """Return what is left when overlapping entities of one type are one."""
    kept: list[Entity] = []
    latest: dict[str, tuple[Entity, int]] = {}  # of each type, with the pieces in it
    for position in _order(entities):
        entity, size = entities[position], sizes[position]
        if entity["start"] is not None:
            earlier, pieces = latest.get(entity["entity_group"], (entity, 0))
            if pieces and _overlap(earlier, entity):
                _unite(earlier, pieces, entity, size, text)
                latest[entity["entity_group"]] = earlier, pieces + size
                continue
            latest[entity["entity_group"]] = entity, size
        kept.append(entity)
    return kept


def _without_overlaps(entities: Sequence[Entity], text: str | None) -> list[Entity]:
    kept: list[Entity] = []
    reached = 0
    for position in _order(entities):
        entity = entities[position]
        start = entity["start"]
        if start is None or start >= reached or _cut(entity, reached, text):
            kept.append(entity)
            reached = entity["end"] or reached
    return kept


def _overlap(earlier: Entity, later: Entity) -> bool:
    return (later["start"] or 0) < (earlier["end"] or 0)


def _unite(earlier: Entity, pieces: int, later: Entity, more: int, text: str | None) -> None:
    if earlier["score"] != later["score"]:
        total = earlier["score"] * pieces + later["score"] * more
        earlier["score"] = total / (pieces + more)
    reached, end = earlier["end"] or 0, later["end"] or 0
    if end > reached:
        earlier["end"] = end
        if text is None:
            earlier["word"] += _after(later, reached)


def _after(entity: Entity, place: int) -> str:
    """Return what of the word lies after *place*: all of it when the offsets do not fit it."""
    start, end, word = entity["start"] or 0, entity["end"] or 0, entity["word"]
    return word[place - start :] if len(word) == end - start else word


def _cut(entity: Entity, reached: int, text: str | None) -> bool:
    """Cut the entity down to what lies after *reached*; False when nothing is left."""
    end = entity["end"] or 0
    if end <= reached:
        return False
    if text is not None:
        rest = trim(text, reached, end)
        if rest is not None:
            entity["start"], entity["end"] = rest
        return rest is not None
    word = _after(entity, reached)
    entity["word"] = word.strip()
    entity["start"] = min(reached + len(word) - len(word.lstrip()), end - 1)
    return bool(entity["word"])
