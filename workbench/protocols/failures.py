"""Read a failed answer: find its message, name its kind, say how long to wait."""

from __future__ import annotations

import contextlib
import email.utils
import html
import json
import math
import re
import time
from collections.abc import Iterable, Mapping

from workbench import errors
from workbench.errors import WorkbenchError
from workbench.hosts import RETIRED_HOST, is_dedicated, is_hugging_face, is_loopback
from workbench.redaction import printable, redact

MESSAGE_LIMIT = 300
_TITLE = re.compile(r"<title[^>]*>(.{0,200}?)</title", re.IGNORECASE | re.DOTALL)
_RESET = re.compile(r";\s*t=(\d+)")

_BY_STATUS: dict[int, type[WorkbenchError]] = {
    204: errors.UnexpectedAnswerError,
    401: errors.AuthenticationError,
    402: errors.CreditsError,
    403: errors.PermissionDeniedError,
    404: errors.NotServedError,
    405: errors.NotServedError,
    407: errors.UnreachableError,
    408: errors.EndpointTimeoutError,
    410: errors.NotServedError,
    413: errors.TooLargeError,
    424: errors.FailedError,
    429: errors.RateLimitedError,
    503: errors.BusyError,
    504: errors.EndpointTimeoutError,
}
_REFUSALS = frozenset({400, 413, 422})
_BY_TEXT: tuple[tuple[str, frozenset[int], type[WorkbenchError]], ...] = (
    ("invalid state", frozenset({400}), errors.PausedError),
    ("monthly included credits", frozenset({400, 402, 429}), errors.CreditsError),
    ("currently loading", frozenset({200, 503}), errors.LoadingError),
    ("overload", frozenset({200, 429, 503}), errors.BusyError),
    ("must have less than", _REFUSALS, errors.TooLongError),
    ("`inputs` tokens +", _REFUSALS, errors.TooLongError),
    ("index out of range in self", _REFUSALS, errors.TooLongError),
    ("input is too long", _REFUSALS, errors.TooLongError),
    ("maximum context length", _REFUSALS, errors.TooLongError),
    ("maximum sequence length", _REFUSALS, errors.TooLongError),
    ("size of tensor a … must match", _REFUSALS, errors.TooLongError),
    ("cuda", frozenset({400}), errors.FailedError),
    ("not supported by this container", frozenset({400, 422}), errors.InvalidInputError),
    ("not supported by", frozenset({400, 404, 422}), errors.NotServedError),
)
"""What a message tells, in small letters; `…` stands for anything between two parts."""
_RESULTS = (
    *("summary_text", "generated_text", "translation_text", "answer"),
    *("entity", "entity_group", "entities", "label", "labels", "score", "scores"),
    *("choices", "token", "generated", "images", "image", "data", "output"),
)
_FALLBACK = {
    204: "the endpoint answered with nothing",
    401: "the endpoint wants a valid token",
    404: "nothing is served at this address",
    407: "the proxy wants a user and a password",
    408: "the endpoint gave up waiting",
    413: "the request is too large for the endpoint",
    410: "what was served at this address is gone",
    429: "too many calls",
    502: "the endpoint's gateway found nobody behind it",
    503: "the endpoint is not ready",
    504: "the endpoint's gateway gave up waiting",
}


def read_failure(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    host: str = "",
    secrets: Iterable[str | None] = (),
) -> WorkbenchError:
    """The error that an answer stands for; *headers* with any case of names.

    The message is the endpoint's own, redacted and at most MESSAGE_LIMIT characters.

    >>> read_failure(503, {}, b'{"error": "Model x is currently loading", "estimated_time": 20}')
    LoadingError('Model x is currently loading')
    """
    headers = {name.lower(): value for name, value in headers.items()}
    document = _json(body)
    message = printable(_message(document) or _text_message(headers, body))
    kind = _kind(status, document, message, host)
    if status == 410 and RETIRED_HOST.encode() in body.lower():
        kind = errors.RetiredHostError
    message = redact(message, secrets)
    if len(message) > MESSAGE_LIMIT:
        message = message[: MESSAGE_LIMIT - 1] + "…"
    error = kind(
        message or _FALLBACK.get(status, f"the endpoint answered {status}"),
        status=status,
        request_id=printable(headers.get("x-request-id", "")) or None,
        retry_after_s=retry_after_s(status, headers, document),
    )
    if status == 407:
        error.hint = "Put the proxy's user and password into HTTPS_PROXY: http://user:pw@host:port."
    elsewhere = host and not (is_hugging_face(host) or is_loopback(host))
    if isinstance(error, errors.CreditsError) and elsewhere:
        error.hint = "Look at your account where you got the key, or use the target `embedded`."
    if isinstance(error, errors.RetiredHostError):
        error.hint = "Use the address https://router.huggingface.co/hf-inference/models/org/name."
    return error


def retry_after_s(status: int, headers: Mapping[str, str], document: object) -> float | None:
    """Seconds the endpoint asks to wait: Retry-After, the Hub's RateLimit, or estimated_time.

    *headers* with lower-case names. Retry-After counts on 429 and 503 alone.
    """
    waits: list[float] = []
    if status in (429, 503) and "retry-after" in headers:
        waits.append(_seconds(headers["retry-after"]))
    if status == 429 and (match := _RESET.search(headers.get("ratelimit", ""))):
        waits.append(float(match[1]))
    if isinstance(document, Mapping):
        estimate = document.get("estimated_time")
        if isinstance(estimate, int | float) and not isinstance(estimate, bool):
            with contextlib.suppress(OverflowError):
                waits.append(float(estimate))
    usable = [wait for wait in waits if math.isfinite(wait) and wait >= 0]
    return max(usable, default=None)


def _seconds(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _kind(status: int, document: object, message: str, host: str) -> type[WorkbenchError]:
    lowered = message.lower()
    for text, statuses, kind in _BY_TEXT:
        if status in statuses and all(part in lowered for part in text.split(" … ")):
            return kind
    if status == 503:
        if isinstance(document, Mapping) and "estimated_time" in document:
            return errors.LoadingError
        if is_dedicated(host) or (not document and (not host or is_loopback(host))):
            return errors.WakingError
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return errors.FailedError
    if 300 <= status < 400:
        return errors.UnexpectedAnswerError
    return errors.InvalidInputError if status >= 400 else errors.UnexpectedAnswerError


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _message(document: object, depth: int = 0) -> str:
    """The text in an error body of any of the known shapes, or ''."""
    if depth > 4:
        return ""
    if isinstance(document, str):
        return " ".join(document.split())
    if isinstance(document, list):
        return "; ".join(filter(None, (_message(item, depth + 1) for item in document[:5])))
    if not isinstance(document, Mapping):
        return ""
    for key in ("error", "message", "detail", "errors", "msg"):
        if text := _message(document.get(key), depth + 1):
            where = document.get("loc")
            return f"{'.'.join(map(str, where))}: {text}" if isinstance(where, list) else text
    return ""


def _text_message(headers: Mapping[str, str], body: bytes) -> str:
    if told := headers.get("x-error-message"):
        return " ".join(told.split())
    text = body[:4000].decode("utf-8", "replace").strip()
    if text.startswith("<"):
        title = _TITLE.search(text)
        return " ".join(html.unescape(title[1]).split()) if title else ""
    if text.startswith(("{", "[")):
        return ""
    return " ".join(text.split())


def is_error_document(document: object) -> bool:
    """Whether a JSON answer with a good status says that it failed: an error and no result.

    >>> is_error_document({"error": "CUDA out of memory"})
    True
    >>> is_error_document({"summary_text": "Fine.", "error": None})
    False
    """
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if not isinstance(document, Mapping) or not document.get("error"):
        return False
    return not any(document.get(name) not in (None, "", [], {}) for name in _RESULTS)
