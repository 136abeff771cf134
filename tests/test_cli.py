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

from workbench.cli.failures import tell
from workbench.errors import EndpointError
from workbench.task import discover

COURSE = "My name is Andrew, I'm building DeepLearningAI and I live in California"


def workbench(*arguments, env=None, encoding="utf-8", **options):
    """Run the command as a person does; text in and out."""
    return subprocess.run(
        [sys.executable, "-m", "workbench", *arguments],
        capture_output=True,
        text=True,
        encoding=encoding,
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
        (["serve", "--engine", "magic"], "there are: embedded, local"),
        (["launch", "nerr"], "Did you mean `ner`?"),
        (["run", "ner", "@~nosuchuser/x"], "~nosuchuser/x can't be read"),
        (["run", "ner", "Ada", "-o", "nosuch/x.txt"], "nosuch/x.txt can't be written: No such"),
        (["serve", "--host", ""], "no address to listen at"),
        (["serve", "--host", "a..b"], "no address to listen at"),
        (["launch", "--host", " "], "no address to listen at"),
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
            # A suite in the background of a shell inherits that the signal is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
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
    assert done.stderr == ""


def test_tasks_are_listed():
    """Each task with its parameters, its target and where that comes from."""
    facts = json.loads(workbench("tasks", "--json", env={"HF_TOKEN": "hf_abcdefgh123"}).stdout)
    assert [fact["name"] for fact in facts] == list(discover())
    (target,) = facts[1]["targets"]
    assert target["target"] == "dslim/bert-base-NER"
    assert target["target_from"] == "default with HF_TOKEN"
    game = next(fact for fact in facts if fact["name"] == "describe-and-generate")
    assert [one["task"] for one in game["targets"]] == ["captioning", "text-to-image"]
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
            assert "rules and gazetteers" in document["engine"]
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


POSIX = pytest.mark.skipif(os.name == "nt", reason="a POSIX shell and its devices")


def shell(command, cwd=None, **env):
    """Run a line of shell in which `workbench` is the command."""
    return subprocess.run(
        f'workbench() {{ {sys.executable} -m workbench "$@"; }}\n{command}',
        shell=True,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "0", **env},
        timeout=60,
    )


@POSIX
@pytest.mark.parametrize("given", ["", "-"])
def test_closed_stdin_is_no_input(given):
    """Without a standard input there is no input, and that is said."""
    done = shell(f"workbench run ner {given} <&-")
    assert done.returncode == 2
    assert b"there is no input" in done.stderr


@POSIX
def test_stdin_that_can_not_be_read_is_said(tmp_path):
    """A standard input open for writing alone is told like any other bad input."""
    done = shell("workbench run ner - 0> out", cwd=tmp_path)
    assert done.returncode == 2
    assert b"standard input can't be read" in done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")  # noqa: PTH110
@pytest.mark.parametrize(
    "command",
    [
        "run ner 'Ada lives in Paris' -o /dev/full",
        "run ner 'Ada lives in Paris' > /dev/full",
        "run ner @long.txt --json > /dev/full",
        "tasks > /dev/full",
        "tasks --json > /dev/full",
        "doctor --no-probe > /dev/full",
        "serve --print-env > /dev/full",
        "--version > /dev/full",
        "--help > /dev/full",
    ],
)
def test_full_disk_is_said(tmp_path, command, unbuffered):
    """What can't be written ends with 2 and the cause, in place of a traceback."""
    (tmp_path / "long.txt").write_text("Ada lives in Paris. " * 500)
    done = shell(f"workbench {command}", cwd=tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert b"can't be written: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert done.returncode == 2


@POSIX
def test_output_keeps_what_the_file_was(tmp_path):
    """A new result takes a file's place with its permissions, through a link, and alone."""
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "real.txt").chmod(0o640)
    (tmp_path / "link.txt").symlink_to("real.txt")
    inode = (tmp_path / "real.txt").stat().st_ino
    assert workbench("run", "ner", "Ada", "-o", "link.txt", cwd=tmp_path).returncode == 0
    assert (tmp_path / "link.txt").is_symlink()
    assert "Ada" in (tmp_path / "real.txt").read_text()
    assert (tmp_path / "real.txt").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "real.txt").stat().st_ino != inode
    assert {path.name for path in tmp_path.iterdir()} >= {"real.txt", "link.txt"}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".workbench")]


@POSIX
def test_output_to_a_device_goes_there(tmp_path):
    """-o /dev/stdout writes to what stdout is, a file or a pipe, and replaces neither."""
    assert shell("workbench run ner Ada -o /dev/stdout | cat").stdout.split()[-1:] == [b"Ada"]
    shell("(workbench run ner Ada -o /dev/stdout; echo after) > out.txt", cwd=tmp_path)
    assert "after" in (tmp_path / "out.txt").read_text()


@POSIX
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_terminal_of_few_characters(encoding):
    """What the terminal can't show is spelled out, and JSON stays JSON."""
    env = {"PYTHONIOENCODING": encoding}
    for given in ("東京 … Łódź", "Zoë lives in Łódź 😀"):
        done = workbench("run", "summarization", given, env=env, encoding=encoding)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False)
        assert "\\u0141" in done.stdout
        done = workbench("run", "summarization", given, "--json", env=env, encoding=encoding)
        assert given in json.dumps(json.loads(done.stdout), ensure_ascii=False)
    failed = workbench("doctor", env={**env, "HF_API_NER_BASE": "Łódź"}, encoding=encoding)
    assert (failed.returncode, "HF_API_NER_BASE" in failed.stdout) == (1, True)
    assert workbench("doctor", env=env, encoding=encoding).returncode == 0


def test_print_env_puts_ipv6_in_brackets():
    """The address of an IPv6 host is one that clients can take apart."""
    lines = workbench("serve", "--print-env", "--host", "::1").stdout.splitlines()
    assert "HF_API_NER_BASE=http://[::1]:8200/ner" in lines


def test_control_characters_do_not_reach_the_terminal(capsys):
    """What an endpoint says can't clear the screen; its lines and tabs stay."""
    tell(
        EndpointError("a\x1b[2Jb\x9bc\rd\x07\n\te", hint="\x1b]0;x", status=500, request_id="\x08")
    )
    told = capsys.readouterr().err
    assert "a\\x1b[2Jb\\x9bc\\x0dd\\x07\n\te" in told
    assert [char for char in told if not char.isprintable() and char not in "\n\t"] == []


def test_doctor_outlives_a_broken_plugin(tmp_path):
    """Plugins that do not load, make no call or raise anything are findings with a fix."""
    head = "from dataclasses import replace\nfrom tasks.ner import TASK as NER\n"
    plugins = {
        "absent": "raise RuntimeError('no luck')",
        "idle": head + "TASK = replace(NER, name='idle', run=lambda text, client: [], order=-3)",
        "wild": head + "TASK = replace(NER, name='wild', run=lambda text, client: 1 / 0, order=-2)",
        "exit": head + "TASK = replace(NER, name='exit', run=lambda *a, **k: exit(7), order=-1)",
    }
    for name, code in plugins.items():
        (tmp_path / f"plugin_{name}.py").write_text(code)
    info = tmp_path / "plugins-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugins\nVersion: 1.0\n")
    entries = "".join(f"{name} = plugin_{name}:TASK\n" for name in plugins)
    (info / "entry_points.txt").write_text(f"[workbench.tasks]\n{entries}")
    done = workbench(
        "doctor", "--json", env={"PYTHONPATH": os.pathsep.join((str(tmp_path), *sys.path))}
    )
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 1
    assert "no luck" in findings["absent"]["told"]
    assert "made no call" in findings["idle"]["told"]
    assert "ZeroDivisionError" in findings["wild"]["told"]
    assert "SystemExit" in findings["exit"]["told"]
    for name in plugins:
        assert findings[name]["state"] == "problem"
        assert "epair or uninstall the package" in findings[name]["fix"]
    assert findings["ner"]["state"] == "ok"
