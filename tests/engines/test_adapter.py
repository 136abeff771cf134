"""The transport adapter: an engine in this process looks like an endpoint to `requests`."""

from __future__ import annotations

import io
import socket
import threading
import time

import pytest
import requests
import urllib3

from workbench.client import EndpointClient
from workbench.engines.adapter import EngineAdapter
from workbench.engines.embedded import respond
from workbench.engines.messages import Reply, json_reply
from workbench.errors import EndpointTimeoutError, StoppedError
from workbench.routes import NER
from workbench.settings import Limits, Settings


@pytest.fixture
def session_over():
    """Make a session whose ``embedded://`` URLs reach the given engine."""
    opened = []

    def make(engine):
        session = requests.Session()
        session.mount("embedded://", EngineAdapter(engine))
        opened.append(session)
        return session

    yield make
    for session in opened:
        session.close()


def asked_by(session_over, method="POST", url="embedded://engine/ner", **kwargs):
    """The one Request that a call with `requests` becomes."""
    seen = []

    def engine(request):
        seen.append(request)
        return json_reply(200, [])

    session_over(engine).request(method, url, **kwargs)
    assert len(seen) == 1
    return seen[0]


def streaming(session_over, pieces, headers=None, **kwargs):
    """The response to an engine that answers with an iterator of pieces."""
    session = session_over(lambda _: Reply(200, headers or {}, iter(pieces)))
    return session.get("embedded://engine/x", stream=True, **kwargs)


def test_request_is_carried_over(session_over):
    """Method, decoded path, query, headers and JSON body arrive as sent."""
    asked = asked_by(
        session_over,
        url="embedded://engine/models/a/b%20c?x=1&y=%C3%A9",
        json={"inputs": "é"},
        headers={"X-Mine": "yes"},
    )
    assert (asked.method, asked.path) == ("POST", "/models/a/b c")
    assert asked.query == {"x": "1", "y": "é"}
    assert asked.headers["x-mine"] == "yes"
    assert asked.headers["CONTENT-TYPE"] == "application/json"
    assert asked.body == b'{"inputs": "\\u00e9"}'


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (None, b""),
        ("é", "é".encode()),
        (b"\x00\xff", b"\x00\xff"),
        (io.BytesIO(b"file"), b"file"),
        (iter([b"pie", b"ces"]), b"pieces"),
    ],
)
def test_every_kind_of_body_is_collected(session_over, data, body):
    """Whatever `requests` accepts as data becomes the same bytes."""
    assert asked_by(session_over, data=data).body == body


def test_url_without_a_path_is_the_root(session_over):
    """``embedded://engine`` asks for ``/``."""
    assert asked_by(session_over, url="embedded://engine").path == "/"


def test_embedded_engine_answers_requests(session_over):
    """The real engine over the adapter is an ordinary response, with no socket involved."""
    response = session_over(respond).post("embedded://engine/health")
    assert (response.status_code, response.reason) == (405, "Method Not Allowed")
    health = session_over(respond).get("embedded://engine/health")
    health.raise_for_status()
    assert health.text == "Ok"
    assert health.encoding == "utf-8"
    assert health.headers["X-Request-Id"]
    assert (health.url, health.request.method) == ("embedded://engine/health", "GET")


def test_no_socket_is_opened(session_over, monkeypatch):
    """A call works where sockets cannot be made."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a socket was made")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert session_over(respond).get("embedded://engine/").text == "Ok"


def test_body_can_be_read_in_every_way(session_over):
    """``content``, ``iter_content`` and the reads of ``raw`` give the same bytes."""
    session = session_over(lambda _: Reply(200, {}, b"abcdef"))
    url = "embedded://engine/x"
    assert session.get(url).content == b"abcdef"
    assert list(session.get(url, stream=True).iter_content(4)) == [b"abcd", b"ef"]
    assert list(session.get(url, stream=True).raw.stream(4)) == [b"abcd", b"ef"]
    raw = session.get(url, stream=True).raw
    assert [raw.read(2), raw.read1(3), raw.read(), raw.read()] == [b"ab", b"cde", b"f", b""]


def test_pieces_arrive_as_they_are_made(session_over):
    """``read1`` returns each piece at once, before the next one exists; pauses do not show."""
    made = []

    def pieces():
        for piece in (b"", b"one", b"", b"two"):
            made.append(piece)
            yield piece

    raw = streaming(session_over, pieces()).raw
    assert made == [b"", b"one"]
    assert raw.read1(99) == b"one"
    assert made == [b"", b"one"]
    assert (raw.read1(99), raw.read1(99)) == (b"two", b"")


def test_body_without_pieces_is_empty(session_over):
    """An iterator that gives nothing is an empty body."""
    assert streaming(session_over, []).content == b""


def test_closing_the_response_closes_the_pieces(session_over):
    """A generator behind a response that is closed early gets to clean up."""
    closed = threading.Event()

    def pieces():
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.set()

    response = streaming(session_over, pieces())
    assert not closed.is_set()
    response.close()
    assert closed.is_set()
    assert response.raw.closed


def test_shutdown_from_another_thread_ends_the_read(session_over):
    """A reader blocked on an engine that pauses for ever returns soon after ``raw.shutdown()``."""

    def pieces():
        yield b"one"
        while True:
            time.sleep(0.01)
            yield b""

    response = streaming(session_over, pieces())
    assert response.raw.read1(3) == b"one"
    threading.Timer(0.1, response.raw.shutdown).start()
    started = time.monotonic()
    assert response.raw.read1(3) == b""
    assert 0.05 < time.monotonic() - started < 5


def test_short_body_is_an_incomplete_read(session_over):
    """A body that ends before its declared length fails as over a socket."""
    response = streaming(session_over, [b"half"], {"content-length": "8"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="4 bytes read"):
        _ = response.content


@pytest.mark.parametrize("error", [ConnectionResetError, ConnectionAbortedError])
def test_engine_that_breaks_off_is_a_connection_error(session_over, error):
    """Before the head it is requests' ConnectionError, inside the body urllib3's ProtocolError."""

    def refuse(_):
        raise error("gone")

    def pieces():
        yield b"one"
        raise error("gone")

    with pytest.raises(requests.ConnectionError) as caught:
        session_over(refuse).get("embedded://engine/x")
    assert caught.value.request.url == "embedded://engine/x"
    response = streaming(session_over, pieces())
    assert response.raw.read1(3) == b"one"
    with pytest.raises(urllib3.exceptions.ProtocolError):
        response.raw.read1(3)


@pytest.mark.parametrize(
    "timeout", [0.1, (9, 0.1), urllib3.Timeout(0.1), urllib3.Timeout(read=0.1)]
)
def test_late_answer_is_a_read_timeout(session_over, timeout):
    """No piece in time is ReadTimeout before the head, and a read timeout inside the body."""

    def pauses(first):
        yield first
        while True:
            time.sleep(0.01)
            yield b""

    with pytest.raises(requests.ReadTimeout):
        streaming(session_over, pauses(b""), timeout=timeout)
    response = streaming(session_over, pauses(b"one"), timeout=timeout)
    with pytest.raises(requests.ConnectionError, match="timed out"):
        list(response.iter_content(3))


def test_steady_answer_does_not_time_out(session_over):
    """The read timeout counts from piece to piece, not over the whole answer."""

    def steady():
        for _ in range(6):
            time.sleep(0.05)
            yield b"x"
            yield b""

    assert streaming(session_over, steady(), timeout=0.2).content == b"xxxxxx"


def test_a_bug_in_the_engine_is_not_disguised(session_over):
    """An exception that is not about the connection reaches the caller as it is."""

    def broken(_):
        raise LookupError("bug")

    with pytest.raises(LookupError, match="bug"):
        session_over(broken).get("embedded://engine/x")


def test_engine_at_work_is_told_that_its_caller_left():
    """Stop reaches an engine that hasn't answered yet; the call ends as stopped."""
    begun = threading.Event()

    def slow(request):
        request.tell("half of it")
        begun.set()
        assert request.gone.wait(5)
        raise ConnectionAbortedError("the caller has left")

    told = []
    with EndpointClient(Settings()) as client:
        client._transport.session.mount("embedded://", EngineAdapter(slow))
        with client.recording(told.append) as recording:
            stop = threading.Thread(target=lambda: (begun.wait(5), recording.stop()))
            stop.start()
            with pytest.raises(StoppedError):
                client.call(client.endpoint(NER), "Ada")
            stop.join()
    assert [(waiting.message, waiting.again) for waiting in told] == [("half of it", False)]


def test_deadline_reaches_an_engine_at_work():
    """An engine that takes longer than the call may is told so, and the error is a timeout."""

    def slow(request):
        assert request.gone.wait(5)
        raise ConnectionAbortedError("the caller has left")

    with EndpointClient(Settings(limits=Limits(deadline_s=0.3))) as client:
        client._transport.session.mount("embedded://", EngineAdapter(slow))
        with pytest.raises(EndpointTimeoutError):
            client.call(client.endpoint(NER), "Ada")
