"""A name found in a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workbench.engines.embedded.tagger.tokens import Token

__all__ = ["Name"]


class Name(NamedTuple):
    """A name from ``start`` to ``end`` (str indices), and each token's share of every kind."""

    kind: str
    start: int
    end: int
    tokens: tuple[Token, ...]
    shares: tuple[Mapping[str, float], ...]
