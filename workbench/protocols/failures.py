"""Read a failed answer: find its message, name its kind, say how long to wait."""

from __future__ import annotations

import email.utils
import html
import json
import math
import re
import time
from collections.abc import Iterable, Mapping

from workbench import errors
from workbench.errors import WorkbenchError
from workbench.hosts import ENDPOINTS_SUFFIX
from workbench.redaction import redact

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
    408: errors.EndpointTimeoutError,
    410: errors.RetiredHostError,
    413: errors.TooLargeError,
    424: errors.FailedError,
    429: errors.RateLimitedError,
    503: errors.BusyError,
    504: errors.EndpointTimeoutError,
}
_BY_TEXT: tuple[tuple[str, frozenset[int], type[WorkbenchError]], ...] = (
    ("invalid state", frozenset({400}), errors.PausedError),
    ("currently loading", frozenset({200, 503}), errors.LoadingError),
    ("overload", frozenset({200, 429, 503}), errors.BusyError),
    ("cuda", frozenset({400}), errors.FailedError),
    ("not supported by", frozenset({400, 404, 422}), errors.NotServedError),
    ("must have less than", frozenset({400, 422}), errors.TooLongError),
    ("`inputs` tokens +", frozenset({400, 422}), errors.TooLongError),
    ("index out of range in self", frozenset({400}), errors.TooLongError),
)
_FALLBACK = {
    204: "the endpoint answered with nothing",
    401: "the endpoint wants a valid token",
    404: "nothing is served at this address",
    408: "the endpoint gave up waiting",
    413: "the request is too large for the endpoint",
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
    message = _message(document) or _text_message(headers, body)
    kind = _kind(status, document, message, host)
    message = redact(message, secrets)
    if len(message) > MESSAGE_LIMIT:
        message = message[: MESSAGE_LIMIT - 1] + "…"
    error = kind(
        message or _FALLBACK.get(status, f"the endpoint answered {status}"),
        status=status,
        request_id=headers.get("x-request-id"),
        retry_after_s=retry_after_s(status, headers, document),
    )
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
    except (TypeError, ValueError):
        return math.nan


def _kind(status: int, document: object, message: str, host: str) -> type[WorkbenchError]:
    lowered = message.lower()
    for text, statuses, kind in _BY_TEXT:
        if status in statuses and text in lowered:
            return kind
    if status == 503:
        if isinstance(document, Mapping) and "estimated_time" in document:
            return errors.LoadingError
        if host.endswith(ENDPOINTS_SUFFIX) or not document:
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
    """Whether a JSON answer with a good status says that it failed.

    >>> is_error_document({"error": "CUDA out of memory"})
    True
    >>> is_error_document({"summary_text": "Fine.", "error": None})
    False
    """
    if not isinstance(document, Mapping) or not document.get("error"):
        return False
    told = {"error", "error_type", "message", "warnings", "estimated_time", "code", "status"}
    return document.keys() <= told
