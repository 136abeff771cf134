"""Settings: read once, from a mapping, all problems in one error."""

from __future__ import annotations

import io
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.chat.models import CHAT_MODELS, ChatModel, read_chat
from workbench.config import load_config
from workbench.errors import ConfigurationError
from workbench.local_options import LocalOptions, read_local
from workbench.network import Network, read_network
from workbench.routes import CHAT, COURSE_ROUTES
from workbench.targets import parse_target

TOKEN_VARIABLES = ("HF_TOKEN", "HF_API_KEY")
PORT_VARIABLES = ("PORT1", "PORT2", "PORT3", "PORT4")
_TARGET_VARIABLE = re.compile(r"HF_API_[A-Z0-9]+_BASE")
_UNITS = {
    "connect_s": "seconds",
    "read_s": "seconds",
    "deadline_s": "seconds",
    "max_answer_bytes": "bytes",
    "max_megapixels": "megapixels",
}
_RESPELLED = {f"HF_API_FALCON_{end}": f"HF_API_FALCOM_{end}" for end in ("BASE", "KEY")}
"""The course spells it with an M; so does everything of ours."""
_KEY_VARIABLE = re.compile(r"HF_API_[A-Z0-9]+_KEY")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how much: seconds, bytes of an answer, millions of pixels of a picture.

    >>> Limits(read_s=0)
    Traceback (most recent call last):
    workbench.errors.ConfigurationError: read_s must be more than 0 seconds, not 0
    """

    connect_s: float = 10.0
    read_s: float = 120.0
    deadline_s: float = 300.0
    max_answer_bytes: int = 64 * 1024 * 1024
    max_megapixels: float = 64

    def __post_init__(self) -> None:
        for name, unit in _UNITS.items():
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or value <= 0:
                raise ConfigurationError(f"{name} must be more than 0 {unit}, not {value!r}")

    @property
    def max_pixels(self) -> int:
        """How large a picture may be that is read."""
        return max(1, round(self.max_megapixels * 1_000_000))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a person configured. Secrets are left out of the repr."""

    token: str | None = field(default=None, repr=False)
    token_source: str | None = None
    targets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Variable (``HF_API_NER_BASE``) -> target, for those that are set."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Variable (``HF_API_NER_KEY``) -> token for the host of that target alone."""
    chat_models: Mapping[str, ChatModel] = field(default_factory=lambda: CHAT_MODELS)
    """By name, those of `workbench.toml` among them."""
    app_password: str | None = field(default=None, repr=False)
    """What opens the app to whoever knows it."""
    bill_to: str | None = None
    ports: tuple[int, ...] = ()
    home: str | None = None
    """The folder for what is kept; None: the usual one for a person's data."""
    history: bool = True
    """Whether conversations are kept on disk."""
    local: LocalOptions = field(default_factory=LocalOptions)
    """How models in this process are found, loaded and kept."""
    limits: Limits = field(default_factory=Limits)
    network: Network = field(default_factory=Network)

    @classmethod
    def load(cls) -> Settings:
        """Read the environment, the nearest `.env` and the nearest `workbench.toml`."""
        env = load_environment()
        return cls.from_env(env, load_config(env))

    @classmethod
    def from_env(
        cls, env: Mapping[str, str], config: Mapping[str, object] | None = None
    ) -> Settings:
        """Read *env*, and *config* as `workbench.toml` holds it.

        Raises ConfigurationError naming every bad variable or key, not only the first.

        >>> Settings.from_env({"PORT1": "http", "HF_API_NER_BASE": "nowhere"})
        Traceback (most recent call last):
        workbench.errors.ConfigurationError: 2 settings can't be used...
        """
        env = {name: value.strip() for name, value in env.items() if value and value.strip()}
        config = config or {}
        for theirs, ours in _RESPELLED.items():
            if theirs in env:
                env.setdefault(ours, env.pop(theirs))
        problems: list[str] = []
        token, source = _find_token(env, problems)
        models = read_chat(config.get("chat", {}), problems)
        _check_tables(config, problems)
        settings = cls(
            token=token,
            token_source=source,
            targets=_read_targets(env, config.get("targets", {}), models, problems),
            keys=_read_keys(env, models),
            chat_models=models,
            app_password=env.get("APP_PASSWORD"),
            bill_to=_read_bill_to(env, problems),
            home=env.get("WORKBENCH_HOME"),
            ports=_read_ports(env, problems),
            local=read_local(env, config.get("local", {}), problems),
            limits=_read_limits(env, problems),
            network=read_network(env, problems),
        )
        for name in settings.keys:
            _check_secret(name, settings.keys[name], problems)
        if problems:
            count = "1 setting" if len(problems) == 1 else f"{len(problems)} settings"
            raise ConfigurationError(
                f"{count} can't be used:\n" + "\n".join(f"- {problem}" for problem in problems),
                hint="Correct them in the environment, in the .env file or in workbench.toml.",
            )
        return settings


def load_environment(
    environ: Mapping[str, str] = os.environ, start: Path | None = None
) -> dict[str, str]:
    """*environ* over the nearest ``.env`` in *start* (default: the working directory) or above.

    Raises ConfigurationError for a ``.env`` that can't be read as a whole.
    """
    path = _find_env_file(start)
    return {**(_read_env_file(path) if path else {}), **environ}


def _find_env_file(start: Path | None) -> Path | None:
    try:
        here = (start or Path.cwd()).resolve()
        folders = (here, *here.parents)
        return next((path for path in (f / ".env" for f in folders) if path.is_file()), None)
    except OSError:  # the working directory is gone, or closed to us
        return None


def _read_env_file(path: Path) -> dict[str, str]:
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    except OSError as exc:
        raise ConfigurationError(
            f"{path} can't be read: {exc.strerror}", hint="Make it readable, or move it away."
        ) from exc
    if "\0" in text:  # UTF-16 without a mark decodes, with a zero at every second place
        raise ConfigurationError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.")
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            written = binding.original.string
            blank = written[: len(written) - len(written.lstrip())]
            raise ConfigurationError(
                f"{path}, line {binding.original.line + len(blank.splitlines())} can't be read",
                hint="Write NAME=value, and close every quote.",
            )
    values = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in values.items() if value is not None}


def _find_token(env: Mapping[str, str], problems: list[str]) -> tuple[str | None, str | None]:
    for name in TOKEN_VARIABLES:
        if name in env:
            _check_secret(name, env[name], problems)
            return env[name], name
    if env.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", "").upper() in ("1", "ON", "YES", "TRUE"):
        return None, None
    path = Path(env.get("HF_TOKEN_PATH") or _hugging_face_home(env) / "token")
    try:
        path = path.expanduser()
        token = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, RuntimeError, ValueError):
        return None, None
    if not token:
        return None, None
    _check_secret(str(path), token, problems)
    return token, str(path)


def _hugging_face_home(env: Mapping[str, str]) -> Path:
    cache = Path(env.get("XDG_CACHE_HOME", "~/.cache"))
    return Path(env["HF_HOME"]) if "HF_HOME" in env else cache / "huggingface"


def _check_secret(name: str, value: str, problems: list[str]) -> None:
    if not value.isascii() or not value.isprintable() or " " in value:
        problems.append(f"{name}: a token is one line of letters, digits and signs, no spaces")


def _read_bill_to(env: Mapping[str, str], problems: list[str]) -> str | None:
    value = env.get("HF_BILL_TO")
    if value is not None and not (value.isascii() and value.isprintable()):
        problems.append("HF_BILL_TO: an organisation is one line of letters, digits and signs")
    return value


def _read_keys(env: Mapping[str, str], models: Mapping[str, ChatModel]) -> dict[str, str]:
    named = {model.key for model in models.values()} - {*TOKEN_VARIABLES, ""}
    return {n: v for n, v in env.items() if n in named or _KEY_VARIABLE.fullmatch(n)}


def _read_targets(
    env: Mapping[str, str],
    table: object,
    models: Mapping[str, ChatModel],
    problems: list[str],
) -> dict[str, str]:
    """Variable -> target; what the environment says goes before workbench.toml."""
    asked = {model.variable for model in models.values() if model.variable}
    targets = {n: v for n, v in env.items() if n in asked or _TARGET_VARIABLE.fullmatch(n)}
    variables = {route.task: route.variable for route in (*COURSE_ROUTES, CHAT)}
    for task, target in table.items() if isinstance(table, Mapping) else ():
        if task not in variables or not isinstance(target, str):
            problems.append(f'targets.{task}: write TASK = "target", for {", ".join(variables)}')
        else:
            targets.setdefault(variables[task], target)
    for name, target in targets.items():
        if name == CHAT.variable and target in models:
            continue
        try:
            parse_target(target)
        except ConfigurationError as exc:
            problems.append(f"{name}: {exc}")
    return targets


def _check_tables(config: Mapping[str, object], problems: list[str]) -> None:
    for name, table in config.items():
        if name not in ("targets", "chat", "local"):
            known = "targets, chat and local"
            problems.append(f"{name} is no table of workbench.toml; there are {known}")
        elif not isinstance(table, Mapping):
            problems.append(f"{name} must be a table of workbench.toml")


def _read_ports(env: Mapping[str, str], problems: list[str]) -> tuple[int, ...]:
    ports = []
    for name in PORT_VARIABLES:
        value = env.get(name)
        if value is None:
            continue
        if value.isascii() and value.isdecimal() and len(value) < 6 and 0 < int(value) < 65536:
            ports.append(int(value))
        else:
            problems.append(f"{name}: a port is a number from 1 to 65535, not {value!r}")
    return tuple(ports)


def _read_limits(env: Mapping[str, str], problems: list[str]) -> Limits:
    limits = Limits()
    for field_name in ("connect_s", "read_s", "deadline_s", "max_megapixels"):
        name = "WORKBENCH_" + field_name.upper()
        if name not in env:
            continue
        try:
            change: dict[str, Any] = {field_name: float(env[name])}
            limits = replace(limits, **change)
        except (ValueError, ConfigurationError):
            problems.append(f"{name}: {_UNITS[field_name]}, more than 0, not {env[name]!r}")
    return limits
