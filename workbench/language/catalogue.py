"""The catalogue of a language: English texts and what they are called there."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files

_DEPTH = 4
"""How often what is put in may have something put in itself."""


class Catalogue:
    """Translates by exact text first, else by the pattern with the most words of its own.

    A key is an English text with `{}` for each thing put in; what it is called there takes them
    by `{}` in turn or by `{0}`, `{1}`. What is put in is translated as well, if there are words
    for it. A text of several lines without an entry is translated line by line.

    >>> catalogue = Catalogue({"port {} is {}": "端口 {0} {1}", "taken": "已被占用"})
    >>> catalogue.translate("port 80 is taken")
    '端口 80 已被占用'
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._exact = {key: text for key, text in entries.items() if "{}" not in key}
        patterned = sorted((key for key in entries if "{}" in key), key=_weight, reverse=True)
        self._patterns = [(key.split("{}"), entries[key]) for key in patterned]

    @classmethod
    @functools.cache
    def of(cls, language: str) -> Catalogue:
        """The catalogue of *language*, read once from the files in its folder."""
        folder = files(__package__) / language
        entries: dict[str, str] = {}
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            entries.update(json.loads(file.read_text("utf-8")))
        return cls(entries)

    def translate(self, text: str) -> str:
        """*text* in this language, or as it is. White space around it stays."""
        return self._translate(text, _DEPTH)

    def _translate(self, text: str, depth: int) -> str:
        bare = text.strip()
        found = self._exact.get(bare)
        if found is None and depth:
            found = self._by_pattern(bare, depth - 1)
        if found is None and "\n" in bare:
            found = "\n".join(self._translate(line, depth) for line in bare.split("\n"))
        return text if found is None else text.replace(bare, found, 1)

    def _by_pattern(self, text: str, depth: int) -> str | None:
        for pieces, said in self._patterns:
            if (parts := _parts(pieces, text)) is not None:
                return said.format(*(self._translate(part, depth) for part in parts))
        return None


def _weight(key: str) -> int:
    return len(key.replace("{}", ""))


def _parts(pieces: Sequence[str], text: str) -> list[str] | None:
    """What stands between *pieces* in *text*, each as short as can be and on one line.

    >>> _parts(["port ", " is ", ""], "port 80 is taken")
    ['80', 'taken']
    """
    first, *others, last = pieces
    if not text.startswith(first) or not text.endswith(last):
        return None
    start, end = len(first), len(text) - len(last)
    parts = []
    for piece in others:
        found = text.find(piece, start, max(start, end))
        if found < 0:
            return None
        parts.append(text[start:found])
        start = found + len(piece)
    parts.append(text[start:end])
    return parts if start <= end and not any("\n" in part for part in parts) else None
