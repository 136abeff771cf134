"""Our `Client` against `text_generation.Client` itself: the same answers to the same calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from course_clients import OURS, SCRIPT

pytestmark = [
    pytest.mark.server,
    pytest.mark.clients,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not os.environ.get("CI"), reason="needs a package index; set CI=1"),
]


def test_same_answers(drive, base):
    """Every answer, stream, error and refusal is the same, field by field and word by word."""
    theirs = drive("text-generation==0.7.0", SCRIPT)
    ours = subprocess.run(
        [sys.executable, "-c", OURS, base], capture_output=True, text=True, timeout=100, check=True
    )
    assert json.loads(ours.stdout) == theirs
