"""The table of faults: the name in the URL, what it is, and what makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workbench.engines.faults import broken, lengths, pictures, streams
from workbench.engines.faults.trouble import (
    Make,
    fixed,
    html,
    loading,
    rate_limited,
    rate_limited_by_hub,
    slow,
    trickle,
)


@dataclass(frozen=True)
class Kind:
    """One way to fail; *summary* is a phrase for a table."""

    name: str
    summary: str
    make: Make


_RETIRED = (
    "https://api-inference.huggingface.co is no longer supported. "
    "Please use https://router.huggingface.co instead."
)
_CREDITS = (
    "You have depleted your monthly included credits. "
    "Purchase pre-paid credits to continue using Inference Providers."
)
_FORBIDDEN = (
    "This authentication method does not have sufficient permissions "
    "to call Inference Providers on behalf of user someone"
)
_NOT_ENABLED = {
    "message": "The requested model 'X' is not supported by any provider you have enabled.",
    "type": "invalid_request_error",
    "param": "model",
    "code": "model_not_supported",
}
_TOO_LONG = (
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. "
    "Given: 2000 `inputs` tokens and 256 `max_new_tokens`"
)
_WRONG_TYPE = (
    "Failed to deserialize the JSON body into the target type: "
    "parameters.temperature: invalid type: null, expected f32"
)
_NO_TOKEN = "Invalid username or password."
_JSON = {"content-type": "application/json"}

_REFUSED = (
    Kind("bad-request", "400, a container's error", fixed(400, {"error": "CUDA out of memory"})),
    Kind("paused", "400, endpoint paused", fixed(400, {"error": "Bad Request: Invalid state"})),
    Kind(
        "model-not-supported",
        "400, model unknown to the provider",
        fixed(400, {"error": "Model not supported by provider together"}),
    ),
    Kind("nested-error", "400, the error is an object", fixed(400, {"error": _NOT_ENABLED})),
    Kind("json-list", "400, the body is a JSON list", fixed(400, ["first", "second"])),
    Kind(
        "error-list",
        "400, the error is a list, with warnings",
        fixed(400, {"error": ["first", "second"], "warnings": ["careful"]}),
    ),
    Kind(
        "header-only",
        "400, the text is in X-Error-Message",
        fixed(400, b"", {"x-error-message": "Only the header says it"}),
    ),
    Kind("unauthorized", "401, empty body", fixed(401)),
    Kind(
        "bad-token",
        "401, the router's",
        fixed(
            401,
            {"error": _NO_TOKEN},
            {"www-authenticate": 'Bearer realm="hf"', "x-error-message": _NO_TOKEN},
        ),
    ),
    Kind("secret-echo", "401, repeats the Authorization header", broken.secret_echo),
    Kind("credits", "402, nothing left to pay with", fixed(402, {"error": _CREDITS})),
    Kind("forbidden", "403, the token may not", fixed(403, {"error": _FORBIDDEN})),
    Kind("not-served", "404, as text", fixed(404, "Not Found")),
    Kind("request-timeout", "408, empty body", fixed(408)),
    Kind("retired", "410, the old host's", fixed(410, {"error": _RETIRED})),
    Kind(
        "too-large",
        "413, as text",
        fixed(413, "Failed to buffer the request body: length limit exceeded"),
    ),
    Kind(
        "unsupported-type",
        "415, as text",
        fixed(415, "Expected request with `Content-Type: application/json`"),
    ),
    Kind(
        "invalid",
        "422, TGI's validation",
        fixed(422, {"error": _TOO_LONG, "error_type": "validation"}),
    ),
    Kind("too-long", "422, a prompt over so many tokens (?limit=100)", lengths.too_long),
    Kind("invalid-text", "422, as text", fixed(422, _WRONG_TYPE)),
    Kind(
        "invalid-detail",
        "422, vLLM's detail list",
        fixed(422, {"detail": [{"loc": ["body", "inputs"], "msg": "field required"}]}),
    ),
)

_BUSY = (
    Kind("loading", "503 with estimated_time (?seconds=20)", loading),
    Kind("waking", "503, empty body", fixed(503)),
    Kind("waking-html", "503, a gateway's page", html(503, "Service Temporarily Unavailable")),
    Kind(
        "busy",
        "503, load shedding",
        fixed(503, {"error": "Service temporarily unavailable, overload detected"}),
    ),
    Kind(
        "overloaded",
        "429 of TGI, without Retry-After",
        fixed(429, {"error": "Model is overloaded", "error_type": "overloaded"}),
    ),
    Kind("rate-limited", "429 with Retry-After (?seconds=1)", rate_limited),
    Kind("rate-limited-hub", "429 with the Hub's RateLimit (?seconds=1)", rate_limited_by_hub),
)

_FAILED = (
    Kind(
        "generation-failed",
        "424 of TGI",
        fixed(
            424,
            {"error": "Request failed during generation: CUDA error", "error_type": "generation"},
        ),
    ),
    Kind("error", "500, as JSON", fixed(500, {"error": "unknown error"})),
    Kind("bad-gateway", "502, a gateway's page", html(502, "Bad Gateway")),
    Kind("gateway-timeout", "504, a gateway's page", html(504, "Gateway Time-out")),
)

_WRONG_ANSWER = (
    Kind("html", "200, a page instead of JSON", html(200, "Sign in")),
    Kind("empty", "200, empty body", fixed(200, b"", _JSON)),
    Kind("discarded", "204", fixed(204)),
    Kind("error-in-200", "200, the JSON is an error", fixed(200, {"error": "it broke"})),
    Kind("wrong-type", "200, a number", fixed(200, 42)),
    Kind("wrong-shape", "200, objects without a known key", fixed(200, [{"answer": "yes"}])),
    Kind("empty-list", "200, an empty list", fixed(200, [])),
    Kind("bad-json", "200, JSON cut in the middle", fixed(200, b'[{"summary_text":"The', _JSON)),
    Kind("bad-encoding", "200, JSON that is not UTF-8", fixed(200, b'["caf\xe9"]', _JSON)),
    Kind("huge", "200, 65 MiB in chunks", broken.huge),
    Kind("huge-declared", "200, 65 MiB with Content-Length", broken.huge_declared),
    Kind("huge-compressed", "200, 65 MiB as a little gzip", broken.huge_compressed),
    Kind("picture-cut", "200, a PNG cut in the middle", pictures.cut),
    Kind("picture-bomb", "200, a PNG of 3,600 megapixels", pictures.bomb),
    Kind("picture-page", "200, a page as a picture in base64", pictures.page),
    Kind("picture-inside", "200, a picture's address that is private", pictures.inside),
)

_CONNECTION = (
    Kind("slow", "200, after a while (?seconds=30)", slow),
    Kind("trickle", "200, a byte now and then for ever (?seconds=1)", trickle),
    Kind("truncated", "200, closed before Content-Length", broken.truncated),
    Kind("truncated-chunked", "200, closed before the last chunk", broken.truncated_chunked),
    Kind("reset", "connection reset before the answer", broken.reset),
    Kind("reset-midway", "200, connection reset inside the body", broken.reset_midway),
    Kind("hang-up", "connection closed before the answer", broken.hang_up),
    Kind("redirect", "307 to another host (?to=URL)", broken.redirect(307)),
    Kind("redirect-get", "302 to another host (?to=URL)", broken.redirect(302)),
)

_STREAMS = tuple(
    Kind(f"stream-{name}", f"200, {summary}", streams.spoiled(spoil))
    for name, summary, spoil in (
        ("error-first", "the first event is an error", streams.error_first),
        ("error-midway", "some tokens, then an error", streams.error_midway),
        ("error-done", "some tokens, then an error and [DONE]", streams.error_done),
        ("cut", "closed after some tokens", streams.cut),
        ("cut-event", "closed inside an event", streams.cut_event),
        ("unfinished", "ends after some tokens, without a final event", streams.unfinished),
        ("stall", "some tokens, then silence (?seconds=30)", streams.stall),
        ("late", "silence before the first token (?seconds=30)", streams.late),
        ("no-done", "complete, without [DONE]", streams.no_done),
        ("split", "complete, cut inside its characters", streams.split),
        ("comments", "complete, with comments to keep it alive", streams.comments),
        ("crlf", "complete, with CR LF and no space after `data:`", streams.crlf),
    )
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in _REFUSED + _BUSY + _FAILED + _WRONG_ANSWER + _CONNECTION + _STREAMS
    }
)
"""Name -> fault, in groups: refusals, waiting, failures, wrong answers, connections, streams.

Those of streams spoil the answer of any route that streams, and pass what is no stream.
"""
