"""A conversation as a model reads it: by the template that came with it, or by Falcon's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.chat.conversation import Message, joined
from workbench.chat.harmless import harmless, without_marks
from workbench.chat.templates import find_template
from workbench.engines.local.loaded import Loaded
from workbench.engines.toolkit import Refusal
from workbench.errors import InvalidInputError

_FALLBACK = "falcon"
_LONGEST = 2048  # pixels; processors make it smaller still
_WRITTEN_MARK = re.compile(r"<\|[^\s|<>]+\|>|\[/?[A-Z_]{3,}\]|<</?SYS>>|</?s>")
_LONGEST_TOLD = 300


@dataclass(frozen=True, kw_only=True)
class Turns:
    """What `generate` takes, on no device yet, and the strings at which the reply is over."""

    inputs: dict[str, Any]
    stops: tuple[str, ...] = ()
    template: str = ""
    """The name of our template, where the model has none."""


def tokenizer_of(loaded: Loaded) -> Any:
    """The tokenizer, which may be a part of a processor."""
    return getattr(loaded.processor, "tokenizer", loaded.processor)


def read_prompt(loaded: Loaded, prompt: str) -> dict[str, Any]:
    """A prompt as `generate` takes it, with the token that the model wants every text to begin."""
    begins = tokenizer_of(loaded).bos_token
    return _read(loaded, prompt, special=not (begins and prompt.startswith(begins)))


def read_turns(loaded: Loaded, messages: Sequence[Message]) -> Turns:
    """A conversation as `generate` takes it; a trailing assistant message is left open.

    Raises Refusal for pictures that can't be seen or read, and with the words of a template that
    takes no such conversation.
    """
    sees = loaded.kind == "vision-chat"
    if not any(message.role == "user" for message in messages):
        raise _refused("there is no message to answer", "Type one first.")
    template = _template_of(loaded)
    if not sees or template is None:
        messages = _without_pictures(loaded, messages)
    clean = _cleaner(loaded, template or "")
    messages = [replace(message, content=clean(message)) for message in messages]
    if template is None:
        own = find_template(_FALLBACK)
        inputs = read_prompt(loaded, own.render(messages))
        return Turns(inputs=inputs, stops=own.stops, template=own.name)
    prompt, messages = _written(loaded, messages, sees=sees)
    return Turns(inputs=_seen(loaded, prompt, messages) if sees else _read(loaded, prompt))


def _template_of(loaded: Loaded) -> str | None:
    owners = (loaded.processor, tokenizer_of(loaded))
    given = (getattr(owner, "chat_template", None) for owner in owners)
    found = next(filter(None, given), None)
    return found.get("default") if isinstance(found, dict) else found


def _without_pictures(loaded: Loaded, messages: Sequence[Message]) -> list[Message]:
    """*messages* in which earlier pictures are mentioned. Raises Refusal for a new one."""
    newest = max(place for place, message in enumerate(messages) if message.role == "user")
    if any(message.images for message in messages[newest:]):
        raise _refused(
            f"{loaded.name} can't see pictures",
            "Send the message without its picture, or choose a model that sees.",
        )
    return [
        replace(m, content="[picture]\n" * len(m.images) + m.content, images=()) for m in messages
    ]


def _cleaner(loaded: Loaded, template: str) -> Callable[[Message], str]:
    """Breaks in what is said the marks that part turns; see `workbench.chat.harmless`."""
    tokenizer = tokenizer_of(loaded)
    added = tokenizer.added_tokens_decoder.values()
    special = {token.content for token in added if token.special}
    special |= {getattr(loaded.processor, "image_token", None) or ""}
    written = {token.content for token in added if token.content in template}
    written |= set(_WRITTEN_MARK.findall(template))
    everyone = _breakable(special)
    others = _breakable(special | written)
    named = written <= {tokenizer.bos_token, tokenizer.eos_token, "<s>", "</s>"}

    def clean(message: Message) -> str:
        if message.role == "assistant":  # it may have thought, in marks of its own
            return without_marks(message.content, everyone)
        text = harmless(message.content) if named else message.content
        return without_marks(text, others)

    return clean


def _breakable(marks: Iterable[str]) -> list[str]:
    visible = (mark for mark in marks if len(mark) > 1 and mark == mark.strip())
    return sorted(visible, key=len, reverse=True)


def _written(
    loaded: Loaded, messages: Sequence[Message], *, sees: bool
) -> tuple[str, Sequence[Message]]:
    """The prompt, and the messages as they are in it.

    Where turns must alternate, or none may be the system's, they are made so.
    """
    from jinja2 import TemplateError

    refused: Exception | None = None
    for form in (list, joined, _folded):
        formed = form(messages)
        try:
            return _rendered(loaded, formed, sees=sees), formed
        except (TemplateError, ValueError, TypeError) as exc:
            refused = exc
    told = str(refused).strip().partition("\n")[0][:_LONGEST_TOLD]
    raise _refused(
        f"the chat template of {loaded.name} takes no such conversation: {told}",
        "Begin with a message of the user, and let the two sides take turns.",
    ) from refused


def _folded(messages: Sequence[Message]) -> list[Message]:
    """*messages* with what the system says before what the user says first."""
    system = [message.content for message in messages if message.role == "system"]
    turns = joined([message for message in messages if message.role != "system"])
    first = next(place for place, turn in enumerate(turns) if turn.role == "user")
    text = "\n\n".join([*system, turns[first].content])
    return [*turns[:first], replace(turns[first], content=text), *turns[first + 1 :]]


def _rendered(loaded: Loaded, messages: Sequence[Message], *, sees: bool) -> str:
    owner = loaded.processor
    if not getattr(owner, "chat_template", None):
        owner = tokenizer_of(loaded)
    going_on = messages[-1].role == "assistant"
    text: str = owner.apply_chat_template(
        [{"role": m.role, "content": _parts(m) if sees else m.content} for m in messages],
        tokenize=False,
        add_generation_prompt=not going_on,
        continue_final_message=going_on,
    )
    return text


def _parts(message: Message) -> list[dict[str, str]]:
    pictures = [{"type": "image"} for _ in message.images]
    said = [{"type": "text", "text": message.content}] if message.content else []
    return [*pictures, *said]


def _seen(loaded: Loaded, prompt: str, messages: Sequence[Message]) -> dict[str, Any]:
    """The prompt and its pictures by the processor. Raises Refusal for one that can't be read."""
    from workbench.images import load_image

    try:
        pictures = [
            load_image(image, longest=_LONGEST) for message in messages for image in message.images
        ]
    except InvalidInputError as exc:
        raise _refused(str(exc), exc.hint, exc.kind) from exc
    if not pictures:
        return read_prompt(loaded, prompt)
    begins = tokenizer_of(loaded).bos_token
    begun = {"add_special_tokens": False} if begins and prompt.startswith(begins) else {}
    read = loaded.processor(text=[prompt], images=[pictures], return_tensors="pt", **begun)
    return dict(read)


def _read(loaded: Loaded, prompt: str, *, special: bool = False) -> dict[str, Any]:
    read = tokenizer_of(loaded)(
        prompt, add_special_tokens=special, return_tensors="pt", verbose=False
    )
    ids = read["input_ids"].long()
    return {"input_ids": ids, "attention_mask": ids.new_ones(ids.shape)}


def _refused(message: str, hint: str, kind: str = "invalid-input") -> Refusal:
    return Refusal(message, kind=kind, hint=hint)
