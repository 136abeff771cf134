"""A reply to a conversation as it comes; one that is too long is shortened once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from workbench.chat import Message, Window, without_oldest
from workbench.chat.display import markdown, whole
from workbench.chat.models import ChatModel
from workbench.errors import StoppedError, TooLongError
from workbench.notebook import rich
from workbench.notebook.live import Live
from workbench.protocols.replies import Reply
from workbench.streaming import TextStream


class Response(Live[str]):
    """The pieces of a reply; nothing is sent before the first is asked for.

    `reply` holds the facts once all were read, `dropped` how many messages were left out.
    `close` hangs up, from any thread and at any moment; so does leaving the `with` block.
    A reply that continues *before* begins as it follows that, *apart* from it when the model
    didn't see that it is to go on within a line.
    """

    def __init__(
        self,
        start: Callable[[Sequence[Message]], TextStream],
        window: Window,
        model: ChatModel,
        *,
        before: str = "",
        apart: bool = False,
    ) -> None:
        self.model = model
        self.dropped = window.dropped
        self._start = start
        self._messages = window.messages
        self._before = before
        self._apart = apart
        self._stream = start(window.messages)
        self._closed = False
        self._pieces = self._run()

    def _run(self) -> Iterator[str]:
        try:
            yield from self._read()
        except TooLongError:
            smaller = None if self._stream.text else without_oldest(self._messages)
            if smaller is None:
                raise
            self.dropped += smaller.dropped
            self._stream = self._start(smaller.messages)
            if self._closed:
                raise StoppedError("stopped") from None
            yield from self._read()

    def _read(self) -> Iterator[str]:
        begun = False
        for piece in self._stream:
            piece = piece if begun else self._joined(piece)
            if piece:
                begun = True
                yield piece

    def _joined(self, text: str) -> str:
        """*text* as it follows what it continues, with one blank between them or none."""
        if self._before[-1:].isspace():
            return text.lstrip()
        return f" {text}" if self._apart and self._before and text[:1].isalnum() else text

    @property
    def text(self) -> str:
        """What has arrived so far."""
        return self._joined(self._stream.text)

    @property
    def reply(self) -> Reply | None:
        return self._stream.reply

    @property
    def result(self) -> dict[str, object]:
        """The whole as JSON-ready facts."""
        reply = self.reply
        return {
            "model": self.model.name,
            "reply": self.text,
            "thoughts": (reply.thoughts if reply else "") or None,
            "finish_reason": reply.finish_reason if reply else None,
            "tokens": reply.tokens if reply else None,
            "dropped_messages": self.dropped,
        }

    def __next__(self) -> str:
        return next(self._pieces)

    def bundle(self) -> dict[str, str]:
        shown = rich.with_dollars(markdown(whole(self.text)))
        return {"text/plain": self.text, "text/markdown": shown}

    def close(self) -> None:
        self._closed = True
        self._stream.close()
