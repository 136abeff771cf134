"""What happened inside a call: one exchange is one request with its answer, without secrets."""

from __future__ import annotations

import json
import shlex
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from dataclasses import asdict, dataclass
from types import TracebackType

from workbench.errors import StoppedError
from workbench.redaction import redact
from workbench.transport import Line


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Told before each wait: why, for how long, and how long the call has lasted (seconds)."""

    kind: str
    message: str
    attempt: int
    wait_s: float
    elapsed_s: float


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
    authorized: bool
    """Whether a token was sent; the token itself is nowhere in here."""
    request_body: bytes

    def as_dict(self) -> dict[str, object]:
        """JSON-ready facts, the request's body left out."""
        facts = asdict(self)
        del facts["request_body"]
        return facts

    def as_curl(self) -> str:
        """The exact request as a command; the token is named, not shown."""
        body = redact(json.dumps(json.loads(self.request_body), ensure_ascii=False))
        lines = [f"curl {shlex.quote(self.url)}", "-H 'Content-Type: application/json'"]
        if self.authorized:
            lines.append('-H "Authorization: Bearer $HF_TOKEN"')
        lines.append(f"--data-binary {shlex.quote(body)}")
        return " \\\n  ".join(lines)


_active: ContextVar[Recording | None] = ContextVar("recording", default=None)


def active_recording() -> Recording:
    """The recording whose block the caller is in, or one that nobody reads."""
    active = _active.get()
    return Recording() if active is None else active


class Recording:
    """The exchanges of the calls made inside its `with` block.

    It follows the context: a thread started inside takes part when it runs in a copy of the
    context. Any thread may `stop()` it: the call under way hangs up and raises StoppedError,
    and so does every later one.
    """

    def __init__(self, progress: Callable[[Waiting], None] | None = None) -> None:
        self._progress = progress
        self._stopped = threading.Event()
        self._lines: set[Line] = set()
        self._exchanges: list[Exchange] = []
        self._token: Token[Recording | None] | None = None

    def __enter__(self) -> Recording:
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

    def stop(self) -> None:
        """End the calls of this recording, from any thread."""
        self._stopped.set()
        for line in tuple(self._lines):
            line.hang_up()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def open_line(self) -> Line:
        """A line that `stop()` hangs up. Raises StoppedError when already stopped."""
        line = Line()
        self._lines.add(line)
        if self.stopped:
            self._lines.discard(line)
            raise StoppedError("stopped before the call was sent")
        return line

    def close_line(self, line: Line) -> None:
        self._lines.discard(line)

    def sleep(self, seconds: float) -> None:
        """Wait, unless stopped meanwhile: then raise StoppedError."""
        if self._stopped.wait(seconds):
            raise StoppedError("stopped while waiting")

    def note_waiting(self, waiting: Waiting) -> None:
        if self._progress is not None:
            self._progress(waiting)

    def note_exchange(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)
