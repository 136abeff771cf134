"""Whom to talk to: the chat models that can answer now, and what the others need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.chat import MAX_NEW_TOKENS, TEMPERATURE
from workbench.chat.models import ChatModel
from workbench.chat_endpoints import configured_chat, find_model, missing, resolve_model
from workbench.client import EndpointClient
from workbench.engines.local.catalogue import targets_here
from workbench.errors import ConfigurationError, WorkbenchError
from workbench.language import translate
from workbench.redaction import display_target
from workbench.routes import CHAT
from workbench.ui.words import failure_text, nearby_text, status_html

DEFAULTS: Mapping[str, float] = {
    "temperature": TEMPERATURE,
    "max_new_tokens": MAX_NEW_TOKENS,
    "top_p": 1,
    "repetition_penalty": 1,
}


def configured(client: EndpointClient) -> str:
    """The chat model that answers unless a person chooses another."""
    written = client.named(CHAT) or configured_chat(client.settings)[0]
    return "talker" if written == "embedded" else written


def choices(client: EndpointClient, allowed: Sequence[str] | None) -> list[tuple[str, str]]:
    """(label, value) pairs: those that can answer first, then the others with what they need.

    The labels are in the current language.
    """
    models = client.settings.chat_models
    first = configured(client)
    here = targets_here(CHAT.task, client.settings.local) if allowed is None else []
    listed = dict.fromkeys([first, *(allowed or ()), *models, *here])
    can, cannot = [], []
    for name in listed:
        model = models.get(name)
        if model is None:
            can.append((display_target(name), display_target(name)))
        elif not _may(model, first, allowed):
            continue
        elif told := missing(model, client.settings):
            cannot.append((f"{model.name} · {translate(told)}", model.name))
        else:
            can.append((f"{model.name} · {translate(model.title)}", model.name))
    return [*can, *cannot] if allowed is None else can


def _may(model: ChatModel, first: str, allowed: Sequence[str] | None) -> bool:
    """Whether a visitor may talk to a model of the table: what costs its owner must be listed."""
    if allowed is None or model.name == first or model.name in allowed:
        return True
    return model.target.startswith("embedded") and not (model.variable or model.imports)


def choose_model(
    client: EndpointClient, choice: object, allowed: Sequence[str] | None
) -> EndpointClient:
    """*client* at the chat model a visitor chose. Raises ConfigurationError if it isn't allowed."""
    if choice is not None and not isinstance(choice, str):
        raise ConfigurationError("a chat model is named by a text", hint="Choose one of the list.")
    first = configured(client)
    wanted = (choice or "").strip()
    if not wanted or wanted in (first, display_target(first)):
        return client
    if allowed is None:
        return client.using(wanted, task=CHAT.task)
    model = client.settings.chat_models.get(wanted)
    listed = {display_target(name): name for name in allowed}
    if wanted in listed or (model is not None and _may(model, first, allowed)):
        return client.using(listed.get(wanted, wanted), task=CHAT.task)
    raise ConfigurationError(
        "this app talks only to the models its owner listed",
        hint=f"Choose one of: {', '.join(value for _, value in choices(client, allowed))}.",
    )


def describe(client: EndpointClient, choice: object, allowed: Sequence[str] | None) -> str:
    """Who answers and where, or what is missing, as HTML."""
    try:
        client = choose_model(client, choice, allowed)
        model = client.chat_model()
        endpoint = resolve_model(model, client.settings)
    except WorkbenchError as error:
        return status_html(failure_text(error), "failed")
    if told := nearby_text(endpoint):
        return status_html(told)
    token = "your key goes along" if endpoint.token else "no key is sent"
    return status_html(f"{endpoint} · {token}" if allowed is None else f"{endpoint}")


def defaults(client: EndpointClient, choice: object) -> tuple[Mapping[str, float], str]:
    """The model's own parameters over the usual ones, and its system message."""
    try:
        named = choice if isinstance(choice, str) and choice.strip() else client.named(CHAT)
        model = find_model(named, client.settings)
    except WorkbenchError:
        return DEFAULTS, ""
    return {**DEFAULTS, **model.defaults}, model.system
