"""Start the real app and the real server for a test, in processes of their own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading

_URL = re.compile(r"https?://\S+")


@contextlib.contextmanager
def running(*arguments, env=None):
    """Run a `workbench` command that listens; yields its URL, ends it afterwards."""
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    ) as process:
        told = []
        try:
            for line in process.stderr:
                told.append(line)
                if "Ctrl+C" in line:
                    break
            else:
                raise AssertionError("".join(told))
            # The pipe is read on, or a talkative process would block on it.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield _URL.search(told[-1])[0].rstrip("/")
        finally:
            process.terminate()
            process.wait(20)


def app(env=None, *arguments, port=0):
    """The app with every task, on a free port unless one is named."""
    return running("launch", "--no-browser", "--port", str(port), *arguments, env=env)


def server():
    """`workbench serve` with every fault on a free port."""
    return running("serve", "--port", "0", "--faults")
