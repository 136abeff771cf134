"""Every failure of a real endpoint, through the client and the command line.

The browser's share is in test_browser.py.
"""

from __future__ import annotations

import launching
import pytest
from PIL import Image

from tasks.captioning import caption
from tasks.ner import find_entities
from tasks.text_to_image import generate_image
from workbench import errors
from workbench.cli import main
from workbench.client import EndpointClient
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


@pytest.fixture(scope="module")
def faults():
    """The base of every fault."""
    with launching.server() as url:
        yield f"{url}/faults"


def test_no_kind_is_forgotten():
    """Every fault that the server has is in the table."""
    assert set(BY_KIND) | ANSWERED == set(KINDS)


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
