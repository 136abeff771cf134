"""What every test starts from: no settings of the machine, no network, no browser."""

from __future__ import annotations

import os

import pytest

from workbench.client import EndpointClient
from workbench.settings import Settings

collect_ignore = ["old_gradio_child.py"]
"""A script for a process of its own: importing it runs it."""

_OURS = ("HF_", "HUGGING", "WORKBENCH_", "PORT", "OPENAI_", "DASHSCOPE_", "APP_PASSWORD")


def pytest_collection_modifyitems(items):
    """Of two workers one waits for browsers and servers, the other runs file after file."""
    for item in items:
        waits = any(map(item.get_closest_marker, ("browser", "server", "readme", "clients")))
        item.add_marker(pytest.mark.xdist_group("apps" if waits else str(item.path)))


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory):
    """Apps of the tests, those in processes of their own too, keep conversations elsewhere."""
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No variable, token file or `.env` of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(_OURS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HF_HOME", str(home / "hf"))
    monkeypatch.setenv("WORKBENCH_LANG", "en")
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    monkeypatch.chdir(home)


@pytest.fixture
def client():
    """A client without settings: every task is answered by the embedded engine."""
    with EndpointClient(Settings()) as client:
        yield client


@pytest.fixture
def no_waiting(monkeypatch):
    """Retries wait no time; the seconds they would have waited are collected."""
    waited = []
    monkeypatch.setattr("workbench.exchanges.Recording.sleep", lambda _, s: waited.append(s))
    return waited
