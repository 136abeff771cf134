"""What has to be installed is asked before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata, util

import pytest

from workbench.engines.local.needs import missing


@pytest.fixture
def without(monkeypatch):
    """Packages that aren't installed; all others are."""

    def remove(*packages):
        monkeypatch.setattr(util, "find_spec", lambda name: None if name in packages else name)

    return remove


def test_all_there(without, monkeypatch):
    """Nothing is missing where all is installed."""
    without()
    monkeypatch.setattr(metadata, "version", lambda _: "5.23.0")
    assert missing("chat") is None
    assert missing("text-to-image") is None


@pytest.mark.parametrize(
    ("packages", "task", "named"),
    [
        (["torch"], "ner", "torch, which is not"),
        (["torch", "transformers"], "chat", "torch and transformers, which are not"),
        (["diffusers"], "text-to-image", "diffusers, which is not"),
        (["torch", "transformers", "diffusers"], "text-to-image", "torch, transformers and diff"),
    ],
)
def test_missing_packages(without, packages, task, named):
    """The message names what is missing and the command that installs it."""
    without(*packages)
    said = missing(task)
    assert named in said


def test_diffusers_is_for_pictures(without, monkeypatch):
    """Text runs without diffusers."""
    without("diffusers")
    monkeypatch.setattr(metadata, "version", lambda _: "5.0.0")
    assert missing("summarization") is None


def test_old_transformers(without, monkeypatch):
    """A transformers that is too old is named with its version."""
    without()
    monkeypatch.setattr(metadata, "version", lambda _: "4.57.1")
    said = missing("chat")
    assert "transformers 5 or newer; here is 4.57.1" in said


def test_asking_is_cheap():
    """Nothing is imported to answer."""
    code = (
        "import sys; from workbench.engines.local.needs import missing; missing('text-to-image');"
        "assert not {'torch', 'transformers', 'diffusers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
