"""Several processes on one file, also ones that are killed."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from talking import ADA

from workbench.store import Store

HEAD = "import sys; from pathlib import Path; from workbench.store import Store\n"

GROW = """
store = Store(Path(sys.argv[1]))
talk = store.start("user:ada").id
asked = store.say("user:ada", talk, "user", "Count", parent=None)
reply = store.begin("user:ada", talk, parent=asked.id)
print(talk, reply.id, flush=True)
number = 0
while True:
    number += 1
    assert store.grow(reply.id, f"{number} ")
    print(number, flush=True)
"""
WRITE = """
with Store(Path(sys.argv[1])) as store:
    talk, parent = sys.argv[2], None
    for number in range(100):
        parent = store.say("user:ada", talk, "user", f"{sys.argv[3]}-{number}", parent=parent).id
        parent = store.begin("user:ada", talk, parent=parent).id
        for piece in ("one ", "two"):
            assert store.grow(parent, piece)
        assert store.end(parent, "done")
"""
OPEN = """
print("ready", flush=True)
sys.stdin.readline()
for number in range(8):
    with Store(Path(f"{sys.argv[1]}{number}")) as store:
        talk = store.start("user:ada").id
        store.say("user:ada", talk, "user", "Hello", parent=None)
"""


def started(code, *arguments):
    """A Python process that runs *code* with the store at hand."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", HEAD + code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_kill_in_the_middle_of_a_reply(tmp_path):
    """After kill -9 the pieces are there, and read "interrupted" to those who were there before
    and those who come after; while the process lives they read "streaming".
    """
    path = tmp_path / "h"
    with Store(path) as witness, started(GROW, path) as process:
        talk, reply = process.stdout.readline().split()
        for _ in range(20):
            process.stdout.readline()
        assert witness.path(ADA, talk)[-1].state == "streaming"
        with Store(path) as third:
            assert third.path(ADA, talk)[-1].state == "streaming"
        assert witness.end(int(reply), "done") is False
        process.send_signal(signal.SIGKILL)
        written = process.stdout.read().split()  # what it said was kept, until it died
        process.wait()
        turn = witness.path(ADA, talk)[-1]
        assert turn.state == "interrupted"
        numbers = turn.content.split()
        assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
        assert len(numbers) >= int(written[-1] if written else 20)
        assert witness.conversations(ADA, search=f"{numbers[-1]}")[0].id == talk
    with Store(path) as later:
        assert later.path(ADA, talk)[-1] == turn
        left = {file.name for file in (tmp_path / "h-writers").iterdir()}
        assert left == {"opening", later._db.writer.name}


def test_two_processes_write_at_once(tmp_path):
    """Two processes that write 200 messages each into one conversation lose none."""
    path = tmp_path / "h"
    with Store(path) as store:
        talk = store.start(ADA).id
        processes = [started(WRITE, path, talk, name) for name in "ab"]
        for process in processes:
            process.communicate()
            assert process.returncode == 0
        assert len(store.turns(ADA, talk)) == 400
        leaves = store.versions(ADA, talk)
        assert len(leaves) == 2
        for head in leaves:
            path = store.path(ADA, talk, head)
            name = path[0].content[0]
            assert [turn.content for turn in path[::2]] == [f"{name}-{n}" for n in range(100)]
            assert {(turn.content, turn.state) for turn in path[1::2]} == {("one two", "done")}


@pytest.mark.parametrize("start", ["new", "there"])
def test_many_open_it_at_once(tmp_path, start):
    """Processes that open a file in the same moment, a new one too, all get to use it."""
    path = tmp_path / "h"
    files = [path.with_name(f"h{number}") for number in range(8)]
    if start == "there":
        for file in files:
            Store(file).close()
    processes = [started(OPEN, path) for _ in range(4)]
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    for file in files:
        with Store(file) as store:
            assert len(store.conversations(ADA)) == 4


def test_two_stores_in_one_process(tmp_path):
    """Each sees the other's reply as streaming until it is closed."""
    with Store(tmp_path / "h") as one:
        talk = one.start(ADA).id
        asked = one.say(ADA, talk, "user", "Hello", parent=None)
        with Store(tmp_path / "h") as two:
            two.grow(two.begin(ADA, talk, parent=asked.id).id, "Hi")
            assert one.path(ADA, talk)[-1].state == "streaming"
        assert one.path(ADA, talk)[-1].state == "interrupted"
        assert one.path(ADA, talk)[-1].content == "Hi"
