"""Passwords as hashes, and the file of users."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys

import pytest

from workbench.errors import ConfigurationError
from workbench.settings import Settings
from workbench.users import Users, check_name, hash_password, matches, read_users

HASH = hash_password("open sesame")
BOTH = Users.read(auth=["ann:tulip"], shared="rose")


def workbench(*arguments, **options):
    """Run `workbench`."""
    command = [sys.executable, "-m", "workbench", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def test_a_hash_knows_its_password():
    """The password matches, composed as another system would too; a hash has its own salt."""
    stored = hash_password("caf\u00e9")
    assert matches("cafe\u0301", stored)
    assert not matches("cafe", stored)
    assert stored != hash_password("caf\u00e9")


@pytest.mark.parametrize(
    ("name", "password", "who"),
    [
        ("ann", "tulip", "ann"),
        (" ann ", "tulip", "ann"),
        ("ann", "rose", None),
        ("bob", "rose", ""),
        ("", "rose", ""),
        ("bob", "tulip", None),
        ("", "", None),
    ],
)
def test_who_signs_in(name, password, who):
    """A name has its own password; the shared one goes with every name that is nobody's."""
    assert BOTH.check(name, password) == who


def test_a_name_that_nobody_has_takes_as_long(monkeypatch):
    """Known or not, a try costs one hash; an unknown name with somebody's password is refused."""
    users, asked, scrypt = Users.read(auth=["ann:tulip"]), [], hashlib.scrypt
    monkeypatch.setattr(hashlib, "scrypt", lambda *a, **k: asked.append(k["n"]) or scrypt(*a, **k))
    assert users.check("ann", "tulip") == "ann"
    assert users.check("bob", "tulip") is None
    assert len(asked) == 2
    assert len(set(asked)) == 1


def test_passwords_in_clear_have_the_same_hash_at_every_start():
    """A restart does not look like a new password, which would end every session."""
    assert Users.read(auth=["ann:tulip"], shared="rose") == BOTH
    assert Users.read(auth=["ann:tulip"], shared="thorn") != BOTH


def test_secrets_are_not_in_the_repr():
    """Neither users nor settings show a password or a hash."""
    settings = Settings.from_env({"APP_PASSWORD": "rose"})
    assert settings.app_password == "rose"
    assert not any(secret in f"{BOTH!r}{settings!r}" for secret in ("tulip", "rose", "$scrypt"))


def test_file_of_users(tmp_path):
    """Lines of name and hash, with comments, blank lines and a byte order mark; a colon alone."""
    file = tmp_path / "users"
    file.write_text(f"\ufeff# ours\n\n  ann : {HASH}\nZoë:{HASH}\n", encoding="utf-8")
    assert read_users(file) == {"ann": HASH, "Zoë": HASH}
    assert Users.read(auth=[f"@{file}"]).check("Zoë", "open sesame") == "Zoë"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# nobody\nann:tulip123\n", "line 2: the password of ann is not hashed"),
        ("tulip123\n", "line 1: there is no name:hash"),
        (":tulip123\n", "line 1: a user's name has 1 to 64 characters"),
        (f"ann:{HASH}\nann:{HASH}\n", "line 2: ann is there twice"),
        (f"ann:{HASH[:-1]}\n", "line 1: the password of ann is damaged"),
        (f"ann:{HASH}\n".replace("ln=14", "ln=30"), "line 1: the cost of ann's hash"),
        (f"ann:{HASH}\n".replace("p=5", "p=99"), "line 1: the cost of ann's hash"),
        (f"ann:{HASH}\n".replace("r=8", "r=0"), "line 1: the cost of ann's hash"),
        ("# nobody\n", "names nobody"),
    ],
    ids=["plain", "nameless", "empty", "twice", "damaged", "ln", "p", "r", "nobody"],
)
def test_bad_file_of_users(tmp_path, text, told):
    """The line is named, the next step is too, and what was written there is not repeated."""
    file = tmp_path / "users"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_users(file)
    assert told in str(caught.value)
    assert "tulip123" not in f"{caught.value}{caught.value.hint}"
    assert "$scrypt" not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "binary"])
def test_unreadable_file_of_users(tmp_path, content):
    """A file that is missing, or no text, is told with its path."""
    file = tmp_path / "users"
    if content:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="can't be read: "):
        read_users(file)


@pytest.mark.parametrize("name", ["", "  ", "a:b", "#ann", "@ann", "a\nb", "x" * 65])
def test_bad_names(name):
    """What could not be told from another line, or typed, is no name."""
    with pytest.raises(ConfigurationError, match="1 to 64"):
        check_name(name)


@pytest.mark.parametrize(
    ("auth", "told"),
    [
        (["hunter22"], "--auth needs a name and a password"),
        (["ann:"], "--auth has a name without a password"),
        ([":hunter22"], "a user's name has"),
        (["ann:hunter22", "ann:hunter23"], "--auth names ann twice"),
        (["@nowhere"], "the users in nowhere can't be read: No such file"),
    ],
)
def test_bad_auth_ends_with_2(auth, told):
    """A login that can't be used is a usage error with a next step, and no password in it."""
    done = workbench("launch", *(part for given in auth for part in ("--auth", given)))
    assert done.returncode == 2
    assert told in done.stderr
    assert "next: " in done.stderr
    assert "hunter" not in done.stderr
    assert "Traceback" not in done.stderr


def test_password_from_a_pipe(tmp_path):
    """`workbench password NAME < file` prints the line that `--auth @FILE` reads."""
    done = workbench("password", "ann", input="tülip\n", encoding="utf-8")
    (tmp_path / "users").write_text(done.stdout)
    assert Users.read(auth=[f"@{tmp_path / 'users'}"]).check("ann", "tülip") == "ann"
    assert "tülip" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (["password", "ann"], "", "there is no password"),
        (["password", "a:b"], "x\n", "a user's name has"),
        (["password"], "x\n", "Missing argument"),
    ],
)
def test_password_refuses(arguments, given, told):
    """Without a password or a usable name there is no line."""
    done = workbench(*arguments, input=given)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a POSIX terminal")
@pytest.mark.parametrize(
    ("again", "code", "told"), [("tulip", 0, "ann:$scrypt$"), ("rose", 2, "passwords differ")]
)
def test_password_at_a_terminal(again, code, told):
    """It is asked twice and not shown."""
    import pty

    terminal, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", "password", "ann"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,  # or it would ask at the terminal that the tests run in
    ) as process:
        os.close(theirs)
        shown = b""
        for prompt, typed in (("Password: ", "tulip"), ("Once more: ", again)):
            while prompt.encode() not in shown:
                shown += os.read(terminal, 1024)
            os.write(terminal, f"{typed}\n".encode())
        with contextlib.suppress(OSError):  # so a terminal ends on Linux
            while more := os.read(terminal, 1024):
                shown += more
    os.close(terminal)
    assert process.returncode == code
    assert told in shown.decode()
    assert "tulip" not in shown.decode()
