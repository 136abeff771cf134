"""`Client` where the package `text_generation` is missing, over the real server."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading

import launching
import pytest
from course_clients import OURS

from workbench import errors
from workbench.course.client import install, uninstall
from workbench.course.text_generation import AsyncClient, Client
from workbench.course.text_generation.types import StreamResponse

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def base():
    """Where `workbench serve --faults` answers."""
    with launching.server() as url:
        yield url


@pytest.fixture(scope="module")
def said(base):
    """What our client makes of each answer, as `text_generation` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", OURS, base], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_whole_answer(said):
    """`generate` gives the text, why it ended, and each token with its facts."""
    answer = said["whole"]
    assert answer["generated_text"] == " a girl came"
    assert answer["details"]["finish_reason"] == "length"
    assert [token["text"] for token in answer["details"]["tokens"]] == [" a", " girl", " came"]
    assert said["full"]["generated_text"] == "Once upon a time a girl came"
    assert said["by place"]["generated_text"].startswith("Once upon a time")
    assert said["seeded"]["details"]["seed"] == 7


def test_stream(said):
    """`generate_stream` gives a token an event; the last has the text and the details."""
    events = said["stream"]
    assert [event["token"]["text"] for event in events] == [" a", " girl", " came"]
    assert [event["generated_text"] for event in events] == [None, None, " a girl came"]
    assert events[-1]["details"]["generated_tokens"] == 3
    assert events[0]["token"]["special"] is False
    assert said["stopped stream"][-1]["details"]["finish_reason"] == "stop_sequence"


@pytest.mark.parametrize("kind", ["split", "crlf", "comments"])
def test_unusual_streams(said, kind):
    """A stream that is only unusual is read to its end."""
    assert said[kind][-1]["generated_text"] == said["said"]["generated_text"]


def test_chat(said):
    """`chat` gives the reply in OpenAI's shape."""
    assert said["chat"]["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("call", "home", "name", "begun"),
    [
        ("too many", "text_generation.errors", "ValidationError", 0),
        ("too many, stream", "text_generation.errors", "ValidationError", 0),
        ("overloaded", "text_generation.errors", "OverloadedError", 0),
        ("generation", "text_generation.errors", "GenerationError", 0),
        ("midway", "text_generation.errors", "GenerationError", 2),
        ("slow", "requests.exceptions", "ReadTimeout", 0),
        ("nobody", "requests.exceptions", "ConnectionError", 0),
    ],
)
def test_errors(said, call, home, name, begun):
    """A failure is the error of that package or of requests, after what had come."""
    *events, error = said[call]
    assert (error[:2], len(events)) == ([home, name], begun)


def test_options_out_of_range(said):
    """Each is refused before anything is sent, as that package does."""
    told = said["invalid"]
    assert told["top_p"] == [
        ["text_generation.errors", "ValidationError", "`top_p` must be > 0.0 and < 1.0", True]
    ]
    for name, answer in told.items():
        kind = ["pydantic_core._pydantic_core" if "type" in name else "text_generation.errors"]
        assert [answer[0][0], answer[0][1]] == [*kind, "ValidationError"], name


def test_closing_a_stream_hangs_up():
    """The far end sees that the caller of a stream left after the first token."""
    event = StreamResponse(token={"id": 1, "text": "Hi", "special": False}).model_dump_json()
    left = threading.Event()

    def serve(listening):
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
            connection.sendall(head + f"data: {event}\n\n".encode())
            while connection.recv(65536):
                pass
            left.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        stream = Client(f"http://127.0.0.1:{listening.getsockname()[1]}").generate_stream("Hi")
        assert next(stream).token.text == "Hi"
        stream.close()
        assert left.wait(10)
        thread.join(10)


def test_a_chat_that_streams(base):
    """The end mark of a stream is no reply: the pieces make up the text."""
    chat = Client(base).chat([{"role": "user", "content": "Are you there?"}], stream=True)
    assert "".join(piece.choices[0].delta.content or "" for piece in chat)


async def _awaited(base):
    client = AsyncClient(base)
    whole = await client.generate("Once upon a time", max_new_tokens=3)
    stream = client.generate_stream("Once upon a time", max_new_tokens=3)
    pieces = [piece.token.text async for piece in stream]
    return whole.generated_text, "".join(pieces)


def test_awaited(base):
    """`AsyncClient` gives the same text, whole and in pieces."""
    assert asyncio.run(_awaited(base)) == (" a girl came", " a girl came")


def test_hosts_that_are_gone():
    """Whoever calls the host that was switched off reads so, and what to use."""
    with pytest.raises(errors.RetiredHostError) as caught:
        Client("https://api-inference.huggingface.co/models/tiiuae/falcon-7b").generate("Hi")
    assert "router.huggingface.co" in caught.value.hint
    install()
    try:
        from text_generation import InferenceAPIClient

        with pytest.raises(errors.RetiredHostError) as caught:
            InferenceAPIClient("bigscience/bloomz")
        assert "workbench serve" in caught.value.hint
    finally:
        uninstall()


def test_ours_only_where_theirs_is_missing(tmp_path):
    """An installed `text_generation` is imported, and `Client` is its own; else both are ours."""
    code = (
        "import sys; from workbench.course.client import install; install()\n"
        "import workbench.course as course, text_generation\n"
        "from text_generation.client import Client\n"
        "assert course.Client is text_generation.Client is Client\n"
        "print(Client.__module__)"
    )

    def client(*paths):
        command = [sys.executable, "-c", f"import sys; sys.path[:0] = {list(paths)}\n{code}"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert client() == "workbench.course.text_generation.client"
    package = tmp_path / "text_generation"
    package.mkdir()
    (package / "__init__.py").write_text("from text_generation.client import Client\n")
    (package / "client.py").write_text("class Client: pass\n")
    assert client(str(tmp_path)) == "text_generation.client"
