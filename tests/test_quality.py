"""The linter, the formatter and the type checker, as part of the one test command."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = "hf-inference-workbench"
OLDER = {"huggingface-hub": "0.36.2", "gradio": "6.17.3"}
"""What pip finds for the extra `text-generation`, whose client needs huggingface-hub below 1."""


@pytest.mark.parametrize(
    "arguments",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["lint", "format", "types"],
)
def test_tool_is_content(arguments):
    """Each tool finds nothing, with the configuration it has in this repository."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "version"), OLDER.items())
def test_extra_can_be_installed(name, version):
    """No requirement of ours shuts out what the extra `text-generation` needs."""
    needs = map(Requirement, requires(PACKAGE) or ())
    core = {need.name: need.specifier for need in needs if "extra" not in str(need.marker)}
    assert version in core[name]
