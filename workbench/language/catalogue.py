"""The catalogue of a language: English texts and what they are called there."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from importlib.resources import files


class Catalogue:
    """Translates by exact text first, else by the pattern with the most words of its own.

    A key is an English text with `{}` for each thing put in; what it is called there takes them
    by `{}` in turn or by `{0}`, `{1}`. What is put in is translated as well, if there are words
    for it.

    >>> catalogue = Catalogue({"port {} is {}": "端口 {0} {1}", "taken": "已被占用"})
    >>> catalogue.translate("port 80 is taken")
    '端口 80 已被占用'
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._exact = {key: text for key, text in entries.items() if "{}" not in key}
        patterned = sorted((key for key in entries if "{}" in key), key=_weight, reverse=True)
        self._patterns = [(_pattern(key), entries[key]) for key in patterned]

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
        bare = text.strip()
        found = self._exact.get(bare)
        if found is None:
            found = self._by_pattern(bare)
        return text if found is None else text.replace(bare, found, 1)

    def _by_pattern(self, text: str) -> str | None:
        for pattern, said in self._patterns:
            if match := pattern.fullmatch(text):
                return said.format(*(self.translate(part) for part in match.groups()))
        return None


def _weight(key: str) -> int:
    return len(key.replace("{}", ""))


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, key.split("{}"))), re.DOTALL)
