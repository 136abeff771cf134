"""What a page of the app may not do while it is tested."""

from __future__ import annotations


def note_trouble(page, trouble):
    """Add to *trouble* whatever *page* logs as an error.

    One thing is let pass: Gradio's page cancels a run by its number, and one that was not given a
    number yet it cancels without, which its server refuses (422). The run ends all the same.
    """

    def noted(message):
        refused = "/gradio_api/cancel" in message.location.get("url", "")
        if message.type == "error" and not (refused and "422" in message.text):
            trouble.append(message.text)

    page.on("console", noted)
    page.on("pageerror", lambda error: trouble.append(str(error)))
