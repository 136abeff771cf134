"""The chat tab in a real Chromium: nothing that was said is lost, whatever happens."""

# ruff: noqa: F811

from __future__ import annotations

import contextlib
import subprocess

import chatting
import pytest
from chatting import TALK
from test_browser import browser, pytestmark  # noqa: F401 - fixtures
from test_chat_browser import chat, open_chat, server, url, window  # noqa: F401 - fixtures

ANYTHING = ""
BEGINNING = "one two"


@pytest.mark.parametrize(
    ("kind", "left", "told"),
    [
        ("stream-error-first", ANYTHING, "The server had an error"),
        ("stream-error-midway", BEGINNING, "The server had an error"),
        ("stream-error-done", BEGINNING, "CUDA out of memory"),
        ("stream-cut", BEGINNING, "broke off"),
        ("stream-cut-event", BEGINNING, "broke off"),
        ("stream-unfinished", BEGINNING, "broke off"),
        ("reset", ANYTHING, "closed the connection"),
        ("hang-up", ANYTHING, "closed the connection"),
        ("html", ANYTHING, "no stream"),
        ("credits", ANYTHING, "credits"),
        ("secret-echo", ANYTHING, "token"),
    ],
)
def test_each_failure_keeps_what_was_said(chat, server, kind, left, told):
    """Message and partial reply stay, the cause is told; Retry works with a better model."""
    chat.choose(f"{server}/faults/{kind}/v1#echo")
    shown = chat.say("one two three four")
    assert shown.startswith(left)
    assert told in shown
    assert chat.users.inner_text() == "one two three four"
    assert "failed" in chat.state.get_attribute("class")
    chat.choose("")
    chat.press("Retry")
    chat.page.get_by_text("Version 2 of 2").wait_for()
    assert chat.answered(1) == "one two three four"
    assert chat.users.inner_text() == "one two three four"


@pytest.mark.parametrize("kind", ["split", "comments", "crlf", "no-done"])
def test_odd_streams_are_whole(chat, server, kind):
    """A stream that is only unusual is shown as it is meant, character by character."""
    chat.choose(f"{server}/faults/stream-{kind}/v1#echo")
    assert chat.say("Grüße, 東京 👋🏽") == "Grüße, 東京 👋🏽"


def test_failure_outlives_a_reload(chat, server):
    """What broke off, and why, is there again, and so is Retry."""
    chat.choose(f"{server}/faults/stream-cut/v1#echo")
    shown = chat.say("one two three four")
    chat.reload()
    assert chat.answered(1) == shown
    chat.choose("echo")
    chat.press("Retry")
    chat.page.get_by_text("Version 2 of 2").wait_for()
    assert chat.answered(1) == "one two three four"


def test_reload_while_a_reply_comes(open_chat):
    """What streamed is there after a reload, marked, and can be continued; so is the rest."""
    chat = open_chat()
    chat.say("first words")
    chat.send(TALK)
    begun = chat.begun(2).split("\n")[0]
    chat.reload()
    shown = chat.answered(2)
    assert shown.startswith(begun)
    assert "Stopped here." in shown
    assert chat.users.all_inner_texts() == ["first words", TALK]
    assert chat.listed.all_inner_texts() == ["first words"]
    chat.press("Continue")
    chat.page.get_by_text("Stopped here.").wait_for(state="detached")
    chat.answered(2)
    assert chat.say("third words") == "third words"
    open_chat.trouble.clear()  # Gradio logs that it was cut off


def test_killed_while_a_reply_comes(browser, server, tmp_path):
    """After kill -9 and a start on the same port, the open page goes on; nothing is lost."""
    with chatting.app(tmp_path, server) as app, chatting.browsing(browser, app.url) as open_chat:
        chat = open_chat()
        chat.say("first words")
        chat.send(TALK)
        chat.begun(2)
        chat.page.wait_for_timeout(1200)  # what came is put away once a second
        app.end(subprocess.Popen.kill)
        chat.box.fill("third words")
        app.start()
        chat.told("Ready.")
        assert chat.box.input_value() == "third words"
        chat.box.press("Enter")
        assert chat.answered(3) == "third words"
        shown = chat.replies.nth(1).inner_text()
        assert "The reply broke off here." in shown
        assert shown.startswith(TALK[:50])
        chat.reload()
        assert chat.replies.nth(1).inner_text() == shown
        assert chat.users.all_inner_texts() == ["first words", TALK, "third words"]
        open_chat.trouble.clear()  # the page logs that its server was away


def test_two_pages_on_one_conversation(open_chat):
    """A page that is behind loses nothing of what the other said, and says so."""
    one = open_chat()
    one.say("first words")
    two = open_chat(one.page.context)
    two.listed.first.click()
    two.answered(1)
    two.say("said in two")
    one.say("said in one")
    one.told("Both versions are kept")
    one.press("‹ Earlier")
    one.page.get_by_text("said in two").first.wait_for()
    assert one.users.all_inner_texts() == ["first words", "said in two"]


def test_another_browser_sees_nothing(open_chat):
    """Conversations belong to the browser they were had in."""
    one = open_chat()
    one.say("a secret")
    two = open_chat()
    assert two.listed.count() == 0
    assert two.page.get_by_text("a secret").count() == 0


def test_other_conversation_while_a_reply_comes(open_chat):
    """A reply goes on unseen, is written into no other conversation and is whole at the end."""
    chat = open_chat()
    chat.say("first words")
    chat.press("New conversation")
    chat.answered(0)
    chat.send(TALK)
    chat.begun()
    chat.listed.last.click()
    chat.page.get_by_text("first words").nth(2).wait_for()
    chat.page.wait_for_timeout(400)
    assert chat.replies.all_inner_texts() == ["first words"]
    assert chat.say("second words") == "second words"
    chat.page.wait_for_timeout(2500)
    assert chat.replies.all_inner_texts() == ["first words", "second words"]
    chat.listed.filter(has_text="one two").click()
    chat.page.wait_for_function("document.querySelectorAll('[data-testid=user]').length == 1")
    assert chat.answered(1) == TALK


def test_page_closed_while_a_reply_comes(open_chat):
    """The conversation is in the list of the next page, with what came."""
    chat = open_chat()
    chat.send(TALK)
    chat.begun()
    context = chat.page.context
    with contextlib.suppress(Exception):
        chat.page.close()
    later = open_chat(context)
    later.listed.first.click()
    later.answered(1)
    assert later.replies.inner_text().startswith("one two")
    open_chat.trouble.clear()  # Gradio logs that it was cut off
