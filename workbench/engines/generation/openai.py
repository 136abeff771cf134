"""The routes of OpenAI's API: ``/v1/chat/completions``, ``/v1/completions``, ``/v1/models``."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from workbench import __version__
from workbench.chat.conversation import from_openai
from workbench.engines.generation.events import begun, streamed, told_of, whole
from workbench.engines.generation.options import read_options
from workbench.engines.generation.rules import Invalid, Wanted
from workbench.engines.generation.speech import Speaker, Speech, Token
from workbench.engines.messages import Reply, Request, json_reply
from workbench.engines.toolkit import Refusal, decode_json
from workbench.errors import InvalidInputError
from workbench.protocols.stops import StopFilter

_REASONS = {"eos_token": "stop", "stop_sequence": "stop", "length": "length"}


def models(speaker: Speaker) -> Reply:
    """Who speaks, as `GET /v1/models` lists models; the first is the default."""
    listed = [
        {"id": name, "object": "model", "created": 0, "owned_by": speaker.name}
        for name in speaker.models
    ]
    return json_reply(200, {"object": "list", "data": listed})


def chat(request: Request, speaker: Speaker, model: str | None = None) -> Reply:
    """Answer a conversation. Raises Refusal, with 422 for values that can't be met."""
    body = _body(request)
    try:
        messages = from_openai(body.get("messages"))
    except InvalidInputError as exc:
        raise Refusal(str(exc), 422) from exc
    if not messages:
        raise Refusal("`messages` is empty.", 422)
    wanted = read_options(body)
    try:
        speech = begun(speaker.reply(messages, wanted, request, model or _text(body, "model")))
    except (InvalidInputError, Invalid) as exc:
        raise Refusal(str(exc), 422) from exc
    return _Answer(body, speech, wanted, speaker, chatting=True).reply()


def completions(request: Request, speaker: Speaker, model: str | None = None) -> Reply:
    """Continue a prompt. Raises Refusal, with 422 for values that can't be met."""
    body = _body(request)
    prompt = body.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str) or not prompt:
        raise Refusal("`prompt` must be text that isn't empty.", 422)
    wanted = read_options(body)
    try:
        speech = begun(speaker.complete(prompt, wanted, request, model or _text(body, "model")))
    except Invalid as exc:
        raise Refusal(str(exc), 422) from exc
    return _Answer(body, speech, wanted, speaker, chatting=False).reply()


def _body(request: Request) -> Mapping[str, Any]:
    body = decode_json(request.body)
    if not isinstance(body, Mapping):
        raise Refusal("The body must be a JSON object.")
    return body


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(f"`{name}` must be text.", 422)
    return value


class _Answer:
    """One answer, in pieces or whole; stop strings and special tokens are left out of it."""

    def __init__(
        self,
        body: Mapping[str, Any],
        speech: Speech,
        wanted: Wanted,
        speaker: Speaker,
        *,
        chatting: bool,
    ) -> None:
        self._speech = speech
        self._chatting = chatting
        self._kind = "chat.completion" if chatting else "text_completion"
        self._head = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": _text(body, "model") or speaker.name,
            "system_fingerprint": f"{speaker.name}-{__version__}",
        }
        self._streaming = body.get("stream") is True
        told = body.get("stream_options")
        self._counting = isinstance(told, Mapping) and bool(told.get("include_usage"))
        self._shown = StopFilter([*wanted.stop, *speech.stops])
        self._count = 0
        self._reason = "length"

    def reply(self) -> Reply:
        if self._streaming:
            self._head["object"] = f"{self._kind}.chunk" if self._chatting else self._kind
            return streamed(self._speech, self._chunks, _failed, after=self._last)
        text = "".join([self._take(token) for token in whole(self._speech)]) + self._shown.flush()
        choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": self._reason}
        if self._chatting:
            choice["message"] = {"role": "assistant", "content": text}
        else:
            choice["text"] = text
        document = {**self._head, "object": self._kind, "choices": [choice]}
        return json_reply(200, {**document, "usage": self._usage()}, told_of(self._speech))

    def _take(self, token: Token) -> str:
        self._count += 1
        self._reason = _REASONS[token.finish or "length"]
        return "" if token.special else self._shown.feed(token.text)

    def _chunks(self, token: Token) -> Iterator[dict[str, Any]]:
        if text := self._take(token):
            yield self._chunk(text, None)

    def _last(self) -> list[object]:
        after: list[object] = [self._chunk(self._shown.flush(), self._reason)]
        if self._counting:
            after.append({**self._head, "choices": [], "usage": self._usage()})
        return [*after, "[DONE]"]

    def _chunk(self, text: str, reason: str | None) -> dict[str, Any]:
        delta = {"delta": {"role": "assistant", "content": text}}
        said = delta if self._chatting else {"text": text}
        choice = {"index": 0, **said, "logprobs": None, "finish_reason": reason}
        return {**self._head, "choices": [choice]}

    def _usage(self) -> dict[str, int]:
        read = self._speech.input_tokens
        return {
            "prompt_tokens": read,
            "completion_tokens": self._count,
            "total_tokens": read + self._count,
        }


def _failed(told: str) -> dict[str, Any]:
    return {"error": {"message": told, "type": "server_error", "param": None, "code": None}}
