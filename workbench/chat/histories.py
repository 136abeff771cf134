"""Histories of a chat as Gradio keeps them: its messages, and the old list of pairs."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from workbench.chat.conversation import Message, Role, joined, listed
from workbench.errors import InvalidInputError

if TYPE_CHECKING:  # it takes Pillow and NumPy, which a talk in words can do without
    from workbench.images import Encoded


def from_gradio(
    messages: object, *, picture: Callable[[str], str | Encoded] | None = None
) -> list[Message]:
    """Messages as Gradio's Chatbot keeps them.

    *picture* turns the path of a picture into a data URI or an encoded picture. Other files, and
    pictures without it, are mentioned by name. A message with a title in its metadata is a
    thought or a notice of the interface, never part of the talk; it is left out, as are empty
    ones. Neighbours of one role are one message: Gradio keeps files apart from their text.
    Raises InvalidInputError.

    >>> from_gradio([{"role": "user", "content": [{"type": "text", "text": "Hello"}]}])
    [Message(role='user', content='Hello')]
    """
    read: list[Message] = []
    for message in listed(messages):
        if not isinstance(message, Mapping):
            message = vars(message) if hasattr(message, "role") else {}
        metadata = message.get("metadata")
        if isinstance(metadata, Mapping) and metadata.get("title"):
            continue
        texts, images = [], []
        for item in _items(message.get("content")):
            text, path = _item(item)
            if path and picture and _is_picture(item, path):
                images.append(picture(path))
            elif text or path:
                texts.append(text or f"[file: {_name(item, path)}]")
        if images or any(text.strip() for text in texts):
            role = cast(Role, message.get("role"))
            read.append(Message(role, "\n".join(texts), cast("tuple[str, ...]", tuple(images))))
    return joined(read)


def _items(content: object) -> Sequence[object]:
    return content if isinstance(content, list | tuple) else [content]


def _item(item: object) -> tuple[str, str]:
    """The text of a piece of content, or the path of its file; neither for a component."""
    if isinstance(item, str):
        return item, ""
    if isinstance(item, Mapping):
        if isinstance(item.get("text"), str):
            return item["text"], ""
        for holder in (item.get("file"), item.get("value"), item):
            if isinstance(holder, Mapping) and isinstance(holder.get("path"), str):
                return "", holder["path"]
    return "", ""


def _told(item: object, key: str) -> str:
    file = item.get("file", item) if isinstance(item, Mapping) else {}
    value = file.get(key) if isinstance(file, Mapping) else None
    return value if isinstance(value, str) else ""


def _name(item: object, path: str) -> str:
    return _told(item, "orig_name") or PurePath(path).name


def _is_picture(item: object, path: str) -> bool:
    return (_told(item, "mime_type") or mimetypes.guess_type(path)[0] or "").startswith("image/")


def to_gradio(
    messages: Sequence[Message], *, save: Callable[[str], str] | None = None
) -> list[dict[str, object]]:
    """Messages as Gradio's Chatbot takes them; *save* turns a data URI into the path of a file.

    Without it, pictures are mentioned only. System messages are not shown.

    >>> to_gradio([Message("user", "Hello")])
    [{'role': 'user', 'content': 'Hello'}]
    """
    shown: list[dict[str, object]] = []
    for message in messages:
        if message.role == "system":
            continue
        content: list[object] = [{"path": save(i)} if save else "[picture]" for i in message.images]
        if message.content or not content:
            content.append(message.content)
        whole = content[0] if len(content) == 1 else content
        shown.append({"role": message.role, "content": whole})
    return shown


def from_pairs(pairs: object, *, system: str | None = None) -> list[Message]:
    """Messages of the old list of ``[user, assistant]``; either may be None: not said yet.

    Raises InvalidInputError for anything else in the list.

    >>> from_pairs([["Hi", "Hello!"], ["How are you?", None]])[-1]
    Message(role='user', content='How are you?')
    """
    read = [Message("system", system)] if system and system.strip() else []
    for number, pair in enumerate(listed(pairs), 1):
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise InvalidInputError(
                f"round {number} must be a message and its answer",
                hint='Send rounds such as ["Hello", "Hi!"], and ["Hello", null] without an answer.',
            )
        for role, said in zip(("user", "assistant"), pair, strict=True):
            if isinstance(said, tuple) and said and isinstance(said[0], str):  # (path, alt text)
                said = f"[file: {PurePath(said[0]).name}]"
            if said is not None and (not isinstance(said, str) or said.strip()):
                read.append(Message(cast(Role, role), cast(str, said)))
    return read


def to_pairs(messages: Sequence[Message]) -> list[list[str | None]]:
    """The old list of pairs; system messages and pictures have no place in it.

    >>> to_pairs([Message("user", "Hi")])
    [['Hi', None]]
    """
    pairs: list[list[str | None]] = []
    for message in joined(messages):
        if message.role == "user":
            pairs.append([message.content, None])
        elif message.role == "assistant" and pairs and pairs[-1][1] is None:
            pairs[-1][1] = message.content
        elif message.role == "assistant":
            pairs.append([None, message.content])
    return pairs
