"""Faults of the connection and of the body: cut, reset, endless, sent elsewhere."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

from workbench.engines.faults.trouble import Make, Trouble, pause
from workbench.engines.messages import Pause, Reply, json_reply

_JSON = {"content-type": "application/json"}
_BLOCK = b"a" * 2**16
_BLOCKS = 1040
_HUGE_BYTES = _BLOCKS * len(_BLOCK) + 4
_CUT = b'[{"summary_text":"The tower is 324 me'


def reset(_: Trouble) -> Reply:
    """Reset the connection before anything is answered."""
    raise ConnectionResetError("the fault `reset`")


def hang_up(_: Trouble) -> Reply:
    """Close the connection before anything is answered."""
    raise ConnectionAbortedError("the fault `hang-up`")


def reset_midway(_: Trouble) -> Reply:
    """Reset the connection inside the body."""

    def body() -> Iterator[bytes | Pause]:
        yield _CUT
        yield from pause(0.1)  # a reset overtakes bytes that are still on their way
        raise ConnectionResetError("the fault `reset-midway`")

    return Reply(200, _JSON, body())


def truncated(_: Trouble) -> Reply:
    """Close before the declared length is reached."""
    return Reply(200, {**_JSON, "content-length": "120"}, iter([_CUT]))


def truncated_chunked(_: Trouble) -> Reply:
    """Close before the last chunk."""

    def body() -> Iterator[bytes]:
        yield _CUT
        raise ConnectionAbortedError("the fault `truncated-chunked`")

    return Reply(200, _JSON, body())


def huge(_: Trouble) -> Reply:
    """Send JSON of 65 MiB in chunks."""
    return Reply(200, _JSON, _huge())


def huge_declared(_: Trouble) -> Reply:
    """Send JSON of 65 MiB with its length."""
    return Reply(200, {**_JSON, "content-length": str(_HUGE_BYTES)}, _huge())


def huge_compressed(_: Trouble) -> Reply:
    """Send JSON of 65 MiB as some 64 KiB of gzip."""

    def body() -> Iterator[bytes]:
        squeeze = zlib.compressobj(1, wbits=31)
        yield from (squeeze.compress(piece) for piece in _huge())
        yield squeeze.flush()

    return Reply(200, {**_JSON, "content-encoding": "gzip"}, body())


def redirect(status: int) -> Make:
    """Send the caller to another host: *to*, else this server under its other loopback name."""

    def make(trouble: Trouble) -> Reply:
        location = trouble.to or f"{_other_name(trouble)}{trouble.path}"
        return Reply(status, {"location": location})

    return make


def secret_echo(trouble: Trouble) -> Reply:
    """Repeat the caller's Authorization header in the error, as careless gateways do."""
    sent = trouble.request.headers.get("authorization", "no Authorization header")
    return json_reply(401, {"error": f"Invalid credentials: {sent}"}, {"x-error-message": sent})


def _huge() -> Iterator[bytes]:
    yield b'["'
    for _ in range(_BLOCKS):
        yield _BLOCK
    yield b'"]'


def _other_name(trouble: Trouble) -> str:
    host = urlsplit(f"//{trouble.request.headers.get('host', '')}")
    if host.port is None:
        return "http://elsewhere.invalid"
    name = "127.0.0.1" if host.hostname == "localhost" else "localhost"
    return f"http://{name}:{host.port}"
