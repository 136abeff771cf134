"""Take in an answer: capped in size and time, and every failure of the wire named as ours."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from workbench import hosts
from workbench.endpoints import Endpoint
from workbench.errors import (
    AuthenticationError,
    ConfigurationError,
    EndpointTimeoutError,
    StoppedError,
    UnexpectedAnswerError,
    UnreachableError,
    WorkbenchError,
    of_kind,
)
from workbench.protocols import hf
from workbench.protocols.failures import is_error_document, read_failure
from workbench.redaction import display_url
from workbench.routes import COURSE_ROUTES
from workbench.transport import Line

_PIECE = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """A whole answer, as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@contextlib.contextmanager
def translated(endpoint: Endpoint, line: Line) -> Iterator[None]:
    """Turn what the HTTP library raises into our errors, keeping the cause."""
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as exc:
        _raise_if_hung_up(line, endpoint, exc)
        raise _named(exc, endpoint) from exc


def _named(error: Exception, endpoint: Endpoint) -> WorkbenchError:
    """Our error for one of the HTTP library's."""
    if isinstance(error, requests.ReadTimeout | urllib3.exceptions.ReadTimeoutError):
        return EndpointTimeoutError(f"no answer from {endpoint} in time")
    if isinstance(error, requests.ConnectTimeout):
        return UnreachableError(f"no connection to {endpoint} in time")
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return UnreachableError(
            f"the certificate of {endpoint} is not trusted",
            hint="Point REQUESTS_CA_BUNDLE at the right bundle, or correct the address.",
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return UnreachableError(
            f"the proxy let no call through to {endpoint}", hint="Check HTTPS_PROXY and NO_PROXY."
        )
    if isinstance(error, requests.exceptions.InvalidProxyURL):
        return ConfigurationError(
            "the address of the proxy is malformed", hint="Check HTTP_PROXY and HTTPS_PROXY."
        )
    if isinstance(error, requests.exceptions.InvalidSchema):
        return ConfigurationError(
            "the proxy can't be used: SOCKS needs a package more", hint="pip install pysocks"
        )
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return ConfigurationError(f"no call can be made to {endpoint}: malformed address")
    if isinstance(error, urllib3.exceptions.DecodeError):
        return UnexpectedAnswerError(f"{endpoint} sent a damaged compressed answer")
    if _never_connected(error):
        return UnreachableError(f"{endpoint} can't be reached")
    dropped = UnreachableError(
        f"{endpoint} closed the connection midway",
        hint="Try again; if it stays, read the endpoint's log.",
    )
    dropped.dropped = True
    return dropped


def read_answer(
    response: requests.Response, endpoint: Endpoint, *, deadline: float, line: Line
) -> Answer:
    """The body of *response*, read to its end before *deadline* (of `time.monotonic`).

    Raises UnexpectedAnswerError past the endpoint's cap, EndpointTimeoutError past the deadline.
    """
    raw, limits = response.raw, endpoint.limits
    headers = {name.lower(): value for name, value in response.headers.items()}
    pieces: list[bytes] = []
    size = 0
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared) > limits.max_answer_bytes:
        raise _too_large(endpoint)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise EndpointTimeoutError(f"no complete answer from {endpoint} in time")
        piece = raw.read1(_PIECE, decode_content=True)
        if not piece:
            break
        size += len(piece)
        if size > limits.max_answer_bytes:
            raise _too_large(endpoint)
        pieces.append(piece)
    _raise_if_hung_up(line, endpoint, None)
    return Answer(response.status_code, headers, b"".join(pieces))


def usable(answer: Answer, endpoint: Endpoint) -> object:
    """The JSON in *answer*, or its bytes when it is a picture; else raises what it stands for.

    A picture is known by its first bytes: services declare one type and send another.
    """
    if answer.status in (200, 201) and answer.body.strip():
        try:
            document = hf.decode(answer.body)
        except (ValueError, RecursionError) as exc:
            from workbench.images import sniff  # Pillow is loaded only where there is a picture

            if (sniff(answer.body) or "").startswith("image/"):
                return answer.body
            if _is_plain_text(answer):
                return answer.body.decode("utf-8", "replace")
            raise _not_json(answer, endpoint) from exc
        if not is_error_document(document):
            return document
    if answer.status in (200, 201) and not answer.body.strip():
        raise UnexpectedAnswerError(f"{endpoint} answered with nothing", status=answer.status)
    if 300 <= answer.status < 400:
        raise _redirected(answer, endpoint)
    if endpoint.is_local:
        _raise_told(answer)
    host = urlsplit(endpoint.url).hostname or ""
    error = read_failure(
        answer.status, answer.headers, answer.body, host=host, secrets=[endpoint.token]
    )
    if isinstance(error, AuthenticationError):
        error.hint = _token_hint(endpoint, error.hint)
    raise error


def _raise_told(answer: Answer) -> None:
    """Raise what an engine of ours says it is, with the next step that it knows."""
    with contextlib.suppress(ValueError):
        told = json.loads(answer.body)
        if isinstance(told, dict) and "kind" in told:
            said = told["error"]["message"] if isinstance(told["error"], dict) else told["error"]
            kind = "refused" if told["kind"] == "failed" else told["kind"]  # never tried again
            raise of_kind(kind, said, hint=told.get("hint"))


def _is_plain_text(answer: Answer) -> bool:
    """Whether it is words, and no page or JSON under a wrong name."""
    declared = answer.headers.get("content-type", "").startswith("text/plain")
    start = answer.body.lstrip()[:1000]
    return declared and not start.startswith((b"<", b"{", b"[")) and b"\0" not in start


def _token_hint(endpoint: Endpoint, hint: str) -> str:
    """Name the variable whose token the endpoint refused, or would have got."""
    if endpoint.token_variable != "HF_TOKEN":
        return f"Set {endpoint.token_variable} to a token that this endpoint knows."
    route = next((route for route in COURSE_ROUTES if route.task == endpoint.task), None)
    if route is None or hosts.is_hugging_face(urlsplit(endpoint.url).hostname or ""):
        return hint
    return (
        f"Set {route.variable} to this address and {route.key_variable} to a token that it knows."
    )


def _not_json(answer: Answer, endpoint: Endpoint) -> UnexpectedAnswerError:
    start = answer.body.lstrip()[:1]
    if start == b"<":
        told = "a web page"
    elif start in (b"{", b"["):
        told = "damaged JSON, maybe cut off"
    else:
        told = f"{len(answer.body)} bytes that are not JSON"
    return UnexpectedAnswerError(f"{endpoint} answered with {told}", status=answer.status)


def _redirected(answer: Answer, endpoint: Endpoint) -> UnexpectedAnswerError:
    where = display_url(answer.headers.get("location", "")) or "an unnamed place"
    return UnexpectedAnswerError(
        f"{endpoint} points to {where}; calls are not sent on, to keep token and text here",
        hint="If you trust that address, use it as the target.",
        status=answer.status,
    )


def _too_large(endpoint: Endpoint) -> UnexpectedAnswerError:
    mib = endpoint.limits.max_answer_bytes / 2**20
    return UnexpectedAnswerError(f"{endpoint} answers with more than {mib:g} MiB")


def _raise_if_hung_up(line: Line, endpoint: Endpoint, cause: BaseException | None) -> None:
    if line.expired:
        raise EndpointTimeoutError(f"no complete answer from {endpoint} in time") from cause
    if line.hung_up:
        raise StoppedError("stopped while the endpoint was answering") from cause


def _never_connected(error: BaseException | None) -> bool:
    """Whether *error* says that no connection was made, looking through its wrappers."""
    seen = 0
    while error is not None and seen < 8:
        if isinstance(error, urllib3.exceptions.NewConnectionError):
            return True
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        error = inner if isinstance(inner, BaseException) else error.__cause__
        seen += 1
    return False
