"""Which chat model is meant, what it lacks, and where a key may go."""

from __future__ import annotations

import json
import sys

import pytest
import responses

from workbench import hosts
from workbench.chat.models import CHAT_MODELS
from workbench.chat_endpoints import configured_chat, find_model, missing, resolve_model
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError, RetiredHostError
from workbench.routes import CHAT
from workbench.settings import Settings

KEYS = {
    "HF_TOKEN": "hf_token_1",
    "OPENAI_API_KEY": "openai-key",
    "DASHSCOPE_API_KEY": "dashscope-key",
    "HF_API_FALCOM_KEY": "falcon-key",
    "HF_API_STARCHAT_KEY": "starchat-key",
    "MY_KEY": "my-key",
}


def settings(env=None, **models):
    """Settings of an environment and of the models in a person's file."""
    return Settings.from_env(env or {}, {"chat": {"models": models}})


def endpoint(name, env=None, **models):
    """Where a model answers."""
    made = settings(env, **models)
    return resolve_model(find_model(name, made), made)


@pytest.mark.parametrize(
    ("env", "name"),
    [
        ({}, "talker"),
        ({"HF_TOKEN": "hf_x"}, "hf"),
        ({"HF_API_FALCOM_BASE": "https://h.example"}, "falcon"),
        ({"HF_API_FALCON_BASE": "https://h.example"}, "falcon"),
        ({"HF_API_FALCOM_BASE": "https://h.example", "HF_TOKEN": "hf_x"}, "falcon"),
        ({"HF_API_CHAT_BASE": "echo", "HF_API_FALCOM_BASE": "https://h.example"}, "echo"),
        ({"HF_API_CHAT_BASE": "embedded"}, "talker"),
        ({"HF_API_CHAT_BASE": " qwen "}, "qwen"),
        ({"HF_API_CHAT_BASE": "org/model"}, "org/model"),
        ({"HF_API_CHAT_BASE": "http://localhost:8000/v1?key=1"}, "http://localhost:8000/v1"),
        ({"HF_API_CHAT_BASE": "embedded:canned"}, "embedded:canned"),
    ],
    ids=str,
)
def test_who_answers_unless_one_says(env, name):
    """A name, a target, the course's Falcon, the token, or the talker, in this order."""
    made = settings(env)
    assert find_model(None, made).name == name
    assert configured_chat(made)[1]


def test_both_spellings_of_falcon():
    """The course's spelling is the one that is kept; where both are set, it wins."""
    env = {"HF_API_FALCON_BASE": "https://ours.example", "HF_API_FALCON_KEY": "ours"}
    assert endpoint("falcon", env).token == "ours"
    both = {**env, "HF_API_FALCOM_BASE": "https://theirs.example", "HF_API_FALCOM_KEY": "theirs"}
    found = endpoint("falcon", both)
    assert (found.url, found.token) == ("https://theirs.example", "theirs")


@pytest.mark.parametrize("name", [*CHAT_MODELS, "mine"])
def test_named_models_are_found(name):
    """Each model of the table, a person's own among them, is known by its name."""
    assert find_model(name, settings(mine={"target": "org/m"})).name == name


@pytest.mark.parametrize(
    ("written", "hint"), [("flacon", "Did you mean `falcon`?"), ("gpt4", "`gpt`"), ("zzz", "echo")]
)
def test_unknown_names(written, hint):
    """A name that nobody has is told of, with those there are and the nearest."""
    with pytest.raises(ConfigurationError, match=f"no chat model '{written}'") as caught:
        find_model(written, settings())
    assert hint in caught.value.hint
    assert ("Did you mean" in caught.value.hint) == (written != "zzz")


@pytest.mark.parametrize("written", ["", " ", "ftp://h.example", "https://me:pw@h.example"])
def test_no_target(written):
    """What is neither a name nor a target is refused, without a secret."""
    with pytest.raises(ConfigurationError) as caught:
        find_model(written, settings())
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "env", "told"),
    [
        ("talker", {}, ""),
        ("echo", {}, ""),
        ("falcon", {}, "Set HF_API_FALCOM_BASE to the address of its server."),
        ("falcon", {"HF_API_FALCOM_BASE": "https://h.example"}, ""),
        ("falcon-course", {"HF_API_FALCOM_BASE": "https://h.example"}, ""),
        ("starchat", {}, "Set HF_API_STARCHAT_BASE to the address of its server."),
        ("starchat", {"HF_API_STARCHAT_BASE": "https://h.example"}, ""),
        ("qwen", {}, "Set DASHSCOPE_API_KEY."),
        ("qwen", {"DASHSCOPE_API_KEY": "k"}, ""),
        ("qwen", {"DASHSCOPE_BASE_URL": "http://localhost:8000/v1"}, ""),
        (
            "qwen",
            {"DASHSCOPE_BASE_URL": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"},
            "Set DASHSCOPE_API_KEY.",
        ),
        ("gpt", {}, "Set OPENAI_API_KEY."),
        ("gpt", {"OPENAI_API_KEY": "k"}, ""),
        ("gpt", {"OPENAI_BASE_URL": "http://localhost:8000/v1"}, ""),
        ("gpt", {"OPENAI_BASE_URL": "https://api.openai.com/v1"}, "Set OPENAI_API_KEY."),
        ("hf", {}, "Set HF_TOKEN."),
        ("hf", {"HF_API_KEY": "hf_x"}, ""),
        ("langchain", {}, 'Write import = "package.module:Name" under [chat.models.langchain].'),
        ("org/model", {}, ""),
        ("keyed", {}, "Set MY_KEY."),
        ("keyed", {"MY_KEY": "k"}, ""),
        ("keyless", {}, "Set MY_BASE to the address of its server."),
        ("chain", {}, ""),
        ("script", {}, ""),
        ("broken", {}, "Install the package no_such_package."),
    ],
)
def test_what_is_missing(name, env, told):
    """What a model lacks is the next thing to do; nothing when it can answer."""
    made = settings(
        env,
        keyed={"target": "https://h.example/v1", "key": "MY_KEY"},
        keyless={"variable": "MY_BASE"},
        chain={"import": "json.decoder:JSONDecoder"},
        script={"import": "__main__:model"},
        broken={"import": "no_such_package.chat:Model"},
    )
    model = find_model(name, made)
    assert missing(model, made) == told
    if told:
        with pytest.raises(ConfigurationError, match=f"{name} can't answer yet") as caught:
            resolve_model(model, made)
        assert caught.value.hint == told


def test_missing_looks_without_importing():
    """Whether a package is there is found out without running it."""
    made = settings(chain={"import": "wsgiref.handlers:CGIHandler"})
    for name in [name for name in sys.modules if name.startswith("wsgiref")]:
        del sys.modules[name]
    assert missing(find_model("chain", made), made) == ""
    assert "wsgiref.handlers" not in sys.modules


CASES = {
    "falcon": ("falcon", {"HF_API_FALCOM_BASE": "https://h.example/f"}, "tgi", "falcon-key"),
    "starchat": ("starchat", {"HF_API_STARCHAT_BASE": "https://h.example"}, "tgi", "starchat-key"),
    "falcon, in the clear": ("falcon", {"HF_API_FALCOM_BASE": "http://h.example"}, "tgi", None),
    "falcon, here": (
        "falcon",
        {"HF_API_FALCOM_BASE": "http://127.0.0.1:8080"},
        "tgi",
        "falcon-key",
    ),
    "falcon as a chat": ("falcon", {"HF_API_FALCOM_BASE": "https://h/v1"}, "chat", "falcon-key"),
    "qwen": ("qwen", {}, "chat", "dashscope-key"),
    "qwen elsewhere": (
        "qwen",
        {"DASHSCOPE_BASE_URL": "https://h.example/v1"},
        "chat",
        "dashscope-key",
    ),
    "gpt": ("gpt", {}, "chat", "openai-key"),
    "gpt here": ("gpt", {"OPENAI_BASE_URL": "http://localhost:1/v1"}, "chat", "openai-key"),
    "gpt in the clear": ("gpt", {"OPENAI_BASE_URL": "http://h.example/v1"}, "chat", None),
    "hf": ("hf", {}, "chat", "hf_token_1"),
    "OpenAI by address": ("https://api.openai.com/v1", {}, "chat", "openai-key"),
    "OpenAI in the clear": ("http://api.openai.com/v1", {}, "chat", None),
    "DashScope by address": (
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        {},
        "chat",
        "dashscope-key",
    ),
    "somebody by address": ("https://h.example/v1", {}, "chat", None),
    "almost OpenAI": ("https://api.openai.com.example/v1", {}, "chat", None),
    "before OpenAI": ("https://evil.api.openai.com/v1", {}, "chat", None),
    "beside OpenAI": ("https://api-openai.com/v1", {}, "chat", None),
    "a prompt server by address": ("tgi+https://h.example", {}, "tgi", None),
    "mine": ("mine", {}, "chat", "my-key"),
    "mine in the clear": ("plain", {}, "chat", None),
    "keyless": ("free", {}, "chat", None),
    "keyless at OpenAI": ("cheap", {}, "chat", "openai-key"),
}


@pytest.mark.parametrize(("name", "env", "protocol", "token"), CASES.values(), ids=CASES)
def test_a_key_goes_to_its_own_host_alone(name, env, protocol, token):
    """With every key set, each address gets the one that is its own, and none in the clear."""
    found = endpoint(
        name,
        {**KEYS, **env},
        mine={"target": "https://mine.example/v1", "key": "MY_KEY"},
        plain={"target": "http://mine.example/v1", "key": "MY_KEY"},
        free={"target": "https://mine.example/v1"},
        cheap={"target": "https://api.openai.com/v1"},
    )
    assert (found.protocol, found.token) == (protocol, token)


@pytest.mark.parametrize(
    ("host", "variable"),
    [
        ("api.openai.com", "OPENAI_API_KEY"),
        ("API.OpenAI.com", "OPENAI_API_KEY"),
        ("dashscope.aliyuncs.com", "DASHSCOPE_API_KEY"),
        ("dashscope-intl.aliyuncs.com", "DASHSCOPE_API_KEY"),
        ("openai.com", ""),
        ("x.api.openai.com", ""),
        ("api.openai.com.example", ""),
        ("xapi.openai.com", ""),
        ("aliyuncs.com", ""),
        ("", ""),
    ],
)
def test_hosts_of_keys(host, variable):
    """A host is compared label by label."""
    assert hosts.key_variable(host) == variable


@pytest.mark.parametrize(
    ("name", "header"),
    [("falcon", "Bearer falcon-key"), ("falcon-course", "Basic falcon-key"), ("other", None)],
)
def test_header_as_sent(name, header):
    """The key is sent in the scheme of its model; nobody else gets it."""
    env = {**KEYS, "HF_API_FALCOM_BASE": "https://h.example"}
    made = settings(env, other={"target": "tgi+https://other.example", "template": "falcon"})
    event = json.dumps({"token": {"text": "Hi"}, "generated_text": "Hi"})
    host = "other" if name == "other" else "h"
    with responses.RequestsMock() as web, EndpointClient(made).using(name) as client:
        web.post(f"https://{host}.example/generate_stream", body=f"data: {event}\n\n")
        with client.recording() as exchanges:
            assert list(client.generate(client.endpoint(CHAT), "x")) == ["Hi"]
        assert web.calls[0].request.headers.get("Authorization") == header
    command = exchanges[0].as_curl()
    assert "falcon-key" not in command
    assert ("$HF_API_FALCOM_KEY" in command) == (header is not None)


@pytest.mark.parametrize(
    ("name", "env", "url", "model"),
    [
        ("talker", {}, "embedded://engine/v1/chat/completions", "talker"),
        ("echo", {}, "embedded://engine/v1/chat/completions", "echo"),
        ("embedded", {}, "embedded://engine/v1/chat/completions", "talker"),
        (
            "hf",
            {},
            "https://router.huggingface.co/v1/chat/completions",
            "meta-llama/Llama-3.1-8B-Instruct",
        ),
        ("org/m:groq", {}, "https://router.huggingface.co/v1/chat/completions", "org/m:groq"),
        (
            "qwen",
            {},
            "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions",
            "qwen-turbo",
        ),
        ("gpt", {}, "https://api.openai.com/v1/chat/completions", "gpt-4o-mini"),
        (
            "gpt",
            {"OPENAI_BASE_URL": "http://localhost:1/v1#mine"},
            "http://localhost:1/v1/chat/completions",
            "mine",
        ),
        ("http://localhost:1/v1", {}, "http://localhost:1/v1/chat/completions", None),
        ("falcon", {"HF_API_FALCOM_BASE": "https://h.example/f"}, "https://h.example/f", None),
        ("chain", {}, "langchain://engine/models/chain/v1/chat/completions", "chain"),
    ],
)
def test_where_each_answers(name, env, url, model):
    """Address and model are what the service wants."""
    found = endpoint(name, {**KEYS, **env}, chain={"import": "json:JSONDecoder"})
    assert (found.url, found.model) == (url, model)
    assert found.task == "chat"


def test_thinking_models():
    """What the table says of a model's thoughts reaches the reader."""
    assert endpoint("deep", deep={"target": "org/m", "thinks": True}).thinks
    assert not endpoint("org/m").thinks


def test_host_that_was_switched_off():
    """An old address is refused with what to write instead."""
    old = "https://api-inference.huggingface.co/models/tiiuae/falcon-7b-instruct"
    with pytest.raises(RetiredHostError):
        endpoint("falcon", {"HF_API_FALCOM_BASE": old})


def test_no_secret_shows():
    """Neither key nor query of an address is in what is printed."""
    found = endpoint("https://h.example/v1?key=hunter2", KEYS)
    falcon = endpoint("falcon", {**KEYS, "HF_API_FALCOM_BASE": "https://h.example?k=hunter2"})
    for text in map(repr, (found, falcon)):
        assert "hunter2" not in text
        assert "falcon-key" not in text
    assert "hunter2" not in find_model("https://h.example/v1?key=hunter2", settings()).name


def test_malformed_target_of_ones_own():
    """An address that no reader can take apart is told of, and breaks no list of models."""
    with pytest.raises(ConfigurationError, match="malformed"):
        settings(mine={"target": "http://[", "key": "MY_KEY"})
