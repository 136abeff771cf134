"""What happened inside a call: one exchange is one request with its answer, without secrets."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from dataclasses import dataclass, fields
from types import TracebackType

from workbench.errors import StoppedError
from workbench.protocols.payload import Payload, shell_body
from workbench.transport import Line


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Told before each wait: why, for how long, and how long the call has lasted (seconds).

    Not *again* is told by an engine in this process, which is at work and says how far.
    """

    kind: str
    message: str
    attempt: int
    wait_s: float
    elapsed_s: float
    again: bool = True

    @property
    def told(self) -> str:
        """All of it as a line of text."""
        again = f"; trying again in {self.wait_s:.1f} s" if self.again else ""
        return self.message + again


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One call as it went. Times in seconds, sizes in bytes, `status` 0 without an answer."""

    task: str
    target: str
    url: str
    model: str | None
    engine: str
    """Who answered, as it says of itself, or the host."""
    status: int
    attempts: int
    elapsed_s: float
    waited_s: float
    request_bytes: int
    answer_bytes: int
    request_id: str | None
    error: str | None
    """The kind of the error that ended the call."""
    token_variable: str | None
    """What the token that was sent is called; the token itself is nowhere in here."""
    auth: str
    """The scheme that it was sent with."""
    bill_to: str | None
    ignored: tuple[str, ...]
    """Parameters that the answer says had no effect."""
    payload: Payload

    def as_dict(self) -> dict[str, object]:
        """JSON-ready facts, the request's body left out."""
        facts = {item.name: getattr(self, item.name) for item in fields(self)}
        del facts["payload"]
        return facts

    def as_curl(self) -> str:
        """The request as a command; the token is named, not shown, the query left out.

        For an engine in this process it is the same request to `workbench serve`.
        """
        if self.payload.told:
            return self.payload.told
        if self.url.startswith("langchain:"):
            return f"# no HTTP: {self.model} answered in this process, through LangChain"
        address = self.url.replace("embedded://engine", _SERVED).replace("local://engine", _SERVED)
        lines = [f"curl {shlex.quote(address)}"]
        if self.payload.method == "POST":
            lines.append(f"-H {shlex.quote(f'Content-Type: {self.payload.content_type}')}")
        lines.append(f"-H {shlex.quote(f'Accept: {self.payload.accept}')}")
        lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.payload.headers]
        if self.bill_to:
            lines.append(f"-H {shlex.quote(f'X-HF-Bill-To: {self.bill_to}')}")
        if self.token_variable:
            lines.append(f'-H "Authorization: {self.auth} ${self.token_variable}"')
        if self.payload.method == "POST":
            lines.append(f"--data-binary {shell_body(self.payload)}")
        notes = f"# while `{self._server()}` runs\n" if address != self.url else ""
        return notes + " \\\n  ".join(lines)

    def _server(self) -> str:
        """What has to run for the same answer over HTTP."""
        if self.url.startswith("embedded:"):
            return "workbench serve"
        model = self.target.partition(":")[2]
        return f"workbench serve --engine local --model {shlex.quote(f'{self.task}={model}')}"


_SERVED = "http://127.0.0.1:8200"
_active: ContextVar[Recording | None] = ContextVar("recording", default=None)


def active_recording() -> Recording:
    """The recording whose block the caller is in, or one that nobody reads."""
    active = _active.get()
    return Recording() if active is None else active


class Recording:
    """The exchanges of the calls made inside its `with` block.

    It follows the context: a thread started inside takes part when it runs in a copy of the
    context. Any thread may `stop()` it: the call under way hangs up and raises StoppedError,
    and so does every later one. A recording inside another one tells that one too, and stops
    with it.
    """

    def __init__(self, progress: Callable[[Waiting], None] | None = None) -> None:
        self._progress = progress
        self._stopped = threading.Event()
        self._lines: set[Line] = set()
        self._exchanges: list[Exchange] = []
        self._token: Token[Recording | None] | None = None
        self._outer: Recording | None = None

    def __enter__(self) -> Recording:
        self._outer = _active.get()
        self._token = _active.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _active.reset(self._token)
            self._token = None

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    def __len__(self) -> int:
        return len(self._exchanges)

    def __getitem__(self, index: int) -> Exchange:
        return self._exchanges[index]

    def tell(self, progress: Callable[[Waiting], None]) -> None:
        """Have *progress* told of each wait from now on."""
        self._progress = progress

    def stop(self) -> None:
        """End the calls of this recording, from any thread."""
        self._stopped.set()
        for line in tuple(self._lines):
            line.hang_up()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set() or (self._outer is not None and self._outer.stopped)

    def open_line(self, send_s: float | None = None) -> Line:
        """A line that `stop()` hangs up. Raises StoppedError when already stopped."""
        line = Line(send_s)
        self._hold(line)
        if self.stopped:
            self.close_line(line)
            raise StoppedError("stopped before the call was sent")
        return line

    def _hold(self, line: Line) -> None:
        self._lines.add(line)
        if self._outer is not None:
            self._outer._hold(line)

    def close_line(self, line: Line) -> None:
        line.detach()
        self._lines.discard(line)
        if self._outer is not None:
            self._outer.close_line(line)

    def sleep(self, seconds: float) -> None:
        """Wait, unless stopped meanwhile: then raise StoppedError."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            # An outer recording is stopped by another event: look at it now and then.
            self._stopped.wait(left if self._outer is None else min(left, 0.1))
            if self.stopped:
                raise StoppedError("stopped while waiting")

    def note_waiting(self, waiting: Waiting) -> None:
        if self._progress is not None:
            self._progress(waiting)
        if self._outer is not None:
            self._outer.note_waiting(waiting)

    def note_exchange(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)
        if self._outer is not None:
            self._outer.note_exchange(exchange)
