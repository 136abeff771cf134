"""What an engine says, token by token: the one thing that every dialect is made from."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from workbench.chat.conversation import Message
from workbench.engines.generation.rules import Wanted
from workbench.engines.messages import Pause, Request

FinishReason = Literal["length", "eos_token", "stop_sequence"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token as it is said; the last one carries why it is the last."""

    text: str
    id: int
    logprob: float = 0.0
    special: bool = False
    finish: FinishReason | None = None


@dataclass(frozen=True, kw_only=True)
class Speech:
    """A reply under way. Closing *tokens* ends it; a stop string is in their text, at the end.

    An empty piece, or a Pause, among them is a moment in which a caller that left is noticed.
    """

    tokens: Iterator[Token | Pause | None]
    engine: str
    input_tokens: int
    seed: int | None = None
    stops: tuple[str, ...] = ()
    """Further stop strings, which no caller named."""
    ready: bool = False
    """Whether each token is had at once, so that none needs a thread to wait in."""
    ignored: tuple[str, ...] = ()
    """Parameters that had no effect."""


class Speaker(Protocol):
    """The part of an engine that says replies. *model* is the one asked for by name, if any.

    What can't be met raises Refusal, or Invalid for a value that Text Generation Inference
    refuses within its own dialect.
    """

    @property
    def name(self) -> str:
        """What it is called in an answer."""
        ...

    @property
    def models(self) -> Sequence[str]:
        """The names it answers to, the default first."""
        ...

    @property
    def max_total_tokens(self) -> int:
        """Tokens of a prompt and its answer together, at most."""
        ...

    def complete(
        self, prompt: str, wanted: Wanted, request: Request, model: str | None
    ) -> Speech: ...

    def reply(
        self, messages: Sequence[Message], wanted: Wanted, request: Request, model: str | None
    ) -> Speech: ...


@dataclass
class Stats:
    """What was served since the start. A disconnect is a stream that its reader left early."""

    requests: int = 0
    tokens_sent: int = 0
    disconnects: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, *, requests: int = 0, tokens_sent: int = 0, disconnects: int = 0) -> None:
        with self._lock:
            self.requests += requests
            self.tokens_sent += tokens_sent
            self.disconnects += disconnects

    def as_dict(self) -> dict[str, int]:
        with self._lock:
            return {
                "requests": self.requests,
                "tokens_sent": self.tokens_sent,
                "disconnects": self.disconnects,
            }


STATS = Stats()
