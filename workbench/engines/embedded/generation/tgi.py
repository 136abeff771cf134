"""The routes of Text Generation Inference: `/`, `/generate`, `/generate_stream`, `/info`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench import __version__
from workbench.engines.embedded.generation.rules import (
    MAX_BEST_OF,
    MAX_INPUT_TOKENS,
    MAX_STOPS,
    MAX_TOTAL_TOKENS,
    Invalid,
    Undecodable,
    Wanted,
    check_length,
    read_parameters,
)
from workbench.engines.embedded.generation.speech import (
    STATS,
    Pace,
    read_pace,
    server_sent,
    streamed,
    stretched,
)
from workbench.engines.embedded.talkers import Spoken, continue_prompt, count_tokens
from workbench.engines.embedded.toolkit import decode_json
from workbench.engines.messages import Reply, Request, json_reply, text_reply

MAX_BODY_BYTES = 2_000_000
_STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"}


def info() -> Reply:
    """What `GET /info` tells."""
    return json_reply(
        200,
        {
            "model_id": "embedded",
            "model_sha": None,
            "model_pipeline_tag": "text-generation",
            "max_concurrent_requests": 128,
            "max_best_of": MAX_BEST_OF,
            "max_stop_sequences": MAX_STOPS,
            "max_input_tokens": MAX_INPUT_TOKENS,
            "max_total_tokens": MAX_TOTAL_TOKENS,
            "validation_workers": 1,
            "max_client_batch_size": 4,
            "router": "hf-inference-workbench",
            "version": __version__,
            "sha": None,
            "docker_label": None,
        },
    )


def generate(request: Request, *, stream: bool | None, model: str | None = None) -> Reply:
    """Answer a prompt; *stream* None is the route ``/``, where the body says.

    Raises Refusal for a body that is no JSON and for a pace that can't be.
    """
    if len(request.body) > MAX_BODY_BYTES:
        text = "Failed to buffer the request body: length limit exceeded"
        return text_reply(413, text)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return text_reply(415, "Expected request with `Content-Type: application/json`")
    body = decode_json(request.body)
    compat = stream is None
    try:
        if not isinstance(body, Mapping):
            raise Undecodable("invalid type, expected struct GenerateRequest")
        prompt = _prompt(body)
        flag = body.get("stream", False) if compat else stream
        if not isinstance(flag, bool):
            raise Undecodable("stream: invalid type, expected a boolean")
        given = body.get("parameters")
        try:
            wanted = read_parameters(given, stream=flag, full_text=compat)
            if not prompt:
                raise Invalid("`inputs` cannot be empty")
            tokens = count_tokens(prompt)
            check_length(tokens, wanted, given)
        except Invalid as exc:
            return _invalid(exc, stream=flag)
    except Undecodable as exc:
        told = "Failed to deserialize the JSON body into the target type"
        return text_reply(422, f"{told}: {exc}")
    pace = read_pace(request.query, model)
    spoken = stretched(
        continue_prompt(
            prompt,
            model=model,
            seed=wanted.seed,
            max_new_tokens=wanted.max_new_tokens,
            stop=wanted.stop,
        ),
        pace,
    )
    if spoken.stop:  # as TGI has it; its callers cut it
        spoken = replace(spoken, pieces=(*spoken.pieces, spoken.stop), stop="")
    headers = {"x-workbench-engine": f"embedded; {spoken.engine}"}
    if flag:
        events = _events(spoken, prompt, tokens, wanted, pace)
        return Reply(200, {**_STREAM, **headers}, events, ready=True)
    STATS.add(tokens_sent=len(spoken.pieces))
    whole: dict[str, Any] = {"generated_text": _text(spoken, prompt, wanted)}
    if wanted.details:
        whole["details"] = _details(spoken, tokens, wanted, listed=True)
    return json_reply(200, [whole] if compat else whole, headers)


def _prompt(body: Mapping[str, object]) -> str:
    if "inputs" not in body:
        raise Undecodable("missing field `inputs`")
    prompt = body["inputs"]
    if not isinstance(prompt, str):
        raise Undecodable("inputs: invalid type, expected a string")
    return prompt


def _invalid(error: Invalid, *, stream: bool) -> Reply:
    """As TGI says it: 422, but within the answer where that is a stream."""
    document = {"error": f"Input validation error: {error}", "error_type": "validation"}
    if stream:
        return Reply(200, _STREAM, iter([server_sent(document)]))
    return json_reply(422, document)


def _events(spoken: Spoken, prompt: str, tokens: int, wanted: Wanted, pace: Pace) -> Any:
    last = len(spoken.pieces) - 1

    def event(index: int, piece: str) -> dict[str, Any]:
        final = index == last
        details = _details(spoken, tokens, wanted, listed=False) if wanted.details else None
        return {
            "index": index + 1,
            "token": _token(index, piece),
            "top_tokens": [],
            "generated_text": _text(spoken, prompt, wanted) if final else None,
            "details": details if final else None,
        }

    return streamed(spoken.pieces, pace, event)


def _text(spoken: Spoken, prompt: str, wanted: Wanted) -> str:
    return (prompt if wanted.return_full_text else "") + "".join(spoken.pieces)


def _details(spoken: Spoken, tokens: int, wanted: Wanted, *, listed: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "finish_reason": spoken.finish_reason,
        "generated_tokens": len(spoken.pieces),
        "seed": wanted.seed,
    }
    if not listed:
        return {**told, "input_length": tokens}
    return {**told, "prefill": [], "tokens": _tokens(spoken.pieces)}


def _tokens(pieces: Sequence[str]) -> list[dict[str, Any]]:
    return [_token(index, piece) for index, piece in enumerate(pieces)]


def _token(index: int, piece: str) -> dict[str, Any]:
    return {"id": index + 1, "text": piece, "logprob": 0.0, "special": False}
