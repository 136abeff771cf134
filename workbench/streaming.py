"""A call whose answer is text that comes piece by piece, and can be hung up at any moment."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import requests

from workbench.answers import Answer, read_answer, translated, usable
from workbench.calls import Call
from workbench.closing import Closing
from workbench.deadlines import DEADLINES
from workbench.endpoints import Endpoint
from workbench.errors import (
    EndpointTimeoutError,
    StoppedError,
    UnexpectedAnswerError,
    UnreachableError,
    WorkbenchError,
)
from workbench.exchanges import Exchange, Recording
from workbench.protocols.payload import Payload
from workbench.protocols.replies import Reply, ReplyReader
from workbench.protocols.sse import EventReader
from workbench.transport import Line, Transport

EVENTS = "text/event-stream"
_PIECE = 64 * 1024
_LOOK_S = 0.1
_LEFTOVER_S = 0.2  # the end of a body usually comes with its last event


class StreamCall(Call):
    """One call and the text it brings. Tried again only while no text has come."""

    def __init__(
        self,
        endpoint: Endpoint,
        payload: Payload,
        recording: Recording,
        reader: Callable[[], ReplyReader],
    ) -> None:
        super().__init__(endpoint, replace(payload, accept=EVENTS), recording)
        self._new_reader = reader
        self._reader = reader()
        self._events = EventReader()
        self._line = Line()
        self._response: requests.Response | None = None
        self._bytes = 0
        self._closed = threading.Event()
        self.first_s: float | None = None
        """Seconds until the first text."""

    @property
    def text(self) -> str:
        """What has arrived so far."""
        return self._reader.text

    def pieces(self, transport: Transport) -> Generator[str, None, Reply]:
        """Each piece of text as it comes; returns the facts about the whole.

        Raises InterruptedStreamError with what arrived when the stream breaks off, and the
        errors of `workbench.errors` for everything else.
        """
        try:
            text = self._persist(self._begin, transport)
            self.first_s = time.monotonic() - self.started
            if text:
                yield text
            while not self._reader.done and (response := self._response) is not None:
                if text := self._go_on(response):
                    yield text
            self._drain()
            return self._reader.finish()
        finally:
            self._let_go()

    def hang_up(self) -> None:
        """End the call from any thread; whoever reads it gets StoppedError."""
        self._closed.set()
        self._line.hang_up()

    def _sleep(self, seconds: float) -> None:
        self.waited_s += seconds
        deadline = time.monotonic() + seconds
        # The recording has an event of its own: look at this one now and then.
        while not self._closed.is_set() and (left := deadline - time.monotonic()) > 0:
            self.recording.sleep(min(left, _LOOK_S))

    def _begin(self, transport: Transport) -> str:
        """Send the request; returns the first text, or nothing when there is none."""
        timeout = self._begin_attempt()
        self._line = line = self._open_line()
        self._check_open(line)
        self._reader, self._events = self._new_reader(), EventReader()
        try:
            with DEADLINES.watching(line, self.deadline), translated(self.endpoint, line):
                response = transport.send(
                    self._request(),
                    timeout=timeout,
                    line=line,
                )
                self._response = response
                headers = {name.lower(): value for name, value in response.headers.items()}
                self.answer = Answer(response.status_code, headers, b"")
                if response.status_code != 200:
                    self.answer = read_answer(
                        response, self.endpoint, deadline=self.deadline, line=line
                    )
                    usable(self.answer, self.endpoint)
                    raise UnexpectedAnswerError(f"{self.endpoint} answered with no stream")
                text = ""
                while not text and not self._reader.done and self._response is not None:
                    text = self._read(response)
                if not text and not self._reader.complete and not _is_stream(self.answer):
                    raise UnexpectedAnswerError(f"{self.endpoint} answered with no stream")
                return text
        except BaseException:
            self._let_go()
            raise

    def _go_on(self, response: requests.Response) -> str:
        """The next text. A connection that fails now ends a reply that had begun."""
        try:
            with translated(self.endpoint, self._line):
                return self._read(response)
        except (EndpointTimeoutError, UnreachableError) as error:
            raise self._reader.interrupted(str(error)) from error

    def _read(self, response: requests.Response) -> str:
        """The text of the next packet, which may be none; forgets the response at its end."""
        data = response.raw.read1(_PIECE, decode_content=True)
        if not data:  # a line that we hang up looks like the end of a body without a length
            self._check_open(self._line)
        self._bytes += len(data)
        if self._bytes > self.endpoint.limits.max_answer_bytes:
            raise UnexpectedAnswerError(f"{self.endpoint} sent more than a reply may be long")
        events = self._events.feed(data) if data else self._events.finish()
        text = "".join([self._reader.feed(event) for event in events])
        if not data:
            self._release()
        return text

    def _check_open(self, line: Line) -> None:
        if self._closed.is_set() or (line.hung_up and self.recording.stopped):
            self.recording.close_line(line)
            raise StoppedError("stopped")

    def _drain(self) -> None:
        """Read the end of a body that is complete, so that its connection serves another call."""
        if self._response is None:
            return
        self._line.hurry(_LEFTOVER_S)
        with contextlib.suppress(Exception):
            if not self._response.raw.read1(_PIECE):
                self._release()

    def _release(self) -> None:
        """Give back the connection of a body that was read to its end."""
        self._line.detach()
        if self._response is not None:
            self._response.raw.release_conn()
        self._response = None

    def _let_go(self) -> None:
        """Close what is still open: the far end sees it."""
        if self._response is not None:
            self._line.hang_up()
            self._response.raw.close()
            self._response = None
        self.recording.close_line(self._line)

    def exchange(self) -> Exchange:
        return replace(super().exchange(), answer_bytes=self._bytes)


def _is_stream(answer: Answer) -> bool:
    return EVENTS in answer.headers.get("content-type", "")


class TextStream(Iterator[str], Closing):
    """The pieces of a reply; nothing is sent before the first is asked for.

    `reply` holds the facts once all pieces were read. `close` hangs up, from any thread and at
    any moment; so does leaving the `with` block.
    """

    def __init__(
        self, call: StreamCall, transport: Transport, note: Callable[[Exchange], None]
    ) -> None:
        self._call = call
        self.reply: Reply | None = None
        self._pieces = self._run(transport, note)

    def _run(
        self, transport: Transport, note: Callable[[Exchange], None]
    ) -> Generator[str, None, None]:
        try:
            self.reply = yield from self._call.pieces(transport)
        except WorkbenchError as error:
            self._call.explain(error)
            raise
        except GeneratorExit:
            self._call.error = StoppedError("stopped")
            raise
        finally:
            note(self._call.exchange())

    @property
    def text(self) -> str:
        """What has arrived so far."""
        return self._call.text

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        self._call.hang_up()
        with contextlib.suppress(ValueError):  # another thread reads, and is being told
            self._pieces.close()
