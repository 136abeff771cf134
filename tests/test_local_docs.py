"""What is told of local models is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.config import tomllib
from workbench.engines.local.catalogue import SUGGESTED
from workbench.engines.local.kinds import TASKS
from workbench.settings import Settings

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "local.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_settings_are_taken():
    """The table of workbench.toml on the page is one that can be used, and all of it is."""
    written = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]
    table = tomllib.loads(written)
    options = Settings.from_env({}, table).local
    for name, value in table["local"].items():
        told = getattr(options, name)
        assert sorted(told) == value if isinstance(value, list) else told == value


@pytest.mark.parametrize("text", [PAGE, README], ids=["page", "README"])
def test_models_that_are_named_are_suggested(text):
    """A command of the documents names a model that `workbench local suggest` names too."""
    suggested = {model.name for model in SUGGESTED}
    named = set(re.findall(r"(?:local:|ner=|fetch )([\w-]+/[\w.-]+)", text))
    assert named - {"org/model", "org/old-model"} <= suggested
    assert named


def test_every_task_is_in_the_table():
    """The table names the tasks that a local model can do, and no other."""
    table = PAGE.partition("| task |")[2].partition("\n\n")[0]
    named = set(
        re.findall(r"`([\w-]+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))
    )
    assert named == {task for tasks in TASKS.values() for task in tasks}


def test_commands_are_those_there_are():
    """The page's table and the help name the same commands."""
    told = set(re.findall(r"^\| `workbench local (\w+)", PAGE, re.MULTILINE)) | {"list"}
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "local", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    there = set(re.findall(r"^  (\w+)  ", done.stdout.partition("Commands:")[2], re.MULTILINE))
    assert told == there
