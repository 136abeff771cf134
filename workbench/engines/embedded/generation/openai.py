"""The routes of OpenAI's API: ``/v1/chat/completions``, ``/v1/completions``, ``/v1/models``."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from workbench import __version__
from workbench.chat.conversation import Message, from_openai
from workbench.engines.embedded.generation.rules import MAX_TOTAL_TOKENS
from workbench.engines.embedded.generation.speech import (
    STATS,
    Pace,
    read_pace,
    server_sent,
    streamed,
    stretched,
)
from workbench.engines.embedded.talkers import (
    TALKERS,
    Spoken,
    continue_prompt,
    count_tokens,
    reply,
)
from workbench.engines.embedded.toolkit import Refusal, decode_json
from workbench.engines.messages import Pause, Reply, Request, json_reply
from workbench.errors import InvalidInputError

_STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"}
_REASONS = {"eos_token": "stop", "stop_sequence": "stop", "length": "length"}


def models() -> Reply:
    """The talkers, as `GET /v1/models` lists models; the first is the default."""
    listed = [
        {"id": name, "object": "model", "created": 0, "owned_by": "embedded"} for name in TALKERS
    ]
    return json_reply(200, {"object": "list", "data": listed})


def chat(request: Request, model: str | None = None) -> Reply:
    """Answer a conversation. Raises Refusal, with 422 for values that can't be met."""
    body = _body(request)
    try:
        messages = from_openai(body.get("messages"))
    except InvalidInputError as exc:
        raise Refusal(str(exc), 422) from exc
    if not messages:
        raise Refusal("`messages` is empty.", 422)
    chosen = model or _text(body, "model")
    pace = read_pace(request.query, chosen)
    try:
        spoken = reply(messages, model=chosen, **_options(body))
    except InvalidInputError as exc:
        raise Refusal(str(exc), 422) from exc
    return _answer(body, stretched(spoken, pace), pace, _length(messages), "chat.completion")


def completions(request: Request, model: str | None = None) -> Reply:
    """Continue a prompt. Raises Refusal, with 422 for values that can't be met."""
    body = _body(request)
    prompt = body.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str) or not prompt:
        raise Refusal("`prompt` must be text that isn't empty.", 422)
    chosen = model or _text(body, "model")
    pace = read_pace(request.query, chosen)
    spoken = continue_prompt(prompt, model=chosen, **_options(body))
    return _answer(body, stretched(spoken, pace), pace, count_tokens(prompt), "text_completion")


def _body(request: Request) -> Mapping[str, Any]:
    body = decode_json(request.body)
    if not isinstance(body, Mapping):
        raise Refusal("The body must be a JSON object.")
    return body


def _options(body: Mapping[str, Any]) -> dict[str, Any]:
    most = body.get("max_completion_tokens", body.get("max_tokens"))
    seed, stop = body.get("seed"), body.get("stop")
    for name, value in (("max_tokens", most), ("seed", seed)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise Refusal(f"`{name}` must be a whole number.", 422)
    if most is not None and not 0 < most <= MAX_TOTAL_TOKENS:
        raise Refusal(f"`max_tokens` must be from 1 to {MAX_TOTAL_TOKENS}.", 422)
    stops = [stop] if isinstance(stop, str) else stop or []
    if not isinstance(stops, list) or not all(isinstance(each, str) for each in stops):
        raise Refusal("`stop` must be a list of strings.", 422)
    return {"max_new_tokens": most, "seed": seed, "stop": tuple(stops)}


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(f"`{name}` must be text.", 422)
    return value


def _length(messages: list[Message]) -> int:
    return sum(count_tokens(message.content) for message in messages)


def _answer(body: Mapping[str, Any], spoken: Spoken, pace: Pace, tokens: int, kind: str) -> Reply:
    usage = {
        "prompt_tokens": tokens,
        "completion_tokens": len(spoken.pieces),
        "total_tokens": tokens + len(spoken.pieces),
    }
    head = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "created": int(time.time()),
        "model": _text(body, "model") or "embedded",
        "system_fingerprint": f"embedded-{__version__}",
    }
    headers = {"x-workbench-engine": f"embedded; {spoken.engine}"}
    chatting = kind == "chat.completion"
    if body.get("stream") is True:
        told = body.get("stream_options")
        wanted = usage if isinstance(told, Mapping) and told.get("include_usage") else None
        head["object"] = f"{kind}.chunk" if chatting else kind
        chunks = _chunks(head, spoken, pace, wanted, chatting)
        return Reply(200, {**_STREAM, **headers}, chunks, ready=True)
    STATS.add(tokens_sent=len(spoken.pieces))
    text = "".join(spoken.pieces)
    reason = _REASONS[spoken.finish_reason]
    choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": reason}
    if chatting:
        choice["message"] = {"role": "assistant", "content": text}
    else:
        choice["text"] = text
    return json_reply(200, {**head, "object": kind, "choices": [choice], "usage": usage}, headers)


def _chunks(
    head: Mapping[str, Any],
    spoken: Spoken,
    pace: Pace,
    usage: Mapping[str, int] | None,
    chatting: bool,
) -> Iterator[bytes | Pause]:
    def chunk(piece: str, reason: str | None) -> dict[str, Any]:
        said = {"delta": {"role": "assistant", "content": piece}} if chatting else {"text": piece}
        choice = {"index": 0, **said, "logprobs": None, "finish_reason": reason}
        return {**head, "choices": [choice]}

    after = [server_sent(chunk("", _REASONS[spoken.finish_reason]))]
    if usage is not None:
        after.append(server_sent({**head, "choices": [], "usage": usage}))
    after.append(server_sent("[DONE]"))
    return streamed(spoken.pieces, pace, lambda _, piece: chunk(piece, None), after=after)
