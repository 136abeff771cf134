"""Errors that arrive inside a stream which began with status 200."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from workbench.errors import InvalidInputError, UnexpectedAnswerError, WorkbenchError
from workbench.protocols.failures import read_failure

_SAYS = ("message", "detail", "errors")
_BY_NAME = {
    # TGI's `error_type`
    "generation": 424,
    "overloaded": 429,
    "validation": 422,
    "incomplete_generation": 500,
    "incomplete_generation_stream": 500,
    "template_error": 422,
    "missing_template_variable": 422,
    "tool_error": 422,
    "stream_serialization_error": 500,
    "healthcheck": 503,
    # `type` and `code` of OpenAI and those who speak like it
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "insufficient_quota": 402,
    "permission_error": 403,
    "model_not_found": 404,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "server_error": 500,
    "overloaded_error": 503,
}
# TGI says 422 of every error in a chat stream; its texts tell more.
_BY_START = {
    "request failed during generation": 424,
    "model is overloaded": 429,
    "incomplete generation": 500,
}


def failure_in(
    document: object,
    results: frozenset[str],
    *,
    host: str = "",
    secrets: Iterable[str | None] = (),
) -> WorkbenchError | None:
    """The error that an event stands for, the same that a failed answer with its body would be.

    None for an event without one. *results* are the names that an event of this wire may have; a
    bare message is an error only without them.

    >>> failure_in({"error": "Model is overloaded", "error_type": "overloaded"}, frozenset())
    BusyError('Model is overloaded')
    """
    if not isinstance(document, dict):
        return None
    if not document.get("error") and (
        not results.isdisjoint(document)
        or not any(isinstance(document.get(name), str | list) for name in _SAYS)
    ):
        return None
    body, secrets = json.dumps(document).encode(), list(secrets)

    def read(status: int) -> WorkbenchError:
        return read_failure(status, {}, body, host=host, secrets=secrets)

    if status := _status(document):
        return read(status)
    # Nothing but its words tell the kind: ask as for each status that words are known of.
    for status, plain in ((200, UnexpectedAnswerError), (400, InvalidInputError)):
        error = read(status)
        if type(error) is not plain:
            return error
    return read(500)


def _status(document: Mapping[str, object]) -> int | None:
    """The status that an error event would have had as an answer, if it tells."""
    error = document.get("error")
    facts = error if isinstance(error, dict) else document
    text = error if isinstance(error, str) else facts.get("message")
    if isinstance(text, str):
        for start, status in _BY_START.items():
            if text.lower().startswith(start):
                return status
    for name in ("http_status_code", "status_code", "status", "code"):
        value = facts.get(name)
        if isinstance(value, int | str) and str(value).isdecimal() and 400 <= int(value) < 600:
            return int(value)
    names = (str(facts.get(name)) for name in ("error_type", "code", "type"))
    return next((_BY_NAME[name] for name in names if name in _BY_NAME), None)
