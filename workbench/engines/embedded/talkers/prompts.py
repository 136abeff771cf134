"""Prompts back to messages: what a chat template made of a conversation is taken apart again."""

from __future__ import annotations

import re

from workbench.chat.conversation import Message, Role

_ROLES: dict[str, Role] = {
    "user": "user",
    "instruction": "user",
    "assistant": "assistant",
    "falcon": "assistant",
    "response": "assistant",
    "system": "system",
}
_CHATML = re.compile(r"<\|im_start\|>(system|user|assistant)\n?")
_STARCHAT = re.compile(r"<\|(system|user|assistant)\|>\n?")
_ALPACA = re.compile(r"(?:^|\n)### (Instruction|Response):[ \n]?")
_NAMED = re.compile(r"(?:^|\n)(System|User|Assistant|Falcon):[ ]?")
_ENDS = ("<|im_end|>", "<|end|>", "<|endoftext|>", "</s>")
_DIALECTS = (_CHATML, _STARCHAT, _ALPACA, _NAMED)


def prompt_to_messages(prompt: str) -> list[Message] | None:
    r"""The conversation in *prompt*, or None when it is a text to continue and no conversation.

    Known are the templates of `workbench.chat.templates`. A prompt is a conversation when
    somebody speaks in it and the assistant is the one to go on.

    >>> prompt_to_messages("Be kind.\n\nUser: Hi\n\nAssistant:")
    [Message(role='system', content='Be kind.'), Message(role='user', content='Hi')]
    >>> prompt_to_messages("Once upon a time") is None
    True
    """
    for dialect in _DIALECTS:
        marks = list(dialect.finditer(prompt))
        roles = [_ROLES[mark[1].lower()] for mark in marks]
        if "user" in roles and roles[-1] == "assistant":
            return _messages(prompt, marks, roles)
    return None


def _messages(prompt: str, marks: list[re.Match[str]], roles: list[Role]) -> list[Message]:
    head = _text(prompt[: marks[0].start()])
    found = [Message("system", head)] if head else []
    for index, (mark, role) in enumerate(zip(marks, roles, strict=True)):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(prompt)
        if text := _text(prompt[mark.end() : end]):
            found.append(Message(role, text))
    return found


def _text(text: str) -> str:
    for end in _ENDS:
        text = text.replace(end, "")
    return text.strip()
