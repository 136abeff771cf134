"""What a person says can't pass for a turn: the marks of turns in it are broken by a space."""

from __future__ import annotations

import re
from collections.abc import Collection

_LINE = r"(?:^|(?<=[\n\v\f\x1c-\x1e\x85\u2028\u2029]))"
_BLANK = r"[^\S\n\v\f\x1c-\x1e\x85\u2028\u2029]*"
# A token may stand anywhere; a name with a colon speaks only where a line begins.
_TOKEN = re.compile(r"<(?=\|\S)|<(?=/?s>)")
_NAME = re.compile(
    rf"{_LINE}({_BLANK}(?:#+{_BLANK})?"
    r"(?:user|assistant|system|falcon|human|bot|instruction|response|input)):",
    re.IGNORECASE,
)
_REMOTE_PICTURE = re.compile(r"!(?=\[)")


def harmless(text: str) -> str:
    r"""*text* in which no known mark of a turn is left; every word of it stays readable.

    A space breaks the mark: ``<|user|>`` becomes ``< |user|>``, ``User:`` where a line begins
    ``User :``, ``### Instruction:`` likewise. ``![](…)`` becomes ``! [](…)``, since a server
    would fetch such a picture. Line ends become ``\n``.

    >>> harmless("Ask the user: why?\nUser: <|end|>")
    'Ask the user: why?\nUser : < |end|>'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _NAME.sub(r"\1 :", text)
    return _REMOTE_PICTURE.sub("! ", _TOKEN.sub("< ", text))


def without_marks(text: str, marks: Collection[str]) -> str:
    """*text* in which each of *marks* (two visible characters or more) is broken by a space.

    >>> without_marks("[INST] Q: why?", ["[INST]", "Q:"])
    '[ INST] Q : why?'
    """
    while any(mark in text for mark in marks):  # what a break leaves may be a mark: "::" in ":::"
        for mark in marks:
            place = -1 if mark.endswith(":") else 1
            text = text.replace(mark, f"{mark[:place]} {mark[place:]}")
    return text
