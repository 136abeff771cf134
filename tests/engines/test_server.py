"""The engine on a port: the real server in a subprocess, and what is told about it."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time

import pytest
import requests
from starlette.applications import Starlette

from workbench.engines.container import PIPELINES
from workbench.engines.embedded import respond
from workbench.engines.embedded.answers import HANDLERS
from workbench.engines.messages import MAX_BODY_BYTES
from workbench.engines.server import PortInUse, build_server, print_env, serve
from workbench.routes import COURSE_ROUTES

server = pytest.mark.server
TEXT = "Barack Obama visited Paris. He met Angela Merkel there."


@pytest.fixture
def session():
    """A session that follows no environment."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


def exchange(url, sent):
    """Send bytes on a bare socket and return all that comes back."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(sent)
        received = b""
        while piece := sock.recv(65536):
            received += piece
    return received


def test_build_server_is_starlette():
    """The factory gives an application that anything speaking ASGI can run."""
    assert isinstance(build_server(respond), Starlette)


@server
@pytest.mark.parametrize("path", ["/ner", "/pipeline/summarization", "/models/dslim/bert-base-NER"])
def test_server_answers_as_the_function_does(session, server_url, path):
    """Status, body and the engine's name are the same over a socket and without one."""
    from workbench.engines.messages import Headers, Request

    body = json.dumps({"inputs": TEXT}).encode()
    kind = {"Content-Type": "application/json"}
    direct = respond(Request("POST", path, {}, Headers(kind), body))
    response = session.post(server_url + path, data=body, headers=kind)
    assert (response.status_code, response.content) == (200, direct.body)
    assert response.headers["x-workbench-engine"] == direct.headers["x-workbench-engine"]
    assert response.headers["content-length"] == str(len(direct.body))


@server
def test_query_and_encoded_path_arrive(session, server_url):
    """The query becomes parameters and an escaped path is decoded, as in the function."""
    url = f"{server_url}/models/dslim/bert-base%2DNER?aggregation_strategy=simple"
    assert "entity_group" in session.post(url, json={"inputs": TEXT}).json()[0]


@server
def test_health_for_browsers_and_probes(session, server_url):
    """GET and HEAD on the root and on /health are 200, HEAD without a body."""
    for path in ("/", "/health"):
        assert session.get(server_url + path).text == "Ok"
        head = session.head(server_url + path)
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "2")


@server
def test_one_connection_serves_many_calls(server_url):
    """Connections are kept open between calls, errors included."""
    ask = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    last = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    received = exchange(server_url, ask + ask + last)
    assert received.count(b"HTTP/1.1 404 ") == 2
    assert received.endswith(b"\r\n\r\nOk")


@server
def test_large_body_is_refused_while_reading(session, server_url):
    """A body over the limit is a 413 with a reason, declared or chunked, and the line closes."""
    block = b" " * 2**20
    blocks = MAX_BODY_BYTES // len(block) + 1
    for data in (block * blocks, (block for _ in range(blocks))):
        response = session.post(f"{server_url}/ner", data=data)
        assert response.status_code == 413
        assert str(MAX_BODY_BYTES) in response.json()["error"]
        assert response.headers["connection"] == "close"


@server
def test_endless_body_is_cut_off(server_url):
    """An upload without end is answered and closed instead of being read for ever."""
    host, port = server_url.removeprefix("http://").split(":")
    mebibyte = b"100000\r\n" + b" " * 2**20 + b"\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(b"POST /ner HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError, match=r"(?i)reset|broken pipe"):
            sock.sendall(mebibyte * 300)


@server
def test_caller_that_leaves_does_no_harm(server_url, session):
    """A connection dropped inside the body or the answer leaves the server working."""
    host, port = server_url.removeprefix("http://").split(":")
    for sent in (
        b"POST /ner HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
        b"GET /faults/trickle/x?seconds=0.1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /faults/huge/x HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=10) as sock:
            sock.sendall(sent)
    assert session.get(f"{server_url}/health", timeout=5).text == "Ok"


@server
def test_stream_ends_when_its_caller_leaves(running):
    """An endless answer is closed soon after nobody listens, so that the engine can stop."""
    script = """
import time
from workbench.engines.messages import Reply
from workbench.engines.server import serve
from workbench.routes import COURSE_ROUTES

def forever(request):
    try:
        yield b"x"
        while True:
            time.sleep(0.02)
            yield b""
    finally:
        print("closed", flush=True)

serve(
    lambda request: Reply(200, {}, forever(request)),
    port=0,
    on_ready=lambda url: print(url, flush=True),
)
"""
    with running(script) as served:
        with requests.get(served.url, stream=True, timeout=5) as response:
            assert response.raw.read1(1) == b"x"
        left = time.monotonic()
        assert served.process.stdout.readline() == "closed\n"
        assert time.monotonic() - left < 3


@server
def test_slow_callers_do_not_block_others(session, server_url):
    """While many answers pause, others are served at once."""
    slow = [
        threading.Thread(target=requests.get, args=[f"{server_url}/faults/slow/x?seconds=3"])
        for _ in range(60)
    ]
    for thread in slow:
        thread.start()
    started = time.monotonic()
    assert session.get(f"{server_url}/health").text == "Ok"
    assert time.monotonic() - started < 2
    for thread in slow:
        thread.join()


@server
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_the_server_quietly(running, session, sign):
    """Ctrl-C ends it with code 0 and no word, even while answers are under way; TERM as usual."""
    with running() as served:
        with session.get(f"{served.url}/faults/trickle/x", stream=True) as response:
            assert response.raw.read1(1) == b"["
            started = time.monotonic()
            served.process.send_signal(sign)
            code = served.process.wait(timeout=10)
        assert time.monotonic() - started < 3
        assert code == (0 if sign == signal.SIGINT else -signal.SIGTERM)
        assert served.process.stderr.read() == ""
        assert served.process.stdout.read() == ""


@server
def test_reset_and_close_differ_on_the_wire(server_url):
    """`reset` is an error of the socket, `hang-up` an orderly end without a byte."""
    ask = "GET /faults/{}/x HTTP/1.1\r\nHost: x\r\n\r\n"
    with pytest.raises(ConnectionResetError):
        exchange(server_url, ask.format("reset").encode())
    assert exchange(server_url, ask.format("hang-up").encode()) == b""
    cut = exchange(server_url, ask.format("truncated-chunked").encode())
    assert cut.startswith(b"HTTP/1.1 200 OK")
    assert not cut.endswith(b"0\r\n\r\n")


@server
def test_faults_leave_no_words_in_the_log(running, session):
    """Breaking off on purpose is no error of the server's, so it says nothing."""
    with running() as served:
        for kind in ("reset", "hang-up", "truncated", "truncated-chunked", "reset-midway"):
            with pytest.raises(requests.RequestException):
                session.get(f"{served.url}/faults/{kind}/x")
        served.process.send_signal(signal.SIGINT)
        _, log = served.process.communicate(timeout=10)
    assert log == ""


@server
def test_log_holds_no_body_and_no_secret(running, session):
    """After good calls, bad calls and a bug, the output has the bug and nothing of the calls."""
    script = (
        "from workbench.engines.embedded import routing;"
        "from workbench.engines.server import serve;"
        "routing.HANDLERS = {**routing.HANDLERS, 'ner': lambda call: 1 / 0};"
        "serve(port=0, on_ready=lambda url: print(url, flush=True))"
    )
    with running(script) as served:
        headers = {"Authorization": "Bearer hf_s3cret"}
        for path, code in (("/ner", 500), ("/summarization", 200), ("/models/gpt2", 404)):
            body = {"inputs": "A private text. It has two sentences."}
            response = session.post(served.url + path, json=body, headers=headers)
            assert response.status_code == code
        served.process.send_signal(signal.SIGINT)
        _, log = served.process.communicate(timeout=10)
    assert "ZeroDivisionError" in log
    assert "hf_s3cret" not in log
    assert "private" not in log


@server
def test_faults_only_when_asked(running, session):
    """Without `faults` there is nothing under /faults."""
    script = (
        "from workbench.engines.server import serve;"
        "serve(port=0, on_ready=lambda url: print(url, flush=True))"
    )
    with running(script) as served:
        assert session.post(f"{served.url}/faults/busy/ner", json={}).status_code == 404
        assert served.url.startswith("http://127.0.0.1:")


def test_port_in_use_is_said_plainly():
    """A taken port is PortInUse, which names it and the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"Port {port} on 127\.0\.0\.1 .*--port") as caught:
            serve(port=port)
    assert isinstance(caught.value, OSError)
    assert caught.value.__cause__.errno


@pytest.mark.parametrize(
    ("host", "port", "error", "word"),
    [
        ("", 0, ValueError, "No host"),
        ("127.0.0.1", 70000, ValueError, "70000"),
        ("127.0.0.1", -1, ValueError, "-1"),
        ("203.0.113.7", 0, OSError, "203.0.113.7"),
    ],
)
def test_impossible_addresses_are_said_plainly(host, port, error, word):
    """An address that cannot be listened on is named in the error; nothing means nothing."""
    with pytest.raises(error, match=word):
        serve(host=host, port=port)


@server
def test_open_address_is_warned_about(running):
    """Listening beyond this machine must be asked for, and is then warned about."""
    script = (
        "from workbench.engines.server import serve;"
        "serve(host='0.0.0.0', port=0, on_ready=lambda url: print(url, flush=True))"
    )
    with running(script) as served:
        assert served.url.startswith("http://127.0.0.1:")
        served.process.send_signal(signal.SIGINT)
        _, log = served.process.communicate(timeout=10)
    assert "open to the network" in log


def test_printed_environment_points_at_the_server(tmp_path):
    """Each variable of the course leads to a path that the engine answers; dotenv reads them."""
    from dotenv import dotenv_values

    file = tmp_path / ".env"
    file.write_text(print_env("http://127.0.0.1:1/"), encoding="utf-8")
    values = dotenv_values(file)
    assert values.pop("HF_API_KEY") == "not-needed"
    assert set(values) == {route.variable for route in COURSE_ROUTES}
    assert values.pop("HF_API_FALCOM_BASE") == "http://127.0.0.1:1"
    paths = {value.removeprefix("http://127.0.0.1:1/") for value in values.values()}
    assert {PIPELINES[path] for path in paths} == set(HANDLERS)


@server
def test_engine_at_work_hears_that_its_caller_left(running):
    """A caller that hangs up before the answer sets `gone`, so that long work can end."""
    script = """
from workbench.engines.messages import Reply
from workbench.engines.server import serve

def slow(request):
    print("left" if request.gone.wait(10) else "stayed", flush=True)
    return Reply(200)

serve(slow, port=0, on_ready=lambda url: print(url, flush=True))
"""
    with running(script) as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as sock:
            sock.sendall(b"POST /ner HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
            time.sleep(0.3)
        left = time.monotonic()
        assert served.process.stdout.readline() == "left\n"
        assert time.monotonic() - left < 1
