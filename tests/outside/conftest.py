"""What the tests of outside clients share: the real server, and environments of their own."""

from __future__ import annotations

import json
import os
import subprocess
import venv

import launching
import pytest


@pytest.fixture(scope="session")
def base():
    """Where `workbench serve --faults` answers."""
    with launching.server() as url:
        yield url


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """Make a virtual environment with a package; returns its Python, the same for the same package.

    It is for clients that can't be installed beside us.
    """
    made = {}

    def make(package):
        if package not in made:
            folder = tmp_path_factory.mktemp("environment")
            venv.create(folder, with_pip=True)
            python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
            subprocess.run([python, "-m", "pip", "install", "-q", package], check=True)
            made[package] = python
        return made[package]

    return make


@pytest.fixture(scope="session")
def drive(environment, base):
    """Run a script against the server where a package is installed; returns the JSON it prints."""

    def run(package, script):
        done = subprocess.run(
            [environment(package), "-c", script, base],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
