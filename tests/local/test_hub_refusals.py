"""Every refusal of the Hub is told with its cause and the next step."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from fake_hub import GOOD_TOKEN, OTHER_TOKEN
from looking import NAME, look, refusal


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_offline_and_not_in_the_cache(variable, hub, cache, monkeypatch):
    """What is said names the model, the cache, the variable and the command to run online."""
    monkeypatch.setenv(variable, "1")
    error = refusal()
    assert (error.kind, error.status) == ("configuration", 404)
    assert str(error) == f"org/model is not in the cache at {cache}, and HF_HUB_OFFLINE is set"
    assert "workbench local fetch org/model" in error.hint
    assert hub.requests == []


def test_offline_for_the_library_alone(hub, cache, monkeypatch):
    """When huggingface_hub was told so before the settings were, its refusal reads the same."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    error = refusal()
    assert str(error) == f"org/model is not in the cache at {cache}, and HF_HUB_OFFLINE is set"
    assert hub.requests == []


def test_not_fetched_unless_asked(hub):
    """Without leave to fetch, the Hub is not asked, and the command that fetches is named."""
    error = refusal(fetch=False)
    assert error.kind == "configuration"
    assert "workbench local fetch org/model" in error.hint
    assert hub.requests == []


def _answers(hub, case):
    if case == "private":
        hub.models[NAME].private = True
    elif case == "gated":
        hub.models[NAME].gated = True
    elif case == "disabled":
        hub.models[NAME].disabled = True
    elif case == "missing":
        del hub.models[NAME]
    elif case == "no revision":
        hub.models[NAME].revisions = ()
    elif isinstance(case, int):
        hub.fails_with = [case] * 20
    elif case == "no Hub":
        hub.listing = b"<html>Sign in to the hotel's network</html>"
    elif case == "other JSON":
        hub.listing = b'{"status": "fine"}'
    elif case == "no listing":
        hub.listing = b'{"id": "org/model", "sha": "main", "siblings": []}'


@pytest.mark.parametrize(
    ("case", "token", "kind", "status", "told", "hint"),
    [
        ("missing", None, "configuration", 404, "no model org/model", "HF_TOKEN"),
        ("missing", GOOD_TOKEN, "configuration", 404, "no model org/model", "spelling"),
        (404, None, "configuration", 404, "no model org/model", "spelling"),
        ("private", None, "configuration", 404, "no model org/model", "private"),
        ("private", OTHER_TOKEN, "configuration", 404, "no model org/model", "private"),
        ("gated", None, "authentication", 401, "is gated", "HF_TOKEN"),
        ("gated", OTHER_TOKEN, "permission", 403, "is gated", "Accept the terms"),
        ("", "hf_wrong_0123456789", "authentication", 401, "the token", "HF_TOKEN"),
        ("no revision", None, "configuration", 404, "no revision 'main'", "/tree/main"),
        ("disabled", None, "configuration", 404, "disabled", "huggingface.co/org/model"),
        (403, GOOD_TOKEN, "permission", 403, "may not read org/model", "permission"),
        (429, None, "rate-limited", 429, "too many requests", "Wait"),
        (503, None, "unreachable", 502, "answered 503", "in the cache"),
        (418, None, "unexpected-answer", 502, "answered 418", "huggingface.co/org/model"),
        ("no Hub", None, "unexpected-answer", 502, "does not answer as the Hub", "HF_ENDPOINT"),
        ("other JSON", None, "unexpected-answer", 502, "does not answer as the Hub", "HF_ENDPOINT"),
        ("no listing", None, "unexpected-answer", 502, "does not answer as the Hub", "HF_ENDPOINT"),
    ],
)
def test_refusals_of_the_hub(case, token, kind, status, told, hint, hub):
    """Each is of the right kind, names the cause and the next step, and never holds the token."""
    _answers(hub, case)
    error = refusal(token=token)
    assert (error.kind, error.status) == (kind, status)
    assert told in str(error)
    assert hint in error.hint
    assert len(str(error)) < 300
    if case == "gated":
        assert "https://huggingface.co/org/model" in error.hint
    if token:
        assert token not in f"{error} {error.hint} {error.__cause__!r}"


def test_a_file_that_went_away(hub):
    """A listed file that the Hub doesn't have any more is a refusal too."""
    hub.models[NAME].lost = ("tokenizer.json",)
    error = refusal()
    assert error.kind == "configuration"
    assert "no longer there" in str(error)


def test_gated_with_the_right_token(hub):
    """With it the model is fetched; the host that the Hub redirects to never sees the token."""
    hub.models[NAME].gated = True
    assert look(token=GOOD_TOKEN).folder.is_dir()
    assert all("Authorization" in headers for _, _, headers in hub.asked("/resolve/"))
    assert hub.asked("/cdn/")
    assert not any("Authorization" in headers for _, _, headers in hub.asked("/cdn/"))


def test_only_the_given_token_is_sent(hub, monkeypatch, tmp_path):
    """Without one, neither HF_TOKEN nor the file of a login is sent."""
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    (tmp_path / "token").write_text(GOOD_TOKEN)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    look()
    assert not any("Authorization" in headers for _, _, headers in hub.asked("/api/"))
    assert not any("Authorization" in headers for _, _, headers in hub.asked("/resolve/"))


def test_the_hub_is_out_of_reach(monkeypatch):
    """No connection: unreachable, and what needs no network is named."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    error = refusal()
    assert (error.kind, error.status) == ("unreachable", 502)
    assert "127.0.0.1 can't be reached" in str(error)
    assert "a model in the cache, needs no network" in error.hint


def test_the_hub_is_late(hub, monkeypatch):
    """No answer in time: said as such."""
    monkeypatch.setattr("workbench.engines.local.hub_fetch.TIMEOUT_S", 0.2)
    hub.listing_s = 1
    error = refusal()
    assert error.kind == "unreachable"
    assert "in time" in str(error)


@pytest.fixture
def at_once(monkeypatch):
    """huggingface_hub tries again without waiting."""
    clock = SimpleNamespace(sleep=lambda _: None, time=time.time)
    monkeypatch.setattr("huggingface_hub.file_download.time", clock)


def test_a_file_is_late(hub, at_once, monkeypatch):
    """A line that falls silent midway is given up after some tries, as late."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DOWNLOAD_TIMEOUT", 0.1)
    hub.silent = True
    error = refusal()
    assert error.kind == "unreachable"
    assert "in time" in str(error)


def test_a_line_that_stays_broken(hub, at_once):
    """After some tries it is given up, as out of reach."""
    hub.breaks_after = [1000] * 20
    error = refusal()
    assert (error.kind, error.status) == ("unreachable", 502)


@pytest.mark.parametrize(
    "url", ["huggingface.co", "ftp://x", "http://me:pw@127.0.0.1:9", "http://[x"]
)
def test_an_address_that_is_none(url, monkeypatch):
    """A Hub that is no address is refused, and what it may hold is not repeated."""
    monkeypatch.setenv("HF_ENDPOINT", url)
    error = refusal()
    assert error.kind == "unreachable"
    assert "HF_ENDPOINT" in error.hint
    assert url not in f"{error} {error.hint}"


def test_what_nobody_foresaw(hub, monkeypatch):
    """Another error of the library is told with its text, without the token."""

    def fail(*_, **__):
        raise RuntimeError(f"Xet is out of order for {GOOD_TOKEN}")

    monkeypatch.setattr("huggingface_hub.HfApi.hf_hub_download", fail)
    error = refusal(token=GOOD_TOKEN)
    assert (error.kind, error.status) == ("failed", 502)
    assert "org/model can't be fetched: Xet is out of order" in str(error)
    assert GOOD_TOKEN not in str(error)
