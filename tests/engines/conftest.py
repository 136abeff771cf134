"""What the engine tests share: the real server, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

SERVE = (
    "from workbench.engines.server import serve;"
    "serve(port=0, faults=True, on_ready=lambda url: print(url, flush=True))"
)


def clean_env(**extra: str) -> dict[str, str]:
    """An environment that holds no token, proxy or setting of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONWARNINGS": "error", **extra}


@dataclass
class Server:
    """A server under test: where it answers, and the process."""

    url: str
    process: subprocess.Popen[str]


@contextlib.contextmanager
def running(script: str = SERVE) -> Iterator[Server]:
    """Run *script* until the block ends; its first line of output is the URL."""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_env(),
    ) as process:
        try:
            url = process.stdout.readline().strip()
            assert url, process.stderr.read()
            yield Server(url, process)
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture(name="running", scope="session")
def _running() -> Callable[..., AbstractContextManager[Server]]:
    """Start further servers: ``with running(script) as server``."""
    return running


@pytest.fixture(name="clean_env", scope="session")
def _clean_env() -> Callable[..., dict[str, str]]:
    """Make an environment for a process of our own."""
    return clean_env


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The base URL of a real server with faults, shared by all tests of the session."""
    with running() as server:
        yield server.url
