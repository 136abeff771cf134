"""Messages of a conversation, and the shape OpenAI-compatible services take them in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from workbench.errors import InvalidInputError

Role = Literal["system", "user", "assistant"]

_ROLES = get_args(Role)
_DATA_URI = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/]+={0,2}")
_START = 64  # characters of a picture that are checked; the whole may have millions


@dataclass(frozen=True)
class Message:
    """What one side said; `images` are data URIs, or pictures as `encode_image` returns them.

    Raises InvalidInputError for another role, for what is no text or no picture, and for a user
    message without either.

    >>> Message("user", "Hello")
    Message(role='user', content='Hello')
    """

    role: Role
    content: str
    images: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.role not in _ROLES:
            known = ", ".join(_ROLES)
            raise InvalidInputError(f"a message's role is one of {known}, not {self.role!r}")
        if not isinstance(self.content, str):
            kind = type(self.content).__name__
            raise InvalidInputError(f"a message's content must be text, not {kind}")
        object.__setattr__(self, "images", tuple(_picture(image) for image in self.images))
        if self.role == "user" and not self.content.strip() and not self.images:
            raise InvalidInputError("the message is empty", hint="Type or paste something first.")

    @property
    def is_empty(self) -> bool:
        """Whether it neither says nor shows anything."""
        return not self.content.strip() and not self.images


def _picture(image: object) -> str:
    image = getattr(image, "data_uri", image)
    if not isinstance(image, str) or not _DATA_URI.match(image[: _START + 2]):
        raise InvalidInputError(
            "a picture in a message must be a data URI",
            hint="Send it as data:image/jpeg;base64,… (workbench.images.encode_image makes one).",
        )
    return image


def from_openai(messages: object) -> list[Message]:
    """Messages as an OpenAI-compatible service takes them: content is text or a list of parts.

    A developer message is a system message; empty system and assistant messages are left out.
    Raises InvalidInputError that says which message can't be read.

    >>> from_openai([{"role": "user", "content": [{"type": "text", "text": "Hello"}]}])
    [Message(role='user', content='Hello')]
    """
    read = []
    for number, message in enumerate(listed(messages), 1):
        try:
            read.append(_from_openai(message))
        except InvalidInputError as exc:
            raise InvalidInputError(f"message {number}: {exc}", hint=exc.hint) from None
    return [message for message in read if not message.is_empty]


def listed(messages: object) -> Sequence[object]:
    """*messages* if they are a list. Raises InvalidInputError."""
    if not isinstance(messages, Sequence) or isinstance(messages, str | bytes):
        raise InvalidInputError(
            f"messages must be a list, not {type(messages).__name__}",
            hint='Send messages such as [{"role": "user", "content": "Hello"}].',
        )
    return messages


def _from_openai(message: object) -> Message:
    if not isinstance(message, Mapping):
        kind = type(message).__name__
        raise InvalidInputError(f"it must have a role and a content, not be of type {kind}")
    role, content = message.get("role"), message.get("content")
    role = "system" if role == "developer" else role
    if content is None and role == "assistant":  # it called a tool
        content = ""
    if isinstance(content, str) or not isinstance(content, Sequence):
        return Message(cast(Role, role), cast(str, content))
    texts: list[str] = []
    images: list[object] = []
    for part in content:
        sort = part.get("type") if isinstance(part, Mapping) else None
        if sort == "text" and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif sort == "image_url":
            given = part.get("image_url")
            images.append(given.get("url") if isinstance(given, Mapping) else given)
        else:
            raise InvalidInputError(
                f"a part of type {sort!r} can't be read; send text or image_url"
            )
    return Message(cast(Role, role), "\n".join(texts), cast("tuple[str, ...]", tuple(images)))


def to_openai(messages: Sequence[Message]) -> list[dict[str, object]]:
    """Messages as an OpenAI-compatible service takes them; parts only where there are pictures.

    >>> to_openai([Message("user", "Hello")])
    [{'role': 'user', 'content': 'Hello'}]
    """
    return [{"role": message.role, "content": _parts(message)} for message in messages]


def _parts(message: Message) -> object:
    if not message.images:
        return message.content
    pictures = [{"type": "image_url", "image_url": {"url": image}} for image in message.images]
    said = [{"type": "text", "text": message.content}] if message.content.strip() else []
    return [*said, *pictures]


def joined(messages: Sequence[Message]) -> list[Message]:
    """*messages* with neighbours of one role made one, as many models want turns to alternate.

    >>> joined([Message("user", "Hi"), Message("user", "Are you there?")])
    [Message(role='user', content='Hi\\nAre you there?')]
    """
    done: list[Message] = []
    for message in messages:
        if done and done[-1].role == message.role:
            last = done.pop()
            texts = [text for text in (last.content, message.content) if text.strip()]
            message = Message(message.role, "\n".join(texts), last.images + message.images)
        done.append(message)
    return done
