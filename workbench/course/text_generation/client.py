"""`Client` of the package `text_generation`: same arguments, answers and errors."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import pydantic
import requests
import urllib3
from pydantic import BaseModel

from workbench import hosts
from workbench.course.text_generation.errors import parse_error
from workbench.course.text_generation.types import (
    ChatComplete,
    ChatCompletionChunk,
    ChatRequest,
    Grammar,
    Message,
    Parameters,
    Request,
    Response,
    StreamResponse,
    Tool,
)
from workbench.engines.adapter import EngineAdapter
from workbench.engines.embedded import respond
from workbench.errors import RetiredHostError
from workbench.protocols.sse import EventReader

T = TypeVar("T", bound=BaseModel)
_PIECE = 64 * 1024
_EMBEDDED = "embedded"
_CHAT = "/v1/chat/completions"
_END = "[DONE]"


class Client:
    """Calls a server of Text Generation Inference at *base_url*; *timeout* is in seconds.

    Where the package is not installed this class takes its place. It calls one thing more:
    ``embedded``, the engine in this process. Raises the errors of `requests` and of `errors`,
    and RetiredHostError for a host that was switched off.

    >>> client = Client("embedded")
    >>> client.generate("Once upon a time", max_new_tokens=3).generated_text
    ' a girl came'
    >>> for response in client.generate_stream("Once upon a time", max_new_tokens=2):
    ...     print(response.token.text, response.generated_text)
     a None
     girl  a girl
    """

    def __init__(
        self,
        base_url: str,
        headers: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> None:
        self.base_url = base_url
        self.headers = headers
        self.cookies = cookies
        self.timeout = timeout

    def generate(
        self,
        prompt: str,
        do_sample: bool = False,
        max_new_tokens: int = 20,
        best_of: int | None = None,
        repetition_penalty: float | None = None,
        frequency_penalty: float | None = None,
        return_full_text: bool = False,
        seed: int | None = None,
        stop_sequences: Sequence[str] | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        truncate: int | None = None,
        typical_p: float | None = None,
        watermark: bool = False,
        decoder_input_details: bool = False,
        top_n_tokens: int | None = None,
        grammar: Grammar | None = None,
    ) -> Response:
        """The text that goes on from *prompt*. A stop sequence ends it, and stays in it."""
        request = _request(dict(locals()), stream=False)
        with self._posted("", request) as answer:
            document = _document(answer)
        return Response(**(document[0] if isinstance(document, list) else document))

    def generate_stream(
        self,
        prompt: str,
        do_sample: bool = False,
        max_new_tokens: int = 20,
        repetition_penalty: float | None = None,
        frequency_penalty: float | None = None,
        return_full_text: bool = False,
        seed: int | None = None,
        stop_sequences: Sequence[str] | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        truncate: int | None = None,
        typical_p: float | None = None,
        watermark: bool = False,
        top_n_tokens: int | None = None,
        grammar: Grammar | None = None,
    ) -> Iterator[StreamResponse]:
        """The same text token by token. Closing the iterator hangs up and stops the model."""
        request = _request(dict(locals()), stream=True)
        yield from self._streamed("", request, StreamResponse)

    def chat(
        self,
        messages: Sequence[Message | dict[str, Any]],
        repetition_penalty: float | None = None,
        frequency_penalty: float | None = None,
        logit_bias: list[float] | None = None,
        logprobs: bool | None = None,
        top_logprobs: int | None = None,
        max_tokens: int | None = None,
        n: int | None = None,
        presence_penalty: float | None = None,
        stream: bool = False,
        seed: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        tools: list[Tool] | None = None,
        tool_choice: str | None = None,
    ) -> ChatComplete | Iterator[ChatCompletionChunk]:
        """A reply to *messages*, or with *stream* an iterator of its pieces."""
        given = {name: value for name, value in locals().items() if name != "self"}
        request = ChatRequest(model="tgi", **given)
        if stream:
            return self._streamed(_CHAT, request, ChatCompletionChunk)
        with self._posted(_CHAT, request) as answer:
            return ChatComplete(**_document(answer))

    def _streamed(self, path: str, request: BaseModel, kind: type[T]) -> Iterator[T]:
        with self._posted(path, request, stream=True) as answer:
            if answer.status_code != 200:
                _document(answer)
            for event in _events(answer):
                if event == _END:
                    return
                document = json.loads(event)
                try:
                    piece = kind(**document)
                except (TypeError, pydantic.ValidationError):
                    raise parse_error(answer.status_code, document) from None
                yield piece

    @contextlib.contextmanager
    def _posted(
        self, path: str, request: BaseModel, *, stream: bool = False
    ) -> Iterator[requests.Response]:
        """The answer; when the block ends its connection is closed, whether or not it was read."""
        url = "embedded://engine/" if self.base_url == _EMBEDDED else self.base_url
        if new := hosts.replacement(url):
            raise RetiredHostError(
                f"{hosts.RETIRED_HOST} was switched off by Hugging Face",
                hint=f"Give Client the address of an endpoint of your own, or {new}.",
            )
        with requests.Session() as session:
            session.mount("embedded://", EngineAdapter(respond))
            with session.post(
                url.rstrip("/") + path if path else url,
                json=request.model_dump(mode="json"),
                headers=self.headers,
                cookies=self.cookies,
                timeout=self.timeout,
                stream=stream,
            ) as answer:
                yield answer


def _request(given: dict[str, Any], *, stream: bool) -> Request:
    """What the arguments of a call ask for. Raises ValidationError for one out of range."""
    del given["self"]
    stop = list(given.pop("stop_sequences") or [])
    prompt = given.pop("prompt")
    parameters = Parameters(details=True, stop=stop, **given)
    return Request(inputs=prompt, stream=stream, parameters=parameters)


def _document(answer: requests.Response) -> Any:
    """The JSON of an answer. Raises the error it stands for."""
    try:
        document = answer.json()
    except requests.JSONDecodeError:
        if answer.status_code == 200:
            raise
        document = {"error": answer.text.strip()[:300] or answer.reason}
    if answer.status_code != 200:
        raise parse_error(answer.status_code, document)
    return document


def _events(answer: requests.Response) -> Iterator[str]:
    reader = EventReader()
    while data := _packet(answer):
        yield from reader.feed(data)
    yield from reader.finish()


def _packet(answer: requests.Response) -> bytes:
    """What has come next, not waiting for more; nothing at the end. Raises as `requests` does."""
    try:
        packet: bytes = answer.raw.read1(_PIECE, decode_content=True)
    except urllib3.exceptions.ReadTimeoutError as exc:
        raise requests.ConnectionError(exc) from exc
    except urllib3.exceptions.ProtocolError as exc:
        raise requests.exceptions.ChunkedEncodingError(exc) from exc
    return packet
