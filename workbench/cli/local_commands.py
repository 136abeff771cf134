"""`workbench local` and its commands; the work is in `local.py`."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.cli.options import AsJson

local = typer.Typer(
    help="The models on this machine: list, suggest, fetch and remove them.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Model = Annotated[str, typer.Argument(metavar="MODEL", help="org/model, or org/model@revision.")]


@local.callback(invoke_without_command=True)
def local_models(context: typer.Context) -> None:
    """List the models in the cache when no command is given."""
    if context.invoked_subcommand is None:
        from workbench.cli.local import list_models

        list_models(as_json=False)


@local.command("list")
def list_local(as_json: AsJson = False) -> None:
    """List the models in the cache, the tasks they serve and what they take."""
    from workbench.cli.local import list_models

    list_models(as_json=as_json)


@local.command("suggest")
def suggest_local(as_json: AsJson = False) -> None:
    """Name small models for every task, with their sizes."""
    from workbench.cli.local import suggest_models

    suggest_models(as_json=as_json)


@local.command("fetch")
def fetch_local(model: Model) -> None:
    """Fetch a model into the cache; run again, it fetches the files that are missing."""
    from workbench.cli.local import fetch_model

    fetch_model(model)


@local.command("remove")
def remove_local(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="org/model, as listed.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a model from the cache, with all its revisions."""
    from workbench.cli.local import remove_model

    remove_model(model, yes=yes)
