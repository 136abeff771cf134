"""The chat tab in a real Chromium: what each of its controls does."""

from __future__ import annotations

import chatting
import launching
import pytest
from chatting import TALK, stats
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


def test_message_sent_while_a_reply_comes(chat):
    """It stays in the box and the reason is told; afterwards it can be sent."""
    long = f"{TALK} {TALK}"  # it must not be over before the next is typed
    chat.send(long)
    chat.begun()
    chat.send("and then?")
    chat.told("stop it first")
    assert chat.box.input_value() == "and then?"
    assert chat.answered(1) == long
    chat.box.press("Enter")
    assert chat.answered(2) == "and then?"


def test_own_message_comes_into_sight(chat):
    """Whoever reads further up and sends a message sees it, and the reply as it grows."""
    chat.say("\n".join(TALK.split()))
    log = chat.page.get_by_role("log")
    log.evaluate("log => log.scrollTo(0, 0)")
    chat.say("and then?")
    chat.page.wait_for_timeout(500)
    assert log.evaluate("log => log.scrollHeight - log.clientHeight - log.scrollTop") < 100
