"""The routes of Text Generation Inference: `/`, `/generate`, `/generate_stream`, `/info`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench import __version__
from workbench.engines.generation.events import STREAM, begun, server_sent, streamed, told_of, whole
from workbench.engines.generation.rules import (
    MAX_BEST_OF,
    MAX_STOPS,
    Invalid,
    Undecodable,
    Wanted,
    read_parameters,
)
from workbench.engines.generation.speech import Speaker, Speech, Token
from workbench.engines.messages import Reply, Request, json_reply, text_reply
from workbench.engines.toolkit import decode_json

MAX_BODY_BYTES = 2_000_000


def info(speaker: Speaker) -> Reply:
    """What `GET /info` tells."""
    most = speaker.max_total_tokens
    return json_reply(
        200,
        {
            "model_id": speaker.name,
            "model_sha": None,
            "model_pipeline_tag": "text-generation",
            "max_concurrent_requests": 128,
            "max_best_of": MAX_BEST_OF,
            "max_stop_sequences": MAX_STOPS,
            "max_input_tokens": most - 1,
            "max_total_tokens": most,
            "validation_workers": 1,
            "max_client_batch_size": 4,
            "router": "hf-inference-workbench",
            "version": __version__,
            "sha": None,
            "docker_label": None,
        },
    )


def generate(
    request: Request, speaker: Speaker, *, stream: bool | None, model: str | None = None
) -> Reply:
    """Answer a prompt; *stream* None is the route ``/``, where the body says.

    Raises Refusal for a body that is no JSON and for what the speaker refuses.
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
        try:
            wanted = read_parameters(body.get("parameters"), stream=flag, full_text=compat)
            if not prompt:
                raise Invalid("`inputs` cannot be empty")
            speech = begun(speaker.complete(prompt, wanted, request, model))
        except Invalid as exc:
            return _invalid(exc, stream=flag)
    except Undecodable as exc:
        told = "Failed to deserialize the JSON body into the target type"
        return text_reply(422, f"{told}: {exc}")
    before = prompt if wanted.return_full_text else ""
    if flag:
        return streamed(speech, _Events(speech, before, wanted), _failed)
    said = whole(speech)
    answer: dict[str, Any] = {"generated_text": before + _text(said)}
    if wanted.details:
        tokens = [_token(token) for token in said]
        answer["details"] = {**_details(speech, said), "prefill": [], "tokens": tokens}
    return json_reply(200, [answer] if compat else answer, told_of(speech))


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
        return Reply(200, STREAM, iter([server_sent(document)]))
    return json_reply(422, document)


def _failed(told: str) -> dict[str, str]:
    return {"error": f"Request failed during generation: {told}", "error_type": "generation"}


class _Events:
    """The event of each token; that of the last one holds the whole text."""

    def __init__(self, speech: Speech, before: str, wanted: Wanted) -> None:
        self._speech = speech
        self._before = before
        self._wanted = wanted
        self._said: list[Token] = []

    def __call__(self, token: Token) -> Iterator[dict[str, Any]]:
        self._said.append(token)
        text = details = None
        if token.finish is not None:
            text = self._before + _text(self._said)
            if self._wanted.details:
                length = self._speech.input_tokens
                details = {**_details(self._speech, self._said), "input_length": length}
        yield {
            "index": len(self._said),
            "token": _token(token),
            "top_tokens": [],
            "generated_text": text,
            "details": details,
        }


def _text(said: Sequence[Token]) -> str:
    return "".join(token.text for token in said if not token.special)


def _details(speech: Speech, said: Sequence[Token]) -> dict[str, Any]:
    return {
        "finish_reason": said[-1].finish if said else "length",
        "generated_tokens": len(said),
        "seed": speech.seed,
    }


def _token(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "text": token.text,
        "logprob": token.logprob,
        "special": token.special,
    }
