"""The socket under a call: one tuned `requests` session, and a hand on the line to hang up."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse

from workbench.settings import Network

POOL_SIZE = 128


class Line:
    """The connection of the call under way in one thread; another thread may hang it up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.hung_up = False

    def attach(self, sock: socket.socket | None) -> None:
        with self._lock:
            self._socket = sock
        if self.hung_up:
            self.hang_up()

    def hang_up(self) -> None:
        """Shut the connection, so that the far end sees it and a blocked read returns."""
        with self._lock:
            self.hung_up = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def limit(self, seconds: float) -> None:
        """Wait at most *seconds* for the next bytes."""
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.settimeout(max(seconds, 0.001))


class _Current(threading.local):
    line: Line | None = None


_current = _Current()


def _attach(sock: socket.socket | None) -> None:
    """Hand an open socket to the call of this thread."""
    if _current.line is not None:
        _current.line.attach(sock)


class _HTTPConnection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _attach(self.sock)
        return super().getresponse()


class _HTTPSConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _attach(self.sock)
        return super().getresponse()


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


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
        if not self._network.proxies:
            return {}
        host = urlsplit(url).netloc
        if host not in self._proxies:
            bypass = proxy_bypass_environment(host, {"no": self._network.no_proxy})
            self._proxies[host] = {} if bypass else self._network.proxies
        return self._proxies[host]

    def close(self) -> None:
        self.session.close()
