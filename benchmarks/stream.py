"""CPU of one streamed token, against a reader that does nothing but split and decode.

    python benchmarks/stream.py

One server on this machine sends the same recorded stream to each; a token is an event.
"""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from workbench.client import EndpointClient
from workbench.endpoints import Endpoint
from workbench.settings import Limits, Settings

TOKENS, ROUNDS = 5000, 7
BUDGET = 1.8


def events():
    """A reply of so many words, as Text Generation Inference streams it."""
    texts = [f" word{number}" for number in range(TOKENS)]
    for number, text in enumerate(texts):
        token = {"id": number, "text": text, "logprob": -0.1, "special": False}
        whole = "".join(texts) if number == TOKENS - 1 else None
        event = {"index": number, "token": token, "generated_text": whole, "details": None}
        yield f"data:{json.dumps(event)}\n\n".encode()


STREAM = [b"%x\r\n%s\r\n" % (len(event), event) for event in events()]


class Server(BaseHTTPRequestHandler):
    """Sends the stream, each event in a packet of its own as far as the system lets it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in STREAM:
            self.wfile.write(chunk)
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *args):
        """Say nothing."""


def bare(port):
    """Lines of `http.client`, decoded, and no more."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/generate_stream", b"{}")
    text = []
    for line in connection.getresponse():
        if line.startswith(b"data:"):
            text.append(json.loads(line[5:])["token"]["text"])
    connection.close()
    return "".join(text)


def ours(port, client):
    """The client, as a task uses it."""
    url = f"http://127.0.0.1:{port}"
    limits = Limits(max_answer_bytes=2**26)
    endpoint = Endpoint(task="completion", target=url, url=url, protocol="tgi", limits=limits)
    return "".join(client.generate(endpoint, "Once"))


def cpu_us(read):
    """CPU of this thread for a token, in microseconds: the median of a few rounds."""
    taken = []
    for _ in range(ROUNDS):
        before = time.thread_time()
        text = read()
        taken.append(time.thread_time() - before)
        if not text.endswith(f" word{TOKENS - 1}"):
            raise SystemExit("the stream was not read to its end")
    return statistics.median(taken) / TOKENS * 1e6


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with EndpointClient(Settings()) as client:
        raw = cpu_us(lambda: bare(server.server_port))
        full = cpu_us(lambda: ours(server.server_port, client))
    print(f"a reader of lines    {raw:6.1f} µs a token")
    print(f"workbench            {full:6.1f} µs a token, {full / raw:.2f} × (budget {BUDGET})")


if __name__ == "__main__":
    main()
