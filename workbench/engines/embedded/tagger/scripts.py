"""Countries and great cities in Chinese, Japanese, Korean, Cyrillic and Arabic."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.names import Name
from workbench.engines.embedded.tagger.tokens import Token

__all__ = ["foreign_places"]

LONGEST = 9
_SURE = {"PER": 0.01, "LOC": 0.9, "ORG": 0.03, "MISC": 0.02, "O": 0.04}


def foreign_places(token: Token) -> Iterator[Name]:
    """Yield the places inside *token*, longest first, from left to right."""
    if token.text.isascii() or token.kind not in ("cjk", "word") or token.start == token.end:
        return
    text = token.text
    if token.kind == "word":
        if "\u0400" <= text[0] <= "\u06ff":
            length = _inflected(text)
            if length:
                yield _found(token, 0, length)
        return
    known, index = load()["foreign"], 0
    while index < len(text):
        for size in range(min(LONGEST, len(text) - index), 1, -1):
            if text[index : index + size] in known:
                yield _found(token, index, index + size)
                index += size
                break
        else:
            index += 1


def _inflected(text: str) -> int:
    """Return the length of *text* if it is a known name, plain or with a case ending."""
    known = load()["foreign"]
    if text in known or any(text[:-1] + ending in known for ending in "аяеьй" if len(text) > 4):
        return len(text)
    if text[:-1] in known and len(text) > 4:
        return len(text)
    prefixed = len(text) > 4 and text.startswith(("و", "ب")) and text[1:] in known
    return len(text) if prefixed else 0


def _found(token: Token, start: int, end: int) -> Name:
    part = Token(
        token.text[start:end], token.start + start, token.start + end, token.kind, "", False
    )
    return Name("LOC", part.start, part.end, (part,), (_SURE,))
