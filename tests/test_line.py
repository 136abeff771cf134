"""Real sockets: stopping, deadlines and broken connections, seen from both ends."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from workbench.client import EndpointClient
from workbench.errors import EndpointTimeoutError, StoppedError, UnreachableError
from workbench.routes import NER
from workbench.settings import Limits, Network, Settings

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"


class Peer:
    """A server of one connection at a time that does what a test says, and sees it end."""

    def __init__(self, behave):
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/ner"
        self.connected = threading.Event()
        self.asked = threading.Event()
        self.received = b""
        self.hung_up = threading.Event()
        self.connections = 0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self.connected.set()
                with connection, contextlib.suppress(OSError):
                    self.received += connection.recv(65536)
                    self.asked.set()
                    self._behave(connection)
                    while more := connection.recv(65536):
                        self.received += more
                self.hung_up.set()

    def close(self):
        self._listener.close()


@pytest.fixture
def peer():
    """Start peers by their behaviour; all are closed afterwards."""
    peers = []

    def start(behave):
        peers.append(Peer(behave))
        return peers[-1]

    yield start
    for started in peers:
        started.close()


def client_of(peer, **limits):
    """A client whose NER target is the peer."""
    settings = Settings(targets={"HF_API_NER_BASE": peer.url}, limits=Limits(**limits))
    return EndpointClient(settings)


def silent(connection):
    """Answer nothing."""


def half(connection):
    """Send a head and the beginning of a body."""
    connection.sendall(HEAD + b"[")


@pytest.mark.parametrize("behave", [silent, half])
def test_stop_reaches_the_server(peer, behave):
    """stop() from another thread ends the call and the connection, before the first byte too."""
    there = peer(behave)
    with client_of(there) as client, client.recording() as recording:

        def stop():
            there.asked.wait(5)
            time.sleep(0.1)
            recording.stop()

        threading.Thread(target=stop).start()
        with pytest.raises(StoppedError):
            client.call(client.endpoint(NER), "x")
        assert there.hung_up.wait(0.5)


def stop_soon(there, recording):
    """Stop the recording a moment after somebody connected."""

    def stop():
        there.connected.wait(5)
        time.sleep(0.2)
        recording.stop()

    threading.Thread(target=stop).start()


def test_stop_in_the_handshake_sends_nothing(peer):
    """Stopped while TLS is being set up, the text never leaves."""
    there = peer(silent)
    with client_of(there) as client, client.recording() as recording:
        stop_soon(there, recording)
        secure = client.using(there.url.replace("http:", "https:"))
        with pytest.raises(StoppedError):
            secure.call(secure.endpoint(NER), "the text")
    assert there.hung_up.wait(1)
    assert b"the text" not in there.received


def test_stop_through_a_proxy(peer):
    """stop() hangs up on the proxy as well."""
    there = peer(silent)
    network = Network(proxies={"http": there.url})
    with EndpointClient(Settings(network=network)) as client, client.recording() as recording:
        stop_soon(there, recording)
        far = client.using("http://far.example/ner")
        with pytest.raises(StoppedError):
            far.call(far.endpoint(NER), "x")
    assert there.hung_up.wait(1)


def test_loopback_needs_no_proxy(peer):
    """What is meant for this machine does not pass a proxy, where its token would be in clear."""
    there = peer(silent)
    network = Network(proxies={"http": "http://127.0.0.1:9"})
    settings = Settings(network=network, limits=Limits(deadline_s=0.5))
    with EndpointClient(settings) as client:
        local = client.using(there.url)
        with pytest.raises(EndpointTimeoutError):
            local.call(local.endpoint(NER), "x")
    assert there.asked.is_set()


def test_an_outer_recording_stops_and_sees_the_inner_one(peer):
    """A function that records inside does not hide its calls from who runs it."""
    there = peer(silent)
    with client_of(there) as client, client.recording() as outer:
        stop_soon(there, outer)
        with client.recording() as inner, pytest.raises(StoppedError):
            client.call(client.endpoint(NER), "x")
    assert list(outer) == list(inner)
    assert len(outer) == 1


def test_closed_client_holds_no_connection(peer):
    """close() closes the connections that were kept for later."""
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
    there = peer(lambda connection: connection.sendall(body))
    client = client_of(there)
    assert client.call(client.endpoint(NER), "x") == []
    assert not there.hung_up.wait(0.2)
    client.close()
    assert there.hung_up.wait(1)


def test_stop_ends_a_wait(peer):
    """stop() while waiting for a waking endpoint ends the call at once."""
    waking = b"HTTP/1.1 503 x\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"
    there = peer(lambda connection: connection.sendall(waking))
    with client_of(there) as client:
        waiting = threading.Event()
        with client.recording(lambda _: waiting.set()) as recording:

            def stop():
                waiting.wait(5)
                recording.stop()

            threading.Thread(target=stop).start()
            started = time.monotonic()
            with pytest.raises(StoppedError):
                client.call(client.endpoint(NER), "x")
            assert time.monotonic() - started < 5


def drip(connection):
    """Send a byte every tenth of a second, for ever."""
    connection.sendall(HEAD)
    while True:
        connection.sendall(b" ")
        time.sleep(0.1)


def drip_head(connection):
    """Send a head that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.1)


@pytest.mark.parametrize("behave", [silent, half, drip, drip_head])
def test_deadline_holds(peer, behave):
    """A call ends at its deadline, whether the server is silent, stalls or drips."""
    with client_of(peer(behave), deadline_s=0.6) as client:
        started = time.monotonic()
        with pytest.raises(EndpointTimeoutError):
            client.call(client.endpoint(NER), "x")
        assert 0.4 < time.monotonic() - started < 3


def test_read_timeout_between_bytes(peer):
    """A server that stalls midway is given up after the read timeout, before the deadline."""
    with client_of(peer(half), read_s=0.3, deadline_s=30) as client:
        with pytest.raises(EndpointTimeoutError):
            client.call(client.endpoint(NER), "x")


def reset(connection):
    """Break the connection without an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()


def cut(connection):
    """Send half a body and end as if it were whole."""
    connection.sendall(HEAD + b"[1, 2")
    connection.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("behave", [reset, cut])
def test_dropped_connection_is_tried_once_more(peer, no_waiting, behave):
    """A connection that breaks midway is worth one more try, and an error that says so."""
    there = peer(behave)
    with client_of(there) as client:
        with pytest.raises(UnreachableError, match="closed the connection midway"):
            client.call(client.endpoint(NER), "x")
    assert there.connections == 2


def test_nobody_there_is_said_at_once():
    """A refused connection is not retried."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = EndpointClient(Settings()).using(f"http://127.0.0.1:{port}/ner")
    with client, client.recording() as recording:
        with pytest.raises(UnreachableError, match="can't be reached"):
            client.call(client.endpoint(NER), "x")
    assert recording[0].attempts == 1


def test_one_connection_for_many_calls(peer):
    """Calls one after another share a connection."""

    def answer(connection):
        body = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
        connection.sendall(body)
        while connection.recv(65536):
            connection.sendall(body)

    there = peer(answer)
    with client_of(there) as client:
        for _ in range(5):
            assert client.call(client.endpoint(NER), "x") == []
    assert there.connections == 1


def test_a_hundred_threads(client):
    """One client serves a hundred threads at once, and no answer goes to another's question."""

    def ask(number):
        text = f"Anna Smith{number} lives in Paris."
        answer = client.call(client.endpoint(NER), text, {"aggregation_strategy": "simple"})
        return answer[0]["word"]

    with ThreadPoolExecutor(100) as pool:
        assert list(pool.map(ask, range(300))) == [f"Anna Smith{n}" for n in range(300)]
