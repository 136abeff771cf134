"""Old Gradio on today's: each translation in an app that is built, launched and called."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.course.gradio_old.chats import reads_messages
from workbench.course.gradio_old.pairs import to_messages, to_pairs
from workbench.course.gradio_old.table import ARGUMENTS, LOOK, SHOWN

pytestmark = pytest.mark.timeout(300)  # an import of Gradio and a dozen apps
CHILD = Path(__file__).with_name("old_gradio_child.py")


@pytest.fixture(scope="module")
def seen():
    """What the apps of `old_gradio_child.py` answered, in one child process."""
    run = subprocess.run(
        [sys.executable, str(CHILD)], check=False, capture_output=True, text=True, timeout=280
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


ANSWERS = {
    "an interface by strings, under its old name": ("interface", "ABC"),
    "a picture comes in the size that was promised": ("shape", [28, 28, 3]),
    "an update hides and changes a component": ("update", {"visible": False, "value": "changed"}),
    "old inputs take their arguments by position": ("inputs", "3.0"),
    "several apps run side by side": ("parallel", ["q1", "q2"]),
    "several apps run one after another": ("series", "q12"),
    "a chat that appends tuples": ("tuples", [["user", "hi"], ["assistant", "bot hi, 0 before"]]),
    "a client that sends pairs": (
        "pairs sent",
        [["user", "a"], ["assistant", "b"], ["user", "hi"], ["assistant", "bot hi, 1 before"]],
    ),
    "a handler that writes into the last turn": (
        "last turn",
        [["user", "q"], ["assistant", "Hey"]],
    ),
    "a stream of pairs grows": ("stream", ["a", "ab", "abc"]),
    "messages with `type` are plain": ("plain", "[{'role': 'user', 'content': 'one'}]"),
    "a chat interface gets pairs": ("chat", "[['one', '[]']]"),
    "a chat interface with `type` gets plain messages": (
        "chat messages",
        "[{'role': 'user', 'content': 'one'}, {'role': 'assistant', 'content': '[]'}]",
    ),
    "a chat interface that unpacks pairs": ("chat unpacked", "user one bot "),
}


@pytest.mark.server
@pytest.mark.parametrize(("name", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_an_old_app_answers(seen, name, answer):
    """The app, written the old way, answers over gradio_client as it did."""
    assert seen[name] == answer


@pytest.mark.server
def test_launching_is_safe(seen):
    """No public link, this machine alone, the same port again, another when it is taken."""
    assert seen["share"] is False
    assert seen["host"] == "127.0.0.1"
    assert seen["same port"] is True
    assert seen["taken port"] is False
    assert seen["first closed"] is True


@pytest.mark.server
def test_open_pages_do_not_hold_a_closing_app(seen):
    """`gr.close_all()` ends within two seconds though a page listens."""
    assert seen["closing"] < 2


@pytest.mark.server
def test_each_translation_is_told_once(seen):
    """The old way and today's, in one line each, however often it was met."""
    told = [tuple(note) for note in seen["told"]]
    assert len(told) == len(set(told))
    assert (
        "gr.Interface(allow_flagging='never')",
        ARGUMENTS["Interface"]["allow_flagging"].today,
    ) in told
    assert ("gr.Chatbot(nonsense=1)", "gone; leave it out") in told


@pytest.mark.server
def test_gradio_is_as_it_was_when_removed(seen):
    """Every change is taken back."""
    assert seen["restored"] is True


def test_no_rule_is_also_a_moved_argument():
    """The look of an app and the buttons have their own ways; a rule would never be reached."""
    every = {name for rules in ARGUMENTS.values() for name in rules}
    assert not every & {*LOOK, *SHOWN}


@pytest.mark.parametrize(
    "pairs",
    [
        [["Hi", "Hello"]],
        [["Hi", "Hello"], ["And?", None]],
        [[None, "Welcome"], ["Hi", ""]],
        [["Hi", None], ["Anybody?", "Yes"]],
        [[("a.png",), "A cat"]],
    ],
)
def test_pairs_survive_the_way_there_and_back(pairs):
    """What a handler gave is what it gets the next time."""
    wire = [
        {"role": m["role"], "content": [_on_the_wire(m["content"])]} for m in to_messages(pairs)
    ]
    assert to_pairs(wire) == pairs


def _on_the_wire(content):
    if isinstance(content, str):
        return {"type": "text", "text": content}
    return {"type": "file", "file": {"path": content["path"]}, "alt_text": None}


def takes_pairs(message, history):
    """`for user, bot in history`."""
    return [{"role": "user", "content": user} for user, _ in history]


def takes_messages(message, history):
    """`turn["role"]`."""
    return [turn["role"] for turn in history]


def passes_messages(message, history):
    """`history + [{"role": …}]`."""
    return [*history, {"role": "user", "content": message}]


def takes_anything(message, history):
    """No sign."""
    return len(history)


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        (takes_pairs, False),
        (takes_messages, True),
        (passes_messages, True),
        (takes_anything, False),
        (str.join, False),
    ],
)
def test_the_source_tells_what_a_chat_function_takes(function, answer):
    """Only who reads roles, or passes the history on beside messages, wants messages."""
    assert reads_messages(function) is answer
