"""Put a reply together from the events of a stream, whatever wire they come over."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from workbench.errors import (
    InterruptedStreamError,
    InvalidInputError,
    UnexpectedAnswerError,
    WorkbenchError,
)
from workbench.protocols import hf
from workbench.protocols.midstream import failure_in
from workbench.protocols.stops import StopFilter
from workbench.redaction import printable, redact

_REFUSAL = 300


@dataclass(frozen=True)
class Reply:
    """A complete reply: its *text* is all that was shown, in one piece."""

    text: str
    finish_reason: str | None = None
    """As told (`stop`, `eos_token`, `length`, …); `stop_sequence` when we cut it ourselves."""
    tokens: int | None = None
    """How many the model wrote, when told."""
    thoughts: str = ""
    """What a reasoning model thought; no part of the conversation."""

    @property
    def cut_short(self) -> bool:
        """Whether the model had more to say: it used up its tokens."""
        return self.finish_reason == "length"


class ReplyReader(ABC):
    """Takes the events of one stream, gives the text to show; at the end, the facts.

    *stops* are cut and *strip_start* takes the white space off the start, as `StopFilter` does.
    *host* and *secrets* are for the errors of the endpoint: who answers, and what to mask. A
    whole answer that comes instead of a stream is read as if it were the only event.
    """

    _results: ClassVar[frozenset[str]]
    """The names that an event of this wire may have."""

    def __init__(
        self,
        *,
        stops: Iterable[str] = (),
        strip_start: bool = True,
        host: str = "",
        secrets: Iterable[str | None] = (),
    ) -> None:
        self.complete = False
        """Whether the reply has come to its end; the stream may still hold facts about it."""
        self.done = False
        """Whether nothing more is worth reading: the connection may be closed."""
        self.finish_reason: str | None = None
        self.tokens: int | None = None
        self._stops = StopFilter(stops, strip_start=strip_start)
        self._shown: list[str] = []
        self._host, self._secrets = host, list(secrets)

    @property
    def text(self) -> str:
        """All that was shown so far."""
        return "".join(self._shown)

    @property
    def thoughts(self) -> str:
        """What the model thought so far."""
        return ""

    def feed(self, event: str) -> str:
        """The text that *event*, the data of one event, adds to what may be shown.

        Raises for an error in the stream what a failed answer with the same body would be, and
        InterruptedStreamError for an event that is no JSON, as the last is when it was cut off.
        Either way `text` is what arrived.
        """
        event = event.strip()
        if self.done or not event:
            return ""
        if event == "[DONE]":
            self.done = True
            return ""
        try:
            # Only where characters are escaped can there be half of one to mend.
            escaped = "\\u" in event
            document = hf.decode(event.encode("utf-8")) if escaped else json.loads(event)
        except (ValueError, RecursionError) as exc:
            if self.complete:
                return ""  # a [DONE] or a count that was cut off
            raise self.interrupted("the stream broke off within an event") from exc
        if isinstance(document, list) and len(document) == 1:
            document = document[0]
        if error := failure_in(document, self._results, host=self._host, secrets=self._secrets):
            self._give_rest()
            raise error
        text = self._stops.feed(self._read(document)) if isinstance(document, dict) else ""
        self._shown.append(text)
        if self._stops.stopped:
            self.complete = self.done = True
            self.finish_reason = "stop_sequence"
        elif self.complete:
            text += self._give_rest()
        return text

    def finish(self) -> Reply:
        """The facts, once the stream has ended.

        Raises InterruptedStreamError with the partial text when it ended before the reply did,
        and UnexpectedAnswerError, or InvalidInputError for a refusal, for a reply without a word.
        """
        if not self.complete:
            raise self.interrupted()
        if not self.text:
            raise self._wordless()
        return Reply(self.text, self.finish_reason, self.tokens, self.thoughts)

    def interrupted(self, message: str = "") -> InterruptedStreamError:
        """The error for a stream that ends here, whoever ended it, with all that arrived."""
        self._give_rest()
        partial = self.text
        how = "the reply broke off midway" if partial else "the stream ended before the first word"
        return InterruptedStreamError(message or how, partial=partial)

    def _give_rest(self) -> str:
        """Show what was held back."""
        rest = self._stops.feed(self._rest()) + self._stops.flush()
        self._shown.append(rest)
        return rest

    @abstractmethod
    def _read(self, event: Mapping[str, object]) -> str:
        """The text of *event*; sets `complete` and the facts that it tells."""

    def _rest(self) -> str:
        """Text that the wire's own reader holds back."""
        return ""

    def _wordless(self) -> WorkbenchError:
        return wordless(self.finish_reason)


def wordless(finish_reason: object, refusal: object = None) -> WorkbenchError:
    """The error for a reply in which the model said nothing.

    >>> wordless("stop")
    UnexpectedAnswerError('the model replied without a word')
    """
    if finish_reason == "length":
        return UnexpectedAnswerError(
            "the model used all its tokens before it said anything",
            hint="Allow more tokens (max_new_tokens), or leave them to the model.",
        )
    if isinstance(refusal, str) and refusal.strip():
        told = redact(printable(refusal))[:_REFUSAL]
        return InvalidInputError(f"the model declined: {told}", hint="Ask for something else.")
    return UnexpectedAnswerError(
        "the model replied without a word", hint="Try again, or ask another model."
    )


def count(facts: object, name: str) -> int | None:
    """The number under *name* in an object that may be none."""
    value = facts.get(name) if isinstance(facts, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
