"""The lessons beside the real `text_generation`, which brings an older Gradio.

Both can't be installed beside what the other tests use, so they have an environment of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.notebook,
    pytest.mark.clients,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not os.environ.get("CI"), reason="needs a package index; set CI=1"),
]
ROOT = Path(__file__).parents[2]
PARTS = ("workbench", "tasks", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE")


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The Python of an environment with this project and both extras."""
    folder = tmp_path_factory.mktemp("environment")
    source = folder / "source"
    source.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, source / part)
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", f"{source}[text-generation,notebook]"], check=True
    )
    return python


@pytest.fixture(scope="module")
def facts(python, old_notebook):
    """What `workbench course run --json` tells of the notebooks, by name."""
    names = ("course_2023", "course_2024", "gradio_3", "gradio_4")
    notebooks = {name: str(old_notebook(name)) for name in names}
    done = subprocess.run(
        [python, "-m", "workbench", "course", "run", "--json", *notebooks.values()],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.stdout, done.stderr
    return {Path(facts["path"]).stem: facts for facts in json.loads(done.stdout)}


def test_it_is_the_real_client_and_the_older_gradio(python):
    """What is tested here is what the extra brings."""
    code = (
        "import gradio, text_generation, workbench.course as course\n"
        "assert course.Client is text_generation.Client\n"
        "print(gradio.__version__)"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("6.17.")


@pytest.mark.parametrize("name", ["course_2023", "course_2024", "gradio_3", "gradio_4"])
def test_every_cell_runs_and_every_app_answers(facts, name):
    """As without the extra: the notebooks can't tell the difference."""
    run = facts[name]
    assert [(cell["number"], cell["why"]) for cell in run["cells"] if cell["state"] != "ran"] == []
    assert run["passed"]
