"""Everything that can go wrong, as one family of exceptions.

    WorkbenchError
    ├── ConfigurationError          a setting, a target or an option is not usable
    │   └── RetiredHostError        the address was switched off for good
    ├── InvalidInputError           the input can't be sent, or the endpoint refused it
    │   ├── TooLargeError           too many bytes
    │   └── TooLongError            too many tokens
    ├── EndpointError               the call was sent and failed
    │   ├── AuthenticationError     no token, or a wrong one
    │   ├── PermissionDeniedError   the token may not do this
    │   ├── CreditsError            nothing left to pay the call with
    │   ├── NotServedError          nobody serves this model at this address
    │   ├── PausedError             its owner paused the endpoint
    │   ├── WakingError             a sleeping endpoint is starting
    │   ├── LoadingError            the model is being loaded
    │   ├── BusyError               too many callers
    │   ├── RateLimitedError        too many calls from us
    │   ├── FailedError             the endpoint broke while answering
    │   ├── EndpointTimeoutError    no answer in time
    │   ├── UnreachableError        no connection
    │   ├── InterruptedStreamError  the answer stopped midway
    │   └── UnexpectedAnswerError   an answer, but not one to use
    ├── EngineRefusedError          the engine in this process declined
    └── StoppedError                the person pressed Stop

The text of an error is fit to show: it names the cause, holds no secret, and `hint` is the
next thing to do.
"""

from __future__ import annotations

import itertools
import re
import traceback
from typing import TYPE_CHECKING, ClassVar

from workbench.language import translate

if TYPE_CHECKING:
    from types import FrameType


class WorkbenchError(Exception):
    """Base of the family. `kind` is the stable name that machines may compare."""

    kind: ClassVar[str] = "error"
    default_hint: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        task: str | None = None,
        endpoint: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.hint = self.default_hint if hint is None else hint
        self.task = task
        self.endpoint = endpoint
        self.status = status
        self.request_id = request_id
        self.retry_after_s = retry_after_s

    def as_dict(self) -> dict[str, object]:
        """The error as JSON-ready facts, empty ones left out.

        >>> PausedError("the endpoint is paused", status=400).as_dict()["kind"]
        'paused'
        """
        facts = {
            "kind": self.kind,
            "message": str(self),
            "hint": self.hint,
            "task": self.task,
            "endpoint": self.endpoint,
            "status": self.status,
            "request_id": self.request_id,
        }
        return {name: fact for name, fact in facts.items() if fact not in (None, "")}

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: cause, next step and the caller's line, not the way through us."""
        callers = itertools.takewhile(_is_outside, traceback.walk_tb(self.__traceback__))
        places = traceback.StackSummary.extract(callers)[-1:]
        told = f"\x1b[31m{type(self).__name__}\x1b[0m: {translate(str(self))}"
        return [told, *filter(None, [translate(self.hint)]), "", *map(_told, places)]


def _is_outside(step: tuple[FrameType, int]) -> bool:
    return step[0].f_globals.get("__name__", "").partition(".")[0] not in ("workbench", "tasks")


def _told(place: traceback.FrameSummary) -> str:
    """A line of code and where it stands; the files of cells have names that tell nothing."""
    named = "cell" if re.search(r"ipykernel_|^<", place.filename) else place.filename
    return f"{named}, line {place.lineno}: {place.line}"


class ConfigurationError(WorkbenchError):
    kind = "configuration"
    default_hint = "Run `workbench doctor` to see every setting and where it comes from."


class RetiredHostError(ConfigurationError):
    kind = "retired-host"


class InvalidInputError(WorkbenchError):
    kind = "invalid-input"
    default_hint = "Change the input or its parameters and try again."


class TooLargeError(InvalidInputError):
    kind = "too-large"
    default_hint = "Send less at once: split the text or shrink the picture."


class TooLongError(InvalidInputError):
    kind = "too-long"
    default_hint = "Shorten the text: the model takes only so many tokens."


class EndpointError(WorkbenchError):
    kind = "endpoint"


class AuthenticationError(EndpointError):
    kind = "authentication"
    default_hint = "Set HF_TOKEN to a valid token (https://huggingface.co/settings/tokens)."


class PermissionDeniedError(EndpointError):
    kind = "permission"
    default_hint = (
        "Give the token the permission “Make calls to Inference Providers”, "
        "or accept the model's terms on its page."
    )


class CreditsError(EndpointError):
    kind = "credits"
    default_hint = (
        "Buy credits or wait for the next month (https://huggingface.co/settings/billing), "
        "or use the target `embedded`."
    )


class NotServedError(EndpointError):
    kind = "not-served"
    default_hint = "Choose another model, or a dedicated endpoint that serves this one."


class PausedError(EndpointError):
    kind = "paused"
    default_hint = (
        "Resume the endpoint at https://ui.endpoints.huggingface.co; calls do not wake it."
    )


class WakingError(EndpointError):
    kind = "waking"
    default_hint = "The endpoint is starting, which takes minutes. Try again in a moment."


class LoadingError(EndpointError):
    kind = "loading"
    default_hint = "The model is being loaded. Try again in a moment."


class BusyError(EndpointError):
    kind = "busy"
    default_hint = "The endpoint has too many callers. Try again in a moment."


class RateLimitedError(EndpointError):
    kind = "rate-limited"
    default_hint = "Slow down, or use a token with a higher limit."


class FailedError(EndpointError):
    kind = "failed"
    default_hint = "The fault is at the endpoint. Try again; if it stays, read the endpoint's log."


class EndpointTimeoutError(EndpointError):
    kind = "timeout"
    default_hint = (
        "Try again: a cold model answers late. WORKBENCH_DEADLINE_S sets how long to wait."
    )


class UnreachableError(EndpointError):
    """No connection; `dropped` when there was one and it broke before the answer."""

    kind = "unreachable"
    dropped: bool = False
    default_hint = "Check the address and your network, or use the target `embedded`."


class InterruptedStreamError(EndpointError):
    """The answer stopped midway; `partial` is the text received until then."""

    kind = "interrupted"
    default_hint = "Try again; what arrived is kept."

    def __init__(self, message: str, *, partial: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.partial = partial


class UnexpectedAnswerError(EndpointError):
    kind = "unexpected-answer"
    default_hint = "Check that the address serves this task: `workbench doctor` probes it."


class EngineRefusedError(WorkbenchError):
    kind = "refused"
    default_hint = "Change the input, or choose another target."


class StoppedError(WorkbenchError):
    kind = "stopped"
    default_hint = "Start again whenever you like; your input is kept."


def of_kind(kind: str, message: str, *, hint: str | None = None) -> WorkbenchError:
    """An error by its kind; one of no kind that there is, is an EndpointError.

    >>> of_kind("paused", "the endpoint is paused")
    PausedError('the endpoint is paused')
    """
    known = {each.kind: each for each in _family(WorkbenchError)}
    return known.get(kind, EndpointError)(message, hint=hint)


def _family(kind: type[WorkbenchError]) -> list[type[WorkbenchError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in _family(child))]
