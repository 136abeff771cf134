"""Files of notebooks are found and read whatever wrote them, and refused with a reason."""

from __future__ import annotations

import json

import nbformat
import pytest
from driving import as_notebook, write

from workbench.cli import main
from workbench.course.advice import advice
from workbench.course.kernel import Kernel
from workbench.course.notebooks import find_notebooks, read_notebook, without_secrets
from workbench.errors import ConfigurationError

ONE = "# %%\nprint(1)"


def test_files_folders_and_patterns_are_found_once_in_order(tmp_path, monkeypatch):
    """What a folder and a pattern have in common is run once; other files are left alone."""
    (tmp_path / "week").mkdir()
    for name in ("b.ipynb", "week/L2.ipynb", "week/L1.ipynb", "week/notes.md"):
        write(ONE, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    found = [path.as_posix() for path in find_notebooks(["b.ipynb", "week", "week/L*"])]
    assert found == ["b.ipynb", "week/L1.ipynb", "week/L2.ipynb"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "nb.ipynb is not there"),
        ("", "nb.ipynb is empty"),
        ("print(1)", "nb.ipynb is no notebook"),
        ("{}", "nb.ipynb is no notebook"),
        ('{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "is no notebook"),
        (b"\xff\xfe\x00", "nb.ipynb is no notebook: no text"),
        ("version https://git-lfs.github.com/spec/v1", "nb.ipynb is no notebook"),
    ],
    ids=["missing", "empty", "python", "no-cells", "odd-cells", "bytes", "pointer"],
)
def test_what_is_no_notebook_is_refused(tmp_path, content, why):
    """The reason names the file, before any kernel starts."""
    path = tmp_path / "nb.ipynb"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigurationError, match=why):
        read_notebook(find_notebooks([str(path)])[0])


def test_a_folder_without_notebooks_is_refused(tmp_path):
    """Nothing to run is not a success."""
    with pytest.raises(ConfigurationError, match="no notebook in"):
        find_notebooks([str(tmp_path)])


def test_another_language_is_refused(tmp_path):
    """A notebook of R is told to be one."""
    notebook = as_notebook(ONE)
    notebook.metadata = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    nbformat.write(notebook, tmp_path / "r.ipynb")
    with pytest.raises(ConfigurationError, match=r"r\.ipynb is written in R"):
        read_notebook(tmp_path / "r.ipynb")


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with-mark"])
def test_notebooks_of_format_3_are_read(tmp_path, mark):
    """Those of 2014 have worksheets; an editor may have put a mark before the text."""
    cell = {"cell_type": "code", "input": ["print(1)"], "language": "python", "outputs": []}
    old = {"metadata": {"name": "old"}, "nbformat": 3, "nbformat_minor": 0}
    old["worksheets"] = [{"cells": [{**cell, "collapsed": False, "metadata": {}}], "metadata": {}}]
    (tmp_path / "old.ipynb").write_text(mark + json.dumps(old), encoding="utf-8")
    assert [cell.source for cell in read_notebook(tmp_path / "old.ipynb").cells] == ["print(1)"]


def test_no_secret_is_written():
    """Neither one that is known nor one that looks like it, in code, output or metadata."""
    notebook = as_notebook("# %%\nkey = 'hf_abcdefghijkl'; HF_API_KEY = 'open sesame'")
    notebook.metadata["note"] = ["sk-0123456789abcdef"]
    text = without_secrets(notebook, ["open sesame"])
    assert "key = '•••'; HF_API_KEY = '•••'" in text
    assert "abcdefghijkl" not in text
    assert "0123456789abcdef" not in text


def test_a_missing_extra_is_told_with_the_line_that_installs_it(monkeypatch, tmp_path):
    """Without nbclient there is no kernel, but there is a next step."""
    monkeypatch.setattr("workbench.course.kernel.find_spec", lambda name: name != "nbclient")
    with pytest.raises(ConfigurationError, match="nbclient must be installed") as caught:
        Kernel(as_notebook(ONE), tmp_path)
    assert caught.value.hint == "pip install 'hf-inference-workbench[notebook]'"


def test_the_command_refuses_with_usage(tmp_path, capsys):
    """Exit code 2, and the reason on stderr."""
    with pytest.raises(SystemExit) as ended:
        main(["course", "run", str(tmp_path / "L9.ipynb")])
    assert ended.value.code == 2
    assert "L9.ipynb is not there" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "source", "step"),
    [
        (("ModuleNotFoundError", "No module named 'torch'"), "", "hf-inference-workbench[local]"),
        (("ModuleNotFoundError", "No module named 'google'"), "import google.colab", "Only Colab"),
        (("NameError", "name 'x' is not defined"), "", "No cell above defines it"),
        (("KeyError", "'summary_text'"), "", ""),
        (("OSError", "Cannot find empty port in range: 7860-7860"), "", "Its port is taken"),
        (("AuthenticationError", "Incorrect API key provided"), "", "wants a key"),
        (("TypeError", "Image.__init__() got an unexpected keyword"), "gr.Image(x=1)", "Gradio 6"),
        (("ConnectionError", "x"), "'https://api-inference.huggingface.co/models/x'", "switched"),
        (("JSONDecodeError", "Expecting value"), "", "No JSON came back"),
        (("ZeroDivisionError", "division by zero"), "1 / 0", ""),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_each_failure_has_its_next_step(error, source, step):
    """What old notebooks fail of most, and nothing for what speaks for itself."""
    told = advice(*error, source)
    assert step in told
    assert bool(step) == bool(told)
