"""Pieces as vocabularies write them: the marks in front, the bytes inside, how they join."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.entities.types import Piece
from workbench.entities.words import CONTEXT, is_unspaced, same_character, same_word

SUBWORD = "##"
"""WordPiece's mark on a piece that goes on with the word before it."""

WORD_START = ("▁", "Ġ", "Ċ", " ")
"""Marks of a new word: SentencePiece, byte-level BPE (space, new line), text already decoded."""

_FIRST_OF_MARKS = "".join((SUBWORD, *WORD_START))

_BEFORE = 4  # pieces looked back at: a flag may be in four


def _byte_characters() -> dict[str, int]:
    """GPT-2's alphabet: each byte as a visible character, itself where it is one."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {chr(byte): byte for byte in visible} | {
        chr(256 + place): byte for place, byte in enumerate(hidden)
    }


_BYTES = _byte_characters() | {" ": 32}


def decode_bytes(word: str) -> str:
    """Return the text behind byte-level BPE pieces, or *word* itself where it is no such text.

    >>> decode_bytes("ZÃ¼rich"), decode_bytes("Zürich")
    ('Zürich', 'Zürich')
    """
    if word.isascii():
        return word
    try:
        return bytes([_BYTES[character] for character in word]).decode()
    except (KeyError, UnicodeDecodeError):
        return word


def bare(word: str) -> str:
    """Return *word* without the vocabulary's mark in front.

    >>> bare("##vain"), bare("▁Paris"), bare("ĠParis"), bare("##")
    ('vain', 'Paris', 'Paris', '##')
    """
    if word.startswith(WORD_START):
        return word[1:]
    while word.startswith(SUBWORD) and (rest := word[len(SUBWORD) :].lstrip()):
        word = rest
    return word


def is_subword(piece: Piece, group: Sequence[Piece], text: str | None) -> bool:
    """Whether *piece* goes on with the last word of *group*, its neighbours, whatever its tag."""
    word, start, previous = piece[5], piece[6], group[-1]
    reached = previous[7]
    if word.startswith(SUBWORD):
        return True
    if start is None or reached is None:
        unmarked = not word.startswith(WORD_START)
        return unmarked and _marks_words(group) and _touch(group, word)
    if start > reached or word.startswith(WORD_START):
        return False
    if start < reached:
        return _share_character(piece, previous)
    if text is None:
        return _touch(group, word)
    return same_word(text[max(0, start - CONTEXT) : start], text[start])


def _share_character(piece: Piece, previous: Piece) -> bool:
    """Whether what both pieces have is one character, as bytes of it have the same place."""
    start, end, before, reached = piece[6] or 0, piece[7] or 0, previous[6] or 0, previous[7] or 0
    return reached - start == 1 == min(end - start, reached - before)


def _marks_words(group: Sequence[Piece]) -> bool:
    """Whether the vocabulary marks where words start, so that an unmarked piece starts none."""
    return group[0][5].startswith(WORD_START)


def _touch(group: Sequence[Piece], word: str) -> bool:
    """Whether *word* goes on with *group*, by the characters that meet."""
    before = decode_bytes("".join([bare(piece[5]) for piece in group[-_BEFORE:]]))
    after = decode_bytes(word)
    return not before or not after or same_word(before, after)


def join_pieces(pieces: Sequence[Piece]) -> str:
    """Return the text that *pieces* stand for, as well as it can be told without the source.

    ``##`` glues, ``▁`` and ``Ġ`` part, pieces that touch are glued; else a space stands between.
    """
    if len(pieces) == 1:
        return _readable(bare(pieces[0][5]))
    parts: list[str] = []
    before, reached = "", None
    for _, _, _, _, _, word, start, end in pieces:
        part = bare(word) if word[:1] in _FIRST_OF_MARKS else word
        if parts and not word.startswith(SUBWORD):
            if part is not word:  # marked as the start of a word
                glued = False
            elif start is not None and reached is not None:
                glued = start <= reached
            else:
                glued = _marks_words(pieces) or _glue_themselves(before, part)
            if not glued:
                parts.append(" ")
        parts.append(part)
        before, reached = part, end
    return _readable("".join(parts))


def _glue_themselves(before: str, after: str) -> bool:
    """Whether no space can be meant between two pieces of unknown places."""
    if not before or not after or same_character(before, after):
        return True
    return is_unspaced(before[-1]) and is_unspaced(after[0])


def _readable(word: str) -> str:
    if not word.isascii():
        word = decode_bytes(word).replace("▁", " ")
    return word.strip()
