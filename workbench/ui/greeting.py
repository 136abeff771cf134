"""The head of the page for who is signed in."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr

from workbench.ui.login import user_of


def greet(app: gr.Blocks, head: gr.HTML, words: Callable[[str | None], str]) -> None:
    """Fill *head* with `words(name)` whenever the page of *app* is loaded."""

    def fill(request: gr.Request) -> str:
        return words(user_of(request))

    app.load(fill, None, head, queue=False, api_visibility="private", show_progress="hidden")
