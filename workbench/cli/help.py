"""What `--help` and a mistyped command say, in the language that is spoken."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import Any

import typer
import typer.core

from workbench.cli.columns import columns, wrapped
from workbench.language import ENGLISH, current, translate

_FIRST = 30
_Clicks: Any = typer.Context.formatter_class  # which newer versions of Typer bring along


class Formatter(_Clicks):  # type: ignore[misc]
    """Click's, which translates what it is given and counts the columns of Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or translate("Usage:") + " ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(translate(heading))

    def write_text(self, text: str) -> None:
        super().write_text(_told(text, self.width - self.current_indent))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        first = min(max((columns(name) for name, _ in rows), default=0), _FIRST) + 2
        room = max(self.width - first - 2, 10)
        super().write_dl([(name, _told(text, room)) for name, text in rows], *args, **kwargs)


def _told(text: str, room: int) -> str:
    """*text* in the language that is spoken, broken into lines unless Click can do that."""
    said = translate(text)
    return text if said == text else "\b\n" + "\n".join(wrapped(said, room))


class Context(typer.Context):
    formatter_class = Formatter


class Group(typer.core.TyperGroup):
    """Commands whose help and usage errors are translated."""

    context_class = Context

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.context_class = Context
            if current() != ENGLISH:
                command.short_help = translate(command.help or "")
        return command

    def __call__(self, *args: Any, **extra: Any) -> Any:
        if current() == ENGLISH:
            return super().__call__(*args, **extra)
        try:
            sys.exit(super().__call__(*args, standalone_mode=False, **extra))
        except Exception as error:
            show = getattr(error, "show", None)  # Click's errors have it
            if show is None:
                raise
            told = io.StringIO()
            show(file=told)
            print(translate(told.getvalue()), end="", file=sys.stderr)
            sys.exit(getattr(error, "exit_code", 2))
