"""The socket under a call: one tuned `requests` session, and a hand on the line to hang up."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import should_bypass_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from workbench.hosts import is_loopback
from workbench.network import Network

POOL_SIZE = 128


class Shuttable(Protocol):
    """What a line is connected by: a socket, or an engine at work."""

    def shutdown(self, how: int, /) -> None: ...

    def settimeout(self, value: float | None, /) -> None: ...

    def close(self) -> None: ...


class Line:
    """The connection of the call under way in one thread; another thread may hang it up."""

    def __init__(self, send_s: float | None = None) -> None:
        self._lock = threading.Lock()
        self._socket: Shuttable | None = None
        self._copied = False
        self.send_s = send_s
        """Seconds that sending a request may take; urllib3 would apply the time to connect."""
        self.hung_up = False
        self.expired = False
        """Whether it was hung up because the deadline was reached."""
        self.tell: Callable[[str], None] = lambda _: None
        """What an engine in this process tells of its work goes here."""

    def attach(self, sock: Shuttable | None, *, copied: bool = False) -> None:
        """Hold *sock* from now on; a *copied* one is ours to close."""
        with self._lock:
            self._let_go()
            self._socket, self._copied = sock, copied
        if self.hung_up:
            self.hang_up()
            raise ConnectionAbortedError("hung up before the request was sent")

    def detach(self) -> None:
        """Hold nothing: the connection may serve another call now."""
        with self._lock:
            self._let_go()

    def hang_up(self) -> None:
        """Shut the connection, so that the far end sees it and a blocked read returns."""
        with self._lock:
            self.hung_up = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def hurry(self, seconds: float) -> None:
        """Wait no longer than so for what is still to come."""
        with self._lock, contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.settimeout(seconds)

    def expire(self) -> None:
        """Hang up because the deadline was reached."""
        self.expired = True
        self.hang_up()

    def _let_go(self) -> None:
        if self._socket is not None and self._copied:
            self._socket.close()
        self._socket, self._copied = None, False


class _Current(threading.local):
    line: Line | None = None


_current = _Current()


def current_line() -> Line | None:
    """The line of the call that this thread is sending."""
    return _current.line


class _OnLine:
    """Mixed into urllib3's connections: the call holds the socket from its very beginning."""

    sock: socket.socket | None

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        if _current.line is not None:
            # The TLS handshake takes the socket over; a copy still reaches the connection.
            _current.line.attach(made.dup(), copied=True)
        return made

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self._hand_over()

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._hand_over()
        super().request(*args, **kwargs)  # type: ignore[misc]

    def _hand_over(self) -> None:
        line = _current.line
        if line is not None and self.sock is not None:
            line.attach(self.sock)
            self.sock.settimeout(line.send_s)


class _HTTPConnection(_OnLine, HTTPConnection):
    pass


class _HTTPSConnection(_OnLine, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager

    def close(self) -> None:
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 - urllib3's pools can't be iterated
                pool = manager.pools.get(key)
                if pool is not None:
                    pool.close()
        super().close()


class Transport:
    """Sends prepared requests through one `requests.Session`, safe for many threads.

    The environment is not looked at: proxies and CA bundle come from *network*, once.
    Redirects are not followed and `.netrc` is not read.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._proxies: dict[str, Mapping[str, str]] = {}
        self.session = requests.Session()
        self.session.trust_env = False
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Adapter(pool_connections=32, pool_maxsize=POOL_SIZE))

    def send(
        self, request: requests.PreparedRequest, *, timeout: tuple[float, float], line: Line
    ) -> requests.Response:
        """The answer's head; its body is read from `.raw`. Raises what `requests` raises."""
        url = request.url or ""
        _current.line = line
        try:
            return self.session.get_adapter(url).send(
                request,
                stream=True,
                timeout=timeout,
                verify=self._network.ca_bundle or True,
                proxies=self._proxies_for(url),
            )
        finally:
            _current.line = None

    def _proxies_for(self, url: str) -> Mapping[str, str]:
        """None for loopback: what is meant for this machine does not leave it."""
        if not self._network.proxies:
            return {}
        parts = urlsplit(url)
        if parts.netloc not in self._proxies:
            no_proxy = self._network.no_proxy
            bypass = is_loopback(parts.hostname or "") or (
                bool(no_proxy) and should_bypass_proxies(url, no_proxy)
            )
            self._proxies[parts.netloc] = {} if bypass else self._network.proxies
        return self._proxies[parts.netloc]

    def close(self) -> None:
        self.session.close()
