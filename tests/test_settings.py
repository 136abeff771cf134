"""Settings from a mapping, and the .env above the working directory."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from workbench.errors import ConfigurationError
from workbench.settings import Limits, Settings, load_environment


@pytest.fixture
def token_file(tmp_path):
    """A token file as `hf auth login` leaves it, and the environment that points there."""
    (tmp_path / "token").write_text("hf_from_file_123\n")
    return {"HF_HOME": str(tmp_path)}


@pytest.mark.parametrize(
    ("env", "token", "source"),
    [
        ({"HF_TOKEN": "hf_one", "HF_API_KEY": "hf_two"}, "hf_one", "HF_TOKEN"),
        ({"HF_API_KEY": " hf_two\n"}, "hf_two", "HF_API_KEY"),
        ({"HF_TOKEN": "  ", "HF_API_KEY": "hf_two"}, "hf_two", "HF_API_KEY"),
    ],
)
def test_token_order(token_file, env, token, source):
    """HF_TOKEN, then HF_API_KEY, each before the token file; blanks count as absent."""
    settings = Settings.from_env({**token_file, **env})
    assert (settings.token, settings.token_source) == (token, source)


def test_token_file_is_last(token_file):
    """The file of `hf auth login` is read when no variable is set, unless that is switched off."""
    assert Settings.from_env(token_file).token == "hf_from_file_123"
    assert Settings.from_env({**token_file, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}).token is None


def test_secrets_are_not_in_the_repr():
    """No token and no proxy password shows when settings are printed."""
    settings = Settings.from_env(
        {
            "HF_TOKEN": "hf_secret_token",
            "HF_API_NER_KEY": "other-secret",
            "HTTPS_PROXY": "http://me:proxypass@proxy.example",
        }
    )
    assert settings.keys == {"HF_API_NER_KEY": "other-secret"}
    for secret in ("hf_secret_token", "other-secret", "proxypass"):
        assert secret not in repr(settings)


def test_every_bad_variable_is_named():
    """One error lists all that is wrong, without repeating a secret."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_env(
            {
                "HF_TOKEN": "hf_two words",
                "HF_API_NER_KEY": "schlüssel",
                "HF_API_NER_BASE": "nowhere",
                "HF_API_ITT_BASE": "ftp://x",
                "PORT1": "80a",
                "PORT2": "70000",
                "WORKBENCH_READ_S": "0",
                "WORKBENCH_DEADLINE_S": "nan",
            }
        )
    text = str(caught.value)
    assert text.startswith("8 settings")
    for name in ("HF_TOKEN", "HF_API_NER_KEY", "HF_API_NER_BASE", "HF_API_ITT_BASE", "PORT1"):
        assert name in text
    for name in ("PORT2", "WORKBENCH_READ_S", "WORKBENCH_DEADLINE_S"):
        assert name in text
    assert "two words" not in text
    assert "schlüssel" not in text


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), None, True, "3"])
def test_limits_refuse_what_is_no_time(value):
    """Zero, negative, absent and non-finite times are refused."""
    with pytest.raises(ConfigurationError, match="read_s"):
        Limits(read_s=value)


def test_limits_from_the_environment():
    """Each time has its variable."""
    limits = Settings.from_env({"WORKBENCH_DEADLINE_S": "2.5"}).limits
    assert (limits.deadline_s, limits.read_s) == (2.5, 120.0)


def test_env_file_is_found_upwards_and_loses(tmp_path):
    """The nearest .env above counts, and the environment wins over it."""
    (tmp_path / ".env").write_text("HF_TOKEN=hf_file\nPORT1=1234\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    env = load_environment({"HF_TOKEN": "hf_shell"}, below)
    assert (env["HF_TOKEN"], env["PORT1"]) == ("hf_shell", "1234")


def test_course_env_works_unchanged():
    """The course's variables are read by the course's names, ports included."""
    settings = Settings.from_env(
        {
            "HF_API_KEY": "hf_course",
            "HF_API_SUMMARY_BASE": "https://x.eu-west-1.aws.endpoints.huggingface.cloud",
            "HF_API_FALCOM_BASE": "https://y.example/falcon",
            "PORT1": "7001",
            "PORT2": "7002",
        }
    )
    assert set(settings.targets) == {"HF_API_SUMMARY_BASE", "HF_API_FALCOM_BASE"}
    assert settings.ports == (7001, 7002)


def test_token_file_of_the_cache_folder(tmp_path):
    """HF_TOKEN_PATH wins over HF_HOME, and that over the cache folder of XDG_CACHE_HOME."""
    places = {
        "HF_TOKEN_PATH": tmp_path / "own",
        "HF_HOME": tmp_path / "home" / "token",
        "XDG_CACHE_HOME": tmp_path / "cache" / "huggingface" / "token",
    }
    env = {
        "HF_TOKEN_PATH": str(tmp_path / "own"),
        "HF_HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    for name, path in places.items():
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(f"hf_of_{name}")
    for name in places:
        assert Settings.from_env(env).token == f"hf_of_{name}"
        del env[name]


def test_token_path_of_an_unknown_home_is_no_token():
    """A `~user` that does not exist is a token file that does not exist."""
    assert Settings.from_env({"HF_TOKEN_PATH": "~nosuchuser/token"}).token is None


def test_targets_are_not_in_the_repr():
    """An address may hold a secret in its query, so that no target is shown."""
    settings = Settings.from_env({"HF_API_NER_BASE": "https://x.example/ner?key=querysecret"})
    assert "querysecret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("HF_BILL_TO", "my\norg", "one line"),
        ("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem", "/nowhere/ca.pem"),
        ("CURL_CA_BUNDLE", "/nowhere/ca.pem", "/nowhere/ca.pem"),
        ("https_proxy", "ftp://me:hunter2@proxy.example:21", "not ftp://proxy.example:21"),
        ("HTTP_PROXY", "http://", "http://host:port"),
        ("ALL_PROXY", "http://me:hunter2@proxy.example:port", "http://host:port"),
        ("all_proxy", "http://me:hunter2@[::1", "http://host:port"),
        ("all_proxy", "ftp://me:1/hunter2@proxy.example", "http://host:port"),
        ("PORT1", "9" * 5000, "1 to 65535"),
    ],
)
def test_what_can_not_be_used_is_named(name, value, shown):
    """A variable that would only fail inside a call is named at once, without its password."""
    with pytest.raises(ConfigurationError, match=f"1 setting can't be used:\n- {name}: ") as caught:
        Settings.from_env({name: value})
    assert shown in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("installed", [True, False])
def test_socks_needs_its_package(monkeypatch, installed):
    """A SOCKS proxy is a problem only where PySocks is missing."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object() if installed else None)
    env = {"ALL_PROXY": "socks5h://me:hunter2@proxy.example:1080"}
    if installed:
        assert Settings.from_env(env).network.proxies["http"] == env["ALL_PROXY"]
        return
    with pytest.raises(ConfigurationError, match=r"socks5h://proxy\.example:1080 needs"):
        Settings.from_env(env)


def test_proxy_without_a_scheme_speaks_http():
    """`proxy:3128` is what others take it for; a proxy of its own scheme wins over the common."""
    network = Settings.from_env({"https_proxy": "proxy:3128", "ALL_PROXY": "http://other"}).network
    assert network.proxies == {"http": "http://other", "https": "http://proxy:3128"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_env_file_of_another_encoding_is_named(tmp_path, encoding):
    """A .env as PowerShell or an old editor saves it is named, with what to do."""
    (tmp_path / ".env").write_bytes("HF_TOKEN=hf_x\nNAME=Zoë\n".encode(encoding))
    with pytest.raises(ConfigurationError, match="is not UTF-8 text") as caught:
        load_environment({}, tmp_path)
    assert str(tmp_path / ".env") in str(caught.value)
    assert caught.value.hint == "Save it as UTF-8."


def test_env_file_may_start_with_a_mark(tmp_path):
    """The mark that Windows puts before UTF-8 is not part of the first name."""
    (tmp_path / ".env").write_text("HF_TOKEN=hf_x\n", encoding="utf-8-sig")
    assert load_environment({}, tmp_path) == {"HF_TOKEN": "hf_x"}


def test_unreadable_env_file_is_named(tmp_path, monkeypatch):
    """A .env that may not be read is named, whoever runs the test."""
    (tmp_path / ".env").write_text("HF_TOKEN=hf_x\n")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ConfigurationError, match=r"\.env can't be read: Permission denied"):
        load_environment({}, tmp_path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("PORT1=1\n\n\nHF TOKEN=hf_secret\nPORT2=2\n", 4),
        ("HF_TOKEN: hf_secret\n", 1),
        ("PORT1=1\nHF_TOKEN='hf_secret\nPORT2=2\n", 2),
    ],
)
def test_line_that_can_not_be_read_is_named(tmp_path, text, line):
    """No variable is lost in silence: file and line are told, what stands there is not."""
    (tmp_path / ".env").write_text(text)
    with pytest.raises(ConfigurationError, match=rf"\.env, line {line} can't be read") as caught:
        load_environment({}, tmp_path)
    assert "hf_secret" not in str(caught.value)


def test_env_file_is_not_looked_for_where_there_is_no_folder(tmp_path, monkeypatch):
    """A working directory that was removed leaves the environment alone."""

    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(Path, "cwd", gone)
    assert load_environment({"PORT1": "1"}) == {"PORT1": "1"}
