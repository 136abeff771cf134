"""The protocol `chat`: messages out, a reply back, as OpenAI-compatible services speak it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from workbench.errors import InvalidInputError
from workbench.protocols.parameters import tidied
from workbench.protocols.payload import json_body
from workbench.protocols.replies import wordless
from workbench.protocols.shapes import unusable

_COMPLETIONS = "/chat/completions"
# Some models begin inside their thoughts: the template has opened them.
_THOUGHTS = re.compile(r"\A(?:.*?</think>|\s*<think>.*\Z)", re.DOTALL)


def chat_url(base: str) -> str:
    """Where *base*, an address that a person gave, takes messages; its query is kept.

    >>> chat_url("http://localhost:8000/v1")
    'http://localhost:8000/v1/chat/completions'
    >>> chat_url("http://localhost:8000")
    'http://localhost:8000/v1/chat/completions'
    """
    return _below(base, _COMPLETIONS)


def models_url(url: str) -> str:
    """Where the service that takes messages at *url* lists its models.

    >>> models_url("http://localhost:8000/v1/chat/completions")
    'http://localhost:8000/v1/models'
    """
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.removesuffix(_COMPLETIONS) + "/models"))


def _below(base: str, path: str) -> str:
    parts = urlsplit(base)
    root = parts.path.rstrip("/")
    if root.endswith(path):
        return base
    if not root.endswith("/v1"):
        root += "/v1"
    return urlunsplit(parts._replace(path=root + path))


def image_message(text: str, data_uri: str) -> dict[str, object]:
    """What a person says about a picture, given as a data URI."""
    picture = {"type": "image_url", "image_url": {"url": data_uri}}
    return {"role": "user", "content": [{"type": "text", "text": text}, picture]}


def encode(
    messages: Sequence[Mapping[str, object]],
    model: str,
    parameters: Mapping[str, object] | None = None,
) -> bytes:
    """The JSON body that asks for a whole reply; absent parameters are left out.

    Raises InvalidInputError for what JSON can't hold.

    >>> encode([{"role": "user", "content": "Hi"}], "tgi", {"max_tokens": 9, "seed": None})
    b'{"model": "tgi", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9}'
    """
    given = {name: value for name, value in (parameters or {}).items() if value is not None}
    return json_body({"model": model, "messages": list(messages), **given}, "message")


def encode_chat(
    messages: Sequence[Mapping[str, object]],
    parameters: Mapping[str, object],
    *,
    model: str,
    stream: bool,
    usage: bool = False,
) -> dict[str, object]:
    """What to send for a conversation, with options under the names of our tasks.

    Of each message its role and content go out, and nothing else that a face keeps with it.
    Left out are None and what switches an option off: many services refuse it, and TGI makes a
    repetition penalty of a `presence_penalty` of 0. `top_k` and `repetition_penalty` are sent
    where they are set: those that don't know them say so, which is better than silence.
    *usage* asks a stream to count its tokens; services that are strict about names they don't
    know refuse it, so ask only those known to count. Raises InvalidInputError.

    >>> talk = [{"role": "user", "content": "Hi"}]
    >>> encode_chat(talk, {"max_new_tokens": 9, "stop": "###"}, model="tgi", stream=False)[
    ...     "max_tokens"
    ... ]
    9
    """
    if not messages:
        raise InvalidInputError("there is no message to send", hint="Write one.")
    options = tidied(parameters)
    if "max_new_tokens" in options:
        options["max_tokens"] = options.pop("max_new_tokens")
    if stream and usage:
        options["stream_options"] = {"include_usage": True}
    said = [
        {"role": message.get("role"), "content": message.get("content") or ""}
        for message in messages
    ]
    return {"model": model, "messages": said, **options, "stream": stream}


def read_reply(answer: object) -> str:
    """The reply in *answer*, without the thoughts of a reasoning model.

    Raises UnexpectedAnswerError when there is none.

    >>> read_reply({"choices": [{"message": {"content": "<think>Hm.</think> A dog."}}]})
    'A dog.'
    """
    choices = answer.get("choices") if isinstance(answer, Mapping) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, Mapping) else None
    if not isinstance(choice, Mapping) or not isinstance(message, Mapping):
        raise unusable("a reply", answer)
    text = _THOUGHTS.sub("", content_text(message.get("content"))).strip()
    if text:
        return text
    raise wordless(choice.get("finish_reason"), message.get("refusal"))


def content_text(content: object) -> str:
    """The text of a message's content, which is a text, a list of parts, or null."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(
            content_text(part.get("text")) for part in content if isinstance(part, Mapping)
        )
    return ""


def read_model(answer: object) -> str:
    """The first model in a service's list of models. Raises UnexpectedAnswerError.

    >>> read_model({"data": [{"id": "org/model"}]})
    'org/model'
    """
    models = answer.get("data") if isinstance(answer, Mapping) else None
    first = models[0] if isinstance(models, list) and models else None
    name = first.get("id") if isinstance(first, Mapping) else None
    if isinstance(name, str) and name:
        return name
    raise unusable("a list of models", answer)
