"""The list of conversations beside the chat, in a real Chromium."""

# ruff: noqa: F811

from __future__ import annotations

import csv
import io
import json

import chatting
import launching
import pytest
from test_browser import browser, pytestmark  # noqa: F401 - fixtures
from test_chat_browser import open_chat  # noqa: F401 - fixtures

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
ATTACK = "<img src=x onerror=window.pwned=1>"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The app, talking to an echo."""
    with (
        launching.server() as server,
        chatting.app(tmp_path_factory.mktemp("home"), server, pace=0) as app,
    ):
        yield app.url


def two_talks(chat):
    """Have two conversations, of which the second stays open."""
    chat.say("apples and pears")
    chat.press("New conversation")
    chat.answered(0)
    chat.say("rivers and lakes")


def saved(chat, kind):
    """The name and the text of a file that a button saves."""
    with chat.page.expect_download() as download:
        chat.press(kind)
    return download.value.suggested_filename, download.value.path().read_text("utf-8")


def test_open_and_find(open_chat):
    """The newest is first and the open one marked; a word of any message finds its talk."""
    chat = open_chat()
    assert chat.page.get_by_text("Conversations will be kept here.").is_visible()
    two_talks(chat)
    assert chat.listed.all_inner_texts() == ["rivers and lakes", "apples and pears"]
    assert chat.listed.first.get_attribute("aria-current") == "true"
    chat.listed.last.click()
    chat.page.wait_for_function(
        "document.querySelector('[data-testid=bot]')?.innerText == 'apples and pears'"
    )
    assert chat.listed.last.get_attribute("aria-current") == "true"
    find = chat.page.get_by_role("textbox", name="Find in conversations")
    find.fill("LAKE")
    chat.page.get_by_role("button", name="apples and pears").wait_for(state="detached")
    assert chat.listed.count() == 1
    find.fill("nowhere")
    chat.page.get_by_text("None has these words.").wait_for()
    find.fill("")
    chat.listed.nth(1).wait_for()
    assert chat.say("and plums") == "and plums"
    assert chat.listed.all_inner_texts() == ["apples and pears", "rivers and lakes"]


def test_rename(open_chat):
    """A title of one's own is kept; markup in it is text."""
    chat = open_chat()
    chat.say("apples and pears")
    chat.unfold("This conversation")
    title = chat.page.get_by_role("textbox", name="Title")
    assert title.input_value() == "apples and pears"
    title.fill(ATTACK)
    title.press("Enter")
    chat.told("Renamed.")
    chat.reload()
    assert chat.listed.all_inner_texts() == [ATTACK]
    chat.unfold("This conversation")
    assert title.input_value() == ATTACK
    title.fill("Fruit")
    chat.press("Rename")
    chat.page.get_by_role("button", name="Fruit").wait_for()
    assert chat.page.evaluate("window.pwned") is None


def test_delete(open_chat):
    """Only a confirmed deletion removes a conversation, and then for good."""
    chat = open_chat()
    two_talks(chat)
    chat.unfold("This conversation")
    chat.press("Delete")
    chat.press("Keep")
    chat.page.get_by_role("button", name="Delete for good").wait_for(state="hidden")
    assert chat.listed.count() == 2
    chat.press("Delete")
    chat.press("Delete for good")
    chat.told("Deleted.")
    assert chat.listed.all_inner_texts() == ["apples and pears"]
    assert chat.replies.count() == 0
    assert not chat.page.get_by_role("button", name="Delete for good").is_visible()
    chat.reload()
    assert chat.listed.all_inner_texts() == ["apples and pears"]
    assert chat.say("something else") == "something else"
    assert chat.listed.all_inner_texts() == ["something else", "apples and pears"]


def test_exports(open_chat):
    """Markdown to read, JSON of all, and the ratings as a table, each under a fitting name."""
    chat = open_chat()
    chat.say("apples = 1\n=2+3")
    chat.press("Dislike")
    chat.page.get_by_label("Say why, if you like").wait_for()
    chat.unfold("This conversation")
    name, text = saved(chat, "Markdown")
    assert name == "conversation.md"
    assert text.count("apples = 1\n=2+3") == 2
    name, text = saved(chat, "JSON")
    assert name == "conversation.json"
    assert [turn["content"] for turn in json.loads(text)["turns"]] == ["apples = 1\n=2+3"] * 2
    name, text = saved(chat, "Feedback CSV")
    assert name == "feedback.csv"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["rating"], row["reply"]) for row in rows] == [("Dislike", "apples = 1\n=2+3")]


def test_nothing_to_save_is_told(open_chat):
    """Without a conversation the buttons say so, and nothing breaks."""
    chat = open_chat()
    chat.unfold("This conversation")
    chat.press("Rename")
    chat.told("No conversation is open.")
    chat.press("New conversation")
    chat.told("Ready.")
    chat.press("Markdown")
    chat.page.locator(".wb-chat-line .failed").wait_for()


def test_phone(open_chat):
    """The list unfolds, opens a conversation and folds again; nothing scrolls sideways."""
    chat = open_chat(**PHONE)
    two_talks(chat)
    assert not chat.listed.first.is_visible()
    chat.page.get_by_role("button", name="Conversations").tap()
    assert chat.page.evaluate(chatting.WIDE) == 0
    chat.listed.last.tap()
    chat.page.wait_for_function(
        "document.querySelector('[data-testid=bot]')?.innerText == 'apples and pears'"
    )
    assert not chat.listed.first.is_visible()
    assert chat.page.evaluate(chatting.WIDE) == 0
