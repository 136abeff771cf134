"""Join tokens into entities: what belongs together, with which score, word and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from workbench.entities.pieces import SUBWORD, bare, is_subword, join_pieces
from workbench.entities.places import locate
from workbench.entities.read import read_items
from workbench.entities.spans import cut_words, settle, trim
from workbench.entities.types import Entity, Piece

__all__ = ["merge_tokens", "raw_entities"]

_FURTHEST = 1_000  # no gap of more characters than this lies inside one name


def merge_tokens(tokens: Iterable[Mapping[str, object]], text: str | None = None) -> list[Entity]:
    """Join the tokens of a token-classification answer into whole entities, in text order.

    *tokens* are raw (``entity``, one item a piece), aggregated (``entity_group``) or both. A piece
    joins the one before when it is its neighbour and either of the same type without a ``B-``,
    or the tail of the same word. With *text*, words are cut from it, offsets are kept within
    it, and what comes without offsets is searched for. A score is the mean over the pieces.
    Entities do not overlap; those without a place stay behind the one they followed. Merging
    again changes nothing. Raises ValueError naming the position, from 0, of an unusable item.

    >>> sylvain = merge_tokens([
    ...     {"entity": "B-PER", "score": 0.5, "index": 4, "word": "Sy", "start": 0, "end": 2},
    ...     {"entity": "I-PER", "score": 1, "index": 5, "word": "##lvain", "start": 2, "end": 7},
    ... ])
    >>> sylvain == [{"entity_group": "PER", "score": 0.75, "word": "Sylvain", "start": 0, "end": 7,
    ...              "entity": "B-PER", "index": 4}]
    True
    """
    found: list[Entity] = []
    sizes: list[int] = []  # how many pieces the score of each is the mean of
    lost = False
    for group in _groups(read_items(tokens, text), text):
        if isinstance(group, list):
            entity = _entity(group, text)
            size = len(group)
        else:
            entity = _whole(group, text)
            size = 1
        if entity["start"] is None:
            if not entity["word"]:
                continue  # nothing but white space
            lost = True
        found.append(entity)
        sizes.append(size)
    if lost:
        _find_lost(found, text)
    found = settle(found, sizes, text)
    if text is not None:
        cut_words(found, text)
    return found


def raw_entities(tokens: Iterable[Mapping[str, object]], text: str | None = None) -> list[Entity]:
    """Return each token as an entity of its own: checked and placed like merged ones, not joined.

    The order is that of *tokens*, overlaps stay. Raises ValueError as `merge_tokens` does.

    >>> tail, = raw_entities([{"entity": "I-LOC", "score": 1, "word": "##is"}], "in Paris")
    >>> tail["entity_group"], tail["word"], tail["start"], tail["end"]
    ('LOC', 'is', 6, 8)
    """
    found = []
    for item in read_items(tokens, text):
        if item is not None:
            entity = _entity([item], text) if isinstance(item, tuple) else _whole(item, text)
            if entity["word"] or entity["start"] is not None:
                found.append(entity)
    _find_lost(found, text)
    if text is not None:
        cut_words(found, text)
    return found


def _groups(
    items: Iterable[Piece | Entity | None], text: str | None
) -> Iterator[list[Piece] | Entity]:
    """Yield the pieces of each name, and what is already whole as it is."""
    pieces: list[Piece] = []
    group_kind: str | None = None
    next_index: int | None = None
    reached: int | None = None
    for item in items:
        if not isinstance(item, tuple):
            if pieces:
                yield pieces
                pieces = []
            if item is not None:
                yield item
            continue
        _, kind, begins, _, index, _, start, end = item
        # None equals None here as well: where nothing else is known, order is enough.
        touches = index == next_index and start == reached
        if not pieces:
            joins = False
        elif kind == group_kind and not begins:
            joins = touches or _follows(item, pieces[-1], text)
        else:
            joins = is_subword(item, pieces, text) and (touches or _follows(item, pieces[-1], text))
        if joins:
            pieces.append(item)
        else:
            if pieces:
                yield pieces
            pieces = [item]
            group_kind = kind
        next_index = None if index is None else index + 1
        reached = end
    if pieces:
        yield pieces


def _follows(piece: Piece, previous: Piece, text: str | None) -> bool:
    """Whether *piece* is the neighbour of *previous*: by their indexes, else by their offsets."""
    _, _, _, _, index, _, start, end = piece
    _, _, _, _, index_before, _, before, reached = previous
    indexed = index is not None and index_before is not None
    if indexed and index != (index_before or 0) + 1:
        return False
    if start is None or end is None or before is None or reached is None:
        return True
    if start < before or end < reached:
        return False
    gap = start - reached
    if text is None or gap <= 0:
        return indexed or 0 <= gap <= 1
    if gap == 1 and text[reached] == " ":
        return True
    return gap <= _FURTHEST and (
        text[reached:start].isspace()
        or (indexed and not any(map(str.isalnum, text[reached:start])))
    )


def _entity(pieces: Sequence[Piece], text: str | None) -> Entity:
    """Make one entity of *pieces*; its word is final only where it has no place in a text."""
    label, kind, _, score, index, word, start, end = pieces[0]
    if len(pieces) > 1:
        total = 0.0
        for piece in pieces:
            total += piece[3]
        score = total / len(pieces)
        end = pieces[-1][7]
        if start is None or end is None or start >= end:
            start, end = _outer_span(pieces)
    if text is not None and start is not None and end is not None:
        start, end = trim(text, start, end) or (None, None)
    if start is None:
        word = _unplaced_word(pieces)
    elif text is None:
        word = join_pieces(pieces)
    entity: Entity = {
        "entity": label,
        "entity_group": kind,
        "score": score,
        "word": word,
        "start": start,
        "end": end,
    }
    if index is not None:
        entity["index"] = index
    return entity


def _unplaced_word(pieces: Sequence[Piece]) -> str:
    """Return the word to search for, with ``##`` in front when it is the tail of another."""
    word = pieces[0][5]
    if len(pieces) == 1 and word.isascii() and word.isalnum():
        return word
    word = join_pieces(pieces)
    return SUBWORD + word if word and pieces[0][5].startswith(SUBWORD) else word


def _outer_span(pieces: Sequence[Piece]) -> tuple[int | None, int | None]:
    """Return the span from the first to the last piece that shows; None unless both have one."""
    shown = [piece for piece in pieces if piece[6] is not None or bare(piece[5]).strip()]
    if not shown:
        return None, None
    start, end = shown[0][6], shown[-1][7]
    if start is None or end is None or start >= end:
        return None, None
    return start, end


def _whole(entity: Entity, text: str | None) -> Entity:
    """Trim the place in *text* of an item that came as an entity, if it has one."""
    start, end = entity["start"], entity["end"]
    if text is not None and start is not None and end is not None:
        entity["start"], entity["end"] = trim(text, start, end) or (None, None)
    return entity


def _find_lost(found: Sequence[Entity], text: str | None) -> None:
    """Place the entities without offsets, as far as *text* has their words."""
    if text is not None:
        locate(found, text)
    for entity in found:
        if entity["start"] is None and entity["word"].startswith(SUBWORD):
            entity["word"] = bare(entity["word"])
