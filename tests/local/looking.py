"""`find` as most tests ask it, and what they look at in the cache."""

from __future__ import annotations

import os
import threading
from dataclasses import replace

import pytest

from workbench.engines.local.hub import find
from workbench.engines.toolkit import Refusal
from workbench.local_options import read_local

NAME = "org/model"


def options(**more):
    """What the environment says, and what a test adds."""
    return replace(read_local(os.environ, {}, []), **more)


def look(name=NAME, *, token=None, told=None, gone=None, fetch=True, **more):
    """`find` with what most tests leave out."""
    return find(
        name,
        options(**more),
        token=token,
        tell=(told if told is not None else []).append,
        gone=gone or threading.Event(),
        fetch=fetch,
    )


def refusal(name=NAME, **more):
    """What `find` refuses with."""
    with pytest.raises(Refusal) as caught:
        look(name, **more)
    return caught.value


def write(folder, files):
    """The folder with these files, path -> bytes, in it."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
