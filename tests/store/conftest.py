"""The store that most tests start from."""

from __future__ import annotations

import pytest

from workbench.store import Store


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path):
    """An empty store, in a file and in memory."""
    with Store(tmp_path / "history.sqlite3" if request.param == "file" else None) as store:
        yield store
