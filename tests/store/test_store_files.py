"""The file: where it is, who may read it, what older and foreign ones are, what deletion leaves."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import sys

import pytest
from talking import ADA

from workbench.errors import ConfigurationError
from workbench.store import Store, data_folder, schema

POSIX = pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")


def mode(path):
    """A path's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


@POSIX
def test_the_folder_and_its_files_are_private(tmp_path):
    """Folder, file, log and locks are for their owner alone, also when they were open before."""
    folder = data_folder({"WORKBENCH_HOME": str(tmp_path / "a" / "b")})
    assert folder == tmp_path / "a" / "b"
    assert mode(folder) == 0o700
    (folder / "h").touch(mode=0o644)
    with Store(folder / "h") as store:
        store.start(ADA)
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert {path.name for path in files} >= {"h", "h-wal", "h-shm", "opening"}
        assert {mode(path) for path in files} == {0o600}
        assert mode(folder / "h-writers") == 0o700


def test_an_existing_folder_keeps_its_permissions(tmp_path):
    """A folder that someone set up is used as it is."""
    (tmp_path / "open").mkdir(mode=0o755)
    before = mode(tmp_path / "open")
    assert mode(data_folder({"WORKBENCH_HOME": str(tmp_path / "open")})) == before


@pytest.mark.skipif(sys.platform != "linux", reason="the place on Linux")
def test_the_usual_folder(tmp_path, monkeypatch):
    """Without WORKBENCH_HOME, and with an empty one, it is where the system keeps such data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("HOME", str(tmp_path))
    place = tmp_path / "share" / "hf-inference-workbench"
    assert data_folder({}) == data_folder({"WORKBENCH_HOME": " "}) == place
    assert data_folder({"WORKBENCH_HOME": "~/mine"}) == tmp_path / "mine"


def test_a_folder_that_cannot_be_made(tmp_path):
    """The error names the folder, and the hint both ways out."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="file/inside") as caught:
        data_folder({"WORKBENCH_HOME": str(tmp_path / "file" / "inside")})
    assert "WORKBENCH_HOME" in caught.value.hint
    assert "--no-history" in caught.value.hint


def old_file(path):
    """A file of version 1, by hand, with a finished, an open and a rated message."""
    conn = sqlite3.connect(path)
    for statement in schema.FIRST:
        conn.execute(statement)
    conn.execute(
        "INSERT INTO conversations VALUES ('c1', ?, '', 'falcon', 'Be kind.', '{}', 2, 5.0)", (ADA,)
    )
    turn = "INSERT INTO turns VALUES (?, 'c1', ?, ?, ?, '', 6.0)"
    conn.execute(turn, (1, None, "user", "How do I bake bread?"))
    conn.execute(turn, (2, 1, "assistant", "With an oven."))
    conn.execute(turn, (3, 1, "assistant", ""))
    conn.execute("INSERT INTO ends VALUES (2, 'done', '', '{}', 7.0)")
    conn.execute("INSERT INTO open VALUES (3, 'a writer that is gone')")
    conn.execute("INSERT INTO pieces VALUES (1, 3, 'With'), (2, 3, ' yeast')")
    conn.execute("INSERT INTO ratings VALUES (1, 2, 'like', '', 8.0)")
    conn.execute(f"PRAGMA application_id = {schema.APPLICATION}")
    conn.execute("PRAGMA user_version = 1")
    conn.commit()
    conn.close()


def version(path):
    """The version that a file says it has."""
    conn = sqlite3.connect(path)
    try:
        return conn.execute("PRAGMA user_version").fetchone()[0]
    finally:
        conn.close()


def test_an_older_file_is_brought_up(tmp_path):
    """A file of version 1 keeps all it has, and what it has is in the index."""
    old_file(tmp_path / "h")
    with Store(tmp_path / "h") as store:
        assert version(tmp_path / "h") == len(schema.MIGRATIONS) == 2
        assert [turn.content for turn in store.path(ADA, "c1")] == [
            "How do I bake bread?",
            "With an oven.",
        ]
        assert store.path(ADA, "c1", 3)[1].state == "interrupted"
        assert store.feedback(ADA)[0].rating == "like"
        with store._db.reading() as conn:
            found = conn.execute("SELECT rowid FROM search WHERE search MATCH 'oven'").fetchall()
        assert [row[0] for row in found] == [2]
        assert [one.id for one in store.conversations(ADA, search="yeast")] == ["c1"]
        assert store.say(ADA, "c1", "user", "Thanks", parent=3).id == 4


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    """All steps are one transaction: after a failure the file is as it was."""
    old_file(tmp_path / "h")

    def broken(conn):
        conn.execute("DELETE FROM turns")
        raise RuntimeError("no")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        with pytest.raises(RuntimeError):
            Store(tmp_path / "h")
    assert version(tmp_path / "h") == 1
    with Store(tmp_path / "h") as store:
        assert len(store.turns(ADA, "c1")) == 3


def newer(path):
    """A file that a later version wrote."""
    old_file(path)
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA user_version = 99")
    conn.close()


def foreign(path):
    """Another program's database."""
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE conversations (id)")
    conn.close()


def damaged(path):
    """A history with a page overwritten."""
    with Store(path) as store:
        talk = store.start(ADA).id
        for number in range(50):
            store.say(ADA, talk, "user", f"{number} " * 500, parent=None)
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 20] = b"\xff" * (4096 * 17)
    path.write_bytes(data)


def cut(path):
    """A history of which the end is missing."""
    damaged(path)
    path.write_bytes(path.read_bytes()[: 4096 * 3])


@pytest.mark.parametrize(
    ("make", "told", "hint"),
    [
        (newer, "newer workbench: its history has version 99, this one knows up to 2", "Update"),
        (foreign, "is a database of another program", "another folder"),
        (damaged, "is damaged", "Move it away"),
        (cut, "is damaged", "Move it away"),
        (lambda path: path.write_text("Dear diary, " * 100), "is damaged, or no data", "Move it"),
        (lambda path: path.mkdir(), "can't be", "permissions"),
    ],
    ids=["newer", "foreign", "damaged", "cut", "no database", "folder"],
)
def test_what_cannot_be_used_is_refused_and_left(tmp_path, make, told, hint):
    """The error names the file and what to do; not a byte of the file changes."""
    path = tmp_path / "history.sqlite3"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ConfigurationError, match=told) as caught:
        Store(path)
    assert str(path) in str(caught.value)
    assert hint in caught.value.hint
    assert (path.read_bytes() if path.is_file() else None) == before


def test_an_empty_file_is_a_new_one(tmp_path):
    """A file without a byte, as `touch` makes one, becomes a history."""
    (tmp_path / "h").touch()
    with Store(tmp_path / "h") as store:
        assert store.start(ADA)


def test_damage_met_later_is_told_too(tmp_path):
    """What goes wrong with the file while it is open is a ConfigurationError with its path."""
    with Store(tmp_path / "h") as store:
        with store._db.writing() as conn:
            conn.execute("PRAGMA query_only = ON")
        with pytest.raises(ConfigurationError, match="can't be used now") as caught:
            store.start(ADA)
        assert str(tmp_path / "h") in str(caught.value)
        with store._db.reading() as conn:
            conn.execute("PRAGMA query_only = OFF")
        assert store.start(ADA)


def left(folder):
    """Every byte that the store has on disk."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("seed", range(2))
def test_deletion_leaves_no_trace(tmp_path, seed):
    """Words, replies grown, titles, pictures and comments of a deleted conversation are gone.

    Other conversations are whole. The file is looked at while the store is open and after.
    """
    chance = random.Random(seed)  # noqa: S311
    picture = "data:image/png;base64,c2VjcmV0cGljdHVyZQ=="  # secretpicture
    kept, gone = {}, []
    with Store(tmp_path / "h") as store:
        for number in range(40):
            secret = chance.random() < 0.4
            word = f"xsecretx{number}Ж漢ñ" if secret else f"public{number}"
            talk = store.start(ADA, system=word, options={"note": word}).id
            store.rename(ADA, talk, word)
            parent = None
            for _ in range(chance.randint(1, 6)):
                images = [picture] if secret else []
                text = f"{word} " * chance.randint(1, 400)
                parent = store.say(ADA, talk, "user", text, parent=parent, images=images).id
                parent = store.begin(ADA, talk, parent=parent).id
                for _ in range(chance.randint(1, 5)):
                    store.grow(parent, f"{word} " * chance.randint(1, 200))
                if chance.random() < 0.8:
                    store.end(parent, "failed", error=word, facts={"said": word})
                store.rate(ADA, parent, word, word)
            if secret:
                gone.append(talk)
            else:
                kept[talk] = store.export_json(ADA, talk)
            if number == 20:
                assert len(store.conversations(ADA, search=word)) == 1
        store.conversations(ADA, search="secret")
        assert b"xsecretx" in left(tmp_path)
        for talk in gone:
            store.delete(ADA, talk)
        for place in ("while open", "after"):
            data = left(tmp_path)
            assert b"xsecretx" not in data, place
            assert b"secretpicture" not in data, place
            assert "漢ñ".encode() not in data, place  # the index keeps words in parts of three
            assert b"public" in data
            if place == "while open":
                assert {talk: store.export_json(ADA, talk) for talk in kept} == kept
                assert store.conversations(ADA, search="secret") == []
                with store._db.reading() as conn:
                    trigram = conn.execute("SELECT count(*) FROM search WHERE search MATCH 'xse'")
                    assert trigram.fetchone()[0] == 0
                store.close()
