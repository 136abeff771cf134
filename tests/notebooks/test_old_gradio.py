"""Every old way to write Gradio that is translated is met by a cell, and its app works."""

from __future__ import annotations

import re

import pytest
from driving import OLD, call, client_of, notes_of, run_old, texts
from gradio_client import handle_file

from workbench.course.gradio_old.names import INPUTS, KINDS, NAMES, OUTPUTS, SHORTCUTS
from workbench.course.gradio_old.table import ARGUMENTS, LOOK, POSITIONS, SHOWN, SHOWN_BEFORE

WHITE = str(OLD / "white.png")
pytestmark = pytest.mark.notebook
NAMES_OF = ("gradio_3", "gradio_4")
STILL_THERE = ("Checkboxgroup", "Highlightedtext", "Json")  # Gradio 6 knows them itself
SOURCES = "".join((OLD / f"{name}.txt").read_text("utf-8") for name in NAMES_OF)


@pytest.fixture(scope="module")
def runs(old_notebook):
    """Both notebooks, run; their apps are open."""
    with run_old(old_notebook, *NAMES_OF) as runs:
        yield runs


@pytest.fixture(scope="module")
def notes(runs):
    """What was told of translations: (old, today's)."""
    return {note for run in runs.values() for note in notes_of(run)}


@pytest.mark.parametrize("name", NAMES_OF)
def test_every_cell_runs_and_every_app_answers(runs, name):
    """Nothing fails that an old notebook says to Gradio."""
    run = runs[name]
    assert [(cell.number, cell.why) for cell in run.cells if cell.state != "ran"] == []
    assert run.launched
    assert all(app.answered for app in run.launched)


@pytest.mark.parametrize(
    ("owner", "argument"), [(owner, name) for owner, rules in ARGUMENTS.items() for name in rules]
)
def test_every_argument_of_the_table_is_met(notes, owner, argument):
    """A cell gives each old argument, and is told how it is written today."""
    today = ARGUMENTS[owner][argument].today
    assert any(f"({argument}=" in old and told == today for old, told in notes)


@pytest.mark.parametrize("name", [*NAMES, *KINDS])
def test_every_old_name_is_met(notes, name):
    """A cell uses each component by its old name."""
    assert f"gr.{name}(" in SOURCES
    assert f"gr.{name}(…)" in dict(notes) or name in STILL_THERE


@pytest.mark.parametrize(
    "name", [*(f"inputs.{n}" for n in INPUTS), *(f"outputs.{n}" for n in OUTPUTS)]
)
def test_every_input_and_output_is_met(notes, name):
    """A cell makes each component of `gr.inputs` and `gr.outputs`."""
    assert f"gr.{name}(…)" in dict(notes)


@pytest.mark.parametrize("word", SHORTCUTS)
def test_every_word_for_a_component_is_met(notes, word):
    """A cell names each component by its old word."""
    assert (repr(word), repr(SHORTCUTS[word])) in notes


@pytest.mark.parametrize("name", [*LOOK, *SHOWN])
def test_every_moved_argument_is_met(notes, name):
    """A cell gives each argument that is one of `launch`, or a button, today."""
    assert any(f"({name}=" in old for old, _ in notes)


@pytest.mark.parametrize("owner", SHOWN_BEFORE)
def test_buttons_of_each_component_are_met(notes, owner):
    """A cell switches a button of each component that had some."""
    assert any(old.startswith(f"gr.{owner}(show_") for old, _ in notes)


@pytest.mark.parametrize("name", POSITIONS)
def test_every_call_by_position_is_met(name):
    """A cell gives arguments by position where today's Gradio wants names."""
    assert re.search(rf"gr\.{name}\([^=)]+, ", SOURCES)


def test_old_and_new_endpoints_answer(runs):
    """A client may call `/predict` as ever."""
    assert call(runs["gradio_3"], "Both", "/predict", "hello") == "HELLO"
    assert call(runs["gradio_4"], "Greeting", "/greet", "Ada", 2) == "Hello Ada!!"


def test_a_picture_comes_in_the_size_that_was_asked_for(runs):
    """`shape` and `invert_colors` do to a picture what they did."""
    with client_of(runs["gradio_3"], "Sizes") as client:
        told = client.predict(handle_file(WHITE), api_name="/predict")
    assert told == "32 x 16, (0, 0, 0)"


def test_an_update_changes_value_and_label(runs):
    """`gr.Textbox.update(…)` gives both, and the count goes on."""
    with client_of(runs["gradio_3"], "Gradio") as client:
        first, second = (client.predict(api_name="/count") for _ in range(2))
    assert (first["value"], second["value"]) == ("1", "2")
    assert second["label"] == "Times so far"


def test_a_history_of_pairs_grows(runs):
    """Handlers get [user, bot] in turn, and what they stream is seen as messages."""
    with client_of(runs["gradio_3"], "Echo chat") as client:
        _, told = client.predict("hello", [], api_name="/say")
        pieces = list(client.submit(told, api_name="/answer"))
    assert texts(pieces[-1]) == [("user", "hello"), ("assistant", "you said hello after 0 ")]
    assert len(pieces) > 1


def test_a_chat_interface_of_pairs_counts_its_turns(runs):
    """Its function sees one pair after the first turn."""
    with client_of(runs["gradio_4"], "Talk") as client:
        replies = [client.predict("hi", "kind", api_name="/chat") for _ in range(2)]
    assert replies == ["kind: hi, turn 1", "kind: hi, turn 2"]


def test_a_chat_interface_of_messages_counts_its_turns(runs):
    """With `type="messages"` it sees two messages after the first."""
    with client_of(runs["gradio_4"], "Messages") as client:
        assert [client.predict("hi", api_name="/chat") for _ in range(2)] == ["turn 1", "turn 2"]
