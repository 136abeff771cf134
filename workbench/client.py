"""The endpoint client: the one place that sends, waits, retries and records."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TypeVar, overload

from workbench.calls import Call
from workbench.endpoints import Endpoint, resolve
from workbench.engines.adapter import EngineAdapter
from workbench.engines.embedded import respond
from workbench.errors import WorkbenchError
from workbench.exchanges import Exchange, Recording, Waiting, active_recording
from workbench.protocols import hf
from workbench.routes import Route
from workbench.settings import Settings, load_environment
from workbench.transport import Transport

T = TypeVar("T")
logger = logging.getLogger(__name__)


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
        call = Call(endpoint, body, active_recording())
        try:
            document = call.run(self._transport)
            return document if read is None else read(document)
        except WorkbenchError as error:
            call.explain(error)
            raise
        finally:
            exchange = call.exchange()
            call.recording.note_exchange(exchange)
            self._tell(exchange)

    def _tell(self, exchange: Exchange) -> None:
        for observer in self._observers:
            try:
                observer(exchange)
            except Exception:
                logger.exception("an observer failed")

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
