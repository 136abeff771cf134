"""What docs/space.md and the README of a Space tell is so."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path

import typer
from typer.testing import CliRunner

from workbench.cli.commands import app
from workbench.space.card import Plan, readme
from workbench.space.opening import DAILY, VISITORS, open_space
from workbench.ui.allowance import VISITORS as TIMES

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "space.md").read_text(encoding="utf-8")


def options(command):
    """The options of a command."""
    found = typer.main.get_command(app).commands[command]
    return {option for parameter in found.params for option in parameter.opts if option[:2] == "--"}


def test_commands_are_taken(monkeypatch):
    """Each command on the page is parsed, with the folder, the tasks and the options it names."""
    written = []
    monkeypatch.setattr("workbench.cli.space.write", lambda *args, **_: written.append(args))
    lines = re.findall(r"^workbench (space .*?)(?:  #.*)?$", PAGE, re.MULTILINE)
    for line in lines:
        done = CliRunner().invoke(app, shlex.split(line))
        assert done.exit_code == 0, done.output
    assert [args[1] for args in written] == [[], ["ner", "chat"], [], []]


def test_options_are_told():
    """Every option of the command is on the page, and no other."""
    told = set(re.findall(r"--[a-z][a-z-]+", PAGE)) - {"--type", "--daily-limit"}
    assert told == options("space") - {"--help"}
    assert "--daily-limit" in options("launch")


def test_kinds_of_visitors():
    """The table names each kind, and the secrets that the README of such a Space names."""
    rows = re.findall(r"^\| `(\w+)`[^|]*\|[^|]*\| (.*?) \|$", PAGE, re.MULTILINE)
    assert tuple(kind for kind, _ in rows) == VISITORS
    for kind, secrets in rows:
        needed = re.findall(r"^\| `(\w+)`", readme(Plan(visitors=kind)), re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", secrets)) == set(needed)


def test_numbers():
    """The usual limit, how much more all visitors have together, and where it is changed."""
    assert f"`--daily` calls ({DAILY}) a day" in PAGE
    assert TIMES == 10
    assert "ten times that" in PAGE
    assert "daily_total" in inspect.signature(open_space).parameters
    assert len(PAGE.splitlines()) <= 60
