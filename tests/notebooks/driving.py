"""Make old notebooks of texts, run them, and use their apps as their readers would."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import nbformat
from gradio_client import Client
from nbformat.v4 import new_code_cell, new_notebook

from workbench.course.running import running_notebook

OLD = Path(__file__).with_name("old")
_NOTE = re.compile(r"^\[workbench\.course\] Old: (.*)  Today: (.*)$", re.MULTILINE)


def as_notebook(text):
    """The notebook that *text* is, with a line `# %%` before each cell."""
    cells = re.split(r"^# %%.*\n?", text, flags=re.MULTILINE)[1:]
    # The kernel that an old notebook names is on no machine of today.
    kernel = {"name": "course-py39", "display_name": "Python 3.9", "language": "python"}
    return new_notebook(
        cells=[new_code_cell(cell.strip("\n")) for cell in cells], metadata={"kernelspec": kernel}
    )


def write(text, path):
    """*text* as a notebook at *path*, which is returned."""
    nbformat.write(as_notebook(text), path)
    return path


@contextlib.contextmanager
def run_old(old_notebook, *names):
    """The runs of the notebooks of these names, by name; their apps are open in the block."""
    with contextlib.ExitStack() as open_still:
        yield {
            name: open_still.enter_context(running_notebook(old_notebook(name), timeout_s=100))
            for name in names
        }


def outputs_of(run):
    """The texts below every cell of *run*."""
    for cell in json.loads(run.executed)["cells"]:
        for output in cell.get("outputs", ()):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            yield "".join(text)


def notes_of(run):
    """What *run* told of translations: (old, today's)."""
    return {note for text in outputs_of(run) for note in _NOTE.findall(text)}


@contextlib.contextmanager
def client_of(run, title):
    """A client of the app with *title*, one of those that *run* left open."""
    (url,) = [app.url for app in run.apps if app.title == title]
    client = Client(url, verbose=False)
    try:
        yield client
    finally:
        client.close()


def call(run, title, api_name, *inputs):
    """What the app with *title* answers to one call."""
    with client_of(run, title) as client:
        return client.predict(*inputs, api_name=api_name)


def texts(messages):
    """A conversation as an app gives it to a client: (role, text) of each message."""
    return [
        (message["role"], "".join(part["text"] for part in _parts(message["content"])))
        for message in messages
    ]


def _parts(content):
    return [{"text": content}] if isinstance(content, str) else content
