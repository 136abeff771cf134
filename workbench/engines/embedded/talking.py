"""The talkers as a speaker, at the pace that a test asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbench.chat.conversation import Message
from workbench.engines.embedded.talkers import (
    TALKERS,
    Spoken,
    continue_prompt,
    count_tokens,
    reply,
)
from workbench.engines.generation.rules import Wanted, check_length
from workbench.engines.generation.speech import Speech, Token
from workbench.engines.messages import Pause, Request
from workbench.engines.toolkit import Refusal

SLOW_S = 0.05
"""What the talker `echo` takes for a token, so that streaming can be seen."""
_SLOWEST_S = 10.0
_MOST_TOKENS = 100_000


@dataclass(frozen=True)
class Pace:
    """How a test wants an answer: seconds before each token, and how many tokens."""

    delay_s: float = 0.0
    tokens: int | None = None


class Talkers:
    """Says what the talkers say; what is sampled and how has no effect on rules."""

    name = "embedded"
    models = tuple(TALKERS)
    max_total_tokens = 8192

    def complete(self, prompt: str, wanted: Wanted, request: Request, model: str | None) -> Speech:
        tokens = count_tokens(prompt)
        check_length(tokens, wanted, self.max_total_tokens)
        pace = read_pace(request.query, model)
        most = self.max_total_tokens if wanted.max_new_tokens is None else wanted.max_new_tokens
        spoken = continue_prompt(
            prompt, model=model, seed=wanted.seed, max_new_tokens=most, stop=wanted.stop
        )
        return _speech(stretched(spoken, pace), pace, tokens, wanted)

    def reply(
        self, messages: Sequence[Message], wanted: Wanted, request: Request, model: str | None
    ) -> Speech:
        pace = read_pace(request.query, model)
        spoken = reply(
            messages,
            model=model,
            seed=wanted.seed,
            max_new_tokens=wanted.max_new_tokens,
            stop=wanted.stop,
        )
        tokens = sum(count_tokens(message.content) for message in messages)
        return _speech(stretched(spoken, pace), pace, tokens, wanted)


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


def _speech(spoken: Spoken, pace: Pace, tokens: int, wanted: Wanted) -> Speech:
    return Speech(
        tokens=_tokens(spoken, pace),
        engine=f"embedded; {spoken.engine}",
        input_tokens=tokens,
        seed=wanted.seed,
        ready=True,
    )


def _tokens(spoken: Spoken, pace: Pace) -> Iterator[Token | Pause]:
    pieces = [*spoken.pieces, spoken.stop] if spoken.stop else spoken.pieces
    if not pieces:
        yield Token("", 0, special=True, finish=spoken.finish_reason)
    for number, piece in enumerate(pieces, 1):
        yield Pause(pace.delay_s)
        finish = spoken.finish_reason if number == len(pieces) else None
        yield Token(piece, number, finish=finish)
