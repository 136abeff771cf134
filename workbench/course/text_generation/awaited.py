"""`AsyncClient` of the package `text_generation`: `Client`, awaited."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeVar

from workbench.course.text_generation.client import Client
from workbench.course.text_generation.types import (
    ChatComplete,
    ChatCompletionChunk,
    Response,
    StreamResponse,
)

T = TypeVar("T")


class AsyncClient:
    """`Client` for `async` code: the same arguments, each call in a thread of its own.

    >>> client = AsyncClient("embedded")
    >>> asyncio.run(client.generate("Once upon a time", max_new_tokens=3)).generated_text
    ' a girl came'
    """

    def __init__(
        self,
        base_url: str,
        headers: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> None:
        self._client = Client(base_url, headers, cookies, timeout)

    async def generate(self, prompt: str, *options: Any, **named: Any) -> Response:
        """As `Client.generate`."""
        return await asyncio.to_thread(self._client.generate, prompt, *options, **named)

    async def generate_stream(
        self, prompt: str, *options: Any, **named: Any
    ) -> AsyncIterator[StreamResponse]:
        """As `Client.generate_stream`."""
        async for piece in _pulled(self._client.generate_stream(prompt, *options, **named)):
            yield piece

    async def chat(
        self, *options: Any, **named: Any
    ) -> ChatComplete | AsyncIterator[ChatCompletionChunk]:
        """As `Client.chat`."""
        said = await asyncio.to_thread(self._client.chat, *options, **named)
        return said if isinstance(said, ChatComplete) else _pulled(said)


async def _pulled(pieces: Iterator[T]) -> AsyncIterator[T]:
    end = object()
    try:
        while (piece := await asyncio.to_thread(next, pieces, end)) is not end:
            yield piece  # type: ignore[misc]
    finally:
        with contextlib.suppress(ValueError):  # a thread still reads; it closes what it leaves
            pieces.close()  # type: ignore[attr-defined]
