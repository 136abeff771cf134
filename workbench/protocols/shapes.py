"""Say of an answer what it was instead of what was wanted."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import UnexpectedAnswerError
from workbench.redaction import printable, redact

_NAME_LIMIT = 40


def unusable(wanted: str, answer: object) -> UnexpectedAnswerError:
    """The error for an *answer* in which there is nothing *wanted*."""
    if isinstance(answer, Mapping):
        names = [_shown(str(name)) for name in sorted(map(str, answer))[:5]]
        found = "an object with " + (", ".join(names) or "nothing in it")
    elif isinstance(answer, list):
        found = f"a list of {len(answer)}" if answer else "an empty list"
    elif isinstance(answer, bytes):
        found = f"a picture of {len(answer)} bytes"
    else:
        found = {str: "a text", bool: "true or false", type(None): "null"}.get(
            type(answer), "a number"
        )
    return UnexpectedAnswerError(f"expected {wanted}, the endpoint answered {found}")


def _shown(name: str) -> str:
    """The *name* of a foreign key, fit to show."""
    name = redact(printable(name))
    return name if len(name) <= _NAME_LIMIT else name[: _NAME_LIMIT - 1] + "…"
