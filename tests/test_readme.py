"""Every claim of the README and of .env.example is run."""

from __future__ import annotations

import doctest
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from workbench.settings import PORT_VARIABLES, TOKEN_VARIABLES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language):
    """The code blocks of the README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_python_blocks_run():
    """The Python of the README prints what it says."""
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks("python")), {}, "README", None, 0)
    assert runner.run(test).failed == 0
    assert len(test.examples) > 5


@pytest.mark.parametrize("block", blocks("console"))
def test_console_blocks_run(block):
    """Each command of the README prints what it says."""
    for part in block.split("$ ")[1:]:
        command, _, expected = part.partition("\n")
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            command, shell=True, capture_output=True, text=True, env=environment, timeout=60
        )
        assert done.stdout == expected


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.name)
def test_example_runs(path):
    """Each example runs offline as it is, and prints something."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    """Every file that a document links to is there."""
    for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), link


def test_commands_are_those_there_are():
    """The table of commands and the help name the same ones."""
    told = set(re.findall(r"^\| `workbench (\w+)", README, re.MULTILINE))
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "--help"], capture_output=True, text=True, timeout=60
    )
    there = set(re.findall(r"^  (\w+)  ", done.stdout.partition("Commands:")[2], re.MULTILINE))
    assert told == there


def test_env_example_names_every_variable():
    """Each variable that the settings read is explained, and the file is usable as it is."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^([A-Z0-9_]+)=$", text, re.MULTILINE))
    source = (ROOT / "workbench" / "settings.py").read_text(encoding="utf-8")
    assert {*TOKEN_VARIABLES, *PORT_VARIABLES} <= named
    assert "HF_BILL_TO" in source
    assert {"HF_BILL_TO", "WORKBENCH_READ_S", "WORKBENCH_DEADLINE_S"} <= named


def printed(name, *arguments):
    """The block of docs/embedded.md after a mark, once its command has printed the same."""
    told = (ROOT / "docs" / "embedded.md").read_text(encoding="utf-8")
    block = told.partition(f"<!-- {name} -->")[2].split("```")[1]
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=400
    )
    assert done.stdout.strip() == block.strip(), done.stderr
    return block


def test_tagger_numbers_come_from_the_command():
    """The quality of the tagger, as docs/embedded.md tells it, is what its command prints."""
    block = printed("ner quality", "benchmarks/ner_quality.py", "benchmarks/data/ner.txt")
    assert float(block.rpartition("all ")[2].split()[2]) > 0.85


@pytest.mark.timeout(500)
def test_picture_numbers_come_from_the_command():
    """What the captioner tells of the painter's pictures is what the command prints: enough."""
    block = printed("picture loop", "benchmarks/picture_loop.py")
    shares = [float(share) for share in re.findall(r"([\d.]+)%", block)]
    assert len(shares) == 2
    assert min(shares) >= 95
    assert int(re.search(r"asked for: (\d+) of", block)[1]) <= 4


def test_version_is_in_the_changelog():
    """The version that the package reports has its entry."""
    from workbench import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.readme
@pytest.mark.timeout(600)
@pytest.mark.skipif(not os.environ.get("CI"), reason="needs a package index; set CI=1 to run it")
def test_first_command_opens_the_app(tmp_path):
    """The README's first command, word for word, in a clean clone: the app opens.

    What was installed is the core alone, so a local model is refused with what to install.
    """
    command = next(line for line in blocks("sh")[0].splitlines() if line.startswith("python3"))
    subprocess.run(["git", "clone", "-q", ROOT, tmp_path / "clone"], check=True)
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("VIRTUAL_ENV")}
    log = tmp_path / "log"
    with (
        log.open("w") as out,
        subprocess.Popen(
            ["bash", "-c", command],
            cwd=tmp_path / "clone",
            stdout=out,
            stderr=out,
            env={**kept, "BROWSER": "true"},
            start_new_session=True,
        ) as process,
    ):
        try:
            url = wait_for_url(process, log)
            assert "Inference workbench" in requests.get(url, timeout=30).text
            check_core(tmp_path / "clone" / ".venv" / "bin" / "workbench")
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def check_core(workbench):
    """Without the extra `local` the message tells how to get it; its small commands work."""
    refused, listed = (
        subprocess.run([workbench, *command], capture_output=True, text=True, timeout=60)
        for command in (["run", "ner", "Ada", "-t", "local:org/model"], ["local", "suggest"])
    )
    assert refused.returncode == 2
    assert "torch" in refused.stderr
    assert "pip install 'hf-inference-workbench[local]'" in refused.stderr
    assert "Instruct" in listed.stdout


def wait_for_url(process, log):
    """The address that the app prints once it is open."""
    while process.poll() is None:
        if found := re.search(r"Open (\S+)", log.read_text()):
            return found[1]
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
    raise AssertionError(log.read_text())
