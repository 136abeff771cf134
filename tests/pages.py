"""What a page of the app may not do while it is tested."""

from __future__ import annotations


def note_trouble(page, trouble):
    """Add to *trouble* whatever *page* logs as an error.

    One thing is let pass: Gradio's page cancels a run by its number, and one that was not given a
    number yet it cancels without, which its server refuses (422). Ours ends the run all the same.
    """

    def noted(message):
        url = message.location.get("url", "")
        refused = "/gradio_api/cancel" in url and "422" in message.text
        if message.type == "error" and not refused:
            trouble.append(f"{message.text} {url}")

    page.on("console", noted)
    page.on("pageerror", lambda error: trouble.append(str(error)))


def ready(page):
    """Wait until *page* takes what is done to it; its labels are shown a moment before.

    The app says so once Gradio, which attaches every event first, has had its own load answered.
    A tab that only then was opened is there when the page has nothing left to do.
    """
    page.wait_for_function("window.wbReady")
    page.evaluate("new Promise(done => requestIdleCallback(() => setTimeout(done, 100)))")
