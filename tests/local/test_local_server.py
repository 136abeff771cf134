"""`workbench serve --engine local`: the real command, driven as other people's programs do."""

from __future__ import annotations

import base64
import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import launching
import pytest
import requests
from dotenv import dotenv_values
from PIL import Image
from tiny_speech import tiny_llama

from tasks.captioning import caption
from tasks.chat import respond
from tasks.completion import complete
from tasks.ner import find_entities
from tasks.summarization import summarize
from tasks.text_to_image import generate_image
from workbench import errors
from workbench.cli import main
from workbench.client import EndpointClient
from workbench.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]
TEXT = "Ada Lovelace lived in London and wrote programs for Charles Babbage."
SOON_S = 10
"""Far less than what is broken off would have taken."""
ENDLESS = 1_000_000
MANY_STEPS = 900


@pytest.fixture(scope="module")
def chosen(models, tmp_path_factory):
    """Task -> the folder of its model; the one that completes goes on for ever."""
    names = {"ner": "tagger", "summarization": "bart", "captioning": "blip"}
    names |= {"text-to-image": "painter", "chat": "llama"}
    endless = tiny_llama(tmp_path_factory.mktemp("endless"), length=2 * ENDLESS)
    return {**{task: models(name) for task, name in names.items()}, "completion": endless}


@pytest.fixture(scope="module")
def arguments(chosen):
    """What `workbench` is called with, but for the port."""
    pairs = (("--model", f"{task}={folder}") for task, folder in chosen.items())
    return ["serve", "--engine", "local", *(part for pair in pairs for part in pair)]


@pytest.fixture(scope="module")
def base(arguments):
    """Where the server answers."""
    env = {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    with launching.running(*arguments, "--port", "0", env=env) as url:
        yield url


@pytest.fixture
def ask(base):
    """POST JSON to a path; the response."""

    def post(path, inputs, parameters=None, timeout=60):
        body = {"inputs": inputs, "parameters": parameters or {}}
        return requests.post(base + path, json=body, timeout=timeout)

    return post


@pytest.fixture
def endless(base):
    """A stream of tokens without end, of which one has come; closed afterwards."""
    body = {"inputs": "Once", "parameters": {"max_new_tokens": ENDLESS}}
    with requests.post(f"{base}/generate_stream", json=body, stream=True, timeout=60) as stream:
        lines = stream.iter_lines()  # kept: where it is dropped, the connection is closed
        assert b'"token"' in next(lines)
        yield stream


def stats(base):
    """What the server counts."""
    return requests.get(f"{base}/stats", timeout=10).json()


def until(condition):
    """Wait for *condition*; one that never holds fails."""
    end = time.monotonic() + SOON_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_it_says_of_itself(base, chosen):
    """It is healthy, names the models that speak, and how much the one that completes takes."""
    assert requests.get(f"{base}/health", timeout=10).text == "Ok"
    told = requests.get(f"{base}/info", timeout=10).json()
    assert told["model_id"] == chosen["completion"].name
    assert told["max_total_tokens"] == 2 * ENDLESS
    listed = requests.get(f"{base}/v1/models", timeout=10).json()["data"]
    assert [each["id"] for each in listed] == [chosen["chat"].name, chosen["completion"].name]


def test_course_environment(arguments, base, tmp_path):
    """With the variables that `--print-env` prints, requests of the course's kind are answered."""
    port = base.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "workbench", *arguments, "--port", port, "--print-env"],
        capture_output=True,
        text=True,
        check=True,
    )
    file = tmp_path / ".env"
    file.write_text(done.stdout, encoding="utf-8")
    env = dotenv_values(file)

    def get_completion(inputs, url, parameters=None):
        headers = {"Authorization": f"Bearer {env['HF_API_KEY']}"}
        data = {"inputs": inputs, **({"parameters": parameters} if parameters else {})}
        response = requests.post(url, headers=headers, json=data, timeout=60)
        return response.json()

    assert get_completion(TEXT, env["HF_API_SUMMARY_BASE"])[0]["summary_text"]
    for token in get_completion(TEXT, env["HF_API_NER_BASE"]):
        assert TEXT[token["start"] : token["end"]] == token["word"].removeprefix("##")
    options = {"num_inference_steps": 2, "width": 64, "height": 64}
    painted = get_completion("a boat", env["HF_API_TTI_BASE"], options)
    with Image.open(io.BytesIO(base64.b64decode(painted))) as picture:
        assert picture.size == (64, 64)
    assert get_completion(painted, env["HF_API_ITT_BASE"])[0]["generated_text"]
    (said,) = get_completion("Once", env["HF_API_FALCOM_BASE"], {"max_new_tokens": 4})
    assert said["generated_text"].startswith("Once")


def test_own_client(base):
    """Our client at that address gets the same as in this process, and errors of its own kinds."""
    with EndpointClient(Settings()) as client:
        assert summarize(TEXT, client=client.using(f"{base}/summarization"), max_length=12)
        near = client.using(f"{base}/ner")
        with near.recording() as exchanges:
            assert find_entities(TEXT, client=near)
        assert "(transformers; tagger on cpu" in exchanges[0].engine
        options = {"num_inference_steps": 2, "width": 64, "height": 64, "seed": 7}
        painter = client.using(f"{base}/text-to-image")
        first, again = (generate_image("a boat", client=painter, **options) for _ in range(2))
        assert first.tobytes() == again.tobytes()
        assert caption(first, client=client.using(f"{base}/captioning"))
        for target in (f"tgi+{base}", f"{base}/v1"):
            with complete("Once", client=client.using(target), max_new_tokens=9) as pieces:
                assert list(pieces)
        talk = client.using(f"{base}/v1", task="chat")
        with respond("Hello", client=talk, max_new_tokens=9, seed=1) as reply:
            assert list(reply)
        with pytest.raises(errors.TooLongError):
            list(respond("word " * 500, client=talk, max_new_tokens=9))


def test_own_client_stops(base):
    """A reply that is closed early is one disconnect, and the model is free."""
    before = stats(base)["disconnects"]
    with EndpointClient(Settings()) as client:
        stream = complete("Once", client=client.using(f"tgi+{base}"), max_new_tokens=ENDLESS)
        next(iter(stream))
        stream.close()
        until(lambda: stats(base)["disconnects"] == before + 1)
        with complete("Once", client=client.using(f"tgi+{base}"), max_new_tokens=1) as pieces:
            assert list(pieces)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/pipeline/translation", "/pipeline/ner"),
        ("/models/org/none", "(summarization)"),
        ("/models/org/none", "/pipeline/token-classification"),
    ],
)
def test_unknown_is_told_what_is_there(ask, path, told):
    """Another pipeline or model is a 404 which says what is answered here."""
    refused = ask(path, TEXT)
    assert refused.status_code == 404
    assert told in refused.json()["error"]


def test_unknown_route_and_method(ask, base):
    """Any other path is not found, and a task wants POST."""
    assert ask("/nothing", TEXT).status_code == 404
    assert requests.get(f"{base}/ner", timeout=10).status_code == 405


def test_refusals(ask, base):
    """What the model has no room for and an option that isn't taken are the caller's to mend."""
    body = {"messages": [{"role": "user", "content": TEXT * 50}]}
    long = requests.post(f"{base}/v1/chat/completions", json=body, timeout=60)
    assert (long.status_code, long.json()["error"]["type"]) == (422, "invalid_request_error")
    assert "less than 512 tokens" in long.json()["error"]["message"]
    steps = ask("/text-to-image", "a boat", {"num_inference_steps": 5000})
    assert steps.status_code == 400
    assert "num_inference_steps" in steps.json()["error"]


def test_hanging_up_frees_the_model(ask, base, endless):
    """A reader that leaves an endless stream is counted, and the next caller is answered soon."""
    before = stats(base)["disconnects"]
    endless.close()
    assert ask("/generate", "Once", {"max_new_tokens": 1}, timeout=SOON_S).ok
    until(lambda: stats(base)["disconnects"] == before + 1)


@pytest.mark.parametrize(
    ("path", "long", "short"),
    [
        ("/generate", {"max_new_tokens": ENDLESS}, {"max_new_tokens": 1}),
        ("/", {"max_new_tokens": ENDLESS}, {"max_new_tokens": 1}),
        (
            "/text-to-image",
            {"num_inference_steps": MANY_STEPS},
            {"num_inference_steps": 1, "width": 64, "height": 64},
        ),
    ],
    ids=["generate", "root", "picture"],
)
def test_hanging_up_before_the_answer_frees_the_model(ask, path, long, short):
    """A caller that leaves while a whole answer is made doesn't keep the next one waiting."""
    with pytest.raises(requests.ReadTimeout):
        ask(path, "Once", long, timeout=1)
    assert ask(path, "Once", short, timeout=SOON_S).ok


def test_callers_take_turns(ask, endless):
    """Those who wait for a model get it in the order they came; other models don't wait."""
    answered = []

    def wait(name):
        # Long enough that the order in which these threads hear of it is that of the answers.
        assert ask("/generate", "Once", {"max_new_tokens": 100}).ok
        answered.append(name)

    waiting = []
    for name in "abcd":
        waiting.append(threading.Thread(target=wait, args=[name]))
        waiting[-1].start()
        time.sleep(0.3)
    assert ask("/ner", TEXT).ok
    assert answered == []
    endless.close()
    for thread in waiting:
        thread.join(60)
    assert answered == ["a", "b", "c", "d"]


def test_one_who_leaves_the_queue_is_passed_over(ask, endless):
    """A caller that gives up while waiting doesn't hold up those behind it."""
    with pytest.raises(requests.ReadTimeout):
        ask("/generate", "Once", {"max_new_tokens": ENDLESS}, timeout=0.5)
    endless.close()
    assert ask("/generate", "Once", {"max_new_tokens": 1}, timeout=SOON_S).ok


@pytest.mark.parametrize(
    ("path", "stream"), [("/generate", False), ("/generate_stream", True)], ids=["whole", "stream"]
)
def test_ctrl_c_while_it_generates(chosen, path, stream):
    """Ctrl-C ends it with code 0 and no word of libraries, whatever is still to be generated."""
    model = f"completion={chosen['completion']}"
    command = [sys.executable, "-m", "workbench", "serve", "--engine", "local", "--port", "0"]
    with subprocess.Popen(
        [*command, "--model", model],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as served:
        try:
            told = []
            for line in served.stderr:
                told.append(line)
                if "Ctrl+C" in line:
                    break
            url = told[-1].split()[2]
            body = {"inputs": "Once", "parameters": {"max_new_tokens": ENDLESS}}

            def call():
                try:
                    response = requests.post(url + path, json=body, stream=stream, timeout=60)
                    list(response.iter_lines())
                except requests.RequestException:
                    ended.set()

            ended = threading.Event()
            threading.Thread(target=call, daemon=True).start()
            until(lambda: stats(url)["requests"] == 1)
            time.sleep(0.5)
            served.send_signal(signal.SIGINT)
            assert served.wait(30) == 0
            assert ended.wait(SOON_S)
            assert (served.stderr.read(), served.stdout.read()) == ("", "")
        finally:
            served.kill()
    allowed = ("PyTorch is starting", "Serving at ", f"{chosen['completion'].name}: loading, ")
    assert [line for line in told if not line.startswith(allowed)] == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "no model is named to serve"),
        (["ner=./none"], "looked for the folder"),
        (["ner={summarization}"], "rewrites texts"),
        (["chat={text-to-image}"], "makes pictures"),
        (["translation={ner}"], "Tasks are summarization, ner"),
        (["ner"], "TASK=MODEL"),
        (["ner={ner}", "ner={ner}"], "two models are given for ner"),
        (["ner=org/not-in-the-cache"], "not in the cache"),
    ],
)
def test_what_cannot_be_served_ends_at_once(chosen, capfd, monkeypatch, given, told):
    """Exit code 2 with the cause and the next step, before anything is loaded."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    places = {task: Path(folder) for task, folder in chosen.items()}
    models = [part for each in given for part in ("--model", each.format(**places))]
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--engine", "local", "--port", "0", *models])
    out, err = capfd.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert told in err
    assert "\n  next: " in err
    assert "Traceback" not in err
    assert "loading" not in err
