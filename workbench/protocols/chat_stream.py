"""The protocol `chat`, streaming: pieces of a reply, as OpenAI-compatible services send them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from workbench.errors import FailedError, WorkbenchError
from workbench.protocols.chat import content_text
from workbench.protocols.replies import ReplyReader, count, wordless
from workbench.protocols.thoughts import ThoughtFilter


class ChatReader(ReplyReader):
    """Reads the chunks of a chat completion, or the whole of one.

    Complete with a `finish_reason`; `[DONE]` without one is a stream cut off, one without `[DONE]`
    is fine. Thoughts are kept apart, from a field of their own or from a `<think>` at the start of
    the content; for a model that sends only `</think>`, as its template has opened them, say
    *thinking*. Tool calls are passed over.

    >>> reader = ChatReader(stops=["###"])
    >>> reader.feed('{"choices": [{"delta": {"role": "assistant", "content": " A dog.#"}}]}')
    'A dog.'
    >>> reader.feed('{"choices": [{"delta": {}, "finish_reason": "stop"}]}')
    '#'
    >>> reader.finish().text
    'A dog.#'
    """

    _results: ClassVar[frozenset[str]] = frozenset({"choices", "usage"})

    def __init__(
        self,
        *,
        stops: Iterable[str] = (),
        strip_start: bool = True,
        thinking: bool = False,
        host: str = "",
        secrets: Iterable[str | None] = (),
    ) -> None:
        super().__init__(stops=stops, strip_start=strip_start, host=host, secrets=secrets)
        self._thoughts = ThoughtFilter(begun=thinking)
        self._refusal: list[str] = []

    @property
    def thoughts(self) -> str:
        """What the model thought so far."""
        return self._thoughts.text

    def _read(self, event: Mapping[str, object]) -> str:
        if event.get("usage"):
            self.tokens = count(event["usage"], "completion_tokens")
        choices, text = event.get("choices"), ""
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict) and not choice.get("index"):
                text += self._say(choice)
        return text

    def _say(self, choice: Mapping[str, object]) -> str:
        whole = choice.get("message")
        said = whole if isinstance(whole, dict) else choice.get("delta")
        said = said if isinstance(said, dict) else {"content": choice.get("text")}
        # Some send the same thought under both names.
        for name in ("reasoning_content", "reasoning"):
            if isinstance(thought := said.get(name), str) and thought:
                self._thoughts.keep(thought)
                break
        if "refusal" in said:
            self._refusal.append(content_text(said["refusal"]))
        text = self._thoughts.feed(content_text(said.get("content")))
        reason = choice.get("finish_reason")
        if reason == "error":
            raise self._failed(text)
        if isinstance(reason, str) and reason:
            self.finish_reason = reason
        self.complete |= bool(self.finish_reason) or isinstance(whole, dict)
        return text

    def _failed(self, text: str) -> FailedError:
        self._shown.append(self._stops.feed(text))
        self._give_rest()
        return FailedError("the model broke off while it was answering")

    def _rest(self) -> str:
        return self._thoughts.flush()

    def _wordless(self) -> WorkbenchError:
        return wordless(self.finish_reason, "".join(self._refusal))
