"""`workbench run` with a text that grows: pieces as they come, whatever ends them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
import responses
from launching import server

from workbench.cli import main

WORDS = "one two three four"
BROKEN = "/faults/stream-cut/models/echo/v1?token_delay=0"
SILENT = "/faults/stream-stall/models/echo/v1?token_delay=0&seconds=60"


@pytest.fixture(scope="module")
def base():
    """A server with every fault."""
    with server() as url:
        yield url


@pytest.fixture
def run(capfd):
    """Run a command here; its exit code, stdout and stderr."""

    def call(*arguments):
        try:
            main(["run", *arguments])
        except SystemExit as ended:
            return (ended.code or 0, *capfd.readouterr())
        raise AssertionError("it didn't end")

    return call


def disconnects(base):
    """How many callers left the server before their reply was whole."""
    return requests.get(f"{base}/stats", timeout=5).json()["disconnects"]


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as on POSIX")
@pytest.mark.parametrize(
    ("task", "begun"),
    [("chat", "one two"), ("completion", f"{WORDS} ")],
    ids=["chat", "completion"],
)
def test_pieces_are_there_before_the_end(base, task, begun):
    """They come through a pipe while the model is silent; Ctrl+C ends with 130 and is seen."""
    wire = {"chat": "/v1", "completion": ""}[task]
    query = "token_delay=0.01&seconds=60&tokens=8"
    target = f"{base}/faults/stream-stall/models/echo{wire}?{query}"
    before = disconnects(base)
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", "run", task, WORDS, "-t", target],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        os.set_blocking(process.stdout.fileno(), False)
        came = b""
        deadline = time.monotonic() + 20
        while len(came) < len(begun) and time.monotonic() < deadline:
            came += process.stdout.read() or b""
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        rest, told = process.communicate(timeout=20)
    assert (process.returncode, b"Traceback" in told) == (130, False)
    assert (came + rest).decode().endswith("\n")
    assert came.decode().startswith(begun)
    while disconnects(base) == before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert disconnects(base) == before + 1


def test_what_is_printed_is_the_whole(run):
    """Prompt and continuation are printed as one text, the same that -o and --json have."""
    arguments = ("completion", "Once upon a time", "-p", "max_new_tokens=4")
    assert run(*arguments) == (0, "Once upon a time a girl came in\n", "")
    result = json.loads(run(*arguments, "--json")[1])["result"]
    assert (result["completion"], result["finish_reason"]) == (" a girl came in", "length")
    assert run(*arguments, "-o", "o.txt")[:2] == (0, "")
    assert Path("o.txt").read_text() == "Once upon a time a girl came in\n"


def test_a_reply_that_breaks_off(base, run):
    """What arrived is printed, the error told, and --json has both."""
    arguments = ("chat", WORDS, "-t", base + BROKEN)
    code, out, err = run(*arguments)
    assert (code, out) == (1, "one two\n")
    assert "closed the connection midway" in err
    document = json.loads(run(*arguments, "--json")[1])
    assert (document["result"], document["error"]["kind"]) == ("one two", "interrupted")


@pytest.mark.parametrize("fault", ["error", "stream-error-first"])
def test_call_that_fails_prints_nothing(base, run, no_waiting, fault):
    """Not even the prompt, so that what is piped on is a text or nothing."""
    code, out, err = run("completion", WORDS, "-t", f"{base}/faults/{fault}/")
    assert (code, out, err.count("workbench: completion: ")) == (1, "", 1)


def test_prompt_is_printed_once(base, run):
    """Of a continuation that breaks off, too."""
    code, out, _ = run("completion", WORDS, "-t", f"{base}/faults/stream-cut/?token_delay=0")
    assert (code, out.startswith(f"{WORDS} "), out.count(WORDS)) == (1, True, 1)


@responses.activate
def test_text_that_was_held_back_is_printed(run):
    """What might have become a stop string is shown when the reply breaks off."""
    events = [{"token": {"text": text}, "generated_text": None} for text in (" Hello", "\nUser")]
    body = "".join(f"data:{json.dumps(event)}\n\n" for event in events)
    responses.post("https://falcon.example/generate_stream", body=body)
    assert run("chat", "Hi", "-t", "tgi+https://falcon.example")[:2] == (1, "Hello\nUser\n")


def test_several_inputs_are_talks_of_their_own(run):
    """Neither knows of the other, and each result bears its input's name."""
    assert run("chat", "Tea", "Milk", "-t", "agree")[1] == (
        "Tea: Yes, I do think that: Tea\nMilk: Yes, I do think that: Milk\n"
    )


@pytest.mark.parametrize("given", [["-"], []], ids=["dash", "nothing"])
def test_chat_reads_standard_input(given):
    """One turn, its message piped in."""
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "run", "chat", *given, "-t", "echo"],
        input="Zoë?\nYes.",
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=60,
    )
    assert (done.stdout, done.returncode) == ("Zoë?\nYes.\n", 0)


def test_terminal_is_protected_and_a_pipe_is_not(run):
    """Codes that a model sends are spelled out on a terminal; a pipe gets what was said."""
    pytest.importorskip("pty")
    from terminals import Terminal

    evil = "\x1b[2Jgone"
    assert run("chat", evil, "-t", "echo")[1] == f"{evil}\n"
    with Terminal("run", "chat", evil, "-t", "echo") as terminal:
        assert terminal.end() == 0
    assert terminal.raw == "\\x1b[2Jgone\r\n"


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as on POSIX")
def test_reader_that_left(base):
    """A pipe that nobody reads any more ends the call without a traceback."""
    target = f"{base}/models/echo/v1?token_delay=0.02&tokens=100"
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", "run", "chat", WORDS, "-t", target],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.read(3)
        process.stdout.close()
        told = process.stderr.read()
        assert (process.wait(20), told) == (1, b"")
