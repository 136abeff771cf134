"""The endpoint client: the one place that sends, waits, retries and records."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, overload
from urllib.parse import urlsplit

from workbench.calls import Call
from workbench.chat.models import ChatModel
from workbench.chat_endpoints import find_model, resolve_model
from workbench.closing import Closing
from workbench.endpoints import Endpoint, resolve
from workbench.engines.adapter import EngineAdapter
from workbench.engines.embedded import respond
from workbench.engines.langchain import LangChain
from workbench.engines.local import Local
from workbench.errors import (
    AuthenticationError,
    FailedError,
    InvalidInputError,
    NotServedError,
    PermissionDeniedError,
    UnexpectedAnswerError,
    WorkbenchError,
)
from workbench.exchanges import Exchange, Recording, Waiting, active_recording
from workbench.protocols import chat, hf, tgi
from workbench.protocols.chat_stream import ChatReader
from workbench.protocols.parameters import stop_strings
from workbench.protocols.payload import Payload, json_body
from workbench.protocols.replies import ReplyReader
from workbench.routes import CHAT, Route
from workbench.settings import Settings
from workbench.streaming import StreamCall, TextStream
from workbench.transport import Transport

if TYPE_CHECKING:
    from PIL.Image import Image

T = TypeVar("T")
logger = logging.getLogger(__name__)
_NO_LISTING = (
    *(NotServedError, UnexpectedAnswerError, FailedError),
    *(AuthenticationError, PermissionDeniedError, InvalidInputError),
)


class EndpointClient(Closing):
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
        self.settings = Settings.load() if settings is None else settings
        self.target: str | None = None
        self._by_task: Mapping[str, str] = {}
        self._served: dict[str, str] = {}
        self._observers = tuple(observers)
        self._transport = Transport(self.settings.network)
        self._transport.session.mount("embedded://", EngineAdapter(respond))
        local = Local(self.settings.local, self.settings.token)
        self._transport.session.mount("local://", EngineAdapter(local))
        langchain = LangChain(self.settings.chat_models)
        self._transport.session.mount("langchain://", EngineAdapter(langchain))

    def using(self, target: str | None, *, task: str | None = None) -> EndpointClient:
        """The same client, answered at *target* instead of where the settings point.

        With *task*, that one alone goes there; else every task, whatever was said before.
        """
        derived = copy.copy(self)
        if task is None:
            derived.target, derived._by_task = target or None, {}
        elif target:
            derived._by_task = {**self._by_task, task: target}
        return derived

    def named(self, route: Route) -> str | None:
        """The target that `using` named for a task, if any."""
        return self._by_task.get(route.task, self.target)

    def endpoint(self, route: Route) -> Endpoint:
        """Where a task is answered. Raises ConfigurationError."""
        if route.task == CHAT.task:
            return resolve_model(self.chat_model(), self.settings)
        return resolve(route, self.settings, self.named(route))

    def chat_model(self) -> ChatModel:
        """Whom the chat talks to. Raises ConfigurationError for what is no target."""
        return find_model(self.named(CHAT), self.settings)

    def permit(self, endpoint: Endpoint) -> None:
        """Asked before each call that may cost something; a client for visitors can refuse it."""

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
        payload = Payload(hf.encode(inputs, parameters))
        return self.send(endpoint, payload, read=read or _as_it_is)

    def send(self, endpoint: Endpoint, payload: Payload, *, read: Callable[[object], T]) -> T:
        """Send *payload*, as `call` does; *read* gets JSON, or the bytes of a picture."""
        if payload.method == "POST":
            self.permit(endpoint)
        call = Call(endpoint, payload, active_recording())
        try:
            return read(call.run(self._transport))
        except WorkbenchError as error:
            call.explain(error)
            raise
        finally:
            self.note(call.exchange())

    def stream(
        self, endpoint: Endpoint, payload: Payload, reader: Callable[[], ReplyReader]
    ) -> TextStream:
        """The text that *payload* brings, piece by piece as *reader* reads it.

        Tried again, as in `call`, only while no text has come. Reading raises what `call` raises,
        and InterruptedStreamError with what arrived when the stream ends before the reply does.
        """
        self.permit(endpoint)
        call = StreamCall(endpoint, payload, active_recording(), reader)
        return TextStream(call, self._transport, self.note)

    def generate(
        self,
        endpoint: Endpoint,
        prompt: str,
        parameters: Mapping[str, object] | None = None,
        *,
        strip_start: bool = False,
    ) -> TextStream:
        """A prompt continued by a `tgi` endpoint; `stop` in *parameters* is cut on our side too.

        *strip_start* takes the white space off the start, which a reply to a template begins with.
        """
        options = dict(parameters or {})
        document = tgi.encode(prompt, options, stream=True)
        there = replace(endpoint, url=tgi.stream_url(endpoint.url))
        return self.stream(
            there,
            Payload(json_body(document, "prompt")),
            lambda: tgi.GenerationReader(
                prompt, strip_start=strip_start, **_reading(endpoint, options)
            ),
        )

    def chat(
        self,
        endpoint: Endpoint,
        messages: Sequence[Mapping[str, object]],
        parameters: Mapping[str, object] | None = None,
        *,
        strip_start: bool = True,
    ) -> TextStream:
        """The reply of a `chat` endpoint to *messages*, as OpenAI's API has them.

        *strip_start* takes the white space off the start.
        """
        options = dict(parameters or {})
        model = self.served_model(endpoint)
        document = chat.encode_chat(messages, options, model=model, stream=True)
        return self.stream(
            endpoint,
            Payload(json_body(document, "message")),
            lambda: ChatReader(
                strip_start=strip_start, thinking=endpoint.thinks, **_reading(endpoint, options)
            ),
        )

    def served_model(self, endpoint: Endpoint) -> str:
        """The model of *endpoint*, asked of the service once when the target names none.

        Where no list is to be had it is "tgi", which a server of one model takes for its own.
        """
        if endpoint.model:
            return endpoint.model
        if endpoint.url not in self._served:
            listing = replace(endpoint, url=chat.models_url(endpoint.url))
            try:
                name = self.send(listing, Payload(method="GET"), read=chat.read_model)
            except _NO_LISTING:
                name = "tgi"
            self._served[endpoint.url] = name
        return self._served[endpoint.url]

    def fetch(self, url: str, *, answered: Endpoint | None = None) -> bytes:
        """The file at *url*, without any token: one a person gave, or one that an endpoint did.

        Private addresses are refused; a server on this machine that *answered* may name its own.
        Raises what `workbench.fetching.fetch` raises.
        """
        from workbench.fetching import fetch

        return fetch(
            url,
            settings=self.settings,
            limits=self.settings.limits,
            secure=answered is not None,
            allow=answered.url if answered else None,
        )

    def open_image(
        self, source: object, *, longest: int | None = None, paths: bool = True
    ) -> Image:
        """A picture a person gave, in any form that `workbench.images.load_image` takes.

        An address is fetched, with `fetch`. Raises InvalidInputError.
        """
        from workbench.images import load_image

        most = self.settings.limits.max_pixels
        return load_image(source, fetch=self.fetch, paths=paths, longest=longest, max_pixels=most)

    def note(self, exchange: Exchange) -> None:
        """Tell the active recording and the observers of a call that was made."""
        active_recording().note_exchange(exchange)
        for observer in self._observers:
            try:
                observer(exchange)
            except Exception:
                logger.exception("an observer failed")

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()


def _as_it_is(document: object) -> object:
    return document


def _reading(endpoint: Endpoint, options: Mapping[str, object]) -> dict[str, Any]:
    """What the readers of streams are told of the call."""
    return {
        "stops": stop_strings(options.get("stop")),
        "host": urlsplit(endpoint.url).hostname or "",
        "secrets": [endpoint.token],
    }
