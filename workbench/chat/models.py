"""The chat models: whom to talk to, where each answers and what it needs; a person adds more."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

from workbench.chat.own import read_template
from workbench.chat.templates import Template, find_template
from workbench.errors import ConfigurationError
from workbench.targets import parse_target

Auth = Literal["Bearer", "Basic"]
Wire = Literal["chat", "tgi"]

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_IMPORT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_LOWEST = {"temperature": 0, "max_new_tokens": 1, "top_p": 0, "repetition_penalty": 0, "seed": 0}
_WHOLE = ("max_new_tokens", "seed")


@dataclass(frozen=True, kw_only=True)
class ChatModel:
    """One line of the picker.

    Its target is what *variable* holds in the environment, else *target*; one that ends up with
    none can't answer yet. *key* is the variable of a key that goes to this target alone.
    """

    name: str
    title: str = ""
    target: str = ""
    variable: str = ""
    wire: Wire = "chat"
    """What an address that doesn't say is spoken to with."""
    model: str = ""
    """What is asked for at an address that names no model; empty: what the service has."""
    template: str | Template = ""
    """For `tgi`: how the conversation is written."""
    key: str = ""
    auth: Auth = "Bearer"
    sees: bool | None = None
    """Whether it takes pictures; None: not known, so let it try."""
    thinks: bool = False
    """Whether its template opens the thoughts, so that only ``</think>`` is sent."""
    imports: str = ""
    """Of a LangChain chat model: ``package.module:Name``, called with *options*."""
    options: Mapping[str, object] = field(default_factory=dict, repr=False)
    system: str = ""
    defaults: Mapping[str, float] = field(default_factory=dict)
    """Parameters of `respond` that the faces begin with."""

    @property
    def writing(self) -> Template:
        """How a conversation is written for it. Raises ConfigurationError."""
        if isinstance(self.template, Template):
            return self.template
        return find_template(self.template or "falcon")


def _embedded(name: str, title: str, *, sees: bool = False) -> ChatModel:
    return ChatModel(name=name, title=title, target=f"embedded:{name}", sees=sees)


CHAT_MODELS: Mapping[str, ChatModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            _embedded("talker", "Talker, embedded", sees=True),
            ChatModel(
                name="falcon",
                title="Falcon on a TGI server",
                variable="HF_API_FALCOM_BASE",
                wire="tgi",
                template="falcon",
                key="HF_API_FALCOM_KEY",
                sees=False,
            ),
            ChatModel(
                name="falcon-course",
                title="Falcon as the course calls it",
                variable="HF_API_FALCOM_BASE",
                wire="tgi",
                template="falcon-course",
                key="HF_API_FALCOM_KEY",
                auth="Basic",
                sees=False,
            ),
            ChatModel(
                name="starchat",
                title="StarChat on a TGI server",
                variable="HF_API_STARCHAT_BASE",
                wire="tgi",
                template="starchat",
                key="HF_API_STARCHAT_KEY",
                sees=False,
                defaults={"temperature": 0.2, "top_p": 0.95},
            ),
            ChatModel(
                name="qwen",
                title="Qwen at DashScope",
                target="https://dashscope.aliyuncs.com/compatible-mode/v1",
                variable="DASHSCOPE_BASE_URL",
                model="qwen-turbo",
                key="DASHSCOPE_API_KEY",
            ),
            ChatModel(
                name="gpt",
                title="OpenAI, or a server like it",
                target="https://api.openai.com/v1",
                variable="OPENAI_BASE_URL",
                model="gpt-4o-mini",
                key="OPENAI_API_KEY",
            ),
            ChatModel(
                name="hf",
                title="Llama at Hugging Face",
                target="meta-llama/Llama-3.1-8B-Instruct",
                key="HF_TOKEN",
            ),
            ChatModel(name="langchain", title="A LangChain chat model"),
            _embedded("echo", "Echo, slow, embedded"),
            _embedded("canned", "Three stock replies, embedded"),
            _embedded("yes-no", "Yes or no, embedded"),
            _embedded("agree", "Agrees every other time, embedded"),
        )
    }
)
"""By name, in the order of the picker."""

_KEYS: Mapping[str, type | tuple[type, ...]] = {
    "title": str,
    "target": str,
    "variable": str,
    "model": str,
    "template": str,
    "key": str,
    "auth": str,
    "sees": bool,
    "thinks": bool,
    "import": str,
    "options": dict,
    "system": str,
    **dict.fromkeys(_LOWEST, (int, float)),
}


def read_chat(table: object, problems: list[str]) -> Mapping[str, ChatModel]:
    """The chat models that hold with the table ``[chat]`` of `workbench.toml`.

    What is wrong is added to *problems*.

    >>> problems = []
    >>> mine = {"target": "http://localhost:8000/v1", "temperature": 0.2}
    >>> read_chat({"models": {"mine": mine}}, problems)["mine"].defaults, problems
    ({'temperature': 0.2}, [])
    """
    if not isinstance(table, Mapping):
        return CHAT_MODELS
    parts = {"models": {}, "templates": {}, **table}
    for name, part in parts.items():
        if name not in ("models", "templates") or not isinstance(part, Mapping):
            problems.append(f"chat.{name}: there are the tables chat.models and chat.templates")
            return CHAT_MODELS
    templates: dict[str, Template] = {}
    for name, written in parts["templates"].items():
        try:
            templates[name] = read_template(name, written if isinstance(written, Mapping) else {})
        except ConfigurationError as exc:
            problems.append(f"chat.templates.{name}: {exc}")
            templates[name] = find_template("falcon")  # so that its models aren't found wrong too
    return _read_models(parts["models"], templates, problems)


def _read_models(
    tables: Mapping[str, object], templates: Mapping[str, Template], problems: list[str]
) -> dict[str, ChatModel]:
    """A name that is there already is changed in the keys that are given."""
    models = dict(CHAT_MODELS)
    for name, table in tables.items():
        if not NAME.fullmatch(name):
            problems.append(f"chat.models.{name}: a name is letters, digits, - and _, at most 40")
        elif not isinstance(table, Mapping):
            problems.append(f"chat.models.{name}: it must be a table, with a target")
        else:
            wrong = list(_wrong(table, templates))
            problems.extend(f"chat.models.{name}: {each}" for each in wrong)
            if not wrong:
                base = models.get(name, ChatModel(name=name, title=name))
                models[name] = _changed(base, table, templates)
                if not (models[name].target or models[name].variable or models[name].imports):
                    problems.append(f"chat.models.{name}: it needs a target, a variable or import")
    return models


def _changed(
    base: ChatModel, table: Mapping[str, Any], templates: Mapping[str, Template]
) -> ChatModel:
    given = dict(table)
    defaults = {name: given.pop(name) for name in _LOWEST if name in given}
    if "template" in given:
        given["template"] = templates.get(given["template"], given["template"])
        given["wire"] = "tgi"
    if "auth" in given:
        given["auth"] = given["auth"].capitalize()
    if "import" in given:
        given["imports"] = given.pop("import")
    if "target" in given and "variable" not in given:
        given["variable"] = ""  # what a person wrote for this model wins
    return replace(base, **given, defaults={**base.defaults, **defaults})


def _wrong(table: Mapping[str, Any], templates: Mapping[str, Template]) -> Iterator[str]:
    for key, value in table.items():
        kind = _KEYS.get(key)
        if kind is None:
            yield f"{key} is no key of a chat model; there are {', '.join(_KEYS)}"
        elif not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            yield f"{key} can't be {value!r}"
        else:
            yield from _wrong_value(key, value, templates)


def _wrong_value(key: str, value: Any, templates: Mapping[str, Template]) -> Iterator[str]:
    if key in _LOWEST:
        whole = key not in _WHOLE or isinstance(value, int)
        if not whole or not math.isfinite(value) or value < _LOWEST[key]:
            yield f"{key} can't be {value!r}"
    elif key in ("key", "variable") and value and not _VARIABLE.fullmatch(value):
        yield f"{key} is the name of a variable, as in MY_KEY; a secret doesn't belong here"
    elif key == "auth" and value.capitalize() not in get_args(Auth):
        yield "auth is bearer or basic"
    elif key == "target" and value:
        try:
            parse_target(value)
        except ConfigurationError as exc:
            yield str(exc)
    elif key == "import" and not _IMPORT.fullmatch(value):
        yield "import is written as package.module:Name"
    elif key == "template" and value not in templates:
        try:
            find_template(value)
        except ConfigurationError as exc:
            yield str(exc)
