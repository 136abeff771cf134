"""Every failure of a real endpoint, through the client and the command line.

The browser's share is in test_browser.py.
"""

from __future__ import annotations

import threading
import time

import launching
import pytest
import requests
from PIL import Image

from tasks.captioning import caption
from tasks.ner import find_entities
from tasks.text_to_image import generate_image
from workbench import errors
from workbench.cli import main
from workbench.client import EndpointClient
from workbench.endpoints import Endpoint
from workbench.engines.faults.kinds import KINDS
from workbench.settings import Limits, Settings

pytestmark = pytest.mark.server

EXPECTED = {
    errors.AuthenticationError: "unauthorized bad-token secret-echo",
    errors.BusyError: "busy overloaded",
    errors.CreditsError: "credits",
    errors.EndpointTimeoutError: "request-timeout gateway-timeout slow trickle",
    errors.FailedError: "bad-request generation-failed error bad-gateway",
    errors.InvalidInputError: (
        "json-list error-list header-only unsupported-type invalid-text invalid-detail"
    ),
    errors.LoadingError: "loading",
    errors.NotServedError: "model-not-supported nested-error not-served",
    errors.PausedError: "paused",
    errors.PermissionDeniedError: "forbidden",
    errors.RateLimitedError: "rate-limited rate-limited-hub",
    errors.RetiredHostError: "retired",
    errors.TooLargeError: "too-large",
    errors.TooLongError: "invalid",
    errors.UnexpectedAnswerError: (
        "html empty discarded error-in-200 wrong-type wrong-shape bad-json bad-encoding huge "
        "huge-declared huge-compressed redirect redirect-get "
        "picture-cut picture-bomb picture-page picture-inside"
    ),
    errors.UnreachableError: "truncated truncated-chunked reset reset-midway hang-up",
    errors.WakingError: "waking waking-html",
}
BY_KIND = {kind: error for error, kinds in EXPECTED.items() for kind in kinds.split()}
ANSWERED = {"empty-list"}

WORDS = "Grüße, 世界 🐢! How are you?"
BEGUN = "Grüße,"
STREAMED = {
    "stream-no-done": (None, WORDS),
    "stream-split": (None, WORDS),
    "stream-comments": (None, WORDS),
    "stream-crlf": (None, WORDS),
    "stream-cut": (errors.InterruptedStreamError, BEGUN),
    "stream-cut-event": (errors.InterruptedStreamError, BEGUN),
    "stream-unfinished": (errors.InterruptedStreamError, BEGUN),
    "stream-stall": (errors.InterruptedStreamError, BEGUN),
    "stream-late": (errors.EndpointTimeoutError, ""),
    "stream-error-first": (errors.FailedError, ""),
    "stream-error-midway": (errors.FailedError, BEGUN),
    "stream-error-done": (errors.FailedError, BEGUN),
    "too-long": (errors.TooLongError, ""),
}
"""Kind -> the error that a stream ends with, None where it is complete; the text that came."""


@pytest.fixture(scope="module")
def faults():
    """The base of every fault."""
    with launching.server() as url:
        yield f"{url}/faults"


def test_no_kind_is_forgotten():
    """Every fault that the server has is in the table."""
    assert set(BY_KIND) | ANSWERED | set(STREAMED) == set(KINDS)


ASK = {
    "ner": lambda client: find_entities("Ada lives in Paris.", client=client),
    "captioning": lambda client: caption(Image.new("RGB", (9, 9)), client=client),
    "text-to-image": lambda client: generate_image("a dog", client=client),
}


@pytest.mark.parametrize("task", ASK)
@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_client(faults, no_waiting, kind, task):
    """Each fault is its own error, with cause, next step, task and endpoint."""
    settings = Settings(limits=Limits(read_s=0.7, deadline_s=1))
    target = f"{faults}/{kind}/{task}"
    with EndpointClient(settings) as client, client.recording() as exchanges:
        with pytest.raises(BY_KIND[kind]) as caught:
            ASK[task](client.using(target))
    error = caught.value
    assert type(error) is BY_KIND[kind]
    assert str(error)
    assert error.hint
    assert (error.task, error.endpoint) == (task, target)
    assert error.request_id
    assert exchanges[0].error == error.kind


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_command_line(faults, no_waiting, kind, capsys, monkeypatch):
    """Each fault ends with 1, says cause and next step on stderr, and prints no result."""
    monkeypatch.setenv("WORKBENCH_READ_S", "0.7")
    monkeypatch.setenv("WORKBENCH_DEADLINE_S", "1")
    with pytest.raises(SystemExit) as ended:
        main(["run", "ner", "Ada lives in Paris.", "--target", f"{faults}/{kind}/ner"])
    told = capsys.readouterr()
    assert ended.value.code == 1
    assert told.out == ""
    assert "workbench: ner: " in told.err
    assert "next: " in told.err


@pytest.mark.parametrize("kind", ["loading", "waking", "busy", "rate-limited", "error", "reset"])
def test_recovery(faults, no_waiting, kind):
    """What passes by itself is waited for, and the answer comes."""
    target = f"{faults}/{kind}/ner?times=1&key=recovery-{kind}"
    with EndpointClient(Settings()) as client, client.recording() as exchanges:
        found = find_entities("Ada Lovelace lives in Paris.", client=client.using(target))
    assert found[0]["word"] == "Ada Lovelace"
    assert exchanges[0].attempts == 2


def talk(client, base, verb, query="limit=5", words=WORDS, **limits):
    """A reply of the talker `echo` over one of the two wires."""
    path = {"generate": "/generate", "chat": "/v1/chat/completions"}[verb]
    url = f"{base}/models/echo{path}?token_delay=0&{query}"
    endpoint = Endpoint(
        task="chat",
        target=url,
        url=url,
        protocol="chat" if verb == "chat" else "tgi",
        model="echo",
        limits=Limits(**limits),
    )
    if verb == "chat":
        return client.chat(endpoint, [{"role": "user", "content": words}])
    return client.generate(endpoint, f"User: {words}\nAssistant:", strip_start=True)


both_wires = pytest.mark.parametrize("verb", ["generate", "chat"])


@both_wires
@pytest.mark.parametrize("kind", STREAMED)
def test_stream(faults, no_waiting, kind, verb):
    """Each fault of a stream ends as it should: with all of the text, or what came and why."""
    expected, text = STREAMED[kind]
    with EndpointClient(Settings()) as client, client.recording() as exchanges:
        stream = talk(client, f"{faults}/{kind}", verb, read_s=0.7, deadline_s=2)
        if expected is None:
            assert "".join(stream) == stream.reply.text == text
        else:
            pieces = []
            with pytest.raises(expected) as caught:
                pieces.extend(stream)
            assert type(caught.value) is expected
            assert caught.value.hint
            assert "".join(pieces) == text
            assert getattr(caught.value, "partial", text) == text
            assert exchanges[0].error == caught.value.kind
    assert stream.text == text
    # Once there was text, it can't be unsaid: no other try.
    assert exchanges[0].attempts == (2 if kind == "stream-error-first" else 1)


@both_wires
@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_stream_that_never_begins(faults, no_waiting, kind, verb):
    """What fails before a stream begins is the same error that a call has."""
    odd = {"bad-json": errors.InterruptedStreamError, "error-in-200": errors.FailedError}
    with EndpointClient(Settings()) as client:
        stream = talk(client, f"{faults}/{kind}", verb, read_s=0.7, deadline_s=3)
        with pytest.raises(errors.WorkbenchError) as caught:
            next(stream)
    assert type(caught.value) is odd.get(kind, BY_KIND[kind])
    assert stream.text == ""


@both_wires
@pytest.mark.parametrize("kind", ["stream-stall", "stream-late"])
def test_silence_is_waited_out(faults, kind, verb):
    """A silence shorter than the time to read does no harm."""
    with EndpointClient(Settings()) as client:
        assert "".join(talk(client, f"{faults}/{kind}", verb, "seconds=0.2")) == WORDS


@both_wires
def test_stream_recovers(faults, no_waiting, verb):
    """An error before the first token is tried again, and the reply comes."""
    query = f"times=1&key=recovery-{verb}"
    with EndpointClient(Settings()) as client, client.recording() as exchanges:
        assert "".join(talk(client, f"{faults}/stream-error-first", verb, query)) == WORDS
    assert exchanges[0].attempts == 2


@both_wires
def test_shorter_conversation_is_answered(faults, verb):
    """What is too long for the model is answered once there is less of it."""
    with EndpointClient(Settings()) as client:
        with pytest.raises(errors.TooLongError):
            list(talk(client, f"{faults}/too-long", verb, "limit=9", "Hello " * 20))
        assert "".join(talk(client, f"{faults}/too-long", verb, "limit=9", "Hello")) == "Hello"


@both_wires
@pytest.mark.parametrize(("kind", "begun"), [("stream-stall", BEGUN), ("stream-late", "")])
def test_hanging_up_in_a_silence_reaches_the_server(faults, kind, begun, verb):
    """Closed from another thread while nothing comes, the stream ends here and there."""
    stats = faults.replace("/faults", "/stats")

    def disconnects():
        return requests.get(stats, timeout=10).json()["disconnects"]

    before = disconnects()
    with EndpointClient(Settings()) as client:
        stream = talk(client, f"{faults}/{kind}", verb, "seconds=600")
        while stream.text != begun:
            next(stream)
        threading.Timer(0.3, stream.close).start()
        with pytest.raises(errors.StoppedError):
            next(stream)
        until = time.monotonic() + 30
        while disconnects() == before:
            assert time.monotonic() < until
            time.sleep(0.02)
    assert stream.text == begun
