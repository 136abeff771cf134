"""Every app of examples/chat is started as a learner starts it, and does what it claims."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
import wave
from itertools import pairwise
from pathlib import Path

import launching
import pytest
import requests
from gradio_client import Client, handle_file
from PIL import Image

pytestmark = pytest.mark.server
FOLDER = Path(__file__).parents[1] / "examples" / "chat"
FILES = sorted(FOLDER.glob("*.py"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")
STAGE = """
import gc, inspect, json, os, runpy, sys, threading
import gradio as gr

launch, demos = gr.Blocks.launch, []

def unblocked(demo, **options):
    demos.append(demo)
    launch(demo, **options, prevent_thread_lock=True, quiet=True)

def start(path, env, without=()):
    kept = dict(os.environ)
    os.environ.update(env)
    there = {name: sys.modules.get(name) for name in without}
    sys.modules.update(dict.fromkeys(without))
    try:
        names = runpy.run_path(path, run_name="__main__")
        assert names["demo"] is demos[-1]
        return {"url": names["demo"].local_url.rstrip("/"), "theme": names["demo"].theme.name}
    except SystemExit as refusal:
        return {"refusal": str(refusal)}
    finally:
        for name, module in there.items():
            sys.modules[name] = module
            if module is None:
                del sys.modules[name]
        os.environ.clear()
        os.environ.update(kept)

def working(path):
    found = [each for each in gc.get_objects() if inspect.isasyncgen(each)]
    return sum(each.ag_code.co_filename == path and each.ag_frame is not None for each in found)

def close():  # which takes a second, that the next test doesn't wait for
    while demos:
        threading.Thread(target=demos.pop().close).start()

gr.Blocks.launch = unblocked
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    name, arguments = json.loads(line)
    print(json.dumps(globals()[name](*arguments)), file=answers, flush=True)
"""
NOISE = (
    # Gradio leaves the event loop of each app it closes, and that loop's sockets, to the collector.
    "ignore:unclosed event loop",
    "ignore:unclosed <socket",
    # Gradio tells pandas 3.1, after each call, what it no longer wants to hear.
    "ignore:The copy keyword is deprecated",
    "ignore:'future.no_silent_downcasting' is deprecated",
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """``stage("start", path, env)`` runs an app in one process for all; warnings are errors."""
    folder = tmp_path_factory.mktemp("stage")
    warnings = [part for each in ("error", *NOISE) for part in ("-W", each)]
    # What an app or Gradio writes to the temporary folder, the home or here, goes to our own.
    own = {"TMPDIR": str(folder), "HOME": str(folder), "GRADIO_ANALYTICS_ENABLED": "False"}
    with subprocess.Popen(
        [sys.executable, *warnings, "-c", STAGE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **own},
    ) as process:

        def ask(name, *arguments):
            process.stdin.write(json.dumps([name, arguments]) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        ask.folder = folder
        yield ask
        process.stdin.close()
        process.wait(20)


@pytest.fixture
def start(stage, tmp_path):
    """``start("files")`` starts examples/chat/files.py and gives a client of it."""
    clients = []

    def begin(name, **env):
        begin.told = stage("start", str(FOLDER / f"{name}.py"), {"APP_PASSWORD": "tulip", **env})
        auth = ("anybody", "tulip") if name == "password" else None
        options = {"auth": auth, "verbose": False, "download_files": tmp_path}
        clients.append(Client(begin.told["url"], **options))
        return clients[-1]

    yield begin
    for client in clients:
        client.close()
    stage("close")


@pytest.fixture
def ask(start):
    """``ask("files", message)`` starts an example and gives its reply to each message."""

    def talk(name, *messages, **inputs):
        client = start(name)
        return [client.predict(each, **inputs, api_name="/chat") for each in messages]

    return talk


@pytest.fixture(scope="module")
def server():
    """`workbench serve`, in a process of its own."""
    with launching.server() as url:
        yield url


def wait_until(condition):
    """Until *condition* holds; a test that waits in vain fails."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_starts(path, start):
    """Each is short, is in the README, starts without a key, and has the one function /chat."""
    assert len(path.read_text(encoding="utf-8").splitlines()) < 40
    assert f"| [{path.name}]({path.name}) | " in README
    client = start(path.stem)
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/chat"]


def test_readme_lists_what_is_there():
    """The table has a line for each file, and for no other."""
    assert sorted(re.findall(r"^\| \[(.+?)\]", README, re.MULTILINE)) == [f.name for f in FILES]


def test_random_yes_no(ask):
    """Both answers come, and no other."""
    assert set(ask("random_yes_no", *["Well?"] * 20)) == {"Yes", "No"}


def test_alternating_agreement(ask):
    """It agrees with the first message and every other one after it."""
    agreed = [text.startswith("Yes") for text in ask("alternating_agreement", *"abcd")]
    assert agreed == [True, False, True, False]


def test_slow_echo_grows(start):
    """Each state of the reply continues the one before, up to the message."""
    grown = list(start("slow_echo_with_stop").submit("echo", api_name="/chat"))
    assert grown[0] == "e"
    assert all(later.startswith(sooner) for sooner, later in pairwise(grown))
    assert grown[-1] == "echo"


def test_slow_echo_stops(start, stage):
    """Stop ends the function that speaks, and the next message is answered."""
    client = start("slow_echo_with_stop")
    speaking = [str(FOLDER / "slow_echo_with_stop.py")]
    job = client.submit("for a long time " * 100, api_name="/chat")
    wait_until(lambda: len(job.outputs()) > 3)
    assert stage("working", *speaking) == 1
    job.cancel()
    wait_until(lambda: stage("working", *speaking) == 0)
    assert client.predict("b", api_name="/chat") == "b"


def test_themed(ask, start, stage):
    """It has its theme, its placeholder, and replies made in advance in a folder of their own."""
    (reply,) = ask("themed", "And Kenya?")
    assert reply == "The capital of Kenya is **Nairobi**."
    assert start.told["theme"] == "soft"
    config = requests.get(f"{start.told['url']}/config", timeout=10).json()
    assert "Where to?" in json.dumps(config)
    cached = max(stage.folder.glob("tmp*/*/log.csv"), key=lambda path: path.stat().st_mtime)
    for capital in ("Paris", "Tokyo", "Nairobi"):
        assert capital in cached.read_text(encoding="utf-8")
    assert not (stage.folder / ".gradio").exists()


@pytest.mark.parametrize(("count", "told"), [(0, "0 files"), (1, "1 file"), (2, "2 files")])
def test_files(ask, tmp_path, count, told):
    """The files are counted and come back unchanged."""
    paths = [tmp_path / f"{number}.txt" for number in range(count)]
    for path in paths:
        path.write_text(path.name, encoding="utf-8")
    (reply,) = ask("files", {"text": "Look", "files": [handle_file(path) for path in paths]})
    assert reply["content"][0] == f"You sent {told}."
    back = [Path(path).read_text(encoding="utf-8") for path in reply["content"][1:]]
    assert back == [path.name for path in paths]


def test_extra_inputs(ask, start):
    """The system prompt changes the reply, the slider ends it, and both are folded away."""
    assert ask("extra_inputs", "Who are you?")[0].startswith("Ahoy!")
    assert len(ask("extra_inputs", "Who are you?", system="", tokens=5)[0].split()) <= 5
    config = requests.get(f"{start.told['url']}/config", timeout=10).json()
    (fold,) = [each["props"] for each in config["components"] if each["type"] == "accordion"]
    assert (fold["label"], fold["open"]) == ("Settings", False)


def test_replies_with_media(ask):
    """A picture, a plot, a sound and a file come, of the type that was asked for."""
    kinds = ("image", "plot", "audio", "file", "nothing")
    image, plot, audio, file, other = ask("replies_with_media", *kinds)
    with Image.open(image["content"]) as picture:
        assert (picture.format, picture.size) == ("PNG", (256, 256))
    drawn = json.loads(plot["value"]["plot"])["data"][0]
    assert (drawn["type"], drawn["y"][-1]) == ("bar", 36)
    with wave.open(audio["content"]) as sound:
        assert sound.getnframes() == sound.getframerate() == 16_000
    assert Path(file["content"]).read_text(encoding="utf-8") == "Roses are red.\n"
    assert other == "Say image, plot, audio or file."


def test_several_messages(ask):
    """Three messages come at once, the second under a title."""
    ((first, words, last),) = ask("several_messages", "tea or coffee")
    assert (first, last) == ("Let me count.", "Words: 3. Letters: 11.")
    assert (words["content"], words["metadata"]["title"]) == ("tea, or, coffee", "The words")


def test_feedback_to_csv(start, tmp_path):
    """Each verdict is a line, one told twice in a row is one, and no cell is a formula."""
    file = tmp_path / "verdicts.csv"
    assert start("feedback_to_csv", FEEDBACK_FILE=str(file)).predict("ab", api_name="/chat") == "ba"
    config = requests.get(f"{start.told['url']}/config", timeout=10).json()
    (note,) = [each for each in config["dependencies"] if each["api_name"] == "note"]
    for said, liked in [("ba", True), ("ba", "Wrong"), ("ba", "Wrong"), ("=1", False), ("=1", "")]:
        event = {"index": 1, "value": [said], "liked": liked}
        sent = {"data": [None], "event_data": event, "fn_index": note["id"], "session_hash": "x"}
        url = f"{start.told['url']}/gradio_api/run/predict"
        requests.post(url, json=sent, timeout=10).raise_for_status()
    with file.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head == ["time", "message", "reply", "verdict"]
    verdicts = [("ba", "Like"), ("ba", "Wrong"), ("'=1", "Dislike"), ("'=1", "taken back")]
    assert [tuple(row[1:]) for row in rows] == [("1", *each) for each in verdicts]


def test_langchain_model(start):
    """The stand-in's replies come in turn, each growing."""
    client = start("langchain_model")
    grown = list(client.submit("Hello", api_name="/chat"))
    assert len(grown) > 3
    assert grown[-1] == "I only play a model."
    assert client.predict("And now?", api_name="/chat") == "Put a real one here."


@pytest.mark.parametrize(
    ("name", "package"),
    [("langchain_model", "langchain-core"), ("openai_streaming", "openai")],
)
def test_missing_package_is_named(stage, name, package):
    """Without its package an example says what to install."""
    missing = ["langchain_core.language_models", "openai"]
    told = stage("start", str(FOLDER / f"{name}.py"), {}, missing)
    assert told["refusal"].endswith(f": pip install {package}")


def test_openai_streaming(start, server):
    """The package streams from `workbench serve`, the second time with the talk before."""
    url = f"{server}/v1"
    client = start("openai_streaming", OPENAI_BASE_URL=url, OPENAI_MODEL="agree")
    grown = list(client.submit("Tea is better.", api_name="/chat"))
    assert len(grown) > 3
    assert grown[-1] == "Yes, I do think that: Tea is better."
    assert client.predict("Really?", api_name="/chat") == "I don't think so."


def test_openai_without_a_server(start):
    """Where nobody listens, the reply says so and what to run."""
    client = start("openai_streaming", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert "`workbench serve`" in client.predict("Hello", api_name="/chat")


MODELS = {
    "qwen": {"variable": "DASHSCOPE_BASE_URL", "key": "DASHSCOPE_API_KEY", "path": "/v1"},
    "starchat": {"variable": "HF_API_STARCHAT_BASE", "key": "HF_API_STARCHAT_KEY", "path": ""},
    "falcon": {"variable": "HF_API_FALCOM_BASE", "key": "HF_API_FALCOM_KEY", "path": ""},
}


@pytest.mark.parametrize("name", MODELS)
def test_model_that_is_missing(ask, start, name):
    """Without its key or address the embedded talker answers, and the page says so."""
    (reply,) = ask(name, "Who are you?", **({"talk": []} if name == "falcon" else {}))
    assert "embedded talker" in str(reply)
    page = requests.get(f"{start.told['url']}/config", timeout=10).text
    assert "can't answer yet: Set " in page
    assert "Until then the embedded talker does." in page


@pytest.mark.parametrize("name", MODELS)
def test_model_that_is_there(start, server, name):
    """With them the model's server answers; what it is asked to be goes with the message."""
    where = MODELS[name]
    env = {where["variable"]: f"{server}{where['path']}", where["key"]: "k"}
    before = requests.get(f"{server}/stats", timeout=10).json()["requests"]
    client = start(name, **env)
    inputs = {"talk": []} if name == "falcon" else {}
    if name != "starchat":
        inputs["system"] = "You are a pirate"
    assert "workbench" in str(client.predict("Who are you?", **inputs, api_name="/chat"))
    assert requests.get(f"{server}/stats", timeout=10).json()["requests"] > before
    assert "can't answer" not in requests.get(f"{start.told['url']}/config", timeout=10).text


@pytest.mark.parametrize("name", ["qwen", "starchat"])
def test_stop_reaches_the_server(start, server, name):
    """Stop hangs up: the server sees that nobody reads."""
    where = MODELS[name]
    url = f"{server}{where['path']}?token_delay=0.2"
    left = requests.get(f"{server}/stats", timeout=10).json()["disconnects"]
    job = start(name, **{where["variable"]: url, where["key"]: "k"}).submit(
        "Hello", api_name="/chat"
    )
    wait_until(lambda: len(job.outputs()) > 1)
    job.cancel()
    wait_until(lambda: requests.get(f"{server}/stats", timeout=10).json()["disconnects"] > left)


@pytest.mark.parametrize("name", MODELS)
def test_failure_is_a_reply(start, name):
    """A server that can't be reached is told of in the talk; the chat goes on."""
    where = MODELS[name]
    client = start(name, **{where["variable"]: "http://127.0.0.1:9/v1", where["key"]: "k"})
    inputs = {"talk": []} if name == "falcon" else {}
    for _ in range(2):
        assert "127.0.0.1:9" in str(client.predict("Hello", **inputs, api_name="/chat"))


def test_password(start, stage):
    """The right password opens it under any name, a wrong one and none don't."""
    assert start("password").predict("Hi", api_name="/chat") == "Between you and me: Hi"
    url = start.told["url"]
    for given, admitted in [("tulip", True), ("rose", False), ("", False)]:
        form = {"username": "anybody", "password": given}
        assert requests.post(f"{url}/login", data=form, timeout=10).ok is admitted
    assert requests.get(f"{url}/config", timeout=10).status_code == 401


def test_password_is_wanted(stage):
    """Without APP_PASSWORD it doesn't start, and says why."""
    told = stage("start", str(FOLDER / "password.py"), {"APP_PASSWORD": ""})
    assert told["refusal"].startswith("Set a password first: APP_PASSWORD=")
