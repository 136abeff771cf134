"""The notebooks of examples/ are what their sources say, in both languages, and hold no secret."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples" / "notebooks"
NAMES = sorted(path.stem for path in (FOLDER / "source").glob("*.py"))
SECRET = re.compile(r"\b(hf_|sk-|ghp_|AKIA)\w{8,}|Bearer\s+\w|/home/|/root/|/Users/")
CODE = re.compile(r"`[^`\n]+`")


def tool():
    """tools/build_notebooks.py as a module."""
    path = ROOT / "tools" / "build_notebooks.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(name, language):
    return nbformat.read(FOLDER / language / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)


def test_built_from_source():
    """Each notebook is, byte for byte, what the tool makes of its source, and there is no other."""
    built = {file: content.encode() for file, content in tool().build_all()}
    there = {path: path.read_bytes() for path in FOLDER.glob("*/*.ipynb")}
    assert len(NAMES) == 7
    assert there == built, "run: python tools/build_notebooks.py"


@pytest.mark.parametrize("name", NAMES)
def test_both_languages(name):
    """Code is the same in both; every text is there in both, with the same headings and names."""
    for en, zh in zip(read(name, "en").cells, read(name, "zh").cells, strict=True):
        assert (en.id, en.cell_type) == (zh.id, zh.cell_type)
        if en.cell_type == "code":
            assert en.source == zh.source
            continue
        assert re.search(r"[\u4e00-\u9fff]", zh.source)
        assert not re.search(r"[\u4e00-\u9fff]", en.source)
        levels = [re.findall(r"^#+(?= )", cell.source, re.MULTILINE) for cell in (en, zh)]
        assert levels[0] == levels[1]
        assert {*CODE.findall(en.source)} <= {*CODE.findall(zh.source)}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_clean(name, language):
    """Valid, short, for any Python 3; without outputs, counts, keys and places of a machine."""
    notebook = read(name, language)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len(notebook.cells) <= 24
    for cell in notebook.cells:
        assert not cell.metadata
        assert not SECRET.search(cell.source)
        assert "share=True" not in cell.source
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_links(language):
    """Every link to another notebook leads to one."""
    for name in NAMES:
        for cell in read(name, language).cells:
            for target in re.findall(r"\]\(([\w./]+\.ipynb)\)", cell.source):
                assert (FOLDER / language / target).exists()


def test_listed():
    """The README of the folder names every notebook, in both languages."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        for language in ("en", "zh"):
            assert f"({language}/{name}.ipynb)" in text


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('# %% [markdown] lang="en"\n# Hi\n# %%\n1', "not in en and zh"),
        ('# %% [markdown] lang="zh"\n# 你好', "begins in zh"),
        ("# %% [markdown]\n# Hi", "first line"),
        ('# %% [markdown] lang="en"\nHi', "not a comment"),
    ],
)
def test_bad_source(source, why):
    """A text that is missing in a language, or is no text, is told and not built."""
    with pytest.raises(ValueError, match=why):
        tool().read_cells(source)
