"""Chance that is the same on every machine: numbers drawn from a digest of what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def digest(*parts: object) -> int:
    """A whole number below 2**32 that stands for these parts, in this order.

    >>> digest("cloud", 3) == digest("cloud", 3) != digest("cloud", 4)
    True
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "big")


def share(*parts: object) -> float:
    """A number from 0 up to 1 for these parts."""
    return digest(*parts) / 4294967296


def between(low: float, high: float, *parts: object) -> float:
    """A number from *low* to *high* for these parts."""
    return low + (high - low) * share(*parts)


def pick(choices: Sequence[T], *parts: object) -> T:
    """One of *choices* for these parts."""
    return choices[digest(*parts) % len(choices)]
