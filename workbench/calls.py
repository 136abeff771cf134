"""One call to an endpoint: its attempts, its deadline, and what is told of it afterwards."""

from __future__ import annotations

import functools
import platform
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

import requests
from tenacity import RetryCallState

from workbench import __version__, retry
from workbench.answers import Answer, read_answer, translated, usable
from workbench.deadlines import DEADLINES
from workbench.endpoints import Endpoint
from workbench.errors import (
    ConfigurationError,
    EndpointTimeoutError,
    LoadingError,
    WakingError,
    WorkbenchError,
)
from workbench.exchanges import Exchange, Recording, Waiting
from workbench.protocols.payload import Payload
from workbench.redaction import display_target, display_url, printable, redact
from workbench.transport import Line, Transport

T = TypeVar("T")
USER_AGENT = f"hf-inference-workbench/{__version__}; python/{platform.python_version()}"
ENGINE_HEADER = "x-workbench-engine"
IGNORED_HEADER = "x-workbench-ignored"
_PARAMETER = re.compile(r"[A-Za-z0-9_]{1,80}")


class Call:
    """One call: its attempts, its deadline, and what is told of it afterwards."""

    def __init__(self, endpoint: Endpoint, payload: Payload, recording: Recording) -> None:
        self.endpoint = endpoint
        self.payload = payload
        self.recording = recording
        self.request_id = str(uuid.uuid4())
        self.started = time.monotonic()
        self.deadline = self.started + endpoint.limits.deadline_s
        self.attempts = 0
        self.waited_s = 0.0
        self.answer: Answer | None = None
        self.error: WorkbenchError | None = None
        self._starting: WakingError | LoadingError | None = None
        """How the try before this one ended, where only time was missing."""

    def run(self, transport: Transport) -> object:
        return self._persist(self._attempt, transport)

    def _persist(self, attempt: Callable[[Transport], T], transport: Transport) -> T:
        """Try as often as may help, within the deadline.

        An endpoint that was starting until then is told as such, not the last try, cut short.
        """
        attempts = retry.retrying(
            self.endpoint.limits.deadline_s,
            sleep=self._sleep,
            before_sleep=self._tell_waiting,
        )
        try:
            return attempts(attempt, transport)
        except EndpointTimeoutError as error:
            if self._starting is None or time.monotonic() < self.deadline:
                raise
            raise self._starting from error

    def _begin_attempt(self) -> tuple[float, float]:
        """Count it; returns the seconds it may take to connect and to wait for bytes."""
        self.attempts += 1
        self.answer = None
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise EndpointTimeoutError(f"no answer from {self.endpoint} in time")
        limits = self.endpoint.limits
        return min(limits.connect_s, left), min(limits.read_s, left)

    def _attempt(self, transport: Transport) -> object:
        timeout = self._begin_attempt()
        line = self._open_line()
        try:
            with DEADLINES.watching(line, self.deadline), translated(self.endpoint, line):
                request = self._request()
                response = transport.send(
                    request,
                    timeout=timeout,
                    line=line,
                )
                try:
                    self.answer = read_answer(
                        response, self.endpoint, deadline=self.deadline, line=line
                    )
                except BaseException:
                    response.raw.close()
                    raise
                finally:
                    line.detach()
                    response.raw.release_conn()
        finally:
            self.recording.close_line(line)
        return usable(self.answer, self.endpoint)

    def _open_line(self) -> Line:
        line = self.recording.open_line(self.endpoint.limits.read_s)
        line.tell = self._tell_work
        return line

    def _tell_work(self, text: str) -> None:
        """An engine in this process says how far it is."""
        waiting = Waiting(
            kind="working",
            message=printable(text),
            attempt=self.attempts,
            wait_s=0,
            elapsed_s=time.monotonic() - self.started,
            again=False,
        )
        self.recording.note_waiting(waiting)

    def _request(self) -> requests.PreparedRequest:
        sent = self.payload
        request = _template(self.endpoint, replace(sent, body=b"")).copy()
        if sent.method == "POST":
            request.body = sent.body
            request.headers["Content-Length"] = str(len(sent.body))
        request.headers["X-Amzn-Trace-Id"] = self.request_id
        return request

    def _sleep(self, seconds: float) -> None:
        self.waited_s += seconds
        self.recording.sleep(seconds)

    def _tell_waiting(self, state: RetryCallState) -> None:
        error = retry.error_of(state)
        self._starting = error if isinstance(error, WakingError | LoadingError) else None
        self.recording.note_waiting(
            Waiting(
                kind=getattr(error, "kind", "error"),
                message=str(error),
                attempt=state.attempt_number,
                wait_s=state.upcoming_sleep,
                elapsed_s=time.monotonic() - self.started,
            )
        )

    def explain(self, error: WorkbenchError) -> None:
        """Fill in what the error could not know where it was raised."""
        self.error = error
        error.task = error.task or self.endpoint.task
        error.endpoint = error.endpoint or str(self.endpoint)
        if self.answer is not None and error.status is None and not self.endpoint.is_local:
            error.status = self.answer.status
        error.request_id = error.request_id or self._answered_id()

    def _answered_id(self) -> str:
        headers = self.answer.headers if self.answer else {}
        return self._told(headers.get("x-request-id")) or self.request_id

    def _told(self, value: str | None) -> str:
        """A header of the answer as it may be shown: it can hold anything, our token too."""
        return redact(printable(value or ""), [self.endpoint.token])[:200]

    def _engine(self) -> str:
        """Who answered. An engine of ours is believed; a host may say what it likes of itself."""
        headers = self.answer.headers if self.answer else {}
        said = self._told(headers.get(ENGINE_HEADER))
        if self.endpoint.in_process:
            return said or self.endpoint.url.partition(":")[0]
        return f"{self.endpoint} ({said})" if said else str(self.endpoint)

    def _ignored(self) -> tuple[str, ...]:
        told = self.answer.headers.get(IGNORED_HEADER, "") if self.answer else ""
        return tuple(_PARAMETER.findall(told)[:20])

    def exchange(self) -> Exchange:
        return Exchange(
            task=self.endpoint.task,
            target=display_target(self.endpoint.target),
            url=display_url(self.endpoint.url),
            model=self.endpoint.model,
            engine=self._engine(),
            status=self.answer.status if self.answer else 0,
            attempts=self.attempts,
            elapsed_s=time.monotonic() - self.started,
            waited_s=self.waited_s,
            request_bytes=len(self.payload.body),
            answer_bytes=len(self.answer.body) if self.answer else 0,
            request_id=self._answered_id(),
            error=self.error.kind if self.error else None,
            token_variable=self.endpoint.token_variable if self.endpoint.token else None,
            auth=self.endpoint.auth,
            bill_to=self.endpoint.bill_to,
            ignored=self._ignored(),
            payload=self.payload,
        )


@functools.lru_cache(maxsize=256)
def _template(endpoint: Endpoint, payload: Payload) -> requests.PreparedRequest:
    """The request to *endpoint* but for its body: an address is checked and split once.

    Raises ConfigurationError when `requests` would call another host than the one that the token
    was meant for.
    """
    headers = {
        "Accept": payload.accept,
        "Accept-Encoding": "gzip, deflate",
        "User-Agent": USER_AGENT,
        **dict(payload.headers),
    }
    if payload.method == "POST":
        headers["Content-Type"] = payload.content_type
    if endpoint.token:
        headers["Authorization"] = f"{endpoint.auth} {endpoint.token}"
    if endpoint.bill_to:
        headers["X-HF-Bill-To"] = endpoint.bill_to
    request = requests.Request(payload.method, endpoint.url, headers=headers).prepare()
    if urlsplit(request.url or "").hostname != urlsplit(endpoint.url).hostname:
        raise ConfigurationError(f"no call can be made to {endpoint}: its host is ambiguous")
    return request
