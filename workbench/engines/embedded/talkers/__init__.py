"""Talkers: what the embedded engine says in a chat and to a prompt; rules, no language model.

Each is a pure function of the messages and a seed. How fast they speak is the server's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from workbench.chat.conversation import Message
from workbench.engines.embedded.talkers import completion
from workbench.engines.embedded.talkers.companion import talk
from workbench.engines.embedded.talkers.completion import complete
from workbench.engines.embedded.talkers.prompts import prompt_to_messages
from workbench.engines.embedded.talkers.sights import sights
from workbench.engines.embedded.talkers.small import agree, canned, echo, yes_no
from workbench.engines.embedded.talkers.spoken import Spoken, count_tokens, pieces, spoken
from workbench.errors import InvalidInputError

__all__ = [
    "TALKERS",
    "Spoken",
    "complete",
    "continue_prompt",
    "count_tokens",
    "pieces",
    "prompt_to_messages",
    "reply",
]

TALKERS: dict[str, Callable[[Sequence[Message], int | None], str]] = {
    "talker": talk,
    "echo": echo,
    "canned": canned,
    "yes-no": yes_no,
    "agree": agree,
}
"""By the name that chooses them; the first answers to every other name."""


def reply(
    messages: Sequence[Message],
    *,
    model: str | None = None,
    seed: int | None = None,
    max_new_tokens: int | None = None,
    stop: Sequence[str] = (),
) -> Spoken:
    """What the talker called *model* says next; any other name means the default, `talker`.

    The same messages and seed give the same reply. One that broke off is continued, when it comes
    last or when the user says to go on. It ends before the first of the *stop*
    strings. Raises InvalidInputError when no user said anything.

    >>> reply([Message("user", "Echo?")], model="echo").pieces
    ('Echo', '?')
    """
    if not any(message.role == "user" for message in messages):
        raise InvalidInputError("there is no message to answer", hint="Type one first.")
    name = model if model is not None and model in TALKERS else "talker"
    engine = "rule-based talker" if name == "talker" else f"{name} talker"
    text = sights(messages[-1]) if name == "talker" else ""
    text = text or _rest(TALKERS[name], messages, seed) or TALKERS[name](messages, seed)
    return spoken(text, engine, max_new_tokens=max_new_tokens, stop=stop)


_GO_ON = re.compile(r"(?:please )?(?:go on|continue|keep going)\b", re.IGNORECASE)


def _rest(
    talker: Callable[[Sequence[Message], int | None], str],
    messages: Sequence[Message],
    seed: int | None,
) -> str:
    """What is left to say of a reply that broke off; nothing where none did."""
    asked = messages[-1].role == "user" and _GO_ON.match(messages[-1].content)
    begun = messages[:-1] if asked else messages
    if len(begun) < 2 or begun[-1].role != "assistant":
        return ""
    whole, partial = talker(begun[:-1], seed), begun[-1].content
    return whole[len(partial) :] if whole.startswith(partial) else ""


def continue_prompt(
    prompt: str,
    *,
    model: str | None = None,
    seed: int | None = None,
    max_new_tokens: int | None = None,
    stop: Sequence[str] = (),
) -> Spoken:
    """A talker's reply where *prompt* is a conversation in a known template, else more text.

    >>> continue_prompt("User: Hello?\\nAssistant:", model="echo").text
    ' Hello?'
    >>> continue_prompt("Once upon a time", max_new_tokens=3).pieces
    (' a', ' girl', ' came')
    """
    if messages := prompt_to_messages(prompt):
        said = reply(messages, model=model, seed=seed)
        going_on = messages[-1].role == "assistant"
        before = "\n" if prompt.endswith("|>") else "" if going_on else " "
        text, engine = before + said.text, said.engine
        if prompt[-1].isspace():
            text = text.lstrip()
    else:
        text = complete(prompt, max_new_tokens=max_new_tokens, seed=seed)
        engine = completion.NAME
    return spoken(text, engine, max_new_tokens=max_new_tokens, stop=stop)
