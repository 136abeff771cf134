"""Which chat model a person means, what it still needs, and where it answers."""

from __future__ import annotations

import difflib
import sys
from dataclasses import replace
from importlib.util import find_spec
from urllib.parse import urlsplit

from workbench import hosts
from workbench.chat.models import NAME, ChatModel
from workbench.endpoints import Endpoint, configured_target, resolve
from workbench.engines.local import needs
from workbench.errors import ConfigurationError
from workbench.redaction import display_target
from workbench.routes import CHAT, COMPLETION, Route
from workbench.settings import Settings
from workbench.targets import parse_target


def find_model(target: str | None, settings: Settings) -> ChatModel:
    """The chat model called *target*, or one made of a target; None: where the settings point.

    Raises ConfigurationError for what is neither.

    >>> find_model("falcon", Settings()).title, find_model("org/model", Settings()).target
    ('Falcon on a TGI server', 'org/model')
    """
    written = configured_chat(settings)[0] if target is None else target.strip()
    if written in settings.chat_models:
        return settings.chat_models[written]
    if written == "embedded":
        written = "embedded:talker"
    if NAME.fullmatch(written) and written not in ("embedded", "local"):
        near = difflib.get_close_matches(written, settings.chat_models, n=1)
        guess = f" Did you mean `{near[0]}`?" if near else ""
        raise ConfigurationError(
            f"there is no chat model {written!r}",
            hint=f"There are {', '.join(settings.chat_models)}; or write a target.{guess}",
            task=CHAT.task,
        )
    parse_target(written)
    shown = display_target(written)
    return ChatModel(name=shown, title=shown, target=written)


def configured_chat(settings: Settings) -> tuple[str, str]:
    """The chat model or target that the settings name, and where they do."""
    if CHAT.variable not in settings.targets and COMPLETION.variable in settings.targets:
        return "falcon", COMPLETION.variable
    written, source = configured_target(CHAT, settings)
    if written == "embedded":
        return "talker", source
    return ("hf", source) if written == CHAT.default_model else (written, source)


def missing(model: ChatModel, settings: Settings) -> str:
    """What *model* needs before it can answer, as a next step; empty when it can answer now.

    >>> missing(find_model("qwen", Settings()), Settings())
    'Set DASHSCOPE_API_KEY.'
    """
    if model.name == "langchain" and not model.imports:
        return 'Write import = "package.module:Name" under [chat.models.langchain].'
    if model.imports:
        package = model.imports.partition(".")[0].partition(":")[0]
        there = package in sys.modules or find_spec(package)
        return "" if there else f"Install the package {package}."
    if not _target(model, settings):
        return f"Set {model.variable} to the address of its server."
    if _target(model, settings).startswith("local:"):
        return f"Run: {needs.INSTALL}" if needs.missing(CHAT.task) else ""
    if model.key == "HF_TOKEN":
        return "" if settings.token else "Set HF_TOKEN."
    own = model.variable in settings.targets  # a server of one's own may need no key
    fixed = bool(hosts.key_variable(_host(_target(model, settings))))
    if model.key and model.key not in settings.keys and (fixed or not own) and model.wire == "chat":
        return f"Set {model.key}."
    return ""


def resolve_model(model: ChatModel, settings: Settings) -> Endpoint:
    """Where *model* answers, with its key. Raises ConfigurationError telling what is missing."""
    if told := missing(model, settings):
        raise ConfigurationError(f"{model.name} can't answer yet", hint=told, task=CHAT.task)
    if model.imports:
        url = f"langchain://engine/models/{model.name}/v1/chat/completions"
        return Endpoint(
            task=CHAT.task,
            target=model.name,
            url=url,
            protocol="chat",
            model=model.model or model.name,
            limits=settings.limits,
        )
    target = _target(model, settings)
    endpoint = resolve(_route(model), settings, target)
    key = settings.keys.get(model.key)
    parts = urlsplit(endpoint.url)
    if key and (parts.scheme == "https" or hosts.is_loopback(parts.hostname or "")):
        endpoint = replace(endpoint, token=key, token_variable=model.key)
    named = endpoint.model or model.model or None
    return replace(endpoint, model=named, auth=model.auth, thinks=model.thinks)


def _target(model: ChatModel, settings: Settings) -> str:
    return settings.targets.get(model.variable, model.target)


def _host(target: str) -> str:
    return (urlsplit(target).hostname or "") if "://" in target else ""


def _route(model: ChatModel) -> Route:
    """The chat's, with the wire that this model's address is spoken to with first."""
    if model.wire == "chat":
        return CHAT
    return replace(CHAT, addressed=("tgi", "chat"))
