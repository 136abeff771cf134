"""Settings from a mapping, and the .env above the working directory."""

from __future__ import annotations

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
