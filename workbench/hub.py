"""Pictures through `huggingface_hub`, for the providers that it alone knows how to ask."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from typing import TypeVar

from workbench import errors
from workbench.endpoints import Endpoint
from workbench.errors import WorkbenchError
from workbench.exchanges import active_recording
from workbench.protocols.failures import MESSAGE_LIMIT, read_failure
from workbench.redaction import printable, redact

T = TypeVar("T")
PROVIDERS = frozenset({"wavespeed", "zai-org"})
"""Those that answer when asked again later."""
_LOOK_S = 0.05


def text_to_image(
    endpoint: Endpoint,
    provider: str,
    prompt: str,
    options: Mapping[str, object],
    *,
    deadline: float,
) -> bytes:
    """A picture of *prompt* by *provider*, as PNG, before *deadline* (of `time.monotonic`).

    The library finds its own way out: proxies of the environment, none of a `.env` file. It can't
    be interrupted: Stop and the deadline return at once and leave it behind to end by itself.
    Raises the errors of `workbench.errors` alone.
    """
    if not (endpoint.token or "").startswith("hf_"):
        # The library takes any other token for one of the provider's, and sends it there.
        raise errors.AuthenticationError(
            f"{provider} is asked with a token that begins with hf_, and there is none"
        )

    def ask() -> bytes:
        from huggingface_hub import InferenceClient

        from workbench.images import png_bytes

        client = InferenceClient(
            provider=provider,  # type: ignore[arg-type]
            token=endpoint.token,
            timeout=max(0.1, deadline - time.monotonic()),
            bill_to=endpoint.bill_to,
        )
        return png_bytes(client.text_to_image(prompt, model=endpoint.model, **options))  # type: ignore[arg-type]

    try:
        return _aside(ask, deadline, endpoint)
    except (WorkbenchError, KeyboardInterrupt):
        raise
    except BaseException as exc:
        raise _named(exc, provider, endpoint) from exc


def _aside(ask: Callable[[], T], deadline: float, endpoint: Endpoint) -> T:
    """What *ask* returns or raises, in a thread that is left behind at Stop and the deadline."""
    recording = active_recording()
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(ask())
        except BaseException as exc:  # noqa: BLE001 - raised again where the caller waits
            future.set_exception(exc)

    if recording.stopped:
        raise errors.StoppedError("stopped before the call was sent")
    threading.Thread(target=run, name="workbench-hub", daemon=True).start()
    while not wait([future], timeout=_LOOK_S).done:
        if recording.stopped:
            raise errors.StoppedError("stopped while the provider was answering")
        if time.monotonic() > deadline:
            raise errors.EndpointTimeoutError(f"no answer from {endpoint} in time")
    return future.result()


def _named(error: BaseException, provider: str, endpoint: Endpoint) -> WorkbenchError:
    """Our error for one of the library's, of its HTTP library's, or of a fault in either."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if response is not None and isinstance(status, int):
        body = b""
        with contextlib.suppress(Exception):  # a stream that was not read
            body = response.content
        return read_failure(
            status, dict(response.headers), body, host="huggingface.co", secrets=[endpoint.token]
        )
    # Known by name: the HTTP library under huggingface_hub has changed before.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"TimeoutError", "TimeoutException"}:
        return errors.EndpointTimeoutError(f"no picture from {provider} in time")
    if kinds & {"TransportError", "ConnectionError"}:
        return errors.UnreachableError(f"{provider} can't be reached through huggingface_hub")
    if isinstance(error, ImportError):
        return errors.ConfigurationError(
            f"{provider} is asked through huggingface_hub, which can't be loaded",
            hint="pip install -U huggingface_hub",
        )
    told = redact(printable(str(error)), [endpoint.token])[:MESSAGE_LIMIT]
    if "available values" in told.lower():
        return errors.ConfigurationError(
            f"this version of huggingface_hub doesn't know {provider}",
            hint="pip install -U huggingface_hub (the extra `text-generation` keeps an old one).",
        )
    if "not supported" in told.lower() or isinstance(error, StopIteration):
        return errors.NotServedError(f"{endpoint.model} is not served by {provider}")
    if type(error) is ValueError and told:
        return errors.FailedError(f"{provider} made no picture: {told}")
    return errors.UnexpectedAnswerError(
        f"{provider} answered with no picture ({type(error).__name__})"
    )
