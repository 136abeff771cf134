"""What a talker says, in pieces as a model would send them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

FinishReason = Literal["length", "eos_token", "stop_sequence"]

_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff"
_PIECE = re.compile(
    rf" ?[{_UNSPACED}]| ?(?:(?![{_UNSPACED}])\w){{1,12}}(?:['’]\w{{1,3}}\b)?| ?[^\w\s]|\s",
    re.DOTALL,
)


@dataclass(frozen=True)
class Spoken:
    """A reply in `pieces`, whose join is its text; the *stop* string that ended it is not in it."""

    pieces: tuple[str, ...]
    finish_reason: FinishReason
    engine: str
    stop: str = ""

    @property
    def text(self) -> str:
        """The whole reply."""
        return "".join(self.pieces)


def pieces(text: str) -> list[str]:
    """*text* cut as a tokenizer would: words with the space before them, marks, Han one by one.

    >>> pieces("Hello there, 世界!")
    ['Hello', ' there', ',', ' 世', '界', '!']
    """
    return _PIECE.findall(text)


def count_tokens(text: str) -> int:
    """How many pieces *text* has.

    >>> count_tokens("Hello there")
    2
    """
    return len(pieces(text))


def spoken(
    text: str, engine: str, *, max_new_tokens: int | None = None, stop: Sequence[str] = ()
) -> Spoken:
    """*text* up to the first of *stop*, and up to *max_new_tokens* pieces.

    >>> spoken("One two.", "demo", stop=["tw"])
    Spoken(pieces=('One', ' '), finish_reason='stop_sequence', engine='demo', stop='tw')
    """
    reason: FinishReason = "eos_token"
    ended = ""
    cuts = [(place, each) for each in stop if each and (place := text.find(each)) >= 0]
    if cuts:
        place, ended = min(cuts)
        text, reason = text[:place], "stop_sequence"
    said = pieces(text)
    if max_new_tokens is not None and len(said) > max_new_tokens:
        said, reason, ended = said[:max_new_tokens], "length", ""
    return Spoken(tuple(said), reason, engine, ended)


def chance(*parts: object) -> int:
    """A number below 2**32 that is the same for the same parts on every machine.

    >>> chance("a", 1) == chance("a", 1) != chance("a", 2)
    True
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "big")
