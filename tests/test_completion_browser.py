"""The tab that writes on, in a real Chromium: text that grows, Stop that reaches the server."""

from __future__ import annotations

import launching
import pytest
import requests
from test_browser import aim, browser, open_tab, pytestmark, status, url  # noqa: F401

PROMPT = "Once upon a time"


@pytest.fixture(scope="module")
def server():
    """Somebody else's server, whose streams can be slowed down."""
    with launching.server() as there:
        yield there


def begin(page, most="200"):
    """Fill the form and run it."""
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    page.get_by_label("number input for Max new tokens").fill(most)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Complete", exact=True).click()


def told(page):
    return page.get_by_label("Completion", exact=True).input_value()


def test_prompt_is_completed_offline(open_tab):  # noqa: F811
    """As many tokens as asked for, by the embedded engine; the request is shown."""
    page = open_tab("completion")
    begin(page, "5")
    page.locator(".wb-status.done:visible").wait_for()
    assert told(page) == " a girl came in with"
    assert "embedded engine" in status(page).inner_text()
    page.get_by_role("button", name="Advanced options").click()
    request = page.get_by_label("Exact request").input_value()
    assert "/generate_stream" in request
    assert '"max_new_tokens": 5' in request


def test_text_grows_and_stops(open_tab, server):  # noqa: F811
    """The text is shown as it comes; Stop keeps it, and the server sees that nobody reads."""
    page = open_tab("completion")
    aim(page, f"{server}/?token_delay=0.1")
    left = requests.get(f"{server}/stats", timeout=10).json()["disconnects"]
    begin(page)
    box = page.get_by_label("Completion", exact=True).element_handle()
    page.wait_for_function("box => box.value.length > 10", arg=box)
    first = told(page)
    page.wait_for_function("([box, text]) => box.value.length > text.length", arg=[box, first])
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").first.wait_for()
    kept = told(page)
    assert kept.startswith(first)
    page.wait_for_timeout(600)
    assert told(page) == kept
    stats = requests.get(f"{server}/stats", timeout=10).json()
    assert stats["disconnects"] == left + 1
    assert stats["tokens_sent"] < 150


def test_what_arrived_before_a_failure_stays(open_tab, server):  # noqa: F811
    """A prompt that is refused is told; the text of the run before stays beside it."""
    page = open_tab("completion")
    begin(page, "5")
    page.locator(".wb-status.done:visible").wait_for()
    aim(page, f"{server}/faults/busy/")
    begin(page, "5")
    page.get_by_text("Trying again").first.wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").first.wait_for()
    assert told(page) == " a girl came in with"


def test_stop_needs_no_number(open_tab, server):  # noqa: F811
    """Stop ends a run on the server although Gradio's own cancel, which wants its number, fails."""
    page = open_tab("completion")
    page.route("**/gradio_api/cancel", lambda route: route.fulfill(status=422))
    aim(page, f"{server}/?token_delay=0.1")
    left = requests.get(f"{server}/stats", timeout=10).json()["disconnects"]
    begin(page)
    box = page.get_by_label("Completion", exact=True).element_handle()
    page.wait_for_function("box => box.value.length > 10", arg=box)
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").first.wait_for()
    page.wait_for_timeout(1000)
    assert "Stopped." in status(page).inner_text()
    assert requests.get(f"{server}/stats", timeout=10).json()["disconnects"] == left + 1
