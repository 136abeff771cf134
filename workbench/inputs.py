"""Checks that tasks share: a clear error before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Collection

from workbench.errors import InvalidInputError

_BITS = 64  # of whole numbers: most readers of JSON take no larger ones


def require_text(text: object, what: str) -> None:
    """Raise InvalidInputError unless *text* is a str that holds more than white space."""
    if not isinstance(text, str):
        raise InvalidInputError(f"the {what} must be text, not {type(text).__name__}")
    if not text.strip():
        raise InvalidInputError(f"there is no {what}", hint="Type or paste some first.")


def require_whole(name: str, value: object, *, at_least: int) -> None:
    """Raise InvalidInputError unless *value* is None or a whole number of *at_least* or more.

    It must be below 2**64, too.
    """
    if value is None:
        return
    whole = isinstance(value, int) and not isinstance(value, bool) and not _is_huge(value)
    if not whole or value < at_least:  # type: ignore[operator]
        shown = _shown(value)
        raise InvalidInputError(f"{name} is a whole number of {at_least} or more, not {shown}")


def require_number(name: str, value: object, *, at_least: float) -> None:
    """Raise InvalidInputError unless *value* is None or a finite number of *at_least* or more."""
    if value is None:
        return
    number = isinstance(value, int | float) and not isinstance(value, bool) and not _is_huge(value)
    if not number or not math.isfinite(value) or value < at_least:  # type: ignore[arg-type, operator]
        raise InvalidInputError(f"{name} is a number of {at_least:g} or more, not {_shown(value)}")


def _is_huge(value: object) -> bool:
    return isinstance(value, int) and value.bit_length() > _BITS


def _shown(value: object) -> str:
    # Python refuses to write out whole numbers of thousands of digits.
    return f"one of more than {_BITS} bits" if _is_huge(value) else repr(value)


def require_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Raise InvalidInputError listing *choices* unless *value* is one of them."""
    if value not in choices:
        raise InvalidInputError(f"{name} is one of {', '.join(choices)}, not {value!r}", hint="")
