"""The chat tab in a real Chromium: what is sent to which model."""

# ruff: noqa: F811

from __future__ import annotations

import io

from chatting import TALK
from PIL import Image
from test_browser import browser, pytestmark  # noqa: F401 - fixtures
from test_chat_browser import chat, open_chat, server, url, window  # noqa: F401 - fixtures


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
    for name in ("Edit", "Share"):  # one fails beside a picture, the other sends it elsewhere
        assert not chat.page.get_by_role("button", name=name).is_visible()
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
