"""`workbench space`: its options; the work is in `space.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from workbench.cli.options import Targets


def space(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.")],
    tasks: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Tasks to show, all if none is named.", show_default=False),
    ] = None,
    title: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="What the Space is called."),
    ] = None,
    emoji: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="What stands beside the title."),
    ] = None,
    visitors: Annotated[
        str,
        typer.Option(
            help="Who pays: own (each visitor, signed in), login (you, behind APP_PASSWORD) or "
            "limit (you, some calls a day)."
        ),
    ] = "own",
    daily: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Calls a day of each visitor, for limit; ten times that in all.", min=1),
    ] = None,
    target: Targets = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there or were changed.")
    ] = False,
) -> None:
    """Write the workbench as a Space at Hugging Face, ready to be pushed."""
    from workbench.cli.space import write

    write(
        folder,
        tasks or [],
        title=title,
        emoji=emoji,
        visitors=visitors,
        daily=daily,
        targets=target or [],
        force=force,
    )
