"""`workbench.toml`: found upwards or named, read as UTF-8, and told of when it can't be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.config import find_config, load_config
from workbench.errors import ConfigurationError
from workbench.settings import Settings

TEXT = '[targets]\nchat = "echo"\n'


def test_nearest_above_counts(tmp_path):
    """The file of the nearest folder is read, and it alone."""
    (tmp_path / "workbench.toml").write_text("[chat]\n")
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "a" / "workbench.toml").write_text(TEXT)
    assert load_config({}, tmp_path / "a" / "b" / "c") == {"targets": {"chat": "echo"}}
    assert find_config({}, tmp_path) == tmp_path / "workbench.toml"


def test_a_folder_of_that_name_is_none(tmp_path):
    """Only a file counts."""
    (tmp_path / "a" / "workbench.toml").mkdir(parents=True)
    (tmp_path / "workbench.toml").write_text(TEXT)
    assert find_config({}, tmp_path / "a") == tmp_path / "workbench.toml"


def test_without_a_file_it_is_empty(tmp_path):
    """Nobody needs one."""
    assert load_config({"WORKBENCH_CONFIG": " "}, tmp_path) == {}


def test_from_the_working_directory(tmp_path, monkeypatch):
    """Settings read the file above where the program was started."""
    (tmp_path / "workbench.toml").write_text(TEXT)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert Settings.load().targets == {"HF_API_CHAT_BASE": "echo"}


def test_working_directory_that_is_gone(monkeypatch):
    """A folder that was removed holds no file."""

    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(Path, "cwd", gone)
    assert load_config({}) == {}


def test_named_file_wins(tmp_path, monkeypatch):
    """WORKBENCH_CONFIG names the file to read, from the home folder too."""
    (tmp_path / "workbench.toml").write_text("[chat]\n")
    (tmp_path / "mine.toml").write_text(TEXT)
    monkeypatch.setenv("HOME", str(tmp_path))
    for named in (str(tmp_path / "mine.toml"), "~/mine.toml"):
        assert load_config({"WORKBENCH_CONFIG": named}, tmp_path)["targets"] == {"chat": "echo"}


def test_named_file_that_is_not_there(tmp_path):
    """Who names a file wants it read: one that is missing is told of."""
    path = tmp_path / "none.toml"
    with pytest.raises(ConfigurationError, match="can't be read: No such file") as caught:
        load_config({"WORKBENCH_CONFIG": str(path)})
    assert str(path) in str(caught.value)
    assert caught.value.hint


def test_home_of_nobody(tmp_path):
    """A `~user` that does not exist is told of, as any file that can't be read."""
    with pytest.raises(ConfigurationError, match="nosuchuser"):
        load_config({"WORKBENCH_CONFIG": "~nosuchuser/x.toml"}, tmp_path)


def test_mark_at_the_start(tmp_path):
    """The mark that Windows puts before UTF-8 is no part of the file, and CRLF ends a line."""
    (tmp_path / "workbench.toml").write_bytes(
        TEXT.replace("\n", "\r\n").encode("utf-8-sig") + 'ner = "é/é"\r\n'.encode()
    )
    assert load_config({}, tmp_path) == {"targets": {"chat": "echo", "ner": "é/é"}}


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings_are_told(tmp_path, encoding):
    """A file that isn't UTF-8 is named, with what to do."""
    (tmp_path / "workbench.toml").write_bytes("# é\n".encode(encoding))
    with pytest.raises(ConfigurationError, match="is not UTF-8 text") as caught:
        load_config({}, tmp_path)
    assert caught.value.hint == "Save it as UTF-8."


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[targets]\nchat = echo\n", "line 2"),
        ('a = "x"\na = "y"\n', "line 2"),
        ("[targets\n", "line 1"),
        ("chat: echo", "line 1"),
    ],
)
def test_bad_lines_are_told(tmp_path, text, place):
    """File and line of what is no TOML are in the error."""
    path = tmp_path / "workbench.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=place) as caught:
        load_config({}, tmp_path)
    assert str(path) in str(caught.value)
    assert caught.value.hint


def test_deep_nesting_is_told(tmp_path):
    """A file that no reader can follow is no crash."""
    (tmp_path / "workbench.toml").write_text("a = " + "[" * 100_000)
    with pytest.raises(ConfigurationError, match="is no TOML"):
        load_config({}, tmp_path)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"target": {}}, "target is no table of workbench.toml; there are targets, chat and local"),
        ({"targets": "echo"}, "targets must be a table of workbench.toml"),
        ({"chat": "echo"}, "chat must be a table of workbench.toml"),
        ({"targets": {"talk": "echo"}}, 'targets.talk: write TASK = "target"'),
        ({"targets": {"chat": 7}}, 'targets.chat: write TASK = "target"'),
        ({"targets": {"chat": "nobody"}}, "HF_API_CHAT_BASE: not a usable target: 'nobody'"),
        ({"targets": {"ner": "echo"}}, "HF_API_NER_BASE: not a usable target: 'echo'"),
    ],
)
def test_what_is_wrong_in_it_is_told(config, problem):
    """Each table that can't be used is named, and where to mend it."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_env({}, config)
    assert problem in str(caught.value)
    assert "workbench.toml" in caught.value.hint


def test_environment_wins():
    """What the environment says goes before the file."""
    settings = Settings.from_env(
        {"HF_API_NER_BASE": "org/mine"}, {"targets": {"ner": "org/file", "chat": "echo"}}
    )
    assert settings.targets == {"HF_API_NER_BASE": "org/mine", "HF_API_CHAT_BASE": "echo"}


def test_all_problems_at_once():
    """Those of the file and of the environment are in one error."""
    config = {"targets": {"talk": "x"}, "chat": {"models": {"m": {"targt": "x"}}}, "more": 1}
    with pytest.raises(ConfigurationError, match="4 settings") as caught:
        Settings.from_env({"PORT1": "x"}, config)
    for name in ("targets.talk", "chat.models.m", "more", "PORT1"):
        assert f"\n- {name}" in str(caught.value)
