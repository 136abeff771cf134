"""Apps and results in a real kernel, as a notebook's front end is told of them."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from types import SimpleNamespace

import pytest
import requests

pytestmark = pytest.mark.notebook
TEXT = "Ada Lovelace lived in London."


class Kernel:
    """A kernel that runs cells; a context manager."""

    def __init__(self, folder):
        from jupyter_client.manager import KernelManager

        env = {**os.environ, "HF_HOME": str(folder), "HOME": str(folder), "HF_TOKEN": ""}
        self._manager = KernelManager()
        self._manager.kernel_spec.argv[0] = sys.executable
        self._manager.start_kernel(env=env, cwd=str(folder))
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(60)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def run(self, code, cell="cell"):
        """Run a cell; returns what it shows: outputs by kind, `text` printed, and the error."""
        content = {"code": code, "silent": False, "allow_stdin": False, "store_history": True}
        sent = self._client.session.msg("execute_request", content, metadata={"cellId": cell})
        self._client.shell_channel.send(sent)
        said = []
        while True:
            message = self._client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != sent["header"]["msg_id"]:
                continue
            if message["content"].get("execution_state") == "idle":
                break
            said.append((message["msg_type"], message["content"]))
        return SimpleNamespace(
            shown=[content["data"] for kind, content in said if kind in SHOWN],
            updates=[content["data"] for kind, content in said if kind == "update_display_data"],
            text="".join(content["text"] for kind, content in said if kind == "stream"),
            error=next((content for kind, content in said if kind == "error"), None),
        )


SHOWN = ("display_data", "execute_result")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One kernel for all of this; the apps of a test are closed by the next."""
    with Kernel(tmp_path_factory.mktemp("kernel")) as kernel:
        done = kernel.run(
            "import workbench, tasks.ner\nfrom workbench.client import EndpointClient\n"
            "from workbench.notebook import close\nclient = EndpointClient()"
        )
        assert (done.error, done.text) == (None, "")
        yield kernel


@pytest.fixture(autouse=True)
def closed(kernel):
    """Every app is closed after each test."""
    yield
    assert not kernel.run("close()", "end").error


def address(done):
    """The address of the app that a cell shows in one frame."""
    assert done.error is None, done.error
    (shown,) = done.shown
    assert shown["text/html"].count("<iframe") == 1
    return re.search(r'src = "(http://127\.0\.0\.1:\d+)/"', shown["text/html"])[1]


def port_of(url):
    return int(url.rpartition(":")[2])


def answers(port):
    """Whether anything listens at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(url, text):
    """What the app's API finds in a text."""
    body = {"data": [text, "simple", None]}
    asked = requests.post(f"{url}/gradio_api/call/ner", json=body, timeout=20).json()
    told = requests.get(f"{url}/gradio_api/call/ner/{asked['event_id']}", timeout=20).text
    data = json.loads(told.rpartition("data: ")[2])
    return [entity["word"] for entity in data[0]]


def test_launch_shows_an_app_that_answers(kernel):
    """The one-liner shows one frame and no other line; JupyterLab may frame it, others may not."""
    done = kernel.run('workbench.launch("ner")')
    url = address(done)
    assert not done.text
    page = requests.get(url, timeout=20)
    assert page.status_code == 200
    frames = page.headers["content-security-policy"].partition("frame-ancestors ")[2].split()
    assert frames == ["'self'", "http://localhost:*", "http://127.0.0.1:*"]
    assert ask(url, TEXT) == ["Ada Lovelace", "London"]


def test_a_cell_run_again_replaces_its_app(kernel):
    """The old app is closed, says so, and the new one has its port; so with another task."""
    first = address(kernel.run('app = workbench.launch("ner")', "one"))
    again = kernel.run('old = app\napp = workbench.launch("ner")', "one")
    assert address(again) == first
    assert "closed" in again.updates[0]["text/html"]
    assert kernel.run("print(old, app.url)").text.startswith("<App 'Find entities' closed> http")
    other = address(kernel.run('workbench.launch("summarization")', "one"))
    assert other == first
    assert kernel.run("print(app.closed)").text == "True\n"


def test_the_same_in_another_cell_replaces_too_and_others_stay(kernel):
    """No servers pile up: the same tasks are there once, whichever cell launches them."""
    first = address(kernel.run('workbench.launch("ner")', "one"))
    other = address(kernel.run('workbench.launch("summarization")', "two"))
    assert other != first
    third = kernel.run("workbench.launch(tasks.ner)", "three")
    assert address(third) == first
    assert len(third.updates) == 1
    assert answers(port_of(other))
    kernel.run("close()")
    assert not answers(port_of(first))
    assert not answers(port_of(other))


def test_two_apps_of_one_cell_stand_side_by_side(kernel):
    """What a cell launches twice in one run doesn't close the first."""
    done = kernel.run('workbench.launch("ner", port=0)\nworkbench.launch("summarization")')
    assert done.error is None
    assert not done.updates
    assert len(done.shown) == 2


def test_an_app_shows_itself_again_and_says_when_it_is_closed(kernel):
    """In a later cell the handle shows the app; closing updates both places."""
    url = address(kernel.run('app = workbench.launch("ner")', "one"))
    assert address(kernel.run("app", "two")) == url
    done = kernel.run("app.close(); app.close()", "three")
    assert ["closed" in each["text/html"] for each in done.updates] == [True, True]
    assert not answers(port_of(url))
    (shown,) = kernel.run("app", "four").shown
    assert "Run its cell again" in shown["text/html"]


def test_a_tab_alone_is_an_app(kernel):
    """Outside of Blocks a tab is launched, by its own client or by none; inside it is laid out."""
    assert ask(address(kernel.run("tasks.ner.tab(client)")), TEXT) == ["Ada Lovelace", "London"]
    assert (
        "Inference workbench"
        not in requests.get(address(kernel.run("tasks.ner.tab()")), timeout=20).text
    )
    url = address(
        kernel.run(
            "import gradio as gr\nwith gr.Blocks(title='Mine') as demo:\n"
            "    assert tasks.ner.tab() is None\n"
            "workbench.launch(demo)"
        )
    )
    assert "Mine" in requests.get(url, timeout=20).text
    assert ask(url, TEXT) == ["Ada Lovelace", "London"]


def test_a_tab_of_anyone_is_an_app(kernel):
    """A function that lays out a tab is launched as it is, and `alone` makes it launch itself."""
    kernel.run(
        "from workbench.notebook.tabs import alone\n"
        "def count_words(client, *, targets=None, label='Words'):\n"
        "    import gradio as gr\n    gr.Textbox(label=label)\n"
        "by_itself = alone(count_words)"
    )
    page = requests.get(address(kernel.run("workbench.launch(count_words)")), timeout=20).text
    assert "Count words" in page
    assert "Words" in page
    url = address(kernel.run("by_itself(client, label='Lines')"))
    assert "Lines" in requests.get(url, timeout=20).text


def test_no_task_is_told_in_few_lines(kernel):
    """An error of ours is cause, next step and the person's own line, not a long way through us."""
    done = kernel.run('names = ["nre"]\nworkbench.launch(*names)')
    told = re.sub(r"\x1b\[\d+m", "", "\n".join(done.error["traceback"]))
    assert told.startswith("ConfigurationError: there is no task 'nre'\nTasks: summarization, ner")
    assert told.endswith("\n\ncell, line 2: workbench.launch(*names)")
    assert done.error["ename"] == "ConfigurationError"


def test_results_show_what_they_hold(kernel):
    """Entities are marked, a reply is read and grows as Markdown, and the text stays beside it."""
    (found,) = kernel.run(f"tasks.ner.find_entities({TEXT!r}, client=client)").shown
    assert found["text/html"].count("<mark") == 2
    assert found["text/plain"].startswith("[{'entity_group': 'PER'")
    reply = kernel.run(
        "from tasks.chat import respond\nreply = respond('**Hi** <b>there</b>', "
        "client=client.using('echo'))\nreply"
    )
    assert reply.updates[-1]["text/markdown"] == "**Hi** &lt;b>there&lt;/b>"
    assert kernel.run("print(reply.text)").text == "**Hi** <b>there</b>\n"
    written = kernel.run(
        "from tasks.completion import complete\n"
        "complete('Once upon a time', client=client, max_new_tokens=4)"
    )
    assert written.updates[-1]["text/plain"] == "Once upon a time a girl came in"


def test_a_reply_that_fails_tells_why(kernel):
    """What can't be had is told as an error of ours, below what came before it."""
    done = kernel.run(
        "from tasks.chat import respond\nrespond('Hi', client=client.using('http://127.0.0.1:9/v1'))"
    )
    assert done.error["ename"] == "UnreachableError"
    assert "Check the address" in "\n".join(done.error["traceback"])


def test_a_kernel_that_ends_leaves_nothing(tmp_path):
    """The app goes with its kernel."""
    with Kernel(tmp_path) as kernel:
        port = port_of(address(kernel.run('import workbench\nworkbench.launch("ner")')))
        assert answers(port)
    assert not answers(port)
