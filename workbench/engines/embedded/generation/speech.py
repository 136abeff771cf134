"""What is said, token by token, at a pace; and a count of it all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.engines.embedded.talkers import Spoken
from workbench.engines.embedded.toolkit import Refusal
from workbench.engines.messages import Pause

SLOW_S = 0.05
"""What the talker `echo` takes for a token, so that streaming can be seen."""
_SLOWEST_S = 10.0
_MOST_TOKENS = 100_000


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


@dataclass(frozen=True)
class Pace:
    """How a test wants an answer: seconds before each token, and how many tokens."""

    delay_s: float = 0.0
    tokens: int | None = None


def read_pace(query: Mapping[str, str], model: str | None) -> Pace:
    """The pace that ``?token_delay=0.02&tokens=200`` asks for. Raises Refusal.

    >>> read_pace({"token_delay": "0.02", "tokens": "200"}, None)
    Pace(delay_s=0.02, tokens=200)
    >>> read_pace({}, "echo")
    Pace(delay_s=0.05, tokens=None)
    """
    try:
        usual = SLOW_S if model == "echo" else 0.0
        delay_s = float(query.get("token_delay", usual))
        tokens = int(query["tokens"]) if "tokens" in query else None
    except ValueError as exc:
        raise Refusal("`token_delay` takes seconds, `tokens` a whole number.") from exc
    if not 0 <= delay_s <= _SLOWEST_S or not 0 < (tokens or 1) <= _MOST_TOKENS:
        raise Refusal("`token_delay` is 0 to 10 seconds, `tokens` 1 to 100000.")
    return Pace(delay_s, tokens)


def stretched(spoken: Spoken, pace: Pace) -> Spoken:
    """*spoken* with as many tokens as a test wants, by saying it again or less of it."""
    if pace.tokens is None or not spoken.pieces:
        return spoken
    times = -(-pace.tokens // len(spoken.pieces))
    pieces = tuple((spoken.pieces * times)[: pace.tokens])
    return Spoken(pieces, "length", spoken.engine)


def streamed(
    pieces: Sequence[str],
    pace: Pace,
    event: Callable[[int, str], object],
    *,
    before: Sequence[bytes] = (),
    after: Sequence[bytes] = (),
) -> Iterator[bytes | Pause]:
    """Events of server-sent text: *before*, one for each token, *after*."""
    finished = False
    try:
        yield from before
        for index, piece in enumerate(pieces):
            yield Pause(pace.delay_s)
            STATS.add(tokens_sent=1)
            yield server_sent(event(index, piece))
        yield from after
        finished = True
    finally:
        if not finished:
            STATS.add(disconnects=1)


def server_sent(value: object) -> bytes:
    """One event. The value is JSON, or text as it is."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"data: {text}\n\n".encode()
