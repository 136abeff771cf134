"""The line on stderr that tells what is under way."""

from __future__ import annotations

import io
import sys

from workbench.cli.status import Status
from workbench.exchanges import Waiting


class Terminal(io.StringIO):
    """A stderr that a person looks at."""

    def isatty(self):
        return True


def looked_at(monkeypatch):
    """The terminal from now on; pytest puts its own stderr in place before each test."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def working(text):
    return Waiting(kind="working", message=text, attempt=1, wait_s=0, elapsed_s=1, again=False)


def test_work_is_told_in_one_place(monkeypatch):
    """Each line of an engine at work takes the place of the last, and leaves nothing."""
    terminal = looked_at(monkeypatch)
    status = Status()
    status.wait(working("loading, 1 s"))
    status.wait(working("done"))
    status.wipe()
    lines = terminal.getvalue().split("\r")
    assert lines == ["loading, 1 s", " " * 12, "done", " " * 4, ""]


def test_to_a_file_it_goes_now_and_then(capsys):
    """Where no person looks, a hundred lines in a row are one; a wait is always told."""
    status = Status()
    for number in range(100):
        status.wait(working(f"step {number}"))
    waiting = Waiting(kind="busy", message="busy", attempt=1, wait_s=2, elapsed_s=1)
    status.wait(waiting)
    assert capsys.readouterr().err == "step 0\nbusy; trying again in 2.0 s\n"


def test_pieces_wipe_the_line(monkeypatch):
    """The first piece of a text finds a clean line, and all pieces pass."""
    terminal = looked_at(monkeypatch)
    status = Status()
    status.show("loading")
    shown = [(piece, terminal.getvalue()[-1]) for piece in status.until(["a", "b"])]
    assert shown == [("a", "\r"), ("b", "\r")]


def test_a_model_cannot_move_the_cursor(monkeypatch):
    """What an engine tells is one line, its control characters spelled out."""
    terminal = looked_at(monkeypatch)
    Status().show("a\nb\x1b[2J")
    assert terminal.getvalue() == "a b\\x1b[2J"
