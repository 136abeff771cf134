"""`workbench course` and its commands; the work is in `course.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from workbench.cli.options import AsJson

course = typer.Typer(
    help="The course's notebooks, as they are.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)


@course.command("run")
def run_course(
    notebooks: Annotated[
        list[str],
        typer.Argument(
            metavar="NOTEBOOK...", help="Files, folders with notebooks, or patterns as 'L*.ipynb'."
        ),
    ],
    stop: Annotated[bool, typer.Option("--stop", help="End at the first cell that fails.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the apps open until Ctrl+C.")] = False,
    timeout: Annotated[
        int, typer.Option(help="Seconds that a cell may take; 0 for any.", min=0)
    ] = 600,
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output", "-o", help="Write the notebooks with their outputs here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run notebooks as they are, each in a kernel of its own, and tell what became of each cell."""
    from workbench.cli.course import run_notebooks

    raise typer.Exit(
        run_notebooks(
            notebooks,
            stop=stop,
            keep=keep,
            timeout_s=timeout or None,
            output=output,
            as_json=as_json,
        )
    )
