"""Names the tagger knows: generated lists and hand-written ones, read once when first asked for."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

__all__ = ["load"]

_GENERATED = "gazetteer.gz"
_WRITTEN = (
    "organisations.txt",
    "press.txt",
    "clubs.txt",
    "places.txt",
    "geography.txt",
    "miscellany.txt",
    "culture.txt",
    "people.txt",
    "cues.txt",
)


def _sections(text: str, separator: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for block in text.split("@")[1:] if separator == ";" else text[1:].split("\n@"):
        name, _, body = block.partition("\n")
        if separator == ";":
            entries = (entry.strip() for entry in body.replace("\n", ";").split(";"))
            found[name] = frozenset(entry for entry in entries if entry)
        else:
            found[name] = frozenset(body.split("\n"))
    return found


@lru_cache(maxsize=1)
def load() -> Mapping[str, frozenset[str]]:
    """Return every list by its name; a name is written as running text writes it.

    The first call reads the files, in some 40 ms; threads that race read the same.

    >>> "London" in load()["city"], "paperback" in load()["common"]
    (True, True)
    """
    data = resources.files(__package__) / "data"
    lists = _sections(gzip.decompress((data / _GENERATED).read_bytes()).decode(), "\n")
    for name in _WRITTEN:
        for section, entries in _sections((data / name).read_text("utf-8"), ";").items():
            lists[section] = lists.get(section, frozenset()) | entries
    return lists
