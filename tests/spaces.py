"""A Space as Hugging Face runs it: its environment, its address, and who signs people in."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import sysconfig
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import launching

from workbench.routes import CHAT, NER
from workbench.space.card import Plan
from workbench.space.files import files_of
from workbench.space.writing import write_space

CERTIFICATE = str(Path(__file__).with_name("certificates") / "space.pem")
"""Of the hosts named here."""
HOST = "someone-bench.hf.space"
HUB, ROUTER = "huggingface.co", "router.huggingface.co"
OWNER = "hf_0wner0wner0wner0wner"
FRAME = f"""<!doctype html><link rel=icon href=data:,><h1>Space</h1>
<iframe src="https://{HOST}/" width=1180 height=820></iframe>"""
CLIENT = {"OAUTH_CLIENT_ID": "the-client", "OAUTH_CLIENT_SECRET": "s3cret-of-the-client"}
ENTITIES = [{"entity_group": "PER", "word": "Ada", "start": 0, "end": 3, "score": 0.9}]


def write(folder, *arguments, env=None):
    """Run `workbench space`."""
    return subprocess.run(
        [sys.executable, "-m", "workbench", "space", str(folder), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **(env or {})},
    )


def make(folder, visitors):
    """A Space of two tasks in *folder*; two calls a day, where there is a limit."""
    plan = Plan(visitors=visitors, daily=2, tasks=("ner", "chat"), routes=(NER, CHAT))
    write_space(folder, files_of(plan))
    return folder


@contextlib.contextmanager
def running(folder, env=None):
    """The Space of *folder*, started by `python app.py`; yields its port and what it told."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    space = {
        "SYSTEM": "spaces",
        "SPACE_ID": "someone/bench",
        "SPACE_HOST": HOST,
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_SERVER_PORT": str(port),
        "WORKBENCH_HOME": str(folder.parent / "data"),
        # No path file is read there, so a package installed to be edited is not found.
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }
    python = getattr(sys, "_base_executable", sys.executable)
    with launching.started([python, "app.py"], {**space, **(env or {})}, cwd=folder) as told:
        yield port, told


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Answer as Hugging Face does: who people are, and what models say."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = urlsplit(self.path)
        hub = self.server
        hub.requests.append((self.command, self.path, dict(self.headers), body))
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if asked.path == "/.well-known/openid-configuration":
            places = ("authorization", "token", "userinfo")
            self.answer({f"{name}_endpoint": f"{hub.issuer}/oauth/{name}" for name in places})
        elif asked.path == "/oauth/authorization":
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            hub.asked.append(query)
            back = {"code": "a-code", "state": query["state"]}
            self.answer({}, 302, Location=f"{query['redirect_uri']}?{urlencode(back)}")
        elif asked.path == "/oauth/token":
            form = parse_qs(body.decode())
            key = base64.b64encode(":".join(CLIENT.values()).encode()).decode()
            right = self.headers["Authorization"] == f"Basic {key}" and form["code"] == ["a-code"]
            hub.exchanged.append(form)
            self.answer({"access_token": hub.token, "expires_in": 3600}, 200 if right else 401)
        elif asked.path == "/oauth/userinfo":
            right = bearer == hub.token
            self.answer({"preferred_username": hub.person}, 200 if right else 401)
        elif asked.path.startswith("/hf-inference/models/") or asked.path == "/ner":
            self.answer(ENTITIES)
        elif asked.path == "/frame":
            self.answer(FRAME.encode(), Content_Type="text/html")
        else:
            self.answer({"error": "not found"}, 404)

    do_POST = do_GET  # noqa: N815

    def do_CONNECT(self):
        """As a proxy, be what is at the end of the tunnel as well."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        self.connection = tls_context().wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = (self.connection.makefile(mode, 0) for mode in ("rb", "wb"))
        self.close_connection = False

    def finish(self):
        """Close the connection, which after a CONNECT is not the one that the server knows."""
        super().finish()
        self.connection.close()

    def answer(self, document, status=200, **headers):
        """Send a whole answer."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        headers = {"Content_Type": "application/json", "Content_Length": len(body), **headers}
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


def tls_context():
    """TLS as the hosts named above speak it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


class Hub(ThreadingHTTPServer):
    """Hugging Face, and a proxy that leads there; it writes down what it was asked."""

    daemon_threads = True
    token = "hf_oauth_vis1t0rvis1t0r"
    person = "ada"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.requests, self.asked, self.exchanged = [], [], []
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.issuer = self.url
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request, client_address):
        """A caller that hangs up is no news."""

    @property
    def called(self):
        """The Authorization of each call to a model."""
        return [
            headers.get("Authorization")
            for method, path, headers, _ in self.requests
            if path.startswith("/hf-inference/") or path == "/ner"
        ]

    @property
    def env(self):
        """What a Space is told to sign people in, and how it gets out."""
        return {
            **CLIENT,
            "OAUTH_SCOPES": "openid profile inference-api",
            "OPENID_PROVIDER_URL": self.issuer,
            "HTTPS_PROXY": self.url,
            "REQUESTS_CA_BUNDLE": CERTIFICATE,
        }

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()


class Door:
    """TLS before a port of this machine, as a proxy ends it; a context manager."""

    def __init__(self, port):
        self._to = port
        self._socket = tls_context().wrap_socket(
            socket.create_server(("127.0.0.1", 0)),
            server_side=True,
            do_handshake_on_connect=False,
        )
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                outside, _ = self._socket.accept()
                threading.Thread(target=self._join, args=(outside,), daemon=True).start()

    def _join(self, outside):
        with contextlib.suppress(OSError), outside:
            outside.do_handshake()
            with socket.create_connection(("127.0.0.1", self._to)) as inside:
                back = threading.Thread(target=_pump, args=(inside, outside), daemon=True)
                back.start()
                _pump(outside, inside)
                back.join()


def _pump(source, sink):
    """Hand on bytes until there are no more, then tell the other side."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR if not isinstance(sink, ssl.SSLSocket) else socket.SHUT_RDWR)
