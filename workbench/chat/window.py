"""How much of a conversation is sent: the newest of it, as much as fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.chat.conversation import Message
from workbench.chunks import estimate_tokens
from workbench.errors import InvalidInputError
from workbench.inputs import require_whole

PER_MESSAGE = 5
"""Tokens that a message costs besides its text: the marks of its role and its end."""
PER_IMAGE = 800
"""Tokens of a picture 1024 pixels long; models differ, from 250 to 1,500."""


@dataclass(frozen=True)
class Window:
    """The messages to send, and how many were left out, so that the person can be told."""

    messages: tuple[Message, ...]
    dropped: int = 0


def fit(
    messages: Sequence[Message],
    *,
    rounds: int | None = None,
    tokens: int | None = None,
    count: Callable[[str], int] = estimate_tokens,
) -> Window:
    """The newest *rounds* of a conversation, or as many as cost at most *tokens*, or both.

    A round is a user message (or several in a row) with what was replied. Whole rounds are
    dropped, the oldest first; an opening assistant message goes, since many models want the user
    to begin. System messages and the newest round always stay, even when they cost more than
    *tokens*: then the service has the word. *count* is the tokens of a text; by default an
    estimate, `workbench.chunks.estimate_tokens`, which is up to a tenth too high for English and
    counts one for each Chinese or Japanese character. Raises InvalidInputError for numbers below
    1 and for a conversation in which the user said nothing.

    >>> talk = [Message("user", "Hi"), Message("assistant", "Hello!"), Message("user", "Bye")]
    >>> fit(talk, rounds=1)
    Window(messages=(Message(role='user', content='Bye'),), dropped=2)
    """
    require_whole("rounds", rounds, at_least=1)
    require_whole("tokens", tokens, at_least=1)
    system, turns = _taken_apart(messages)
    kept = turns[-rounds:] if rounds else turns
    if tokens is not None:
        room = tokens - _cost(system, count) - _cost(kept[-1], count)
        first = len(kept) - 1
        while first and (room := room - _cost(kept[first - 1], count)) >= 0:
            first -= 1
        kept = kept[first:]
    return _window(messages, system, kept)


def without_oldest(messages: Sequence[Message]) -> Window | None:
    """*messages* less the older half of the rounds, at least one; None when there is but one.

    For the one retry after a service said that the conversation is too long: there is only one,
    so it has to make room.

    >>> talk = [Message("user", "Hi"), Message("assistant", "Hello!"), Message("user", "Bye")]
    >>> without_oldest(talk).dropped, without_oldest(talk[-1:])
    (2, None)
    """
    system, turns = _taken_apart(messages)
    if len(turns) < 2:
        return None
    return _window(messages, system, turns[(len(turns) + 1) // 2 :])


def _taken_apart(messages: Sequence[Message]) -> tuple[list[Message], list[list[Message]]]:
    system = [message for message in messages if message.role == "system"]
    rounds: list[list[Message]] = []
    for message in messages:
        if message.role == "user" and (not rounds or rounds[-1][-1].role == "assistant"):
            rounds.append([message])
        elif message.role != "system" and rounds:
            rounds[-1].append(message)
    if not rounds:
        raise InvalidInputError("there is no message to answer", hint="Type one first.")
    return system, rounds


def _window(
    messages: Sequence[Message], system: list[Message], rounds: list[list[Message]]
) -> Window:
    kept = (*system, *(message for turn in rounds for message in turn))
    return Window(kept, len(messages) - len(kept))


def _cost(messages: Sequence[Message], count: Callable[[str], int]) -> int:
    return sum(
        PER_MESSAGE + count(message.content) + PER_IMAGE * len(message.images)
        for message in messages
    )
