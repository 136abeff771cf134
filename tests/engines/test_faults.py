"""Every fault, over the adapter and over a real socket: both must fail in the same way."""

from __future__ import annotations

import uuid

import pytest
import requests
from test_stream_faults import COMPLETE, SPOILED

from workbench.engines.adapter import EngineAdapter
from workbench.engines.faults import KINDS, Faults
from workbench.engines.messages import Headers, Reply, Request, json_reply

JSON, TEXT, PAGE = "application/json", "text/plain; charset=utf-8", "text/html"

ANSWERS = {
    "bad-request": (400, JSON, {}, b'{"error": "CUDA'),
    "paused": (400, JSON, {}, b'{"error": "Bad Request: Invalid state"}'),
    "model-not-supported": (400, JSON, {}, b'{"error": "Model not supported by provider'),
    "nested-error": (400, JSON, {}, b'{"error": {"message": "The requested model'),
    "json-list": (400, JSON, {}, b'["first"'),
    "error-list": (400, JSON, {}, b'{"error": ["first", "second"], "warnings"'),
    "header-only": (400, None, {"X-Error-Message": "Only the header says it"}, None),
    "unauthorized": (401, None, {}, None),
    "bad-token": (401, JSON, {"WWW-Authenticate": 'Bearer realm="hf"'}, b'{"error": "Invalid'),
    "secret-echo": (401, JSON, {"X-Error-Message": "Bearer s3cret"}, b'{"error":"Invalid cred'),
    "credits": (402, JSON, {}, b'{"error": "You have depleted'),
    "forbidden": (403, JSON, {}, b'{"error": "This authentication method'),
    "not-served": (404, TEXT, {}, b"Not Found"),
    "request-timeout": (408, None, {}, None),
    "retired": (410, JSON, {}, b'{"error": "https://api-inference.huggingface.co is no longer'),
    "too-large": (413, TEXT, {}, b"Failed to buffer the request body: length limit"),
    "unsupported-type": (415, TEXT, {}, b"Expected request with"),
    "invalid": (422, JSON, {}, b'{"error": "Input validation error: `inputs` tokens'),
    "invalid-text": (422, TEXT, {}, b"Failed to deserialize the JSON body"),
    "invalid-detail": (422, JSON, {}, b'{"detail": [{"loc"'),
    "loading": (503, JSON, {}, b'{"error":"Model ner is currently loading","estimated_time":20.0}'),
    "waking": (503, None, {}, None),
    "waking-html": (503, PAGE, {}, b"<html>\r\n<head><title>503 Service Temporarily"),
    "busy": (503, JSON, {}, b'{"error": "Service temporarily unavailable, overload'),
    "overloaded": (429, JSON, {"Retry-After": None}, b'{"error": "Model is overloaded"'),
    "rate-limited": (429, JSON, {"Retry-After": "1"}, b'{"error":"Too many'),
    "rate-limited-hub": (429, JSON, {"RateLimit": '"api";r=0;t=1'}, b'{"error":"We had to'),
    "generation-failed": (424, JSON, {}, b'{"error": "Request failed during generation'),
    "error": (500, JSON, {}, b'{"error": "unknown error"}'),
    "bad-gateway": (502, PAGE, {}, b"<html>"),
    "gateway-timeout": (504, PAGE, {}, b"<html>"),
    "html": (200, PAGE, {}, b"<html>"),
    "empty": (200, JSON, {}, None),
    "discarded": (204, None, {}, None),
    "error-in-200": (200, JSON, {}, b'{"error": "it broke"}'),
    "wrong-type": (200, JSON, {}, b"42"),
    "wrong-shape": (200, JSON, {}, b'[{"answer"'),
    "empty-list": (200, JSON, {}, b"[]"),
    "bad-json": (200, JSON, {}, b'[{"summary_text":"The'),
    "bad-encoding": (200, JSON, {}, b'["caf\xe9"]'),
    "picture-cut": (200, "image/png", {}, b"\x89PNG"),
    "picture-bomb": (200, "image/png", {}, b"\x89PNG"),
    "picture-page": (200, JSON, {}, b'{"images": ["'),
    "picture-inside": (200, JSON, {}, b'{"images": [{"url": "http://169.254.169.254'),
    "redirect-get": (302, None, {}, None),
    "redirect": (307, None, {}, None),
}
"""Kind -> status, type, some headers (None: absent), the beginning of the body (None: empty)."""

HUGE = {
    "huge": {"Content-Length": None},
    "huge-declared": {"Content-Length": str(65 * 2**20 + 4)},
    "huge-compressed": {"Content-Encoding": "gzip"},
}
BROKEN = {
    "truncated": requests.exceptions.ChunkedEncodingError,
    "truncated-chunked": requests.exceptions.ChunkedEncodingError,
    "reset-midway": requests.exceptions.ChunkedEncodingError,
    "reset": requests.ConnectionError,
    "hang-up": requests.ConnectionError,
}
LATE = {"slow", "trickle"}


def echo(request):
    """Stands behind the faults and says what came through."""
    return json_reply(200, [request.path, dict(request.query), request.body.decode()])


@pytest.fixture
def session():
    """A session that follows no environment, with the adapter mounted."""
    with requests.Session() as made:
        made.trust_env = False
        made.mount("embedded://", EngineAdapter(Faults(echo)))
        yield made


@pytest.fixture(params=["adapter", pytest.param("server", marks=pytest.mark.server)])
def base(request):
    """Where the faults are: in this process, then behind a real socket."""
    if request.param == "adapter":
        return "embedded://engine"
    return request.getfixturevalue("server_url")


@pytest.fixture
def fail(session, base):
    """Post to a fault and return the response; redirects are not followed."""

    def post(kind, query="", **kwargs):
        return session.post(
            f"{base}/faults/{kind}/ner{query}",
            json={"inputs": "x"},
            headers={"Authorization": "Bearer s3cret"},
            allow_redirects=False,
            **kwargs,
        )

    return post


def test_every_kind_is_expected_here():
    """No fault is without a test, and none is tested that is gone."""
    elsewhere = {"too-long"} | set(SPOILED) | COMPLETE
    assert set(KINDS) == set(ANSWERS) | set(HUGE) | set(BROKEN) | LATE | elsewhere


@pytest.mark.parametrize("kind", ANSWERS)
def test_fault_answers_as_seen_in_the_wild(fail, kind):
    """Status, type, telling headers and body are those of the real failure."""
    status, declared, headers, start = ANSWERS[kind]
    response = fail(kind)
    assert response.status_code == status
    assert response.headers.get("Content-Type") == declared
    assert {name: response.headers.get(name) for name in headers} == headers
    if start is None:
        assert response.content == b""
    else:
        assert response.content.startswith(start)


@pytest.mark.parametrize("kind", HUGE)
def test_huge_body_goes_on_beyond_any_sane_limit(fail, kind):
    """More than 64 MiB of JSON can be read, and reading can stop at any time."""
    with fail(kind, stream=True) as response:
        assert {name: response.headers.get(name) for name in HUGE[kind]} == HUGE[kind]
        assert next(response.iter_content(2)).startswith(b'["')
    with fail(kind, stream=True) as response:
        assert sum(map(len, response.iter_content(2**20))) == 65 * 2**20 + 4


def test_huge_compressed_body_is_small_on_the_wire(fail):
    """The compressed body takes less than a hundredth of what it unpacks to."""
    with fail("huge-compressed", stream=True) as response:
        assert 10_000 < len(response.raw.read(decode_content=False)) < 650_000


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_connection_is_an_error(fail, kind):
    """A reset or a close is what `requests` says of the real thing, before or inside the body."""
    with pytest.raises(BROKEN[kind]):
        fail(kind)


@pytest.mark.parametrize("kind", ["truncated", "truncated-chunked", "reset-midway"])
def test_broken_body_starts_well(fail, kind):
    """The head and the first bytes of a cut answer look like success."""
    with fail(kind, stream=True) as response:
        assert response.status_code == 200
        assert response.raw.read1(10) == b'[{"summary'


def test_slow_answer_is_late_and_good(fail):
    """A patient caller gets the answer after the seconds asked for, an impatient one none."""
    response = fail("slow", "?seconds=0.3")
    assert response.json() == [{"summary_text": "late"}]
    assert response.elapsed.total_seconds() >= 0.3
    with pytest.raises(requests.ReadTimeout):
        fail("slow", "?seconds=5", timeout=0.1)


def test_trickle_never_ends(fail):
    """Bytes keep coming slowly, so that only a deadline for the whole call helps."""
    with fail("trickle", "?seconds=0.1", stream=True, timeout=3) as response:
        assert [response.raw.read1(9) for _ in range(4)] == [b"[", b" ", b" ", b" "]


def test_recovery_after_some_failures(fail):
    """``times`` fails that often for each kind and key, then the engine answers for good."""
    key = uuid.uuid4().hex
    codes = [fail("busy", f"?times=2&key={key}").status_code for _ in range(4)]
    assert codes == [503, 503, 200, 200]
    assert fail("error", f"?times=1&key={key}").status_code == 500
    assert fail("busy", f"?times=1&key={key}x").status_code == 503
    assert fail("busy", "?times=0").status_code == 200


def test_recovery_passes_on_the_request_without_our_options():
    """Path, body and the caller's own query reach the engine; the options do not."""
    query = {"times": "0", "key": "k", "seconds": "1", "to": "http://x", "limit": "9"}
    query["aggregation"] = "simple"
    reply = Faults(echo)(Request("POST", "/faults/busy/models/a/b", query, body=b"{}"))
    assert reply.body == b'["/models/a/b",{"aggregation":"simple"},"{}"]'


def test_everything_else_goes_to_the_engine():
    """Paths that only look like faults are the engine's."""
    for path in ("/ner", "/faultsx/busy/ner", "/x/faults/busy"):
        assert Faults(echo)(Request("POST", path)).status == 200


def test_keys_are_forgotten_at_last():
    """The counters are bounded: a flood of keys drops the oldest, not the latest."""
    failing = Faults(echo)

    def status(key):
        return failing(Request("POST", "/faults/busy/ner", {"times": "1", "key": key})).status

    assert [status("old"), status("old")] == [503, 200]
    for count in range(5000):
        status(str(count))
    assert (status("old"), status("4999")) == (503, 200)


@pytest.mark.parametrize(
    ("kind", "seconds", "expected"),
    [
        ("loading", "2.5", b'"estimated_time":2.5}'),
        ("rate-limited", "2.5", "3"),
        ("rate-limited-hub", "7", '"api";r=0;t=7'),
    ],
)
def test_seconds_are_the_callers_choice(kind, seconds, expected):
    """``seconds`` sets the estimate, Retry-After (rounded up) and the Hub's countdown."""
    reply = Faults(echo)(Request("POST", f"/faults/{kind}/ner", {"seconds": seconds}))
    if isinstance(expected, bytes):
        assert reply.body.endswith(expected)
    else:
        assert expected in {reply.headers.get("retry-after"), reply.headers.get("ratelimit")}


@pytest.mark.parametrize(
    "query",
    [
        {"seconds": "x"},
        {"seconds": "-1"},
        {"seconds": "nan"},
        {"seconds": "1e9"},
        {"times": "-1"},
        {"times": "many"},
        {"limit": "few"},
        {"to": "javascript:alert(1)"},
        {"to": "http://x/\r\nset-cookie: a"},
    ],
)
def test_bad_options_are_refused(query):
    """An option that cannot be meant is a 400 that names it."""
    reply = Faults(echo)(Request("POST", "/faults/redirect/ner", query))
    assert reply.status == 400
    assert next(iter(query)).encode() in reply.body


def test_kinds_are_listed():
    """``/faults`` lists every kind, and an unknown kind is a 404 with the same list."""
    listing = Faults(echo)(Request("GET", "/faults"))
    unknown = Faults(echo)(Request("GET", "/faults/nonsense/ner"))
    assert (listing.status, unknown.status) == (200, 404)
    assert listing.body == unknown.body
    for name in KINDS:
        assert f"/faults/{name}/...".encode() in listing.body


def test_loading_names_the_model():
    """The loading message carries the model of the path, as the old API did."""
    reply = Faults(echo)(Request("POST", "/faults/loading/models/a/b"))
    assert reply.body.startswith(b'{"error":"Model models/a/b is currently loading"')


@pytest.mark.parametrize(
    ("host", "location"),
    [
        ("127.0.0.1:81", "http://localhost:81/ner"),
        ("localhost:81", "http://127.0.0.1:81/ner"),
        ("[::1]:81", "http://localhost:81/ner"),
        ("", "http://elsewhere.invalid/ner"),
    ],
)
def test_redirect_leads_to_another_host(host, location):
    """The default target is this server under its other name, so that it can be followed."""
    reply = Faults(echo)(Request("POST", "/faults/redirect/ner", {}, Headers({"host": host})))
    assert reply == Reply(307, {"location": location})


def test_redirect_leads_where_it_is_told():
    """``to`` is the whole target."""
    reply = Faults(echo)(Request("POST", "/faults/redirect-get/ner", {"to": "https://x.test/a?b"}))
    assert reply == Reply(302, {"location": "https://x.test/a?b"})


@pytest.mark.server
def test_redirect_can_be_followed(session, server_url):
    """Following a 307 reaches the engine under the other name, and it answers."""
    response = session.post(f"{server_url}/faults/redirect/ner", json={"inputs": "x"})
    assert response.status_code == 200
    assert [past.status_code for past in response.history] == [307]
    assert response.url.replace("localhost", "127.0.0.1") == f"{server_url}/ner"
