"""What a fault is asked, and the blocks that faults are made of."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from workbench.engines.messages import Pause, Reply, Request, json_reply

_TICK_S = 0.05


@dataclass(frozen=True)
class Trouble:
    """A request that is to fail; *path* is what follows the kind, *to* where a redirect leads.

    *answer* gives what the engine would have said.
    """

    request: Request
    path: str
    answer: Callable[[], Reply]
    seconds: float | None = None
    to: str | None = None
    limit: int | None = None

    def seconds_or(self, default: float) -> float:
        return default if self.seconds is None else self.seconds


Make = Callable[[Trouble], Reply]
"""Makes a fault's reply, or raises ``ConnectionError`` where there is none."""


def fixed(
    status: int, body: str | bytes | object = b"", headers: Mapping[str, str] | None = None
) -> Make:
    """Always answer the same: bytes without a type, text as plain text, anything else as JSON."""
    given = dict(headers or {})
    if isinstance(body, str):
        given = {"content-type": "text/plain; charset=utf-8", **given}
        body = body.encode()
    if not isinstance(body, bytes):
        given = {"content-type": "application/json", **given}
        body = json.dumps(body).encode()
    return lambda _: Reply(status, given, body)


def html(status: int, title: str) -> Make:
    """Answer with the page a gateway shows."""
    page = (
        f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status} {title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    return fixed(status, page, {"content-type": "text/html"})


def loading(trouble: Trouble) -> Reply:
    """Answer as the serverless API did while it loaded a model."""
    estimate = trouble.seconds_or(20.0)
    text = f"Model {trouble.path.strip('/') or 'gpt2'} is currently loading"
    return json_reply(503, {"error": text, "estimated_time": estimate})


def rate_limited(trouble: Trouble) -> Reply:
    """Refuse with Retry-After in whole seconds."""
    wait = str(math.ceil(trouble.seconds_or(1)))
    return json_reply(429, {"error": "Too many requests"}, {"retry-after": wait})


def rate_limited_by_hub(trouble: Trouble) -> Reply:
    """Refuse with the Hub's headers, which count down to the next window."""
    wait = math.ceil(trouble.seconds_or(1))
    headers = {
        "ratelimit": f'"api";r=0;t={wait}',
        "ratelimit-policy": '"fixed window";"api";q=500;w=300',
    }
    return json_reply(429, {"error": "We had to rate limit your IP."}, headers)


def slow(trouble: Trouble) -> Reply:
    """Answer well, but late; the head is late too."""

    def body() -> Iterator[bytes | Pause]:
        yield from pause(trouble.seconds_or(30))
        yield b'[{"summary_text":"late"}]'

    return Reply(200, {"content-type": "application/json"}, body())


def trickle(trouble: Trouble) -> Reply:
    """Never come to an end: one space of JSON every so often."""

    def body() -> Iterator[bytes | Pause]:
        yield b"["
        while True:
            yield from pause(trouble.seconds_or(1))
            yield b" "

    return Reply(200, {"content-type": "application/json"}, body())


def pause(seconds: float) -> Iterator[Pause]:
    """Wait in steps, after each of which a read timeout is noticed."""
    steps = max(1, math.ceil(seconds / _TICK_S))
    return itertools.repeat(Pause(seconds / steps), steps)
