"""Reading the items of an answer: checked, mended, made of plain Python values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from numbers import Real
from operator import itemgetter
from sys import maxsize

from workbench.entities.types import OUTSIDE, Entity, Piece, read_label

_RAW_FIELDS = itemgetter("entity", "score", "index", "word", "start", "end")


def read_items(
    tokens: Iterable[Mapping[str, object]], text: str | None
) -> Iterator[Piece | Entity | None]:
    """Yield a piece for each raw token, an entity for each item that is one, None for an ``O``.

    Raises ValueError naming the position (from 0) of an item that cannot be used.
    """
    size = maxsize if text is None else len(text)
    labels: dict[str, tuple[str, str, bool]] = {}
    for position, token in enumerate(tokens):
        try:  # the ordinary raw token: all there, nothing to mend
            label, score, index, word, start, end = _RAW_FIELDS(token)
            label, kind, begins = labels[label]
            if (
                (type(start) is type(end) is int and 0 <= start < end <= size)
                or (start is end is None and word)
            ) and (
                type(index) is int
                and type(score) is float
                and 0.0 <= score <= 1.0
                and type(word) is str
                and "entity_group" not in token
            ):
                yield label, kind, begins, score, index, word, start, end
                continue
        except (KeyError, TypeError):
            pass
        item = _read_item(token, position, size)
        yield item
        if isinstance(item, tuple):
            labels[item[0]] = item[:3]


def _read_item(token: object, position: int, size: int) -> Piece | Entity | None:
    if not isinstance(token, dict) and not isinstance(token, Mapping):
        raise ValueError(f"item {position} is not a mapping of names to values")
    label = group = token.get("entity_group")
    if group is None:
        label = token.get("entity")
        if label is None:
            label = token.get("label")
    if not isinstance(label, str) or not label:
        raise ValueError(f"item {position} has no label (entity or entity_group)")
    label = str(label)
    kind, begins = read_label(label) if group is None else (label, False)
    if kind == OUTSIDE:
        return None
    score = _number(token.get("score"))
    if score is None:
        raise ValueError(f"item {position} has no score, or one that is not a finite number")
    word = token.get("word")
    word = str(word) if isinstance(word, str) else ""
    start, end = _span(token.get("start"), token.get("end"), size)
    if not word and start is None:
        raise ValueError(f"item {position} has neither a word nor usable start and end")
    index = _whole(token.get("index"))
    if group is None:
        return label, kind, begins, score, index, word, start, end
    entity = Entity(entity_group=label, score=score, word=word.strip(), start=start, end=end)
    return _with_origin(entity, token.get("entity"), index)


def _with_origin(entity: Entity, label: object, index: int | None) -> Entity:
    """Keep what an entity of ours says of its first piece: merging again changes nothing."""
    if isinstance(label, str):
        entity["entity"] = str(label)
    if index is not None:
        entity["index"] = index
    return entity


def _span(start: object, end: object, size: int) -> tuple[int | None, int | None]:
    """Return both offsets within the text, or None twice when they enclose nothing."""
    if start is None or end is None:
        return None, None
    first, last = _whole(start), _whole(end)
    if first is None or last is None:
        return None, None
    first, last = max(0, first), min(size, last)
    return (first, last) if first < last else (None, None)


def _number(value: object) -> float | None:
    """Return a finite number as a float; True and False are none."""
    if type(value) is float:
        number = value
    elif isinstance(value, bool) or not isinstance(value, Real):
        return None
    else:
        try:
            number = float(value)
        except OverflowError:
            return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    """Return a whole number as an int, be it 3.0 or NumPy's; True and False are none."""
    if value is None or type(value) is int:
        return value
    number = _number(value)
    return int(number) if number is not None and number.is_integer() else None
