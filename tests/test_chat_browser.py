"""The chat tab in a real Chromium: what each of its controls does."""

from __future__ import annotations

import io

import chatting
import launching
import pytest
from chatting import TALK, stats
from PIL import Image
from test_browser import browser, pytestmark  # noqa: F401 - fixtures


@pytest.fixture(scope="module")
def server():
    """Somebody else's server, with faults."""
    with launching.server() as there:
        yield there


@pytest.fixture(scope="module")
def url(server, tmp_path_factory):
    """The app, talking to that server."""
    with chatting.app(tmp_path_factory.mktemp("home"), server) as app:
        yield app.url


@pytest.fixture(scope="module")
def window(browser, url):  # noqa: F811
    """One page for all tests that leave it as it was."""
    with chatting.browsing(browser, url) as open_:
        yield open_(permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture
def chat(window):
    """A new conversation on that page."""
    return window.anew()


@pytest.fixture
def open_chat(browser, url):  # noqa: F811
    """Open the tab in a browser of its own."""
    with chatting.browsing(browser, url) as open_:
        yield open_


def test_reply_grows_stops_and_goes_on(chat, server):
    """Text is seen growing; Stop reaches the server and keeps it, marked; Continue goes on."""
    left = stats(server)["disconnects"]
    chat.send(TALK)
    first = chat.begun()
    chat.page.wait_for_function(
        "n => document.querySelector('[data-testid=bot]').innerText.length > n", arg=len(first)
    )
    chat.press("Stop")
    kept = chat.answered(1)
    assert "Stopped here." in kept
    assert stats(server)["disconnects"] == left + 1
    said = kept.split("\n")[0]
    assert TALK.startswith(said)
    assert len(said) < len(TALK)
    assert chat.users.inner_text() == TALK
    chat.press("Continue")
    chat.page.get_by_text("Stopped here.").wait_for(state="detached")
    whole = chat.answered(1)
    assert whole.startswith(said)
    assert len(whole) > len(said)


@pytest.mark.parametrize("kind", ["stream-late", "stream-stall"])
def test_stop_while_nothing_comes(chat, server, kind):
    """Stop ends a silence too, before the first token or after; Retry works afterwards."""
    left = stats(server)["disconnects"]
    chat.choose(f"{server}/faults/{kind}/v1#echo")
    chat.send("one two three")
    chat.told("Working ·")
    chat.press("Stop")
    assert "Stopped here." in chat.answered(1)
    assert stats(server)["disconnects"] == left + 1
    chat.choose("talker")
    chat.press("Retry")
    chat.page.get_by_text("Stopped here.").wait_for(state="detached")
    assert "one two three" not in chat.answered(1)


def test_retry_keeps_the_reply_before(chat):
    """Retry with another model answers anew; both replies can be reached, also after a reload."""
    assert chat.say("What can you do?") == "What can you do?"
    assert not chat.page.get_by_role("button", name="‹ Earlier").is_visible()
    chat.choose("talker")
    chat.press("Retry")
    chat.told("talker at")
    other = chat.answered(1)
    assert "workbench" in other
    chat.press("‹ Earlier")
    chat.page.get_by_text("Version 1 of 2").wait_for()
    assert chat.replies.inner_text() == "What can you do?"
    chat.reload()
    assert chat.replies.inner_text() == "What can you do?"
    chat.press("Later ›")
    chat.page.get_by_text("Version 2 of 2").wait_for()
    assert chat.replies.inner_text() == other


def test_undo_and_edit(chat):
    """Undo takes the last message back into the box; an edited message is answered anew."""
    chat.say("first words")
    chat.say("second words")
    chat.press("Undo")
    chat.page.get_by_text("second words").first.wait_for(state="detached")
    assert chat.box.input_value() == "second words"
    assert chat.replies.count() == 1
    chat.press("Edit")
    chat.page.locator(".edit-textarea").fill("other words")
    chat.page.locator(".message-buttons").get_by_role("button", name="Submit").click()
    chat.page.get_by_text("other words").nth(1).wait_for()
    assert chat.answered(1) == "other words"
    assert chat.users.all_inner_texts() == ["other words"]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_enter_sends_and_shift_enter_breaks(open_chat, phone):
    """Enter sends, Shift+Enter begins a line, on a phone as well."""
    size = {"width": 390, "height": 844}
    chat = open_chat(**({"viewport": size, "is_mobile": True, "has_touch": True} if phone else {}))
    (chat.box.tap if phone else chat.box.click)()
    chat.page.keyboard.type("one")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("two")
    assert chat.box.input_value() == "one\ntwo"
    assert chat.users.count() == 0
    chat.page.keyboard.press("Enter")
    assert chat.answered(1) == "one\ntwo"
    assert chat.box.input_value() == ""
    assert chat.page.evaluate(chatting.WIDE) == 0


def test_examples_and_copy(chat):
    """An example is sent at once; a reply can be copied."""
    chat.page.get_by_role("button", name="How do I connect a real model?").click()
    assert chat.answered(1) == "How do I connect a real model?"
    chat.press("Copy message")
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied == "How do I connect a real model?"


def test_ratings_and_a_comment_are_kept(open_chat):
    """A like, an own option and a comment outlive a reload; a new reply begins without."""
    chat = open_chat()
    chat.say("first words")
    chat.press("Like")
    chat.page.get_by_label("Say why, if you like").fill("clear")
    chat.press("Send comment")
    chat.told("your comment is kept")
    chat.say("second words")
    chat.page.get_by_role("button", name="Feedback").last.hover()
    chat.press("Too long")
    chat.page.get_by_label("Say why, if you like").wait_for()
    liked = chat.page.get_by_role("button", name="Liked")
    assert liked.count() == 1
    chat.reload()
    assert liked.count() == 1
    assert rated(chat) == ["Liked", "Too long"]
    chat.press("Retry")
    chat.page.get_by_text("Version 2 of 2").wait_for()
    assert rated(chat) == ["Liked", ""]
    with chat.page.expect_download() as saved:
        chat.unfold("This conversation")
        chat.press("Feedback CSV")
    told = saved.value.path().read_text("utf-8")
    assert "first words,first words,Like,clear" in told


def rated(chat):
    """What the page shows of each reply's rating."""
    return chat.page.locator(".message-buttons-left").evaluate_all(
        """rows => rows.map(row => [...row.querySelectorAll('button')]
          .filter(b => b.ariaLabel == 'Liked' || b.style.fontWeight === 'bold')
          .map(b => b.ariaLabel || b.innerText).join())"""
    )


def test_system_message_begins_a_new_conversation(open_chat):
    """A changed system message makes room for a new conversation, says so and is sent."""
    chat = open_chat()
    chat.say("first words")
    chat.unfold("System message")
    box = chat.page.get_by_role("textbox", name="System message")
    box.fill("Be brief.")
    box.press("Tab")
    chat.told("The system message changed: this is a new conversation.")
    assert chat.replies.count() == 0
    chat.say("second words")
    assert chat.listed.all_inner_texts() == ["second words", "first words"]
    chat.unfold("Options")
    request = chat.page.get_by_label("Exact request").input_value()
    assert '{"role": "system", "content": "Be brief."}' in request
    chat.listed.last.click()
    chat.page.get_by_text("second words").nth(1).wait_for(state="detached")
    assert box.input_value() == ""


def test_options_reach_the_request(open_chat):
    """What is set under Options is what is sent, and what is wrong is told."""
    chat = open_chat()
    chat.unfold("Options")
    for label, value in (("Temperature", "0.2"), ("Max new tokens", "7"), ("Top p", "0.5")):
        chat.page.get_by_label(f"number input for {label}").fill(value)
    chat.page.get_by_role("textbox", name="Seed").fill("x")
    assert "Seed is a whole number" in chat.say(TALK)
    chat.page.get_by_role("textbox", name="Seed").fill("3")
    chat.press("Retry")
    chat.told("It used up its tokens; Continue goes on.")
    assert chat.answered(1) == "one two three four five six seven"
    chat.page.wait_for_function(
        "document.querySelector('.wb-chat .wb-mono textarea').value.includes('seed')"
    )
    request = chat.page.get_by_label("Exact request").input_value()
    for told in ('"temperature": 0.2', '"max_tokens": 7', '"top_p": 0.5', '"seed": 3'):
        assert told in request


def test_picture_for_a_model_that_cannot_see(open_chat, tmp_path):
    """It is told, message and picture stay, and the next model gets both."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")
    file = {"name": "red.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    chat = open_chat()
    chat.choose("echo")
    chat.page.locator(".wb-message input[type=file]").set_input_files(file)
    chat.page.locator(".wb-message .thumbnail-item, .wb-message img").first.wait_for()
    assert "can't see a picture" in chat.say("what is this")
    assert chat.page.locator(".message-row.user-row img").count() == 1
    chat.choose("")
    chat.press("Retry")
    assert chat.answered(1)
    chat.unfold("Options")
    chat.page.wait_for_function(
        "document.querySelector('.wb-chat .wb-mono textarea').value.includes('image_url')"
    )


def test_model_without_its_key(chat):
    """It says what to set; the message stays, and Retry works with another model."""
    chat.choose("qwen")
    assert "Set DASHSCOPE_API_KEY" in chat.say("Hello there")
    assert chat.users.inner_text() == "Hello there"
    chat.choose("echo")
    chat.press("Retry")
    chat.told("echo at")
    assert chat.answered(1) == "Hello there"


def test_message_sent_while_a_reply_comes(chat):
    """It stays in the box and the reason is told; afterwards it can be sent."""
    chat.send(TALK)
    chat.begun()
    chat.send("and then?")
    chat.told("stop it first")
    assert chat.box.input_value() == "and then?"
    assert chat.answered(1) == TALK
    chat.box.press("Enter")
    assert chat.answered(2) == "and then?"
