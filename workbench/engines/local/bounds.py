"""How far the parameters of a generation may go before a model breaks, or memory does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.engines.toolkit import Refusal

_BETWEEN: Mapping[str, tuple[float, float]] = {
    "length_penalty": (-10, 10),
    "repetition_penalty": (0.01, 100),
    "temperature": (0.01, 100),
    "top_p": (0, 1),
    "typical_p": (0.01, 1),
}


def check_bounds(name: str, value: Any, *, most_beams: int) -> None:
    """Raise Refusal for a number that is out of bounds; those without bounds pass.

    >>> check_bounds("top_p", 0.5, most_beams=16)
    """
    bounds = {**_BETWEEN, "num_beams": (1, most_beams)}
    if name in bounds and not bounds[name][0] <= value <= bounds[name][1]:
        least, most = bounds[name]
        raise Refusal(f"`{name}` must be from {least} to {most} here.", kind="invalid-input")
