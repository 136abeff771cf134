"""The command line with models on this machine, as a person runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from tiny_speech import tiny_llama

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]
TEXT = "Ada Lovelace lived in London."
BRIEF = ("-p", "max_new_tokens=8")
SMALL = ("-p", "width=64", "-p", "height=64", "-p", "num_inference_steps=2", "-p", "seed=7")
WITHOUT = (
    "import sys, importlib.util as util; there = util.find_spec;"
    "util.find_spec = lambda name, *rest: None if name == 'torch' else there(name, *rest);"
    "sys.modules['torch'] = None; from workbench.cli import main; main()"
)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """One thread, and no network to look for."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def workbench():
    """Run the command in a process of its own, here."""

    def run(*arguments, code=("-m", "workbench"), **options):
        return subprocess.run(
            [sys.executable, *code, *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            **{"stdin": subprocess.DEVNULL, **options},
        )

    return run


@pytest.fixture
def picture(tmp_path):
    """A picture to describe."""
    path = tmp_path / "red.png"
    Image.new("RGB", (64, 48), "red").save(path)
    return path


def noise(told):
    """The lines of stderr that aren't ours."""
    lines = [r"\S+: loading, \d+ s", "PyTorch is starting", r"step \d+ of \d+", r"Written to \S+"]
    lines += [r"\d+ × \d+ pixels, [\w;, ]+", r"\[the tokens are used up\]"]
    ours = re.compile("|".join(lines))
    return [line for line in told.splitlines() if not ours.fullmatch(line)]


def local(folder):
    """The target that a folder is."""
    return f"local:{folder}"


@pytest.mark.parametrize(
    ("task", "model", "options"),
    [
        ("summarization", "bart", ["-p", "max_length=12"]),
        ("summarization", "t5", ["-p", "max_length=12"]),
        ("ner", "tagger", []),
        ("completion", "falcon", BRIEF),
        ("chat", "llama", BRIEF),
    ],
)
def test_texts(workbench, models, task, model, options):
    """The result is on stdout, and stderr has our own lines alone: no bar, no warning."""
    done = workbench("run", task, TEXT, "-t", local(models(model)), *options)
    assert (done.returncode, noise(done.stderr)) == (0, [])
    assert done.stdout.strip()


@pytest.mark.parametrize("model", ["blip", "seeing"])
def test_captions(workbench, models, picture, model):
    """A picture goes in, a line of text comes out."""
    target = local(models(model))
    done = workbench("run", "captioning", picture, "-t", target, *BRIEF)
    assert (done.returncode, noise(done.stderr)) == (0, [])
    assert done.stdout.strip()


def test_pictures(workbench, models, tmp_path):
    """A picture is written where it is wanted; the same seed writes the same one."""
    for name in ("one.png", "two.png"):
        arguments = ("text-to-image", "a boat", "-t", local(models("painter")), *SMALL)
        done = workbench("run", *arguments, "-o", tmp_path / name)
        assert (done.returncode, noise(done.stderr)) == (0, [])
    with Image.open(tmp_path / "one.png") as one, Image.open(tmp_path / "two.png") as two:
        assert one.size == (64, 64)
        assert one.tobytes() == two.tobytes()


def test_the_game(workbench, models, picture):
    """Two models in one run: a caption, and a picture of it."""
    targets = ("-t", f"captioning={local(models('blip'))}")
    targets += ("-t", f"text-to-image={local(models('painter'))}")
    arguments = ("describe-and-generate", picture, *targets, *SMALL[:6])
    done = workbench("run", *arguments, "--json")
    assert (done.returncode, noise(done.stderr)) == (0, [])
    document = json.loads(done.stdout)
    assert "transformers; blip" in document["engine"]
    assert "diffusers; painter" in document["engine"]


def test_json(workbench, models):
    """--json tells the target, the model that answered, on what, and the exchange."""
    target = local(models("tagger"))
    done = workbench("run", "ner", TEXT, "-t", target, "--json")
    document = json.loads(done.stdout)
    assert document["target"] == target
    assert document["engine"] == "transformers; tagger on cpu, float32"
    (exchange,) = document["exchanges"]
    assert (exchange["status"], exchange["attempts"], exchange["error"]) == (200, 1, None)


def test_chat_with_a_pipe(workbench, models):
    """Each line is answered in one talk, by a model that is loaded once."""
    arguments = ("chat", local(models("llama")), "--max-new-tokens", 6, "--seed", 1)
    done = workbench(*arguments, input="Hello\nAnd now?\n", stdin=None)
    assert (done.returncode, noise(done.stderr)) == (0, [])
    assert done.stdout.strip()
    assert done.stderr.count("loading, 0 s") <= 1


def test_from_the_environment(workbench, models, tmp_path):
    """A variable names the model; one in `.env` does too, a relative folder as seen from here."""
    found = workbench("run", "ner", TEXT, env={**os.environ, "HF_API_NER_BASE": local("./mine")})
    assert (found.returncode, found.stdout) == (2, "")
    shutil.copytree(models("tagger"), "mine")
    line = f"HF_API_NER_BASE={local('./mine')}\n"
    Path(".env").write_text(line, encoding="utf-8")
    written = workbench("run", "ner", TEXT, "--json")
    given = workbench("run", "ner", TEXT, "--json", "-t", local("./mine"))
    for done in (written, given):
        document = json.loads(done.stdout)
        assert document["target"] == "local:./mine"
        assert document["engine"] == "transformers; mine on cpu, float32"


def test_from_the_file(workbench, models):
    """`workbench.toml` names models for tasks and for the chat, and how they are loaded."""
    written = f'[targets]\nner = "{local(models("tagger"))}"\n'
    written += f'[chat.models.mine]\ntarget = "{local(models("llama"))}"\n[local]\n'
    written += 'device = "cpu"\ndtype = "bfloat16"\nthreads = 1\nmemory_gb = 1.5\n'
    Path("workbench.toml").write_text(written, encoding="utf-8")
    document = json.loads(workbench("run", "ner", TEXT, "--json").stdout)
    assert document["engine"] == "transformers; tagger on cpu, bfloat16"
    done = workbench("run", "chat", "Hi", "-t", "mine", *BRIEF, "--json")
    assert "llama on cpu, bfloat16" in json.loads(done.stdout)["engine"]


def test_memory_is_bounded(workbench, models):
    """A model that is over `memory_gb` isn't loaded, and the limit is named."""
    env = {**os.environ, "WORKBENCH_MEMORY_GB": "0.000001"}
    done = workbench("run", "ner", TEXT, "-t", local(models("tagger")), env=env)
    assert (done.returncode, done.stdout) == (1, "")
    assert "`memory_gb` allows" in done.stderr
    assert "\n  next: " in done.stderr


def test_wrong_settings(workbench, models):
    """What can't be set is named, all of it at once."""
    env = {**os.environ, "WORKBENCH_DEVICE": "abacus", "WORKBENCH_THREADS": "many"}
    done = workbench("run", "ner", TEXT, "-t", local(models("tagger")), env=env)
    assert (done.returncode, done.stdout) == (2, "")
    assert "WORKBENCH_DEVICE" in done.stderr
    assert "WORKBENCH_THREADS" in done.stderr


def test_doctor(workbench, models):
    """Local targets are looked at without being loaded; one that isn't there is a problem."""
    env = {**os.environ, "HF_API_NER_BASE": local(models("tagger"))}
    env["HF_API_SUMMARY_BASE"] = local("./nowhere")
    done = workbench("doctor", "--no-probe", "--json", env=env)
    told = done.stdout
    assert done.returncode == 1
    assert "not loaded to look at it" in told
    assert "looked for the folder" in told
    assert "loading" not in done.stderr


@pytest.mark.parametrize(
    ("task", "target", "told"),
    [
        ("ner", "local:./nowhere", "looked for the folder"),
        ("ner", "local:org/not-in-the-cache", "not in the cache"),
        ("ner", "local:{bart}", "rewrites texts"),
        ("ner", "local:", "after `local:` comes"),
        ("text-to-image", "local:{tagger}", "labels tokens"),
    ],
)
def test_what_cannot_be(workbench, models, tmp_path, task, target, told):
    """Exit code 2, nothing on stdout, the cause and the next step on stderr."""
    target = target.format(bart=models("bart"), tagger=models("tagger"))
    where = ("-o", tmp_path / "x.png") if task == "text-to-image" else ()
    done = workbench("run", task, TEXT, "-t", target, *where)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "\n  next: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "ner", TEXT, "-t", "local:{}"],
        ["run", "chat", TEXT, "-t", "local:{}"],
        ["chat", "local:{}"],
        ["serve", "--engine", "local", "--port", "0", "--model", "ner={}"],
    ],
    ids=["run", "run-chat", "chat", "serve"],
)
def test_without_the_extra(workbench, models, arguments):
    """Where torch isn't installed, the command ends with code 2 and says what installs it."""
    arguments = [each.format(models("tagger")) for each in arguments]
    done = workbench(*arguments, code=("-c", WITHOUT))
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'hf-inference-workbench[local]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_a_generation(tmp_path):
    """Ctrl-C ends it with 130, whatever is still to be said; what was said stays."""
    endless = tiny_llama(tmp_path / "endless", length=2_000_000)
    arguments = ["run", "completion", "Once", "-t", local(endless)]
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", *arguments, "-p", "max_new_tokens=1000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout.read1(1)
            process.stdout.read1(1)
            process.send_signal(signal.SIGINT)
            output, told = process.communicate(timeout=30)
            assert process.returncode == 130
            assert len(output) < 100_000
            assert b"Traceback" not in told
        finally:
            process.kill()


def test_ctrl_c_ends_a_picture(models, tmp_path):
    """Ctrl-C ends a picture between two steps with 130, and writes none."""
    arguments = ["run", "text-to-image", "a boat", "-t", local(models("painter"))]
    arguments += ["-p", "num_inference_steps=900", "-o", str(tmp_path / "x.png")]
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            told = [next(line for line in process.stderr if "step " in line)]
            process.send_signal(signal.SIGINT)
            told += process.communicate(timeout=30)[1].splitlines()
            assert process.returncode == 130
            assert not any("Traceback" in line or "step 900" in line for line in told)
            assert not (tmp_path / "x.png").exists()
        finally:
            process.kill()
