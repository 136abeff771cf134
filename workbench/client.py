"""The endpoint client: the one place that sends, waits, retries and records."""

from __future__ import annotations

import copy
import functools
import platform
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TypeVar, overload

import requests
from tenacity import RetryCallState

from workbench import __version__, retry
from workbench.answers import Answer, read_answer, translated, usable_json
from workbench.endpoints import Endpoint, resolve
from workbench.engines.adapter import EngineAdapter
from workbench.engines.embedded import respond
from workbench.errors import EndpointTimeoutError, WorkbenchError
from workbench.exchanges import Exchange, Recording, Waiting, active_recording
from workbench.protocols import hf
from workbench.redaction import display_url
from workbench.routes import Route
from workbench.settings import Settings, load_environment
from workbench.transport import Transport

USER_AGENT = f"hf-inference-workbench/{__version__}; python/{platform.python_version()}"
T = TypeVar("T")
ENGINE_HEADER = "x-workbench-engine"


class EndpointClient:
    """Calls endpoints. Safe for many threads; one pool of connections, kept until `close`.

    Settings come from the environment and the nearest `.env` when absent. *observers* are told
    of every exchange.

    >>> from workbench.routes import NER
    >>> client = EndpointClient(Settings())
    >>> client.call(client.endpoint(NER), "Ada lives in Paris", {"aggregation_strategy": "max"})
    [{'entity_group': 'PER', ...}, {'entity_group': 'LOC', ...}]
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        observers: Iterable[Callable[[Exchange], None]] = (),
    ) -> None:
        self.settings = Settings.from_env(load_environment()) if settings is None else settings
        self.target: str | None = None
        self._observers = tuple(observers)
        self._transport = Transport(self.settings.network)
        self._transport.session.mount("embedded://", EngineAdapter(respond))

    def using(self, target: str | None) -> EndpointClient:
        """The same client, every task answered at *target* instead of where settings point."""
        derived = copy.copy(self)
        derived.target = target or None
        return derived

    def endpoint(self, route: Route) -> Endpoint:
        """Where a task is answered. Raises ConfigurationError."""
        return resolve(route, self.settings, self.target)

    def recording(self, progress: Callable[[Waiting], None] | None = None) -> Recording:
        """Record the exchanges of a `with` block; *progress* is told of each wait.

        >>> from workbench.routes import NER
        >>> client = EndpointClient(Settings())
        >>> with client.recording() as exchanges:
        ...     answer = client.call(client.endpoint(NER), "Ada")
        >>> exchanges[0].status
        200
        """
        return Recording(progress)

    @overload
    def call(
        self, endpoint: Endpoint, inputs: object, parameters: Mapping[str, object] | None = None
    ) -> object: ...

    @overload
    def call(
        self,
        endpoint: Endpoint,
        inputs: object,
        parameters: Mapping[str, object] | None = None,
        *,
        read: Callable[[object], T],
    ) -> T: ...

    def call(
        self,
        endpoint: Endpoint,
        inputs: object,
        parameters: Mapping[str, object] | None = None,
        *,
        read: Callable[[object], object] | None = None,
    ) -> object:
        """Send inputs and parameters, and return the JSON that comes back, as *read* reads it.

        Retries what may pass by itself, within the endpoint's deadline. Raises the errors of
        `workbench.errors`, those of *read* included, each with task and endpoint filled in.
        """
        body = hf.encode(inputs, parameters)
        call = _Call(endpoint, body, active_recording())
        try:
            document = call.run(self._transport)
            return document if read is None else read(document)
        except WorkbenchError as error:
            call.explain(error)
            raise
        finally:
            exchange = call.exchange()
            call.recording.note_exchange(exchange)
            for observer in self._observers:
                observer(exchange)

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def __enter__(self) -> EndpointClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Call:
    """One call: its attempts, its deadline, and what is told of it afterwards."""

    def __init__(self, endpoint: Endpoint, body: bytes, recording: Recording) -> None:
        self.endpoint = endpoint
        self.body = body
        self.recording = recording
        self.request_id = str(uuid.uuid4())
        self.started = time.monotonic()
        self.deadline = self.started + endpoint.limits.deadline_s
        self.attempts = 0
        self.waited_s = 0.0
        self.answer: Answer | None = None
        self.error: WorkbenchError | None = None

    def run(self, transport: Transport) -> object:
        attempts = retry.retrying(
            self.endpoint.limits.deadline_s,
            sleep=self._sleep,
            before_sleep=self._tell_waiting,
        )
        return attempts(self._attempt, transport)

    def _attempt(self, transport: Transport) -> object:
        self.attempts += 1
        self.answer = None
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise EndpointTimeoutError(f"no answer from {self.endpoint} in time")
        request = _template(self.endpoint).copy()
        request.body = self.body
        request.headers["Content-Length"] = str(len(self.body))
        request.headers["X-Amzn-Trace-Id"] = self.request_id
        limits = self.endpoint.limits
        line = self.recording.open_line()
        try:
            with translated(self.endpoint, line):
                response = transport.send(
                    request,
                    timeout=(min(limits.connect_s, left), min(limits.read_s, left)),
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
                    response.raw.release_conn()
        finally:
            self.recording.close_line(line)
        return usable_json(self.answer, self.endpoint)

    def _sleep(self, seconds: float) -> None:
        self.waited_s += seconds
        self.recording.sleep(seconds)

    def _tell_waiting(self, state: RetryCallState) -> None:
        error = retry.error_of(state)
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
        if self.answer is not None and error.status is None:
            error.status = self.answer.status
        error.request_id = error.request_id or self._answered_id()

    def _answered_id(self) -> str:
        headers = self.answer.headers if self.answer else {}
        return headers.get("x-request-id") or self.request_id

    def exchange(self) -> Exchange:
        headers = self.answer.headers if self.answer else {}
        shown = display_url(self.endpoint.url)
        return Exchange(
            task=self.endpoint.task,
            target=self.endpoint.target,
            url=shown,
            model=self.endpoint.model,
            engine=headers.get(ENGINE_HEADER) or shown,
            status=self.answer.status if self.answer else 0,
            attempts=self.attempts,
            elapsed_s=time.monotonic() - self.started,
            waited_s=self.waited_s,
            request_bytes=len(self.body),
            answer_bytes=len(self.answer.body) if self.answer else 0,
            request_id=self._answered_id(),
            error=self.error.kind if self.error else None,
            authorized=self.endpoint.token is not None,
            request_body=self.body,
        )


@functools.lru_cache(maxsize=256)
def _template(endpoint: Endpoint) -> requests.PreparedRequest:
    """The request to *endpoint* but for its body: an address is checked and split once."""
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
    }
    if endpoint.token:
        headers["Authorization"] = f"Bearer {endpoint.token}"
    if endpoint.bill_to:
        headers["X-HF-Bill-To"] = endpoint.bill_to
    return requests.Request("POST", endpoint.url, headers=headers).prepare()
