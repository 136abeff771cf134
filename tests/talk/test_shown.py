"""Turns as the page shows them: pictures, thoughts, notes of how a reply ended, no foreign HTML."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tasks.tabs.talk.asking import state_html
from tasks.tabs.talk.place import Latest, Place
from tasks.tabs.talk.shown import show
from workbench.store import Turn

IMG = "<img src=x onerror=alert(1)>"


def turn(content, role="assistant", **more):
    """A turn of a conversation."""
    facts = {"id": 1, "parent": None, "created": 0.0, **more}
    return Turn(role=role, content=content, **facts)


def said(turn):
    """(content, title) of what a turn shows."""
    return [
        (each["content"], each.get("metadata", {}).get("title")) for each in show([turn]).messages
    ]


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (turn("Yes."), [("Yes.", None)]),
        (turn("Yes.", state="streaming"), [("Yes.\n\n*The reply is still being written.*", None)]),
        (turn("", state="streaming"), [("", None)]),
        (turn("Yes", state="stopped"), [("Yes\n\n*Stopped here.*", None)]),
        (turn("Yes", state="interrupted"), [("Yes\n\n*The reply broke off here.*", None)]),
        (turn("", state="stopped"), [("Stopped here.", "No answer")]),
        (turn("", state="interrupted"), [("The reply broke off here.", "No answer")]),
        (turn("", state="failed", error="Why."), [("Why.", "No answer")]),
        (
            turn("Yes", state="failed", error="Why."),
            [("Yes", None), ("Why.", "The reply broke off")],
        ),
        (turn("Yes", facts={"thoughts": "Hm."}), [("Hm.", "Thoughts"), ("Yes", None)]),
        (turn("Yes", facts={"thoughts": 7}), [("Yes", None)]),
        (
            turn("```py\nx", state="stopped"),
            [("```py\nx\n```\n\n*Stopped here.*", None)],
        ),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_replies(reply, shown):
    """How a reply ended is told below it, or in its place."""
    assert said(reply) == shown


@pytest.mark.parametrize(
    "shown",
    [
        turn(IMG),
        turn(IMG, role="user"),
        turn(IMG, state="stopped"),
        turn("", state="failed", error=IMG),
        turn("x", state="failed", error=f"![]({IMG})"),
        turn("x", facts={"thoughts": IMG}),
    ],
    ids=["reply", "message", "stopped", "error", "late error", "thoughts"],
)
def test_no_html_of_anyone(shown):
    """Words of models, people and services are words."""
    for content, _ in said(shown):
        assert "<img" not in content
        assert "![" not in content


def test_an_error_loads_no_picture():
    """What a service says of its failure is no Markdown picture either."""
    failed = turn("", state="failed", error="see ![x](http://evil.example/x.png)")
    assert said(failed) == [("see [x](http://evil.example/x.png)", "No answer")]


def test_pictures_are_files():
    """Each picture of a message is a file with its bytes, made once, after the words."""
    image = "data:image/png;base64," + base64.b64encode(b"picture").decode()
    message = turn("Look", role="user", images=(image, image))
    words, one, two = show([message]).messages
    path = Path(one["content"]["path"])
    assert one == two
    assert (path.suffix, path.read_bytes(), words["content"]) == (".png", b"picture", "Look")
    alone = show([turn("", role="user", images=(image,))])
    assert len(alone.messages) == len(alone.turns) == 1


def test_each_message_knows_its_turn():
    """What is shown leads back to the turn, and replies to their ratings."""
    turns = [
        turn("Hi", role="user", id=1),
        turn("Yes", id=2, facts={"thoughts": "Hm."}, rating="Like"),
        turn("Why?", role="user", id=3),
        turn("So", id=4, state="failed", error="Broke."),
    ]
    shown = show(turns)
    assert [each.id for each in shown.turns] == [1, 2, 2, 3, 4, 4]
    assert shown.ratings == ["Like", None]


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "7", '"x"', "{}", '{"talk": "a"}', "\x00", "[" * 100_000, None],
    ids=lambda text: repr(text)[:12],
)
def test_damaged_place(text):
    """What a browser kept badly is no place."""
    assert Place.read(text) == Place()


@pytest.mark.parametrize("head", ["3", 3.0, True, None, [3]])
def test_damaged_head(head):
    """A head that is no whole number is none."""
    import json

    assert Place.read(json.dumps({"talk": "a", "head": head})) == Place("a", None)


def test_latest_forgets_the_oldest(monkeypatch):
    """However many pages there were, little is kept; what is used stays."""
    monkeypatch.setattr("tasks.tabs.talk.place._MOST", 3)
    latest = Latest()
    for key in ("a", "b", "c", "a", "d"):
        latest.set(key, key.upper())
    assert [latest.get(key, "") for key in "abcd"] == ["A", "", "C", "D"]
    assert (latest.pop("a", ""), latest.pop("a", "")) == ("A", "")


def test_status_line():
    """Text is escaped, and the marks tell the page which buttons make sense."""
    line = state_html("<b>", "failed", go_on=True, version="Version 1 of <2>")
    assert "<b>" not in line
    assert "&lt;b&gt;" in line
    assert line.count("<span") == 2
    assert "Version 1 of &lt;2&gt;" in line
    assert "<span" not in state_html("Ready.")
