"""What a small call costs, as a ratio to the cheapest way there is, in the same run.

    python benchmarks/client.py

Peers: `http.client` (the measure), a plain and a tuned `requests.Session`, and
`huggingface_hub.InferenceClient` where it is installed. CPU time of this process; the server is
another process on loopback.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import http.server
import json
import multiprocessing
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from workbench.client import EndpointClient
from workbench.routes import SUMMARIZATION
from workbench.settings import Settings

ANSWER = b'[{"summary_text": "A short one."}]'
PAYLOAD = {"inputs": "A long text.", "parameters": {}}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every POST, after `delay_s`."""

    protocol_version = "HTTP/1.1"
    delay_s = 0.0
    disable_nagle_algorithm = True

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(self.delay_s)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}"
        self.wfile.write(head.encode() + b"\r\n\r\n" + ANSWER)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Keeps up with a burst of connections."""

    request_queue_size = 256
    daemon_threads = True


def serve(port, delay_s):
    Handler.delay_s = delay_s
    server = Server(("127.0.0.1", 0), Handler)
    port.send(server.server_address[1])
    server.serve_forever()


@contextlib.contextmanager
def serving(delay_s=0.0):
    """The port of a server in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs, delay_s), daemon=True)
    process.start()
    yield ours.recv()
    process.terminate()
    process.join()


def peers(port):
    """Name -> one call, the measure first."""
    url = f"http://127.0.0.1:{port}/summarization"
    local = threading.local()

    def raw():
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port)
        body = json.dumps(PAYLOAD).encode()
        local.connection.request("POST", "/", body, {"Content-Type": "application/json"})
        return json.loads(local.connection.getresponse().read())

    def session(tuned):
        made = requests.Session()
        made.trust_env = not tuned
        size = 128 if tuned else 10
        made.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=size))
        return lambda: made.post(url, json=PAYLOAD, timeout=30).json()

    client = EndpointClient(Settings(targets={SUMMARIZATION.variable: url}))
    endpoint = client.endpoint(SUMMARIZATION)
    ways = {
        "http.client": raw,
        "requests.Session": session(tuned=False),
        "requests.Session, tuned": session(tuned=True),
        "workbench": lambda: client.call(endpoint, PAYLOAD["inputs"]),
    }
    with contextlib.suppress(ImportError):
        from huggingface_hub import InferenceClient

        hub = InferenceClient(model=url, token="hf_x")  # noqa: S106 - of no use anywhere
        ways["huggingface_hub"] = lambda: hub.summarization(PAYLOAD["inputs"])
    return ways


def cpu_s(call, times):
    """CPU seconds of one call, the median of five rounds."""
    rounds = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(times):
            call()
        rounds.append((time.process_time() - started) / times)
    return statistics.median(rounds)


def wall_s(call, at_once, calls):
    """Seconds for *calls* calls, *at_once* at a time, after a warm-up."""
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda _: call(), range(at_once)))
        started = time.perf_counter()
        list(pool.map(lambda _: call(), range(calls)))
        return time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300, help="calls a round")
    times = parser.parse_args().calls

    print("CPU of one small call, as a ratio to http.client")
    with serving() as port:
        ways = peers(port)
        for call in ways.values():
            call()
        base = cpu_s(ways["http.client"], times)
        for name, call in ways.items():
            print(f"  {name:<26} {cpu_s(call, times) / base:5.2f}")

    delay_s, at_once, calls = 0.1, 64, 640
    ideal = delay_s * calls / at_once
    print(f"{at_once} at a time, a server that takes {delay_s} s: share of the ideal speed")
    with serving(delay_s) as port:
        for name, call in peers(port).items():
            print(f"  {name:<26} {ideal / wall_s(call, at_once, calls):5.2f}")


if __name__ == "__main__":
    main()
