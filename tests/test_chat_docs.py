"""docs/chat.md: its table, its workbench.toml and its commands are the ones there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workbench.chat.models import CHAT_MODELS
from workbench.chat_endpoints import find_model, missing
from workbench.config import load_config
from workbench.settings import Settings

PAGE = (Path(__file__).parents[1] / "docs/chat.md").read_text()


def table(head):
    """The rows of the table below a heading, as lists of cells."""
    part = PAGE.split(f"## {head}\n", 1)[1].split("\n## ", 1)[0]
    return [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in part.splitlines() if "`" in row
    ]


def test_every_model_is_in_the_table():
    """The table names each chat model, in the order of the picker but for the small talkers."""
    named = [
        name
        for row in table("Models")
        if len(row) == 3
        for name in re.findall(r"`([\w-]+)`", row[0])
    ]
    assert sorted(named) == sorted(CHAT_MODELS)


@pytest.mark.parametrize(
    "row", [row for row in table("Models") if len(row) == 3], ids=lambda r: r[0]
)
def test_needs_are_those_told(row):
    """What a model needs is what the picker says is missing without it."""
    for name in re.findall(r"`([\w-]+)`", row[0]):
        told = missing(find_model(name, Settings()), Settings())
        variables = re.findall(r"`([A-Z_]+)`", row[2])
        assert bool(told) == (row[2] != "nothing")
        assert not variables or any(variable in told for variable in variables)


def test_workbench_toml_is_read(tmp_path):
    """The example is a valid file: its models, template and target are there afterwards."""
    written = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]
    (tmp_path / "workbench.toml").write_text(written)
    settings = Settings.from_env({"MY_KEY": "secret"}, load_config({}, tmp_path))
    assert settings.targets["HF_API_NER_BASE"] == "dslim/bert-base-NER"
    assert settings.keys["MY_KEY"] == "secret"
    mine, quiz = settings.chat_models["mine"], settings.chat_models["quiz"]
    assert (mine.sees, mine.thinks, mine.defaults["max_new_tokens"]) == (True, False, 300)
    assert (quiz.wire, quiz.writing.name) == ("tgi", "quiz")
    assert settings.chat_models["langchain"].options == {"model": "gpt-4o-mini"}


def test_commands_of_the_terminal():
    """The table of commands is the one that /help prints."""
    from workbench.cli.chat_commands import COMMANDS

    named = set(
        re.findall(
            r"`/([\w!]+)", "".join(row[0] for row in table("In the terminal") if len(row) == 2)
        )
    )
    assert named | {"save!", "help", "quit"} >= set(COMMANDS) >= named
