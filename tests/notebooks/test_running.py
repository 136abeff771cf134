"""A notebook is run as it is, and what became of each cell is told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from driving import write

from workbench.course.running import run_notebook

pytestmark = pytest.mark.notebook

CELLS = """
# %%
# Only a comment comes before the code

answer = 6 * 7
print("found", answer)
# %%
import os, sys
assert os.path.exists("beside.txt") and In[2]
print(sys.executable)
# %%
import nowhere_to_be_found
# %%
open("missing.csv")
# %%
os.environ["HF_API_OCR_BASE"]
# %%
input("Your name? ")
# %%
undefined_so_far
# %%
import time
time.sleep(600)
# %%
key = "hf_" + "q" * 20
os.environ["MY_SERVICE_KEY"] = "swordfish-swordfish"
print(key, "swordfish-swordfish", os.environ["HF_API_KEY"] and "HF_API_KEY")
# %%
raise ValueError(f"{key} was refused")
# %%
import socket, urllib.request
urllib.request.urlopen("http://no-such-host.invalid/")
# %%
from workbench.targets import parse_target
parse_target("local:")
# %%
if True print("no")
# %%
answer + 1
# %%
"""
WHY = {
    3: (
        "ModuleNotFoundError: No module named 'nowhere_to_be_found'",
        "pip install nowhere_to_be_found",
    ),
    4: (
        "FileNotFoundError: [Errno 2] No such file or directory: 'missing.csv'",
        "beside the notebook",
    ),
    5: ("KeyError: 'HF_API_OCR_BASE'", "Set HF_API_OCR_BASE in a file .env"),
    6: ("StdinNotImplementedError", "asks for a line with input()"),
    7: ("NameError: name 'undefined_so_far' is not defined", "A cell above failed"),
    8: ("it did not end in 5 seconds", "--timeout"),
    10: ("ValueError: ••• was refused", ""),
    11: ("URLError", "Nobody answers at that address"),
    12: ("ConfigurationError", "org/model"),
    13: ("SyntaxError", "not Python"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the notebook and a file that it looks for."""
    folder = tmp_path_factory.mktemp("trouble")
    (folder / "beside.txt").touch()
    write(CELLS, folder / "trouble.ipynb")
    return folder


@pytest.fixture(scope="module")
def run(folder):
    """The notebook after its run."""
    before = (folder / "trouble.ipynb").read_bytes()
    run = run_notebook(folder / "trouble.ipynb", timeout_s=5)
    assert (folder / "trouble.ipynb").read_bytes() == before
    return run


def outputs(run, number):
    """What stands below a cell in the executed copy."""
    cell = nbformat.reads(run.executed, as_version=4).cells[number - 1]
    return "".join(output.get("text", "") for output in cell.outputs)


def test_cells_run_in_order_and_failed_ones_are_known(run):
    """A cell that fails is passed over, and the others run; an empty cell has run."""
    failed = {cell.number for cell in run.cells if cell.state == "failed"}
    assert failed == set(WHY)
    assert {cell.state for cell in run.cells} == {"ran", "failed"}
    assert len(run.cells) == 15
    assert not run.passed


@pytest.mark.parametrize("number", WHY)
def test_a_failure_tells_why_and_what_to_do(run, number):
    """The exception is told in one line, and the next step is the one for it."""
    why, then = WHY[number]
    cell = run.cells[number - 1]
    assert cell.why.startswith(why)
    assert "\n" not in cell.why
    assert then in cell.next


def test_cells_are_told_by_their_first_line_of_code(run):
    """Not by the comment before it; a cell without any says so."""
    assert run.cells[0].line == "answer = 6 * 7"
    assert run.cells[-1].line == "(empty)"


def test_it_runs_in_its_folder_in_this_python(run):
    """Whatever kernel the file names; the extension takes no number and no cell of the notebook."""
    assert outputs(run, 1) == "found 42\n"
    assert outputs(run, 2).strip() == sys.executable
    notebook = nbformat.reads(run.executed, as_version=4)
    assert notebook.cells[0].execution_count == 1
    assert len(notebook.cells) == 15
    assert notebook.metadata.kernelspec.name == "course-py39"


def test_secrets_are_nowhere(run):
    """Not in the copy, not in what is told; names of variables stay."""
    assert outputs(run, 9) == "••• ••• HF_API_KEY\n"
    told = json.dumps(run.as_dict()) + run.executed
    assert "qqqq" not in told
    assert "swordfish" not in told


def course(*arguments, **options):
    """`workbench course run` with these arguments."""
    return subprocess.run(
        [sys.executable, "-m", "workbench", "course", "run", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=100,
        **options,
    )


def test_stop_ends_at_the_first_failure(folder, tmp_path):
    """`--stop` leaves the cells after it alone; the copy is written all the same, exit code 3."""
    done = course(folder / "trouble.ipynb", "--stop", "--json", "-o", tmp_path / "copies")
    assert done.returncode == 3, done.stderr
    (facts,) = json.loads(done.stdout)
    assert [cell["state"] for cell in facts["cells"]][:4] == ["ran", "ran", "failed", "not run"]
    copy = nbformat.read(tmp_path / "copies" / "trouble.ipynb", as_version=4)
    assert copy.cells[0].outputs
    assert not copy.cells[4].outputs
    again = course(folder / "trouble.ipynb", "-o", folder)
    assert again.returncode == 2
    assert "never written over" in again.stderr


def test_an_interrupted_run_leaves_no_kernel(tmp_path):
    """Ctrl+C ends the command with 130, and its kernel with it."""
    name = write(
        "# %%\nimport os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)",
        tmp_path / "long.ipynb",
    )
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", "course", "run", name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        kernel = wait_for(tmp_path / "pid", process)
        process.send_signal(2)
        assert process.wait(20) == 130
        assert "Traceback" not in process.stderr.read()
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


def test_kept_apps_are_open_until_ctrl_c(tmp_path):
    """`--keep` prints their addresses, they answer, and they are gone afterwards."""
    name = write(
        "# %%\nimport gradio as gr\ngr.Interface(len, 'text', 'number', title='Kept').launch()",
        tmp_path / "kept.ipynb",
    )
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", "course", "run", "--keep", name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        told = ""
        while "Ctrl+C" not in told:
            line = process.stderr.readline()
            assert line, told
            told += line
        url = re.search(r"(http://\S+) \(Kept\) answers", told)[1]
        with urllib.request.urlopen(url) as page:
            assert page.status == 200
        process.send_signal(2)
        assert process.wait(20) == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url)


def wait_for(file, process):
    """The number in *file* as soon as it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if file.exists() and (text := file.read_text()):
            return int(text)
        time.sleep(0.05)
    raise AssertionError(process.stderr.read())
