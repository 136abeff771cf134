"""The small talkers: each shows one thing about a chat, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.chat.conversation import Message
from workbench.engines.embedded.talkers.spoken import chance

_STOCK = (
    "How are you?",
    "Today is a good day to build something.",
    "I was just thinking of lunch.",
)


def echo(messages: Sequence[Message], seed: int | None = None) -> str:  # noqa: ARG001
    """The last message, word for word.

    >>> echo([Message("user", "Is anybody there?")])
    'Is anybody there?'
    """
    last = messages[-1]
    count = len(last.images)
    seen = f"[{count} {'picture' if count == 1 else 'pictures'}]"
    return "\n".join(filter(None, [last.content, seen if count else ""]))


def canned(messages: Sequence[Message], seed: int | None = None) -> str:
    """One of three stock replies, chosen by the seed and all that was said."""
    return _STOCK[chance(seed, *_said(messages)) % len(_STOCK)]


def yes_no(messages: Sequence[Message], seed: int | None = None) -> str:
    """Yes or no, by the seed and all that was said."""
    return "Yes" if chance(seed, *_said(messages)) % 2 else "No"


def agree(messages: Sequence[Message], seed: int | None = None) -> str:  # noqa: ARG001
    """Agreement every other time, first of all with the first message.

    >>> agree([Message("user", "Tea is better.")])
    'Yes, I do think that: Tea is better.'
    """
    replies = sum(message.role == "assistant" for message in messages)
    return "I don't think so." if replies % 2 else f"Yes, I do think that: {echo(messages)}"


def _said(messages: Sequence[Message]) -> list[str]:
    return [f"{message.role}:{message.content}" for message in messages]
