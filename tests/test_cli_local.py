"""`workbench local`, in processes of its own, against a Hub on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminals import Terminal

sys.path.insert(0, str(Path(__file__).parent / "local"))

from fake_hub import GOOD_TOKEN, FakeHub, Model, text_model

NAME = "org/model"
CODE = "import sys; sys.modules['torch'] = None; from workbench.cli import main; main()"


@pytest.fixture
def hub(monkeypatch):
    """A Hub with one model, which HF_ENDPOINT points at."""
    with FakeHub({NAME: Model(text_model())}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def local(*arguments, **options):
    """Run `workbench local` where torch can't be imported."""
    return subprocess.run(
        [sys.executable, "-c", CODE, "local", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        **{"stdin": subprocess.DEVNULL, **options},
    )


def test_fetch_list_and_remove(hub):
    """A model is fetched, listed with its tasks, and removed; the target that uses it is told."""
    done = local("fetch", NAME)
    assert done.returncode == 0, done.stderr
    folder, target = done.stdout.splitlines()
    assert (Path(folder) / "model.safetensors").is_file()
    assert target == "--target local:org/model"
    assert done.stderr.splitlines()[-1] == "org/model: 0.2 of 0.2 MB fetched"
    assert "\x1b" not in done.stderr

    for arguments in ([], ["list"]):
        listed = local(*arguments)
        assert listed.returncode == 0
        assert listed.stdout.startswith("org/model     0.2 MB  completion, chat; last used 20")
    (facts,) = json.loads(local("list", "--json").stdout)
    assert facts["name"] == NAME
    assert facts["tasks"] == ["completion", "chat"]
    assert facts["folder"] == folder
    assert facts["complete"] is True

    gone = local("remove", NAME, "--yes")
    assert (gone.returncode, gone.stdout) == (0, "Removed org/model: 0.2 MB freed.\n")
    assert not Path(folder).exists()
    assert json.loads(local("list", "--json").stdout) == []
    assert "workbench local suggest" in local().stdout


def test_the_library_is_silent(hub):
    """A line that breaks once costs some time, and no word of huggingface_hub is seen."""
    hub.breaks_after = [1000]
    done = local("fetch", NAME)
    assert done.returncode == 0
    assert not [line for line in done.stderr.splitlines() if not line.startswith("org/model: ")]
    assert len(hub.asked("/cdn/")) > 1


def test_suggestions():
    """Every suggestion is printed with a size that is said to be rough; as JSON too."""
    done = local("suggest")
    facts = json.loads(local("suggest", "--json").stdout)
    assert {task for each in facts for task in each["tasks"]} >= {"ner", "chat", "captioning"}
    for each in facts:
        assert f"about {each['about_mb']} MB" in done.stdout
        assert each["name"] in done.stdout


def test_progress_on_a_terminal_stays_on_one_line(hub):
    """On a terminal the progress is written over what was there."""
    hub.models[NAME] = Model(text_model(2_000_000))
    hub.pause_s = 0.01
    terminal = Terminal("local", "fetch", NAME)
    assert terminal.end() == 0
    shown = terminal.raw.split("--target")[0]
    assert shown.count("\r\x1b[K") >= 2
    assert shown.split("\r\x1b[K")[-1].startswith("org/model: 2.0 of 2.0 MB fetched\r\n")


def test_removing_asks_on_a_terminal(hub):
    """No is the answer unless yes is typed."""
    local("fetch", NAME)
    for typed, there in (("\r", 1), ("n\r", 1), ("y\r", 0)):
        terminal = Terminal("local", "remove", NAME)
        terminal.wait_for("[y/N] ")
        terminal.type(typed)
        assert terminal.end() == 0
        assert len(json.loads(local("list", "--json").stdout)) == there


def test_removing_without_a_terminal_needs_leave(hub):
    """Nobody to ask: nothing is removed, and the option is named."""
    local("fetch", NAME)
    done = local("remove", NAME, input="y\n", stdin=None)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--yes" in done.stderr
    assert json.loads(local("list", "--json").stdout)


@pytest.mark.parametrize(
    ("arguments", "env", "code", "told"),
    [
        (["fetch", "org/none"], {}, 2, "the Hub has no model org/none"),
        (["fetch", "./none"], {}, 2, "looked for the folder /"),
        (["fetch", NAME], {"HF_HUB_OFFLINE": "1"}, 2, "and HF_HUB_OFFLINE is set"),
        (["fetch", NAME], {"HF_ENDPOINT": "http://127.0.0.1:9"}, 1, "can't be reached"),
        (["fetch", "org/gated"], {}, 1, "is gated"),
        (["fetch", "org/gated"], {"HF_TOKEN": "hf_other_0123456789"}, 1, "is gated"),
        (["fetch", NAME], {"HF_TOKEN": "hf_wrong_0123456789"}, 1, "does not accept the token"),
        (["remove", "org/none", "--yes"], {}, 2, "is not in the cache"),
        (["fetch"], {}, 2, "MODEL"),
        (["list", "more"], {}, 2, "more"),
    ],
)
def test_failures(arguments, env, code, told, hub):
    """Cause and next step on stderr, nothing on stdout, no token, and the code says whose fault."""
    hub.models["org/gated"] = Model(text_model(), gated=True)
    done = local(*arguments, env={**os.environ, **env})
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    if "is missing" not in done.stderr.lower() and len(arguments) > 1 and arguments[0] != "list":
        assert "next: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "hf_" not in done.stderr.replace("hf_inference", "")


def test_the_token_of_the_settings_is_used(hub):
    """What HF_TOKEN says opens a gated model."""
    hub.models[NAME].gated = True
    assert local("fetch", NAME, env={**os.environ, "HF_TOKEN": GOOD_TOKEN}).returncode == 0


def test_ctrl_c_ends_it(hub):
    """Interrupted, the command ends at once; the list says incomplete, and the next one ends it."""
    hub.models[NAME] = Model(text_model(24_000_000))
    hub.pause_s = 0.01
    with subprocess.Popen(
        [sys.executable, "-c", CODE, "local", "fetch", NAME],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not hub.asked("/cdn/"):
            time.sleep(0.02)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=10)
    assert time.monotonic() - sent < 4
    assert process.returncode == 130
    assert b"Traceback" not in output[1]
    listed = local().stdout
    assert "incomplete: `workbench local fetch org/model` fetches the rest" in listed
    hub.pause_s = 0.0
    hub.requests.clear()
    assert local("fetch", NAME).returncode == 0
    assert not [path for kind, path, _ in hub.asked("/resolve/") if kind == "GET"]
    assert "last used" in local().stdout
