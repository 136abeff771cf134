"""Every program of examples/local is started as a learner starts it, on tiny models."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from gradio_client import Client

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "local"
FILES = sorted(FOLDER.glob("*.py"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")
CHATS = ("langchain_chat", "streamer")
STAGE = """
import json, runpy, sys, threading
import gradio as gr

def unblocked(demo, **options):
    launch(demo, **options, prevent_thread_lock=True, quiet=True)

launch, gr.Blocks.launch = gr.Blocks.launch, unblocked
answers, sys.stdout = sys.stdout, sys.stderr
demo = runpy.run_path(sys.argv[1], run_name="__main__")["demo"]
print(demo.local_url.rstrip("/"), file=answers, flush=True)
for line in sys.stdin:
    running = [thread for thread in threading.enumerate() if thread.name == "generate"]
    print(len(running), file=answers, flush=True)
"""


@pytest.fixture(scope="module")
def slow(models, tmp_path_factory):
    """A chat model that would speak for many seconds: its layers are many."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    folder = tmp_path_factory.mktemp("slow")
    config = AutoConfig.from_pretrained(models("llama"), num_hidden_layers=200)
    torch.manual_seed(1)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(models("llama")).save_pretrained(folder)
    return folder


class App:
    """A chat in a process of its own: its address, its client, and how many threads generate."""

    def __init__(self, process):
        self._process = process
        self.url = process.stdout.readline().strip()

    def threads(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@pytest.fixture
def start(tmp_path):
    """``start("streamer", folder)`` starts a chat on the model of a folder."""
    begun, clients = [], []

    def begin(name, folder):
        own = {"TMPDIR": str(tmp_path), "HOME": str(tmp_path), "LOCAL_MODEL": str(folder)}
        own |= {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "GRADIO_ANALYTICS_ENABLED": "False"}
        process = subprocess.Popen(
            [sys.executable, "-c", STAGE, str(FOLDER / f"{name}.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], **own},
        )
        begun.append(process)
        app = App(process)
        assert app.url
        clients.append(Client(app.url, verbose=False, download_files=tmp_path))
        return app, clients[-1]

    yield begin
    for client in clients:
        client.close()
    for process in begun:
        process.kill()
        process.communicate()


def run(*arguments, env=None):
    """Run an example until it ends."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", **(env or {})},
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_is_short_and_listed(path):
    """Each can be read at a glance, and the table has it."""
    assert len(path.read_text(encoding="utf-8").splitlines()) < 60
    assert f"| [{path.name}]({path.name}) | " in README


def test_readme_lists_what_is_there():
    """The table has a line for each file, and for no other."""
    assert sorted(re.findall(r"^\| \[(.+?)\]", README, re.MULTILINE)) == [f.name for f in FILES]


@pytest.mark.parametrize("name", CHATS)
def test_chat_streams(start, models, name):
    """The reply grows piece by piece, and a second message is answered, the first before it."""
    _, client = start(name, models("llama"))
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/chat"]
    grown = [state for state in client.submit("Hello", api_name="/chat") if state != "…"]
    assert len(set(grown)) > 3
    assert all(later.startswith(sooner) for sooner, later in pairwise(grown))
    assert client.predict("And now?", api_name="/chat").strip()


@pytest.mark.parametrize("name", CHATS)
def test_stop_ends_the_generation(start, slow, name):
    """Stop ends the thread that generates, long before the reply would have ended."""
    app, client = start(name, slow)
    started = time.monotonic()
    job = client.submit("Hello", api_name="/chat")
    while len(job.outputs()) < 2:
        assert time.monotonic() - started < 60
        time.sleep(0.05)
    assert app.threads() == 1
    assert not job.done()
    job.cancel()
    stopped = time.monotonic()
    while app.threads():
        assert time.monotonic() - stopped < 3
        time.sleep(0.05)


def test_failure_is_a_reply(start, models):
    """A model of another kind is told of in the talk, which goes on."""
    _, client = start("langchain_chat", models("tagger"))
    for _ in range(2):
        assert "labels tokens" in client.predict("Hello", api_name="/chat")


def test_compare(models):
    """Both models answer the prompt, each with its name and two times."""
    target = f"local:{models('llama')}"
    done = run(FOLDER / "compare.py", "Hello there", target, "embedded:echo", "local:./none")
    assert (done.returncode, done.stderr) == (0, "")
    local, echo, none = done.stdout.split("\n--- ")[1:]
    assert local.startswith(target)
    times = r": begun after (\d+\.\d\d) s, done after (\d+\.\d\d) s\]"
    begun, over = map(float, re.search(rf"llama on cpu, float32{times}", local).groups())
    assert 0 < begun < over
    assert "Hello there\n[embedded; " in echo
    assert re.search(times, echo)
    assert "looked for the folder" in none


@pytest.mark.parametrize(
    ("name", "without", "told"),
    [
        ("streamer", "transformers", "pip install 'hf-inference-workbench[local]'"),
        ("langchain_chat", "langchain_core", "pip install langchain-core"),
    ],
)
def test_missing_package_is_named(name, without, told):
    """Without its package an example ends, and says what to install."""
    hidden = json.dumps([without, str(FOLDER / f"{name}.py")])
    code = "import json, runpy, sys; name, path = json.loads(sys.argv[1]);"
    done = run("-c", f"{code} sys.modules[name] = None; runpy.run_path(path)", hidden)
    assert done.returncode == 1
    assert done.stderr.strip().endswith(told)
    assert "Traceback" not in done.stderr
