"""When another try can help, and how long to wait before it. All times are seconds."""

from __future__ import annotations

import random
from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_before_delay
from tenacity.stop import stop_base

from workbench.errors import (
    BusyError,
    EndpointTimeoutError,
    FailedError,
    LoadingError,
    RateLimitedError,
    UnexpectedAnswerError,
    UnreachableError,
    WakingError,
    WorkbenchError,
)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0
LONGEST_ESTIMATE_S = 30.0
_PATIENT = 1000
_SEVERAL = 5
_TWICE = 2


def tries(error: BaseException) -> int:
    """How many attempts, the first included, a call deserves that fails like this.

    Waking and loading end by themselves: the deadline alone bounds them. Refusals never change.

    >>> tries(WakingError("starting")), tries(FailedError("broke", status=500))
    (1000, 2)
    """
    if isinstance(error, WakingError | LoadingError):
        return _PATIENT
    if isinstance(error, BusyError | RateLimitedError):
        return _SEVERAL
    if isinstance(error, EndpointTimeoutError):
        return {408: _SEVERAL, 504: _TWICE}.get(error.status or 0, 1)
    if isinstance(error, FailedError):
        return _SEVERAL if error.status == 502 else _TWICE
    if isinstance(error, UnexpectedAnswerError):
        return _TWICE if error.status == 204 else 1
    if isinstance(error, UnreachableError):
        return _TWICE if error.dropped else 1
    return 1


def wait_s(
    error: BaseException, attempt: int, spread: Callable[[float, float], float] = random.uniform
) -> float:
    """Seconds before the next try after *attempt* (from 1): full jitter, or longer if asked to.

    An estimate of a loading time is a guess and is not waited out; Retry-After is an order.

    >>> wait_s(RateLimitedError("slow down", retry_after_s=7.0), 1)
    7.0
    """
    own = spread(0, min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(attempt - 1, 10)))
    asked = getattr(error, "retry_after_s", None) or 0.0
    if isinstance(error, LoadingError):
        asked = min(asked, LONGEST_ESTIMATE_S)
    return max(own, asked)


class _EnoughTries(stop_base):
    def __call__(self, retry_state: RetryCallState) -> bool:
        return retry_state.attempt_number >= tries(error_of(retry_state))


def _next_wait(retry_state: RetryCallState) -> float:
    return wait_s(error_of(retry_state), retry_state.attempt_number)


def _ours(error: BaseException) -> bool:
    return isinstance(error, WorkbenchError)


def error_of(state: RetryCallState) -> BaseException:
    """The exception that ended the attempt in *state*."""
    outcome = state.outcome
    error = outcome.exception() if outcome is not None else None
    if error is None:
        raise RuntimeError("only a failed attempt is followed by another")
    return error


def retrying(
    deadline_s: float,
    *,
    sleep: Callable[[float], None],
    before_sleep: Callable[[RetryCallState], None],
) -> Retrying:
    """A tenacity loop by these rules that never waits past *deadline_s* from its start."""
    return Retrying(
        retry=retry_if_exception(_ours),
        stop=_EnoughTries() | stop_before_delay(deadline_s),
        wait=_next_wait,
        sleep=sleep,
        before_sleep=before_sleep,
        reraise=True,
    )
