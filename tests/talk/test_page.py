"""From what the desk says to what the page is told."""

from __future__ import annotations

import gradio as gr
import pytest
from desks import ADA, Tab

from tasks.tabs.talk.page import SAID, WHOLE, Page
from tasks.tabs.talk.talks import Talks
from workbench.errors import InvalidInputError


@pytest.fixture
def page(desk):
    """A page without its parts, which no update needs."""
    buttons = dict.fromkeys(("search", "list", "title", "rename", "delete", "told", "file"))
    talks = Talks(desk=desk, anew=None, exports={}, **buttons)
    return Page(head=None, talk=None, settled=None, talks=talks, place=None)


def changed(page, act, asker, names=WHOLE):
    """The updates of a page, by the name of the part; parts that stay are left out."""
    updates = dict(zip(names, page.change(act, asker, names), strict=True))
    return {name: update for name, update in updates.items() if update != gr.skip()}


def test_refusal_keeps_the_box(page, tab):
    """What can't be done changes the line alone: what was typed is still there."""

    def refuse():
        raise InvalidInputError("a <reply> is still coming", hint="Stop it.")

    (line,) = changed(page, refuse, tab.asker, SAID).items()
    assert line[0] == "state"
    assert "A &lt;reply&gt; is still coming. Stop it." in line[1]


def test_message_empties_the_box(page, tab):
    """A message that was taken leaves an empty box, and its conversation is marked in the list."""
    updates = changed(page, lambda: tab.say("Hi <b>"), tab.asker, SAID)
    assert updates["box"] == {"text": "", "files": []}
    assert updates["title"] == "Hi <b>"
    assert 'aria-current="true">Hi &lt;b&gt;' in updates["list"]


def test_undone_message_is_in_the_box(page, tab):
    """What was taken back can be typed on."""
    tab.send("Hi")
    updates = changed(page, lambda: tab.desk.undo(tab.asker), tab.asker)
    assert updates["box"] == {"text": "Hi", "files": []}
    assert updates["chat"]["value"] == []


def test_ratings_go_with_the_talk(page, tab):
    """An opened conversation shows what its replies were rated."""
    tab.send("Hi")
    tab.desk.rate(tab.asker, 1, "Like")
    updates = changed(page, lambda: tab.desk.open(tab.asker, tab.place.talk), tab.asker)
    assert updates["chat"]["feedback_value"] == ["Like"]
    assert len(updates["chat"]["value"]) == 2


def test_each_sees_their_own_list(page, tab):
    """The list has the conversations of who asks, and those that were searched for."""
    tab.send("Hi")
    bob = Tab(tab.desk, "user:bob", "two")
    assert "kept here" in page.talks.refreshed(bob.asker, "")[0]
    assert "Hi" in page.talks.refreshed(tab.asker, "")[0]
    tab.asked["search"] = "nowhere"
    assert "None has these words" in page.talks.refreshed(tab.asker, "")[0]
    assert tab.owner == ADA


def test_renamed(page, tab):
    """A title is kept; where no conversation is open, the line says what to do."""
    with pytest.raises(InvalidInputError, match="no conversation is open"):
        page.talks.renamed(tab.asker, "New")
    tab.send("Hi")
    updates = changed(page, lambda: page.talks.renamed(tab.asker, " New <i> "), tab.asker)
    assert updates["title"] == "New <i>"
    assert "New &lt;i&gt;" in updates["list"]
