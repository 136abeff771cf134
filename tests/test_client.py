"""The endpoint client over a stand-in network: what it sends, reads, retries and records."""

from __future__ import annotations

import json

import pytest
import requests
import responses

from workbench import errors
from workbench.client import EndpointClient
from workbench.endpoints import resolve
from workbench.routes import NER, SUMMARIZATION
from workbench.settings import Limits, Settings

ROUTER = "https://router.huggingface.co/hf-inference/models/facebook/bart-large-cnn"
SETTINGS = Settings(token="hf_secret_token_1", token_source="HF_TOKEN", bill_to="org")
GOOD = [{"summary_text": "Short."}]


@pytest.fixture
def web():
    """A network in which only what a test registers answers."""
    with responses.RequestsMock() as web:
        yield web


def ask(settings=SETTINGS, **options):
    """One call of the summarization endpoint."""
    with EndpointClient(settings, **options) as client:
        return client.call(client.endpoint(SUMMARIZATION), "A long text.", {"max_length": 9})


def test_request_is_as_the_wire_wants_it(web):
    """Exactly the headers and the body that every version of the endpoints accepts."""
    web.post(ROUTER, json=GOOD)
    assert ask() == GOOD
    sent = web.calls[0].request
    assert json.loads(sent.body) == {"inputs": "A long text.", "parameters": {"max_length": 9}}
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["Accept"] == "application/json"
    assert sent.headers["Authorization"] == "Bearer hf_secret_token_1"
    assert sent.headers["X-HF-Bill-To"] == "org"
    assert sent.headers["User-Agent"].startswith("hf-inference-workbench/")
    assert len(sent.headers["X-Amzn-Trace-Id"]) == 36
    assert sent.headers["Content-Length"] == str(len(sent.body))


def test_netrc_is_ignored(web, tmp_path, monkeypatch):
    """A password in ~/.netrc neither replaces our token nor joins a call without one."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password netrc-secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    web.post(ROUTER, json=GOOD)
    web.post("https://other.example/x", json=GOOD)
    with EndpointClient(SETTINGS) as client:
        client.call(client.endpoint(SUMMARIZATION), "x")
        client.call(client.using("https://other.example/x").endpoint(NER), "x")
    assert web.calls[0].request.headers["Authorization"] == "Bearer hf_secret_token_1"
    assert "Authorization" not in web.calls[1].request.headers


@pytest.mark.parametrize(
    ("answers", "calls"),
    [
        ([503], 2),
        ([503, 503, 503, 503], 5),
        ([429, 429, 502, 502], 5),
        ([500], 2),
        ([504], 2),
        ([424], 2),
        ([204], 2),
        ([408], 2),
    ],
)
def test_what_may_pass_is_tried_again(web, no_waiting, answers, calls):
    """Waking, busy and broken endpoints are asked again until they answer."""
    for status in answers:
        web.post(ROUTER, status=status)
    web.post(ROUTER, json=GOOD)
    assert ask() == GOOD
    assert len(web.calls) == calls


@pytest.mark.parametrize(
    ("status", "calls"),
    [
        *((status, 1) for status in (400, 401, 402, 403, 404, 410, 413, 422)),
        *((status, 2) for status in (424, 500, 504)),
        *((status, 5) for status in (429, 502)),
    ],
)
def test_tries_are_bounded(web, no_waiting, status, calls):
    """A refusal is never repeated, a fault once, a busy endpoint a few times."""
    web.assert_all_requests_are_fired = False
    web.post(ROUTER, status=status)
    with pytest.raises(errors.WorkbenchError) as caught:
        ask()
    assert len(web.calls) == calls
    assert caught.value.status == status
    assert caught.value.task == "summarization"
    assert caught.value.endpoint == ROUTER


def test_loading_is_waited_out(web, no_waiting):
    """A model that is being loaded is asked until it is there: the deadline alone bounds it."""
    for _ in range(12):
        web.post(ROUTER, status=503, json={"error": "loading", "estimated_time": 1})
    web.post(ROUTER, json=GOOD)
    assert ask() == GOOD
    assert len(no_waiting) == 12


def test_retry_after_is_an_order(web, no_waiting):
    """The wait is at least what Retry-After asks."""
    web.post(ROUTER, status=429, headers={"Retry-After": "33"})
    web.post(ROUTER, json=GOOD)
    ask()
    assert no_waiting == [33.0]


def test_a_long_estimate_is_not_waited_out(web, no_waiting):
    """An estimated loading time of most of an hour is a guess: ask again sooner."""
    web.post(ROUTER, status=503, json={"error": "loading", "estimated_time": 2500})
    web.post(ROUTER, json=GOOD)
    ask()
    assert no_waiting == [30.0]


def test_no_wait_past_the_deadline(web, no_waiting):
    """A wait that would end after the deadline is not begun; the error says how long it is."""
    web.post(ROUTER, status=429, headers={"Retry-After": "3600"})
    with pytest.raises(errors.RateLimitedError) as caught:
        ask()
    assert no_waiting == []
    assert caught.value.retry_after_s == 3600


def test_progress_is_told_before_each_wait(web, no_waiting):
    """A face hears why it waits, for how long, and which attempt failed."""
    web.post(ROUTER, status=503)
    web.post(ROUTER, json=GOOD)
    told = []
    with EndpointClient(SETTINGS) as client, client.recording(told.append):
        client.call(client.endpoint(SUMMARIZATION), "x")
    assert [(w.kind, w.attempt) for w in told] == [("busy", 1)]
    assert told[0].wait_s == no_waiting[0]


@pytest.mark.parametrize(
    ("body", "error", "told"),
    [
        ("", errors.UnexpectedAnswerError, "nothing"),
        ("<html>hello</html>", errors.UnexpectedAnswerError, "a web page"),
        ('[{"summary_text": "Sho', errors.UnexpectedAnswerError, "cut off"),
        ("\x00\x01", errors.UnexpectedAnswerError, "not JSON"),
        ("[" * 100_000, errors.UnexpectedAnswerError, "damaged JSON"),
        ('{"error": "CUDA out of memory"}', errors.UnexpectedAnswerError, "CUDA out of memory"),
    ],
)
def test_a_good_status_is_not_believed(web, body, error, told):
    """A 200 that holds nothing usable is an error that says what came."""
    web.post(ROUTER, body=body)
    with pytest.raises(error, match=told) as caught:
        ask()
    assert caught.value.hint


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(web, status):
    """Neither token nor text goes to where an answer points; the error names the place."""
    web.post(ROUTER, status=status, headers={"Location": "https://evil.example/x?key=1"})
    with pytest.raises(errors.UnexpectedAnswerError, match=r"https://evil\.example/x;") as caught:
        ask()
    assert "key=1" not in str(caught.value)
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (requests.ReadTimeout("slow"), errors.EndpointTimeoutError),
        (requests.ConnectTimeout("slow"), errors.UnreachableError),
        (requests.ConnectionError("gone"), errors.UnreachableError),
        (requests.exceptions.SSLError("bad"), errors.UnreachableError),
        (requests.exceptions.ProxyError("bad"), errors.UnreachableError),
        (requests.exceptions.ChunkedEncodingError("cut"), errors.UnreachableError),
        (requests.exceptions.ContentDecodingError("bad"), errors.UnreachableError),
    ],
)
def test_the_librarys_errors_are_ours(web, no_waiting, raised, error):
    """What the HTTP library raises surfaces as our error and keeps its cause."""
    web.post(ROUTER, body=raised)
    with pytest.raises(error) as caught:
        ask()
    assert caught.value.__cause__ is not None
    assert caught.value.hint


def test_a_large_answer_is_refused(web):
    """An answer beyond the cap is not read into memory, with or without a declared length."""
    settings = Settings(
        limits=Limits(max_answer_bytes=1000), targets={SUMMARIZATION.variable: "a/b"}
    )
    url = "https://router.huggingface.co/hf-inference/models/a/b"
    web.post(url, body="x" * 2000)
    with pytest.raises(errors.UnexpectedAnswerError, match="more than"):
        ask(settings)
    web.post(url, body="x" * 2000, auto_calculate_content_length=True)
    with pytest.raises(errors.UnexpectedAnswerError, match="more than"):
        ask(settings)


def test_no_secret_in_what_is_told(web, caplog):
    """The token is in no error, exchange, curl line or log, even when the endpoint repeats it."""
    web.post(ROUTER, status=400, json={"error": "bad header Bearer hf_secret_token_1"})
    caplog.set_level("DEBUG")
    with EndpointClient(SETTINGS) as client, client.recording() as exchanges:
        with pytest.raises(errors.InvalidInputError) as caught:
            client.call(client.endpoint(SUMMARIZATION), "x")
    shown = [str(caught.value), repr(caught.value.as_dict()), repr(exchanges[0])]
    shown += [exchanges[0].as_curl(), caplog.text, repr(client.endpoint(SUMMARIZATION))]
    assert not any("hf_secret_token_1" in text for text in shown)


def test_exchange_tells_the_call(web, no_waiting):
    """One exchange for a call, with attempts, sizes, ids and the exact request."""
    web.post(ROUTER, status=500)
    web.post(ROUTER, json=GOOD, headers={"x-request-id": "Root=1-a"})
    seen = []
    with EndpointClient(SETTINGS, observers=[seen.append]) as client:
        with client.recording() as exchanges:
            client.call(client.endpoint(SUMMARIZATION), "x")
    exchange = exchanges[0]
    assert seen == list(exchanges)
    assert (exchange.status, exchange.attempts, exchange.error) == (200, 2, None)
    assert exchange.request_id == "Root=1-a"
    assert exchange.answer_bytes == len(json.dumps(GOOD))
    assert exchange.request_bytes == len(exchange.payload.body)
    assert exchange.as_curl().startswith("curl https://router.huggingface.co/hf-inference/")
    assert "$HF_TOKEN" in exchange.as_curl()
    json.dumps(exchange.as_dict())


def test_failed_call_is_recorded_too(web):
    """The exchange of a refused call carries the kind of its error."""
    web.post(ROUTER, status=402)
    with EndpointClient(SETTINGS) as client, client.recording() as exchanges:
        with pytest.raises(errors.CreditsError):
            client.call(client.endpoint(SUMMARIZATION), "x")
    assert (exchanges[0].error, exchanges[0].status) == ("credits", 402)


def test_stopped_recording_sends_nothing(web):
    """After stop() no further call of the recording leaves."""
    with EndpointClient(SETTINGS) as client, client.recording() as exchanges:
        exchanges.stop()
        with pytest.raises(errors.StoppedError):
            client.call(client.endpoint(SUMMARIZATION), "x")
    assert len(web.calls) == 0


def test_using_does_not_change_the_original(client):
    """A derived client has its own target and shares the rest."""
    derived = client.using("org/model")
    assert derived.endpoint(NER).model == "org/model"
    assert client.endpoint(NER).in_process
    assert derived.using(None).endpoint(NER).in_process


def test_settings_come_from_the_environment(monkeypatch):
    """Without settings the environment is read, once."""
    monkeypatch.setenv("HF_API_NER_BASE", "org/model")
    with EndpointClient() as client:
        monkeypatch.delenv("HF_API_NER_BASE")
        assert client.endpoint(NER) == resolve(NER, client.settings)
        assert client.endpoint(NER).model == "org/model"


def test_a_host_is_not_believed_to_be_our_engine(web):
    """What a host says of itself is told as such, cut short, and without our token."""
    said = "embedded; hf_secret_token_1 " + "x" * 500
    web.post(ROUTER, json=GOOD, headers={"x-workbench-engine": said, "x-request-id": said})
    with EndpointClient(SETTINGS) as client, client.recording() as exchanges:
        client.call(client.endpoint(SUMMARIZATION), "x")
    assert exchanges[0].engine.startswith(f"{ROUTER} (embedded; ")
    assert "hf_secret_token_1" not in repr(exchanges[0])
    assert len(exchanges[0].engine) < 400


def test_a_key_in_an_address_is_sent_and_not_shown(web):
    """The query of an address reaches the endpoint, and no exchange or curl line."""
    url = "https://host.example/x"
    web.post(f"{url}?key=s3cret", json=GOOD)
    with EndpointClient(Settings()) as client, client.recording() as exchanges:
        aimed = client.using(f"{url}?key=s3cret")
        aimed.call(aimed.endpoint(SUMMARIZATION), "x")
    assert web.calls[0].request.url.endswith("?key=s3cret")
    assert (exchanges[0].target, exchanges[0].url) == (url, url)
    assert "s3cret" not in repr(exchanges[0]) + exchanges[0].as_curl()


def test_curl_names_the_token_that_was_sent(web):
    """A call with a key of its own is not shown as one with the Hugging Face token."""
    url = "https://host.example/x"
    web.post(url, json=GOOD)
    settings = Settings(
        token="hf_secret_token_1",
        targets={"HF_API_SUMMARY_BASE": url},
        keys={"HF_API_SUMMARY_KEY": "own"},
    )
    with EndpointClient(settings) as client, client.recording() as exchanges:
        client.call(client.endpoint(SUMMARIZATION), "hf_hub_download, sk-learning")
    curl = exchanges[0].as_curl()
    assert "$HF_API_SUMMARY_KEY" in curl
    assert "$HF_TOKEN" not in curl
    assert "hf_hub_download, sk-learning" in curl


def test_refused_key_is_named(web):
    """A 401 names the variable whose token was refused."""
    url = "https://host.example/x"
    web.post(url, status=401)
    settings = Settings(targets={"HF_API_SUMMARY_BASE": url}, keys={"HF_API_SUMMARY_KEY": "own"})
    with pytest.raises(errors.AuthenticationError) as caught:
        ask(settings)
    assert "HF_API_SUMMARY_KEY" in caught.value.hint


def test_refused_address_names_its_variables(web):
    """A 401 at an address that was typed says where address and token are set."""
    url = "https://host.example/x"
    web.post(url, status=401)
    with EndpointClient(SETTINGS) as client, pytest.raises(errors.AuthenticationError) as caught:
        client.call(client.using(url).endpoint(SUMMARIZATION), "x")
    assert "HF_API_SUMMARY_BASE" in caught.value.hint
    assert "HF_API_SUMMARY_KEY" in caught.value.hint


def test_curl_of_the_embedded_engine(client):
    """A call that was answered in this process can be made again, of `workbench serve`."""
    with client.recording() as exchanges:
        client.call(client.endpoint(NER), "Ada lives in Rome.")
    note, command = exchanges[0].as_curl().split("\n", 1)
    assert note == "# while `workbench serve` runs"
    assert command.startswith("curl http://127.0.0.1:8200/ner ")


def test_an_observer_that_fails_changes_nothing(web, caplog):
    """Who watches a call does not decide how it ends."""
    web.post(ROUTER, json=GOOD)

    def fail(exchange):
        raise RuntimeError("observer")

    assert ask(observers=[fail]) == GOOD
    assert "an observer failed" in caplog.text


def test_redirect_to_nonsense(web):
    """A Location that is no address is reported like any other."""
    web.post(ROUTER, status=302, headers={"Location": "http://["})
    with pytest.raises(errors.UnexpectedAnswerError, match="malformed"):
        ask()


def test_half_characters_are_replaced(web):
    """A lone surrogate in an answer can't be printed or saved, and becomes U+FFFD."""
    web.post(ROUTER, body=b'[{"summary_text": "caf \\ud83d"}]')
    assert ask() == [{"summary_text": "caf \ufffd"}]
