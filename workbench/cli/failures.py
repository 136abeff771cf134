"""Errors on the command line: what is printed, and with which code it ends."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator

from workbench.errors import (
    ConfigurationError,
    InvalidInputError,
    StoppedError,
    WorkbenchError,
    of_kind,
)
from workbench.language import translate

FAILED = 1
USAGE = 2
SOME_FAILED = 3
INTERRUPTED = 130

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def exit_code(error: WorkbenchError) -> int:
    """1: the call failed. 2: what was asked for can't be done. 130: stopped.

    >>> exit_code(ConfigurationError("no such target"))
    2
    """
    if isinstance(error, StoppedError):
        return INTERRUPTED
    if isinstance(error, ConfigurationError):
        return FAILED if error.status else USAGE
    if isinstance(error, InvalidInputError):
        return FAILED if error.status else USAGE
    return FAILED


def tell(error: WorkbenchError, *, about: str = "") -> None:
    """Print cause, next step and the request's id to stderr; *about* which input it is."""
    where = "".join(f"{part}: " for part in (error.task, about) if part)
    lines = [f"workbench: {where}{translate(str(error))}"]
    if error.hint:
        lines.append(translate(f"  next: {error.hint}"))
    if error.status:
        told = f"  status {error.status}"
        if error.request_id:
            told = f"  status {error.status}, request {error.request_id}"
        lines.append(translate(told))
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(harmless("\n".join(lines)), file=sys.stderr)


@contextlib.contextmanager
def told_as_errors() -> Iterator[None]:
    """Raise what an engine refuses as the errors of the command line."""
    from workbench.engines.toolkit import Refusal

    try:
        yield
    except Refusal as refusal:
        kind = refusal.kind or "configuration"
        raise of_kind(kind, str(refusal), hint=refusal.hint or None) from refusal


def harmless(text: str) -> str:
    """*text* with its control characters spelled out, all but newline and tab.

    >>> harmless("\x1b[2Jgone")
    '\\\\x1b[2Jgone'
    """
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
