"""An engine on a port, for everybody else's clients: Starlette, run by uvicorn."""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Callable, Collection

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from workbench.engines.asgi import EngineApp, LineProtocol
from workbench.engines.embedded import respond as embedded
from workbench.engines.faults import Faults
from workbench.engines.messages import Respond
from workbench.routes import COMPLETION, COURSE_ROUTES, Route

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8200

_SHUTDOWN_S = 3
_EVERYWHERE = {"0.0.0.0": DEFAULT_HOST, "::": "::1"}  # noqa: S104 - to recognise, not to bind

logger = logging.getLogger(__name__)


class PortInUse(OSError):  # noqa: N818 - what happened, as in `except PortInUse`
    """Another program listens on the port; the text says what to do."""


def build_server(respond: Respond, *, faults: bool = False) -> Starlette:
    """Put *respond* behind Starlette; *faults* adds ``/faults/{kind}/...`` (see `Faults`)."""
    return Starlette(routes=[Mount("/", app=EngineApp(Faults(respond) if faults else respond))])


def serve(
    respond: Respond = embedded,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    faults: bool = False,
    on_ready: Callable[[str], object] | None = None,
) -> None:
    """Answer on *port* until Ctrl-C or SIGTERM; one process, worker threads.

    *on_ready* gets the base URL once requests are answered; with port 0 the system picks the
    port. Only this machine can connect unless *host* says otherwise. Raises PortInUse, OSError
    when the address cannot be used for another reason, and ValueError for no address at all.
    """
    sock = _listen(host, port)
    url = _url(sock)
    if not _is_loopback(sock):
        logger.warning("Listening on %s: open to the network, without a password.", host)
    config = uvicorn.Config(
        build_server(respond, faults=faults),
        http=LineProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    with sock:
        try:
            _Server(config, lambda: on_ready(url) if on_ready else None).run(sockets=[sock])
        except KeyboardInterrupt:
            logger.info("stopped")


def print_env(base_url: str, tasks: Collection[str] | None = None) -> str:
    """Return the `.env` lines that point the course's variables at *base_url*.

    Only those of *tasks*, where not all are served; a chat model also completes.

    >>> print(print_env("http://127.0.0.1:8200/"), end="")
    # Nothing here needs a key; the course's code only insists that there is one.
    HF_API_KEY=not-needed
    HF_API_SUMMARY_BASE=http://127.0.0.1:8200/summarization
    HF_API_NER_BASE=http://127.0.0.1:8200/ner
    HF_API_ITT_BASE=http://127.0.0.1:8200/captioning
    HF_API_TTI_BASE=http://127.0.0.1:8200/text-to-image
    HF_API_FALCOM_BASE=http://127.0.0.1:8200
    """
    routes = [route for route in COURSE_ROUTES if tasks is None or route.task in tasks]
    if tasks is not None and "chat" in tasks and COMPLETION not in routes:
        routes.append(COMPLETION)
    lines = [
        "# Nothing here needs a key; the course's code only insists that there is one.",
        "HF_API_KEY=not-needed",
        *(f"{route.variable}={base_url.rstrip('/')}{_path(route)}" for route in routes),
    ]
    return "\n".join(lines) + "\n"


def _path(route: Route) -> str:
    """Where a task is answered; the routes of Text Generation Inference are below the root."""
    return "" if route.addressed[0] == "tgi" else f"/{route.task}"


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_ready()


def _listen(host: str, port: int) -> socket.socket:
    """Bind the address ourselves, so that what went wrong can be said in plain words."""
    if not host:
        raise ValueError(f"No host to listen on. Name one, for instance {DEFAULT_HOST}.")
    if not 0 <= port <= 65535:
        raise ValueError(f"There is no port {port}. Ports go from 1 to 65535; 0 picks a free one.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as exc:
        raise OSError(f"{host!r} is not an address of this machine: {exc.strerror}.") from exc
    sock = socket.socket(family, kind, protocol)
    try:
        _bind(sock, address, host, port)
    except BaseException:
        sock.close()
        raise
    return sock


def _bind(sock: socket.socket, address: object, host: str, port: int) -> None:
    if os.name == "posix":  # elsewhere this would share the port with whoever has it
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(address)  # type: ignore[arg-type]
        sock.listen(128)
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Port {port} on {host} is in use by another program. "
                f"Choose another with --port, or --port 0 for any free one."
            ) from exc
        raise OSError(f"Cannot listen on {host} port {port}: {exc.strerror}.") from exc


def _url(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_loopback(sock: socket.socket) -> bool:
    host = str(sock.getsockname()[0])
    return host == "::1" or host.startswith("127.")
