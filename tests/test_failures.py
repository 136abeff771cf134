"""A failed answer is read: its message found, its kind named, its wait honoured."""

from __future__ import annotations

import email.utils
import json
import time

import pytest

from workbench import errors
from workbench.protocols.failures import MESSAGE_LIMIT, is_error_document, read_failure

HUB_RATE = {"RateLimit": '"api";r=0;t=55'}
DEDICATED = "x.us-east-1.aws.endpoints.huggingface.cloud"
OLD_HOST = "https://api-inference.huggingface.co is no longer supported."
TENSORS = "The size of tensor a (1100) must match the size of tensor b (1024)"
NO_CREDITS = "You have exceeded your monthly included credits for Inference Providers."
NO_TEXT = "Content type text/plain not supported by this container"
PAGE = b"<html><title>Service Temporarily Unavailable</title></html>"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "Bad Request: Invalid state"}, errors.PausedError),
        (400, {"error": "Model not supported by provider together"}, errors.NotServedError),
        (400, {"error": "model_kwargs are not used"}, errors.InvalidInputError),
        (400, {"error": "CUDA out of memory"}, errors.FailedError),
        (400, {"error": "index out of range in self"}, errors.TooLongError),
        (401, "", errors.AuthenticationError),
        (402, {"error": "You have depleted your monthly included credits."}, errors.CreditsError),
        (403, {"error": "insufficient permissions"}, errors.PermissionDeniedError),
        (404, "Not Found", errors.NotServedError),
        (405, "Method Not Allowed", errors.NotServedError),
        (408, "", errors.EndpointTimeoutError),
        (400, {"error": NO_CREDITS}, errors.CreditsError),
        (429, {"error": NO_CREDITS}, errors.CreditsError),
        (400, {"error": TENSORS}, errors.TooLongError),
        (400, {"error": "size of tensor a is odd"}, errors.InvalidInputError),
        (413, {"error": "Input is too long."}, errors.TooLongError),
        (400, {"error": "This model's maximum context length is 9."}, errors.TooLongError),
        (422, {"error": "the maximum sequence length is 512"}, errors.TooLongError),
        (400, {"error": NO_TEXT}, errors.InvalidInputError),
        (407, "", errors.UnreachableError),
        (410, {"error": OLD_HOST}, errors.RetiredHostError),
        (410, {"error": "the model is retired"}, errors.NotServedError),
        (410, "", errors.NotServedError),
        (413, "length limit exceeded", errors.TooLargeError),
        (415, "", errors.InvalidInputError),
        (422, {"error": "`inputs` must have less than 9 tokens."}, errors.TooLongError),
        (422, {"error": "bad", "error_type": "validation"}, errors.InvalidInputError),
        (424, {"error": "Request failed during generation"}, errors.FailedError),
        (429, {"error": "Model is overloaded"}, errors.BusyError),
        (429, "", errors.RateLimitedError),
        (500, {"error": "unknown error"}, errors.FailedError),
        (502, "<html><title>Bad Gateway</title></html>", errors.FailedError),
        (503, {"error": "Model x is currently loading", "estimated_time": 9}, errors.LoadingError),
        (503, {"error": "soon", "estimated_time": 9}, errors.LoadingError),
        (503, {"error": "Service unavailable, overload detected"}, errors.BusyError),
        (503, {"error": "unhealthy"}, errors.BusyError),
        (503, "", errors.WakingError),
        (503, "<title>Service Temporarily Unavailable</title>", errors.WakingError),
        (504, "", errors.EndpointTimeoutError),
        (204, "", errors.UnexpectedAnswerError),
    ],
)
def test_kind(status, body, kind):
    """Every row of the status table has its own kind, a text and a next step."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = read_failure(status, {}, raw)
    assert type(error) is kind
    assert error.status == status
    assert str(error)
    assert error.hint


def test_503_of_a_dedicated_endpoint_is_waking():
    """Whatever its text, a 503 from a dedicated endpoint means that it is being started."""
    error = read_failure(503, {}, b'{"error": "starting"}', host=DEDICATED)
    assert type(error) is errors.WakingError


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        (DEDICATED, errors.WakingError),
        ("127.0.0.1", errors.WakingError),
        ("", errors.WakingError),
        ("router.huggingface.co", errors.BusyError),
        ("host.example", errors.BusyError),
        ("x.endpoints.huggingface.cloud.example", errors.BusyError),
    ],
)
@pytest.mark.parametrize("body", [b"", b"try later", PAGE], ids=["empty", "text", "page"])
def test_503_without_json_is_waking_only_where_hosts_sleep(host, kind, body):
    """A gateway's 503 means waking at a dedicated endpoint or here, too many callers elsewhere."""
    assert type(read_failure(503, {}, body, host=host)) is kind


def test_credits_are_bought_where_the_endpoint_is():
    """Only where Hugging Face is paid, its page is named."""
    hint = "settings/billing"
    assert hint in read_failure(402, {}, b"{}", host="router.huggingface.co").hint
    assert hint not in read_failure(402, {}, b"{}", host="api.example.com").hint


def test_407_tells_what_the_proxy_wants():
    """A proxy without its password is no endpoint's fault: the next step names the variable."""
    error = read_failure(407, {}, b"")
    assert "user and password into HTTPS_PROXY" in error.hint


@pytest.mark.parametrize(
    ("document", "failed"),
    [
        ({"error": "boom"}, True),
        ({"error": "boom", "trace": "x", "request": {"id": 1}}, True),
        ({"error": {"message": "boom"}, "object": "error"}, True),
        ([{"error": "boom", "index": 0}], True),
        ({"error": "boom", "output": None, "choices": []}, True),
        ({"error": "careful", "summary_text": "Fine."}, False),
        ({"error": "careful", "entities": [{"entity": "X"}]}, False),
        ({"error": "careful", "score": 0}, False),
        ({"error": "", "x": 1}, False),
        ([{"error": "boom"}, {"summary_text": "Fine."}], False),
        ({"x": 1}, False),
        ("error", False),
    ],
)
def test_error_with_a_good_status(document, failed):
    """An object with an error and no result is a failure, whatever else it holds."""
    assert is_error_document(document) is failed


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": "one"}', "one"),
        (b'{"error": ["one", "two"], "warnings": []}', "one; two"),
        (b'{"error": {"message": "one", "type": "x"}}', "one"),
        (b'{"message": "one"}', "one"),
        (b'{"detail": "one"}', "one"),
        (b'{"detail": [{"loc": ["body", "inputs"], "msg": "needed"}]}', "body.inputs: needed"),
        (b'{"errors": [{"message": "one"}]}', "one"),
        (b'["one"]', "one"),
        (b'"one"', "one"),
        (b"plain text\n", "plain text"),
        (b"<html><head><title>Down &amp; out</title><body>x", "Down & out"),
        (b"<html>no title", "the endpoint answered 400"),
        (b"", "the endpoint answered 400"),
        (b'{"error": null}', "the endpoint answered 400"),
        (b"[" * 100_000, "the endpoint answered 400"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"error": "one\\n\\ttwo"}', "one two"),
        (b'{"error": "one\\u001b[2Jtwo\\u009b\\u0000"}', "one[2Jtwo"),
        (b'{"error": "half \\ud83c"}', "half \ufffd"),
        (b"one\x1b]0;two\x07", "one]0;two"),
    ],
)
def test_message_is_found(body, message):
    """The text of an error is found in each shape that endpoints use."""
    assert str(read_failure(400, {}, body)) == message


def test_message_in_the_header():
    """A text in X-Error-Message counts when the body has none."""
    error = read_failure(403, {"x-error-message": "accept\x9b the terms"}, b"")
    assert str(error) == "accept the terms"


def test_message_is_capped_and_redacted():
    """An endpoint that repeats our token, or a whole page, does not get it shown."""
    body = json.dumps({"error": "Bearer letmein-secret " + "x" * 5000}).encode()
    error = read_failure(400, {}, body, secrets=["letmein-secret"])
    assert len(str(error)) == MESSAGE_LIMIT
    assert "letmein" not in str(error)


@pytest.mark.parametrize(
    ("status", "headers", "body", "wait"),
    [
        (429, {"Retry-After": "7"}, b"", 7.0),
        (503, {"Retry-After": "7"}, b"", 7.0),
        (500, {"Retry-After": "7"}, b"", None),
        (429, HUB_RATE, b"", 55.0),
        (429, {"Retry-After": "soon"}, b"", None),
        (429, {"Retry-After": "-3"}, b"", None),
        (429, {"Retry-After": "inf"}, b"", None),
        (503, {}, b'{"error": "loading", "estimated_time": 20.5}', 20.5),
        (503, {}, b'{"error": "loading", "estimated_time": true}', None),
        (503, {}, b'{"error": "loading", "estimated_time": NaN}', None),
        (503, {}, b'{"error": "loading", "estimated_time": 1' + b"0" * 400 + b"}", None),
    ],
)
def test_wait(status, headers, body, wait):
    """How long an endpoint asks to wait, from a header or its body, where it counts."""
    assert read_failure(status, headers, body).retry_after_s == wait


def test_wait_until_a_date():
    """Retry-After may be a date."""
    date = email.utils.formatdate(time.time() + 60, usegmt=True)
    wait = read_failure(429, {"Retry-After": date}, b"").retry_after_s
    assert wait == pytest.approx(60, abs=3)


def test_request_id_is_kept():
    """The id that the endpoint's owner can look up is in the error."""
    assert read_failure(500, {"X-Request-Id": "Root=1-a"}, b"").request_id == "Root=1-a"
