"""A download tells how far it is, and ends when told to."""

from __future__ import annotations

import threading
import time
from collections import namedtuple

import pytest
from fake_hub import Model, text_model
from looking import NAME, look, refusal


def test_progress_is_told(hub):
    """Once at the start, seldom after, and at the end; each time how much of how much."""
    hub.models[NAME] = Model(text_model(24_000_000))
    hub.pause_s = 0.001
    told = []
    begun = time.monotonic()
    look(told=told)
    lasted = time.monotonic() - begun
    assert told[0].startswith("org/model: ")
    assert told[0].endswith(" of 24 MB fetched")
    assert told[-1] == "org/model: 24 of 24 MB fetched"
    assert 3 <= len(told) <= lasted * 4 + 2
    assert [int(each.split()[1]) for each in told] == sorted(int(each.split()[1]) for each in told)


def test_nothing_is_left_behind(hub, capfd):
    """No progress bar of a library appears, nor does a thread of one stay."""
    before = threading.enumerate()
    look()
    assert capfd.readouterr() == ("", "")
    more = [each for each in threading.enumerate() if each not in before]
    assert not [each for each in more if type(each).__name__ == "TMonitor"]


@pytest.mark.parametrize("silent", [False, True], ids=["slow", "silent"])
def test_a_caller_who_leaves_ends_it(silent, hub, cache):
    """The caller is free at once; the work ends with more of the file, and is done anew later."""
    files = text_model(24_000_000)
    hub.models[NAME] = Model(files)
    hub.pause_s, hub.silent = 0.002, silent
    gone = threading.Event()
    left = []

    def leave():
        while not hub.asked("/cdn/"):
            time.sleep(0.01)
        left.append(time.monotonic())
        gone.set()

    threading.Thread(target=leave, daemon=True).start()
    with pytest.raises(ConnectionAbortedError):
        look(gone=gone)
    assert time.monotonic() - left[0] < 1
    hub.silent = False
    hub.over.set()  # a silent line ends, and is asked for again
    for thread in threading.enumerate():
        if thread.name == "workbench-fetch":
            thread.join(20)
            assert not thread.is_alive()
    (folder,) = cache.glob("models--org--model/snapshots/*")
    assert sorted(path.name for path in folder.iterdir()) == [
        *("config.json", "tokenizer.json", "tokenizer_config.json")
    ]
    assert not list(cache.glob("*/blobs/*.incomplete"))
    hub.pause_s = 0.0
    hub.requests.clear()
    assert (look().folder / "model.safetensors").read_bytes() == files["model.safetensors"]
    assert not [path for kind, path, _ in hub.asked("/resolve/") if kind == "GET"]


def test_a_passing_fault_is_overcome(hub):
    """A line that broke once is taken up again."""
    hub.breaks_after = [50_000]
    source = look()
    assert (source.folder / "model.safetensors").read_bytes() == text_model()["model.safetensors"]
    gets = [headers for kind, _, headers in hub.asked("/cdn/") if kind == "GET"]
    assert len(gets) == 2


def test_two_at_once_fetch_once(hub):
    """A second caller waits for the first, and both have the model."""
    hub.models[NAME] = Model(text_model(1_000_000))
    hub.pause_s = 0.01
    found = []
    threads = [threading.Thread(target=lambda: found.append(look())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found[0] == found[1]
    assert [kind for kind, _, _ in hub.asked("/cdn/")].count("GET") == 1


def test_no_room_is_said_beforehand(hub, monkeypatch):
    """Nothing large is fetched when the disk can't hold it."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(9, 9, 1000))
    error = refusal()
    assert (error.kind, error.status) == ("refused", 507)
    assert "no room for org/model" in str(error)
    assert "workbench local remove" in error.hint
    assert not hub.asked("/cdn/")


def test_the_disk_fills_up_midway(hub, cache):
    """What the system says then is told with how much is missing, and no half file stays."""
    import subprocess
    import sys

    code = """
import os, resource, threading
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from workbench.engines.local.hub import find
from workbench.engines.toolkit import Refusal
from workbench.local_options import read_local
try:
    options = read_local(os.environ, {}, [])
    find("org/model", options, token=None, tell=lambda _: None, gone=threading.Event())
except Refusal as error:
    print(error.kind, error.status, error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout.startswith("refused 507 no room for org/model: "), done
    assert not list(cache.glob("*/blobs/*.incomplete"))


def test_a_cache_that_is_closed(hub, tmp_path):
    """A cache that can't be written is named, with the variable that moves it."""
    (tmp_path / "file").write_text("")
    error = refusal(cache=tmp_path / "file" / "cache")
    assert error.kind == "configuration"
    assert str(tmp_path / "file" / "cache") in str(error)
    assert "HF_HOME" in error.hint
