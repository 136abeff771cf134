"""The command line. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from workbench.cli.failures import FAILED, INTERRUPTED, exit_code, tell
from workbench.cli.language import speak
from workbench.cli.output import abandon, explained, flush
from workbench.errors import WorkbenchError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    from workbench.cli.commands import app

    _show_any_text()
    try:
        try:
            app(speak(sys.argv[1:] if arguments is None else arguments), prog_name="workbench")
        except OSError as error:
            raise explained(error) from error.__cause__
        finally:
            flush()
    except WorkbenchError as error:
        abandon()
        tell(error)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        abandon()
        sys.exit(FAILED)


def _show_any_text() -> None:
    """A terminal of few characters gets the others as escapes, not an exception."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


__all__ = ["main"]
