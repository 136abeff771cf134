"""The command line, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

COURSE = "My name is Andrew, I'm building DeepLearningAI and I live in California"


def workbench(*arguments, env=None, **options):
    """Run the command as a person does; text in and out."""
    return subprocess.run(
        [sys.executable, "-m", "workbench", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        timeout=60,
        **options,
    )


def test_run_prints_the_result_alone():
    """Stdout holds the result and nothing else, so that it can be piped."""
    done = workbench("run", "ner", COURSE)
    assert [line.split(maxsplit=2)[::2] for line in done.stdout.splitlines()] == [
        ["PER", "Andrew"],
        ["ORG", "DeepLearningAI"],
        ["LOC", "California"],
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_json_is_the_whole_result():
    """--json tells task, target, engine, result and the exchanges."""
    document = json.loads(workbench("run", "ner", COURSE, "--json").stdout)
    assert document["task"] == "ner"
    assert document["target"] == "embedded"
    assert document["engine"].startswith("embedded")
    assert document["result"][0]["word"] == "Andrew"
    assert document["exchanges"][0]["status"] == 200


@pytest.mark.parametrize("given", ["@in.txt", "-", None])
def test_input_from_a_file_or_stdin(tmp_path, given):
    """A file, a dash and nothing at all: the text is found."""
    (tmp_path / "in.txt").write_text("\ufeffZoë lives in Zürich.", encoding="utf-8")
    arguments = ["run", "ner", *([given] if given else [])]
    done = workbench(*arguments, cwd=tmp_path, input="Zoë lives in Zürich.")
    assert "Zürich" in done.stdout


def test_output_goes_to_a_file(tmp_path):
    """-o writes the result and leaves stdout empty."""
    done = workbench("run", "summarization", "The tower is tall.", "-o", "o.txt", cwd=tmp_path)
    assert done.stdout == ""
    assert (tmp_path / "o.txt").read_text() == "The tower is tall.\n"


def test_parameters_reach_the_task():
    """-p sets an option of the task."""
    pieces = workbench("run", "ner", COURSE, "-p", "aggregation_strategy=none").stdout
    assert len(pieces.splitlines()) > 3
    assert "DeepLearningAI" not in pieces


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "nerr", "x"], "Did you mean `ner`?"),
        (["run", "ner", ""], "there is no text to read"),
        (["run", "ner", "@nowhere.txt"], "nowhere.txt can't be read"),
        (["run", "ner", "x", "-p", "strategy=simple"], "It has: aggregation_strategy."),
        (["run", "ner", "x", "-p", "aggregation_strategy=best"], "one of none, simple"),
        (["run", "ner", "x", "-p", "oops"], "Write -p name=value"),
        (["run", "summarization", "x", "-p", "max_length=ten"], "is a whole number"),
        (["run", "summarization", "x", "-p", "max_length=0"], "of 1 or more"),
        (["run", "ner", "x", "--target", "nowhere"], "none of the known forms"),
        (["run", "ner", "x", "-t", "https://api-inference.huggingface.co/models/a/b"], "router."),
        (["serve", "--engine", "magic"], "this version has: embedded"),
        (["launch", "nerr"], "Did you mean `ner`?"),
        (["run"], "Missing argument"),
        (["fly"], "No such command"),
    ],
)
def test_usage_and_configuration_end_with_2(arguments, told):
    """What can't be done as asked ends with 2, the reason and the next step, never a traceback."""
    done = workbench(*arguments)
    assert done.returncode == 2
    assert told.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_bad_setting_ends_with_2():
    """A bad variable is named."""
    done = workbench("run", "ner", "x", env={"HF_API_NER_BASE": "nowhere"})
    assert (done.returncode, "HF_API_NER_BASE" in done.stderr) == (2, True)


def test_failed_call_ends_with_1():
    """Nobody there: 1, with the address and the next step."""
    done = workbench("run", "ner", "x", "--target", "http://127.0.0.1:9/ner")
    assert done.returncode == 1
    assert "http://127.0.0.1:9/ner can't be reached" in done.stderr
    assert "next:" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as on POSIX")
def test_interrupt_ends_with_130():
    """Ctrl+C while a call waits: 130 and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/ner"
        with subprocess.Popen(
            [sys.executable, "-m", "workbench", "run", "ner", "x", "--target", url],
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            with silent.accept()[0]:
                time.sleep(0.2)
                process.send_signal(signal.SIGINT)
                _, told = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in told


def test_closed_pipe_is_no_crash():
    """`workbench tasks | head -1` ends quietly."""
    done = subprocess.run(
        f"{sys.executable} -m workbench tasks | head -c 1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr


def test_tasks_are_listed():
    """Each task with its parameters, its target and where that comes from."""
    facts = json.loads(workbench("tasks", "--json", env={"HF_TOKEN": "hf_abcdefgh123"}).stdout)
    assert [fact["name"] for fact in facts] == ["summarization", "ner"]
    assert facts[1]["target"] == "dslim/bert-base-NER"
    assert facts[1]["target_from"] == "default with HF_TOKEN"
    assert "aggregation_strategy" in workbench("tasks").stdout


def test_doctor_finds_nothing_wrong():
    """Without settings all is well: exit 0, every target probed, no secret needed."""
    done = workbench("doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0
    assert "rules and gazetteers" in findings["ner"]["told"]
    assert findings["token"]["state"] == "note"


def test_doctor_names_each_problem_and_its_fix():
    """A dead target and a taken port are found; the token shows its last four characters."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = {
            "HF_API_NER_BASE": "http://127.0.0.1:9/ner",
            "HF_TOKEN": "hf_verysecrettoken42zz",
            "HF_API_SUMMARY_BASE": "embedded",
            "PORT1": str(taken.getsockname()[1]),
        }
        done = workbench("doctor", "--json", env=env)
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 1
    assert findings["ner"]["state"] == "problem"
    assert findings["ner"]["fix"]
    assert "is taken" in findings["port"]["told"]
    assert findings["token"]["told"] == "…42zz from HF_TOKEN"
    assert "verysecret" not in done.stdout
    assert "FAIL" in workbench("doctor", "--no-probe", env={"PORT1": "x"}).stdout


def test_print_env_points_at_the_server():
    """The printed lines are a course .env for this server."""
    lines = workbench("serve", "--print-env", "--port", "8301").stdout.splitlines()
    assert "HF_API_NER_BASE=http://127.0.0.1:8301/ner" in lines
    assert "HF_API_SUMMARY_BASE=http://127.0.0.1:8301/summarization" in lines


@pytest.mark.server
def test_serve_answers_run():
    """`workbench run` against `workbench serve`, as two people would use them."""
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            url = server.stderr.readline().split()[2]
            done = workbench("run", "ner", COURSE, "--json", "--target", f"{url}/ner")
            document = json.loads(done.stdout)
            assert document["engine"].startswith("embedded")
            assert document["target"] == f"{url}/ner"
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(10) == 0


@pytest.mark.parametrize("command", ["serve", "launch"])
def test_taken_port_is_said(command):
    """A port in use ends with 2 and the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = workbench(command, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_and_version():
    """Every command explains itself."""
    for command in ("launch", "run", "serve", "tasks", "doctor"):
        assert command in workbench("--help").stdout
        assert workbench(command, "--help").returncode == 0
    assert workbench("--version").stdout.strip()
