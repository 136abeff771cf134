"""Errors on the command line: what is printed, and with which code it ends."""

from __future__ import annotations

import sys

from workbench.errors import ConfigurationError, InvalidInputError, StoppedError, WorkbenchError

FAILED = 1
USAGE = 2
SOME_FAILED = 3
INTERRUPTED = 130


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


def tell(error: WorkbenchError) -> None:
    """Print cause, next step and the request's id to stderr."""
    where = f"{error.task}: " if error.task else ""
    print(f"workbench: {where}{error}", file=sys.stderr)
    if error.hint:
        print(f"  next: {error.hint}", file=sys.stderr)
    if error.status:
        told = f"  status {error.status}"
        print(told + f", request {error.request_id}" * bool(error.request_id), file=sys.stderr)
