"""The command line. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from workbench.cli.failures import INTERRUPTED, exit_code, tell
from workbench.errors import WorkbenchError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    from workbench.cli.commands import app

    try:
        app(arguments, prog_name="workbench")
    except WorkbenchError as error:
        tell(error)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


__all__ = ["main"]
