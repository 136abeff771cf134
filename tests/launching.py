"""Start the real app and the real server for a test, in processes of their own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading

_URL = re.compile(r"https?://\S+")
_READY = "Ctrl+C"


@contextlib.contextmanager
def started(command, env=None, **options):
    """Run a command until it says that it listens; yields what it told, ends it afterwards."""
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}, **options
    ) as process:
        told = []
        try:
            for line in process.stderr:
                told.append(line)
                if _READY in line:
                    break
            else:
                raise AssertionError("".join(told))
            # The pipe is read on, or a talkative process would block on it.
            threading.Thread(target=lambda: told.extend(process.stderr), daemon=True).start()
            yield told
        finally:
            process.terminate()
            process.wait(20)


@contextlib.contextmanager
def running(*arguments, env=None):
    """Run a `workbench` command that listens; yields its URL, ends it afterwards."""
    with started([sys.executable, "-m", "workbench", *arguments], env) as told:
        ready = next(line for line in told if _READY in line)
        yield _URL.search(ready)[0].rstrip("/")


def app(env=None, *arguments, port=0):
    """The app with every task, on a free port unless one is named."""
    return running("launch", "--no-browser", "--port", str(port), *arguments, env=env)


def server():
    """`workbench serve` with every fault on a free port."""
    return running("serve", "--port", "0", "--faults")
