"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

Targets = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads this at run time, on 3.10 too
    typer.Option(
        "--target",
        "-t",
        help="Where the model answers, instead of the settings; TASK=TARGET for one task alone.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def _check_host(host: str) -> str:
    try:
        named = bool(host.strip().encode("idna"))
    except UnicodeError:
        named = False
    if not named:
        raise typer.BadParameter(f"{host!r} is no address to listen at, as 127.0.0.1 is.")
    return host


Host = Annotated[
    str,
    typer.Option(
        help="Address to listen at; loopback unless told otherwise.", callback=_check_host
    ),
]
