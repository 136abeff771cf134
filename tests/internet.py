"""A small Internet for tests: web servers on this machine, shown at public addresses and names."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CERTIFICATE = str(Path(__file__).with_name("certificates") / "pictures.pem")
"""Of pictures.example and other.example."""


def tls_context():
    """TLS as pictures.example speaks it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


class Answers(BaseHTTPRequestHandler):
    """Answers a path as the test wrote it down.

    That is bytes, a status, the place of a redirect, JSON, or a function that does it by hand.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Write the request down and answer it."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.path, dict(self.headers)))
        self.server.bodies.append(body)
        answer = self.server.paths.get(self.path, 404)
        if callable(answer):
            answer(self)
        elif isinstance(answer, bytes):
            self.answer(200, answer)
        elif isinstance(answer, int):
            self.answer(answer)
        elif isinstance(answer, str):
            self.answer(302, Location=answer)
        else:
            self.answer(200, json.dumps(answer).encode())

    do_POST = do_GET  # noqa: N815

    def do_CONNECT(self):
        """As a proxy, open the tunnel and be what is at its end as well."""
        self.server.requests.append((self.path, dict(self.headers)))
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        self.connection = tls_context().wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = (self.connection.makefile(mode, 0) for mode in ("rb", "wb"))
        self.close_connection = False

    def finish(self):
        """Close the connection, which after a CONNECT is not the one that the server knows."""
        super().finish()
        self.connection.close()

    def answer(self, status, body=b"", **headers):
        """Send a whole answer; `_` stands for `-` in the names of headers."""
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A web server on loopback that answers by `paths` and writes down what it was asked."""

    daemon_threads = True

    def __init__(self, *, secure=False):
        super().__init__(("127.0.0.1", 0), Answers)
        self.paths = {}
        self.requests = []
        self.bodies = []
        if secure:
            self.socket = tls_context().wrap_socket(self.socket, server_side=True)
        self.address = self.socket.getsockname()
        self.url = f"http://127.0.0.1:{self.address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request, client_address):
        """A caller that hangs up is no news."""

    def close(self):
        """Stop serving."""
        self.shutdown()
        self.server_close()


class Internet:
    """Names lead to addresses, addresses to servers; every address called is written down.

    A name has a list of addresses, or a list of such lists for one answer after another. What is
    on loopback stays reachable.
    """

    def __init__(self, monkeypatch):
        self.names = {}
        self.routes = {}
        self.called = []
        self._resolve, self._connect = socket.getaddrinfo, socket.socket.connect
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)
        monkeypatch.setattr(socket.socket, "connect", lambda *args: self.connect(*args))

    def resolve(self, host, *args, **kwargs):
        """As `socket.getaddrinfo`."""
        if host not in self.names:
            if host.replace(".", "").isdecimal() or ":" in host or host == "localhost":
                return self._resolve(host, *args, **kwargs)
            raise socket.gaierror("unknown name")
        addresses = self.names[host]
        if isinstance(addresses[0], list):
            addresses = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [found for address in addresses for found in self._resolve(address, *args, **kwargs)]

    def connect(self, sock, address):
        """As `socket.socket.connect`."""
        self.called.append(address[:2])
        if address[0] == "127.0.0.1":
            return self._connect(sock, address)
        if address[:2] in self.routes:
            return self._connect(sock, self.routes[address[:2]])
        raise ConnectionRefusedError("nobody there")
