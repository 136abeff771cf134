"""Text that comes piece by piece, over real sockets: shown, stopped, broken off, tried again."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import pytest
from internet import Server

from workbench import errors
from workbench.client import EndpointClient
from workbench.endpoints import Endpoint
from workbench.settings import Limits, Settings

LAST = 2


def event(number):
    """An event of TGI; the one numbered LAST is the final one."""
    text = f" word{number}"
    whole = "".join(f" word{each}" for each in range(LAST + 1)) if number == LAST else None
    document = {"token": {"text": text, "special": False}, "generated_text": whole}
    return f"data: {json.dumps(document)}\n\n".encode()


def chunked(caller, pieces, *, end=True):
    """Answer with a stream of *pieces*; a number among them is a pause in seconds."""
    caller.send_response(200)
    caller.send_header("Content-Type", "text/event-stream")
    caller.send_header("Transfer-Encoding", "chunked")
    caller.end_headers()
    for piece in pieces:
        if isinstance(piece, bytes):
            caller.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        else:
            time.sleep(piece)
    if end:
        caller.wfile.write(b"0\r\n\r\n")
    else:
        caller.close_connection = True


@pytest.fixture
def web():
    """A service that takes prompts."""
    server = Server()
    yield server
    server.close()


@pytest.fixture
def client():
    """A client without settings."""
    with EndpointClient(Settings()) as client:
        yield client


def at(web, **limits):
    """The endpoint of the service."""
    return Endpoint(
        task="completion", target=web.url, url=web.url, protocol="tgi", limits=Limits(**limits)
    )


def answers(web, *turns):
    """Answer one call after another."""
    left = list(turns)
    web.paths["/generate_stream"] = lambda caller: left.pop(0)(caller)


def whole(caller):
    chunked(caller, [event(0), event(1), event(2)])


def test_each_piece_comes_as_it_is_sent(web, client):
    """A piece is there before the next is sent, and the facts after the last."""
    go_on = threading.Event()

    def answer(caller):
        chunked(caller, [event(0)], end=False)
        caller.close_connection = False
        go_on.wait(5)
        for piece in (event(1), event(2)):
            caller.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        caller.wfile.write(b"0\r\n\r\n")

    answers(web, answer)
    with client.generate(at(web), "Once") as stream:
        assert next(stream) == " word0"
        assert stream.reply is None
        go_on.set()
        assert "".join(stream) == " word1 word2"
    assert stream.reply.text == " word0 word1 word2"


def test_connection_is_kept(web, client):
    """A stream that was read to its end leaves its connection for the next call."""
    ports = set()

    def answer(caller):
        ports.add(caller.client_address)
        whole(caller)

    answers(web, answer, answer)
    for _ in range(2):
        assert list(client.generate(at(web), "Once"))
    assert len(ports) == 1


@pytest.mark.parametrize("begun", [False, True], ids=["before the first piece", "midway"])
@pytest.mark.parametrize("how", ["close", "stop"])
def test_hanging_up_is_seen_at_once(web, client, begun, how):
    """Closed by another thread, the stream ends here and at the service within half a second."""
    gone = threading.Event()

    def answer(caller):
        chunked(caller, [event(0)] if begun else [], end=False)
        caller.connection.settimeout(10)
        if not caller.connection.recv(1):
            gone.set()

    answers(web, answer)
    with client.recording() as recording:
        stream = client.generate(at(web), "Once")
        if begun:
            next(stream)
        act = stream.close if how == "close" else recording.stop
        threading.Timer(0.2, act).start()
        with pytest.raises(errors.StoppedError):
            next(stream)
        assert gone.wait(0.5)
    assert recording[0].error == "stopped"
    assert stream.text == (" word0" if begun else "")


def test_leaving_the_block_hangs_up(web, client):
    """Who stops reading early needs to do nothing else."""
    gone = threading.Event()

    def answer(caller):
        chunked(caller, [event(0)], end=False)
        if not caller.connection.recv(1):
            gone.set()

    answers(web, answer)
    with client.recording() as recording, client.generate(at(web), "Once") as stream:
        next(stream)
    assert gone.wait(0.5)
    assert recording[0].error == "stopped"


def cut(caller):
    """Break off without the end of the body."""
    chunked(caller, [event(0)], end=False)


def unfinished(caller):
    """End the body properly, and the reply not."""
    chunked(caller, [event(0)])


def failing(caller):
    """Tell an error in the stream."""
    chunked(caller, [event(0), b'data: {"error": "broke", "error_type": "generation"}\n\n'])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (cut, errors.InterruptedStreamError),
        (unfinished, errors.InterruptedStreamError),
        (failing, errors.FailedError),
    ],
)
def test_no_part_passes_for_the_whole(web, client, answer, error):
    """What arrived is kept, and the call is not tried again once text has come."""
    answers(web, answer)
    stream = client.generate(at(web), "Once")
    assert next(stream) == " word0"
    with pytest.raises(error) as caught:
        list(stream)
    assert stream.text == " word0"
    assert getattr(caught.value, "partial", " word0") == " word0"
    assert caught.value.task == "completion"
    assert len(web.requests) == 1


def test_silence_between_pieces_ends_it(web, client):
    """A service that falls silent is left after the time to read, with what arrived."""
    answers(web, lambda caller: chunked(caller, [event(0), 3.0], end=False))
    stream = client.generate(at(web, read_s=0.3), "Once")
    next(stream)
    with pytest.raises(errors.InterruptedStreamError) as caught:
        next(stream)
    assert caught.value.partial == " word0"


def test_trouble_before_the_first_piece_is_tried_again(web, client, no_waiting):
    """A 503, and an overload told inside a stream, are waited out: no text has come yet."""

    def overloaded(caller):
        chunked(caller, [b'data: {"error": "Model is overloaded", "error_type": "overloaded"}\n\n'])

    answers(web, lambda caller: caller.answer(503), overloaded, whole)
    with client.recording() as recording:
        assert "".join(client.generate(at(web), "Once")) == " word0 word1 word2"
    assert (recording[0].attempts, recording[0].status) == (3, 200)
    assert recording[0].answer_bytes > 100


@pytest.mark.parametrize("streamed", [True, False])
def test_a_try_cut_short_does_not_hide_the_waking(web, client, no_waiting, streamed):
    """An endpoint that was waking up until the last try, which time ends, is told as waking up."""
    asleep = [True]

    def answer(caller):
        if asleep:
            asleep.clear()
            caller.answer(503)
        else:
            time.sleep(2)

    web.paths["/generate_stream"] = web.paths["/"] = answer
    endpoint = at(web, deadline_s=1.5)
    plain = replace(endpoint, protocol="hf", url=f"{web.url}/")
    with pytest.raises(errors.WakingError) as caught:
        list(client.generate(endpoint, "Hi") if streamed else client.call(plain, "Hi", {}))
    assert isinstance(caught.value.__cause__, errors.EndpointTimeoutError)
    assert caught.value.request_id


def test_stop_string_hangs_up(web, client):
    """What is cut is not waited for: the service sees that nobody reads on."""
    gone = threading.Event()

    def answer(caller):
        chunked(caller, [event(0), event(1)], end=False)
        if not caller.connection.recv(1):
            gone.set()

    answers(web, answer)
    with client.generate(at(web), "Once", {"stop": ["word1"]}) as stream:
        assert "".join(stream) == " word0 "
    assert stream.reply.finish_reason == "stop_sequence"
    assert gone.wait(1)


def test_endless_reply_is_left(web, client):
    """A reply longer than an answer may be is refused."""
    answers(web, lambda caller: chunked(caller, [event(0)] * 1000))
    with pytest.raises(errors.UnexpectedAnswerError, match="more than a reply"):
        list(client.generate(at(web, max_answer_bytes=10_000), "Once"))


def test_conversation_goes_to_chat(web, client):
    """Messages go to the chat route in the name of a model; the reply comes out in pieces."""
    chunk = {"choices": [{"delta": {"content": "Hi"}, "finish_reason": None}]}
    last = {"choices": [{"delta": {"content": " there"}, "finish_reason": "stop"}]}
    events = [f"data: {json.dumps(one)}\n\n".encode() for one in (chunk, last)]
    web.paths["/v1/models"] = {"data": [{"id": "org/model"}]}
    web.paths["/v1/chat/completions"] = lambda caller: chunked(caller, events)
    there = client.using(f"{web.url}/v1")
    endpoint = Endpoint(
        task="chat", target=there.target, url=f"{web.url}/v1/chat/completions", protocol="chat"
    )
    messages = [{"role": "user", "content": "Hello"}]
    assert list(client.chat(endpoint, messages, {"max_new_tokens": 9})) == ["Hi", " there"]
    sent = json.loads(web.bodies[-1])
    assert (sent["model"], sent["max_tokens"], sent["stream"]) == ("org/model", 9, True)
    assert sent["messages"] == messages


def test_whole_answer_to_a_stream(web, client):
    """A service that knows no streams answers at once, and that is shown too."""
    web.paths["/generate_stream"] = [{"generated_text": " all of it"}]
    stream = client.generate(at(web), "Once")
    assert list(stream) == [" all of it"]
    assert stream.reply.text == " all of it"


def test_close_while_it_waits_to_try_again(web, client):
    """It ends at once, and nothing more is sent."""
    answers(web, lambda caller: caller.answer(503, Retry_After="60"))
    waiting = threading.Event()
    with client.recording(lambda _: waiting.set()):
        stream = client.generate(at(web), "Once")
        threading.Thread(target=lambda: waiting.wait(5) and stream.close()).start()
        with pytest.raises(errors.StoppedError):
            list(stream)
    assert len(web.bodies) == 1


def test_close_of_a_body_without_a_length(web, client):
    """A body that ends with its connection: closed here, it was stopped, and did not break off."""

    def endless(caller):
        caller.send_response(200)
        caller.send_header("Content-Type", "text/event-stream")
        caller.end_headers()
        caller.close_connection = True
        caller.wfile.write(event(0))
        caller.connection.recv(1)

    answers(web, endless)
    stream = client.generate(at(web), "Once")
    assert next(stream) == " word0"
    threading.Timer(0.1, stream.close).start()
    with pytest.raises(errors.StoppedError):
        list(stream)
