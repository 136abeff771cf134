"""Prompts for models that take text instead of messages: one pure function for each dialect.

Every template joins neighbours of one role, lets no text forge a turn (see `harmless`), mentions
earlier pictures and refuses a new one, since such a model sees none. A trailing assistant message
is left open, so that the model continues it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.chat.conversation import Message, joined
from workbench.chat.harmless import harmless
from workbench.errors import ConfigurationError, InvalidInputError

_ALPACA = (
    "Below is an instruction that describes a task. "
    "Write a response that appropriately completes the request."
)


@dataclass(frozen=True)
class Template:
    """How a model wants a conversation written, and the strings at which its reply is cut."""

    name: str
    render: Callable[[Sequence[Message]], str]
    """Messages -> prompt. Raises InvalidInputError when nobody said anything."""
    stops: tuple[str, ...]


def apart(
    messages: Sequence[Message], clean: Callable[[str], str] = harmless
) -> tuple[str, list[tuple[str, str]]]:
    """The system text, and (role, text) of the turns, clean and alternating.

    Raises InvalidInputError when there is no turn, and for a picture in the newest message.
    """
    system = "\n".join(m.content.strip() for m in messages if m.role == "system").strip()
    turns = joined([m for m in messages if m.role != "system" and not m.is_empty])
    if not any(turn.role == "user" for turn in turns):
        raise InvalidInputError("there is no message to answer", hint="Type one first.")
    if turns[-1].images:
        raise InvalidInputError(
            "this model reads text and can't see a picture",
            hint="Send the message without its picture, or choose a model that sees.",
        )
    seen = [(t.role, "[picture]\n" * len(t.images) + t.content.strip()) for t in turns]
    return clean(system), [(role, clean(text)) for role, text in seen]


def falcon(messages: Sequence[Message]) -> str:
    r"""As falcon-7b-instruct was trained: blank lines part turns, so a text has none.

    >>> falcon([Message("system", "Be kind."), Message("user", "Hi")])
    'Be kind.\n\nUser: Hi\n\nAssistant:'
    """
    system, turns = apart(messages)
    said = [(_NAMES[role], text.replace("\n\n", "\n")) for role, text in turns]
    prompt = "\n\n".join([*([system] if system else []), *(f"{n}: {text}" for n, text in said)])
    return prompt if turns[-1][0] == "assistant" else prompt + "\n\nAssistant:"


def falcon_course(messages: Sequence[Message]) -> str:
    r"""As the course writes it for falcon-40b-instruct.

    >>> falcon_course([Message("system", "Be kind."), Message("user", "Hi")])
    'System:Be kind.\nUser: Hi\nAssistant:'
    """
    return _named(messages, "System:", "Assistant")


def falcon_180b(messages: Sequence[Message]) -> str:
    r"""As falcon-180B-chat was trained.

    >>> falcon_180b([Message("system", "Be kind."), Message("user", "Hi")])
    'System: Be kind.\nUser: Hi\nFalcon:'
    """
    return _named(messages, "System: ", "Falcon")


_NAMES = {"user": "User", "assistant": "Assistant"}


def _named(messages: Sequence[Message], before_system: str, assistant: str) -> str:
    system, turns = apart(messages)
    lines = [before_system + system] if system else []
    lines += [f"{'User' if role == 'user' else assistant}: {text}" for role, text in turns]
    return "\n".join(lines if turns[-1][0] == "assistant" else [*lines, f"{assistant}:"])


def starchat(messages: Sequence[Message]) -> str:
    r"""As StarChat was trained; the system part is there even when it is empty.

    The reply begins with a line end, which the reader strips.

    >>> starchat([Message("user", "Hi")])
    '<|system|>\n<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>'
    """
    system, turns = apart(messages)
    said = [("system", system), *turns]
    prompt = "".join(f"<|{role}|>\n{text}<|end|>\n" for role, text in said)
    if turns[-1][0] == "assistant":
        return prompt.removesuffix("<|end|>\n")
    return prompt + "<|assistant|>"


def chatml(messages: Sequence[Message]) -> str:
    r"""As Qwen and many others were trained.

    >>> chatml([Message("user", "Hi")])
    '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n'
    """
    system, turns = apart(messages)
    said = [*([("system", system)] if system else []), *turns]
    prompt = "".join(f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in said)
    if turns[-1][0] == "assistant":
        return prompt.removesuffix("<|im_end|>\n")
    return prompt + "<|im_start|>assistant\n"


def alpaca(messages: Sequence[Message]) -> str:
    r"""As Alpaca was trained; a system text stands in place of its first paragraph.

    >>> alpaca([Message("system", "Be kind."), Message("user", "Hi")])
    'Be kind.\n\n### Instruction:\nHi\n\n### Response:\n'
    """
    system, turns = apart(messages)
    heads = {"user": "### Instruction:\n", "assistant": "### Response:\n"}
    prompt = "\n\n".join([system or _ALPACA, *(heads[role] + text for role, text in turns)])
    return prompt if turns[-1][0] == "assistant" else f"{prompt}\n\n{heads['assistant']}"


_END = "<|endoftext|>"
TEMPLATES: dict[str, Template] = {
    template.name: template
    for template in (
        Template("falcon", falcon, ("\nUser:", _END)),
        Template("falcon-course", falcon_course, ("\nUser:", _END)),
        Template("falcon-180b", falcon_180b, ("\nUser:", "\nFalcon:", _END)),
        Template("starchat", starchat, ("<|end|>",)),
        Template("chatml", chatml, ("<|im_end|>",)),
        Template("alpaca", alpaca, ("\n### Instruction:", "</s>")),
    )
}


def find_template(name: str) -> Template:
    """The template called *name*. Raises ConfigurationError listing those there are.

    >>> find_template("starchat").stops
    ('<|end|>',)
    """
    if name not in TEMPLATES:
        raise ConfigurationError(
            f"there is no template {name!r}",
            hint=f"Use one of {', '.join(TEMPLATES)}, or write your own in workbench.toml.",
        )
    return TEMPLATES[name]
