"""`/chat` on the app's API: a message in, the reply so far out; the talk is kept inside."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Generator, Sequence

import gradio as gr

from tasks.chat import begin
from tasks.tabs.talk.picker import choose_model
from workbench.chat import Message
from workbench.client import EndpointClient
from workbench.ui import api

_MOST = 1000


class Talks:
    """What was said in each session; the longest unused are forgotten."""

    def __init__(self) -> None:
        self._said: OrderedDict[str, list[Message]] = OrderedDict()

    def of(self, session: str | None, *, anew: bool) -> list[Message]:
        if session is None:
            return []
        if anew:
            self._said.pop(session, None)
        talk = self._said.setdefault(session, [])
        self._said.move_to_end(session)
        if len(self._said) > _MOST:
            self._said.popitem(last=False)
        return talk


def offer_chat(client: EndpointClient, allowed: Sequence[str] | None) -> None:
    """Put `/chat` on the app's API."""
    talks = Talks()

    async def chat(
        message: str,
        request: gr.Request,
        model: str | None = None,
        system: str | None = None,
        temperature: float | None = None,
        max_new_tokens: int | None = None,
        top_p: float | None = None,
        repetition_penalty: float | None = None,
        seed: int | None = None,
        new: bool = False,
    ) -> AsyncIterator[str]:
        """Reply to a message; each result is the reply so far.

        What one client says is one conversation, until it asks for a new one. Options left out
        are those that the model has by itself.
        """
        talk = talks.of(request.session_hash, anew=new)
        options = {
            "system": system,
            "temperature": temperature,
            "max_new_tokens": max_new_tokens,
            "top_p": top_p,
            "repetition_penalty": repetition_penalty,
            "seed": seed,
        }
        given = {name: value for name, value in options.items() if value is not None}

        def work() -> Generator[str, None, None]:
            there = choose_model(client, model, allowed)
            with begin(message, history=talk, client=there, **given) as response:
                yield from response

        text = ""
        try:
            async for text in api.answer_in_pieces(work):
                yield text
        finally:
            if text:
                talk += [Message("user", message), Message("assistant", text)]

    api.offer(chat, "chat")
