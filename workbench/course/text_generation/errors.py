"""The errors of the package `text_generation`, by their names there."""

from __future__ import annotations

from collections.abc import Mapping


class ValidationError(Exception):
    """The request can't be answered as it is."""


class GenerationError(Exception):
    """The model failed while it generated."""


class OverloadedError(Exception):
    """Too many callers."""


class IncompleteGenerationError(Exception):
    """The text ended before its end."""


class BadRequestError(Exception):
    """Status 400."""


class ShardNotReadyError(Exception):
    """Status 403 or 424."""


class ShardTimeoutError(Exception):
    """Status 504."""


class NotFoundError(Exception):
    """Status 404."""


class RateLimitExceededError(Exception):
    """Status 429."""


class NotSupportedError(Exception):
    """The model is not served to this client."""


class UnknownError(Exception):
    """Any other failure."""


_BY_TYPE: Mapping[object, type[Exception]] = {
    "generation": GenerationError,
    "incomplete_generation": IncompleteGenerationError,
    "overloaded": OverloadedError,
    "validation": ValidationError,
}
_BY_STATUS: Mapping[int, type[Exception]] = {
    400: BadRequestError,
    403: ShardNotReadyError,
    404: NotFoundError,
    424: ShardNotReadyError,
    429: RateLimitExceededError,
    504: ShardTimeoutError,
}


def parse_error(status_code: int, payload: object) -> Exception:
    """The error that an answer stands for, by its `error_type`, else by its status.

    >>> parse_error(429, {"error": "Model is overloaded", "error_type": "overloaded"})
    OverloadedError('Model is overloaded')
    >>> parse_error(404, {"error": "no such model"})
    NotFoundError('no such model')
    """
    facts = payload if isinstance(payload, Mapping) else {"error": payload}
    kind = _BY_TYPE.get(facts.get("error_type")) or _BY_STATUS.get(status_code, UnknownError)
    return kind(str(facts.get("error", payload)))
