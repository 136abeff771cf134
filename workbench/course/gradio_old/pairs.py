"""A conversation as Gradio 3 and 4 kept it, a list of [user, bot], and as it is kept today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Message = dict[str, Any]
Pair = list[Any]


def are_pairs(value: object) -> bool | None:
    """Whether *value* is a list of [user, bot]; None when nothing can be seen in it.

    >>> are_pairs([("Hi", "Hello")]), are_pairs([{"role": "user", "content": "Hi"}]), are_pairs([])
    (True, False, None)
    """
    if not isinstance(value, list | tuple) or not value:
        return None
    return all(isinstance(turn, list | tuple) and len(turn) == 2 for turn in value)


def to_messages(pairs: Sequence[Sequence[Any]]) -> list[Message]:
    """Today's messages; a side that is None is not there.

    >>> to_messages([("Hi", "Hello"), ["And?", None]])[1:]
    [{'role': 'assistant', 'content': 'Hello'}, {'role': 'user', 'content': 'And?'}]
    """
    messages = []
    for turn in pairs:
        for role, said in zip(("user", "assistant"), turn, strict=True):
            if said is not None:
                messages.append({"role": role, "content": _content(said)})
    return messages


def to_pairs(messages: Sequence[Mapping[str, Any]]) -> list[Pair]:
    """The list of [user, bot] that *messages* were; who says two things in a row has two turns.

    >>> to_pairs([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"},
    ...           {"role": "user", "content": [{"type": "text", "text": "And?"}]}])
    [['Hi', 'Hello'], ['And?', None]]
    """
    pairs: list[Pair] = []
    for message in messages:
        for said in _said(message["content"]):
            if message["role"] != "assistant":
                pairs.append([said, None])
            elif pairs and pairs[-1][1] is None:
                pairs[-1][1] = said
            else:
                pairs.append([None, said])
    return pairs


def to_plain(messages: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Messages with a plain text as content, as handlers of Gradio 4 and 5 got them.

    >>> to_plain([{"role": "user", "metadata": None, "content": [{"type": "text", "text": "Hi"}]}])
    [{'role': 'user', 'content': 'Hi'}]
    """
    return [
        {"role": message["role"], "content": said}
        for message in messages
        for said in _said(message["content"])
    ]


def _content(said: Any) -> Any:
    """What one side says: text, or a file as the tuple (path, alt text) that it was."""
    if isinstance(said, list | tuple) and said and isinstance(said[0], str):
        return {"path": said[0], **({"alt_text": said[1]} if len(said) > 1 else {})}
    return str(said) if isinstance(said, int | float) else said


def _said(content: Any) -> list[Any]:
    if isinstance(content, str) or not isinstance(content, list):
        return [_part(content)]
    texts = [part for part in content if isinstance(part, Mapping) and part.get("type") == "text"]
    if len(texts) == len(content):
        return ["".join(str(part["text"]) for part in texts)]
    return [_part(part) for part in content]


def _part(part: Any) -> Any:
    """A text as it is, a file as a tuple, anything else as today's Gradio gives it."""
    if not isinstance(part, Mapping):
        return part
    if part.get("type") == "text":
        return part["text"]
    file = part.get("file")
    if isinstance(file, Mapping):
        return (file["path"], part["alt_text"]) if part.get("alt_text") else (file["path"],)
    return part
