"""What the tests of notebooks share: old ones, written here as texts."""

from __future__ import annotations

import pytest
from driving import OLD, write


@pytest.fixture(scope="session")
def old_notebook(tmp_path_factory):
    """The file of an old notebook of ours by its name, in a folder of its own."""

    def make(name):
        folder = tmp_path_factory.mktemp(name)
        return write((OLD / f"{name}.txt").read_text("utf-8"), folder / f"{name}.ipynb")

    return make
