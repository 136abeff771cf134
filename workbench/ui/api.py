"""The app's API: handlers that answer as the tabs do, for `gradio_client` and plain HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from workbench.client import EndpointClient
from workbench.ui.parts import Work, shown
from workbench.ui.streams import Done, Failed, Piece, follow
from workbench.ui.targets import choose_target


async def answer(
    client: EndpointClient, allowed: Sequence[str] | None, target: str | None, work: Work
) -> Any:
    """Answer a call of the app's API: the work at *target*, failures as Gradio shows them.

    A caller that cancels its job hangs up on the endpoint, as Stop does.
    """
    result: object = None
    async for news in follow(lambda: work(client=choose_target(client, target, allowed))):
        if isinstance(news, Failed):
            raise shown(news.error) from news.error
        if isinstance(news, Done):
            result = news.result
    return result


async def answer_in_pieces(work: Callable[[], object]) -> AsyncIterator[str]:
    """Answer a call whose *work* gives its text piece by piece: the text so far, each time.

    Failures are shown, and a caller that cancels hangs up, as in `answer`.
    """
    text = ""
    async for news in follow(work):
        if isinstance(news, Failed):
            raise shown(news.error) from news.error
        if isinstance(news, Piece):
            text += news.item
            yield text


def offer(function: Callable[..., object], name: str) -> None:
    """Put *function* on the app's API as `/name`; its types and docstring describe it there."""
    from gradio.events import api

    api(function, api_name=name, concurrency_limit=None)
