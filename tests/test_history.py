"""Where conversations are kept, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from workbench.settings import Settings
from workbench.ui import history
from workbench.ui.history import FILE, OFF, open_history, owner_of
from workbench.ui.login import USER


@pytest.fixture(autouse=True)
def nothing_opened(monkeypatch):
    """No store of another test is open, and those of this one are closed."""
    opened = {}
    monkeypatch.setattr(history, "_opened", opened)
    yield
    for each in opened.values():
        each.store.close()


def request_of(user=None, session=None):
    """A request as a handler gets it."""
    scope = {} if user is None else {USER: user}
    return SimpleNamespace(request=SimpleNamespace(scope=scope), session_hash=session)


def test_kept_in_the_folder_of_the_settings(tmp_path):
    """What was said is in the file of WORKBENCH_HOME, for whoever opens it next."""
    settings = Settings.from_env({"WORKBENCH_HOME": str(tmp_path / "kept")})
    opened = open_history(settings)
    assert opened.told == ""
    talk = opened.store.start("user:ada")
    assert (tmp_path / "kept" / FILE).is_file()
    opened.store.close()
    history._opened.clear()
    assert open_history(settings).store.open("user:ada", talk.id).id == talk.id


def test_opened_once(tmp_path):
    """All apps of a process share a store; another folder has its own."""
    one, two = (Settings.from_env({"WORKBENCH_HOME": str(tmp_path / name)}) for name in "ab")
    assert open_history(one) is open_history(one)
    assert open_history(one) is not open_history(two)


def test_history_off(tmp_path):
    """Switched off, nothing is written, and the page says so."""
    settings = replace(Settings.from_env({"WORKBENCH_HOME": str(tmp_path / "a")}), history=False)
    opened = open_history(settings)
    assert opened.told == OFF
    opened.store.start("user:ada")
    opened.store.close()
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("kind", ["a file in its place", "a damaged file"])
def test_folder_that_can_not_be_used(tmp_path, kind):
    """The app runs all the same and says why nothing is kept; once mended, it is tried anew."""
    place = tmp_path / "data"
    if kind == "a damaged file":
        place.mkdir()
        (place / FILE).write_bytes(b"no database " * 100)
    else:
        place.write_text("")
    settings = Settings.from_env({"WORKBENCH_HOME": str(place)})
    opened = open_history(settings)
    assert opened.told.startswith(OFF)
    assert str(place) in opened.told
    opened.store.start("user:ada")
    opened.store.close()
    (place / FILE if place.is_dir() else place).unlink()
    assert open_history(settings).told == ""


def test_owner_is_who_signed_in():
    """A name goes before what the browser keeps: each user has theirs on every device."""
    assert owner_of("secret", request_of("ada", "s")) == "user:ada"
    assert owner_of(None, request_of("ada")) == owner_of("other", request_of("ada"))


def test_owner_is_the_browser():
    """Without a name each browser has its own; of its secret only a hash is stored."""
    one, two = owner_of("secret-1", request_of()), owner_of("secret-2", request_of())
    assert one == owner_of("secret-1", request_of(session="s"))
    assert one != two
    assert one.startswith("browser:")
    assert "secret" not in one


@pytest.mark.parametrize("visitor", ["", None, 7, ["x"]])
def test_owner_without_a_secret(visitor):
    """A browser that keeps nothing has what it says until it is reloaded."""
    one = owner_of(visitor, request_of(session="s1"))
    assert one == owner_of("s1", request_of())
    assert one != owner_of(visitor, request_of(session="s2"))


@pytest.mark.parametrize("visitor", ["user:ada", "ada"])
def test_nobody_signs_in_by_a_secret(visitor):
    """No text a page sends makes it a user's."""
    assert owner_of(visitor, request_of()).startswith("browser:")
    assert owner_of(visitor, object()).startswith("browser:")


def test_strangers_are_apart():
    """Callers without a secret and without a session see nothing of one another."""
    assert owner_of("", request_of()) != owner_of("", request_of())
