"""Checks that tasks share: a clear error before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Collection

from workbench.errors import InvalidInputError


def require_text(text: object, what: str) -> None:
    """Raise InvalidInputError unless *text* is a str that holds more than white space."""
    if not isinstance(text, str):
        raise InvalidInputError(f"the {what} must be text, not {type(text).__name__}")
    if not text.strip():
        raise InvalidInputError(f"there is no {what}", hint="Type or paste some first.")


def require_whole(name: str, value: object, *, at_least: int) -> None:
    """Raise InvalidInputError unless *value* is None or a whole number of *at_least* or more."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise InvalidInputError(f"{name} is a whole number of {at_least} or more, not {value!r}")


def require_number(name: str, value: object, *, at_least: float) -> None:
    """Raise InvalidInputError unless *value* is None or a finite number of *at_least* or more."""
    if value is None:
        return
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < at_least:  # type: ignore[arg-type, operator]
        raise InvalidInputError(f"{name} is a number of {at_least:g} or more, not {value!r}")


def require_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Raise InvalidInputError listing *choices* unless *value* is one of them."""
    if value not in choices:
        raise InvalidInputError(f"{name} is one of {', '.join(choices)}, not {value!r}", hint="")
