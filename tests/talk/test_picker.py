"""Whom a person may talk to: everybody on one's own machine, the listed on a public app."""

from __future__ import annotations

import pytest

from tasks.tabs.talk.picker import DEFAULTS, choices, choose_model, configured, defaults, describe
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError
from workbench.routes import CHAT
from workbench.settings import Settings

EMBEDDED = ["talker", "echo", "canned", "yes-no", "agree"]
FALCON = {"HF_API_FALCOM_BASE": "https://falcon.example"}


def client_of(env=None, **models):
    """A client with an environment and the models of a person's file."""
    return EndpointClient(Settings.from_env(env or {}, {"chat": {"models": models}}))


def values(client, allowed):
    """What may be chosen."""
    return [value for _, value in choices(client, allowed)]


def test_those_that_can_answer_come_first():
    """The configured one leads; the others say what they need, and can be chosen all the same."""
    labels = {value: label for label, value in choices(client_of(), None)}
    assert list(labels)[:5] == EMBEDDED
    assert labels["talker"] == "talker · Talker, embedded"
    assert labels["qwen"] == "qwen · Set DASHSCOPE_API_KEY."
    assert labels["falcon"] == "falcon · Set HF_API_FALCOM_BASE to the address of its server."
    assert values(client_of(FALCON), None)[:3] == ["falcon", "talker", "falcon-course"]


@pytest.mark.parametrize(
    ("env", "target", "name"),
    [
        ({}, None, "talker"),
        (FALCON, None, "falcon"),
        ({"HF_API_CHAT_BASE": "embedded"}, None, "talker"),
        ({"HF_API_CHAT_BASE": "qwen"}, "echo", "echo"),
        ({}, "org/model", "org/model"),
    ],
)
def test_configured(env, target, name):
    """What was named for the app, else where the settings point."""
    client = client_of(env)
    assert configured(client.using(target) if target else client) == name


def test_address_is_shown_without_its_secrets():
    """A configured address may hold a key: neither label nor value has it, and it still works."""
    client = client_of({"HF_API_CHAT_BASE": "https://h.example/v1?key=hunter2"})
    for allowed in (None, []):
        label, value = choices(client, allowed)[0]
        assert "hunter2" not in label + value
        assert choose_model(client, value, allowed) is client
        assert "hunter2" not in describe(client, value, allowed)


def test_visitors_see_what_they_may_choose():
    """On a public app: the configured one, those listed that can answer, and the embedded."""
    env = {**FALCON, "OPENAI_API_KEY": "k"}
    assert values(client_of(env), []) == ["falcon", *EMBEDDED]
    assert values(client_of(env), ["gpt", "qwen", "org/model"]) == [
        *("falcon", "gpt", "org/model"),
        *EMBEDDED,
    ]


@pytest.mark.parametrize("choice", [None, "", " ", "falcon", " falcon "])
@pytest.mark.parametrize("allowed", [None, []])
def test_the_configured_one_needs_no_list(choice, allowed):
    """Nothing chosen, or the configured one, is the client as it is."""
    client = client_of(FALCON)
    assert choose_model(client, choice, allowed) is client


@pytest.mark.parametrize("choice", ["gpt", "org/model", "embedded:echo", "https://h.example/v1"])
def test_everybody_at_home(choice):
    """Without a list any model and any target may be chosen."""
    assert choose_model(client_of(), choice, None).chat_model().name == choice


@pytest.mark.parametrize("choice", ["qwen", "org/other", "tgi+https://listed.example", *EMBEDDED])
def test_visitors_get_what_is_listed(choice):
    """A listed model or target, or one that costs nothing."""
    allowed = ["qwen", "org/other", "tgi+https://listed.example?key=1"]
    chosen = choose_model(client_of(FALCON), choice, allowed)
    listed = next((each for each in allowed if each.startswith(choice)), choice)
    assert chosen.named(CHAT) == listed


@pytest.mark.parametrize(
    "choice",
    ["gpt", "hf", "org/model", "embedded", "http://127.0.0.1:1/v1", "nobody", "starchat", 7, ["x"]],
    ids=str,
)
def test_visitors_get_nothing_else(choice):
    """What isn't listed is refused with what there is; so is what is no text."""
    with pytest.raises(ConfigurationError) as caught:
        choose_model(client_of({**FALCON, "OPENAI_API_KEY": "k"}), choice, ["qwen"])
    assert caught.value.hint


@pytest.mark.parametrize(
    "change",
    [
        {"target": "org/model"},
        {"variable": "ECHO_BASE"},
        {"import": "json:JSONDecoder"},
    ],
    ids=str,
)
def test_embedded_name_that_costs(change):
    """An embedded model that a person's file made another is no longer free for visitors."""
    client = client_of({"ECHO_BASE": "org/model"}, echo=change)
    assert "echo" not in values(client, [])
    with pytest.raises(ConfigurationError):
        choose_model(client, "echo", [])


@pytest.mark.parametrize(
    ("choice", "allowed", "told", "state"),
    [
        ("echo", None, "Answered in this process: no key, no network.", ""),
        ("gpt", None, "https://api.openai.com/v1/chat/completions · your key goes along", ""),
        ("gpt", ["gpt"], "https://api.openai.com/v1/chat/completions<", ""),
        ("http://localhost:1/v1", None, "http://localhost:1/v1/chat/completions · no key", ""),
        ("qwen", None, "Set DASHSCOPE_API_KEY.", "failed"),
        ("<b>", None, "&lt;b&gt;", "failed"),
        ("qwen", [], "its owner listed", "failed"),
    ],
)
def test_described(choice, allowed, told, state):
    """Who would answer is said before anything is sent, and what is missing; never a key."""
    described = describe(client_of({"OPENAI_API_KEY": "hunter2"}), choice, allowed)
    assert told in described
    assert f'class="wb-status {state}"' in described
    assert "hunter2" not in described
    assert "<b>" not in described


def test_defaults_of_a_model():
    """A model's own numbers over the usual ones, and its system message."""
    client = client_of(mine={"target": "org/m", "temperature": 0, "system": "Be kind."})
    assert defaults(client, "mine") == ({**DEFAULTS, "temperature": 0}, "Be kind.")
    assert defaults(client, "starchat")[0] == {**DEFAULTS, "temperature": 0.2, "top_p": 0.95}
    for choice in (None, "", "nobody", 7, "talker"):
        assert defaults(client, choice) == (DEFAULTS, "")
