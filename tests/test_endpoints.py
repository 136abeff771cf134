"""Targets resolved, and above all: where a token may travel."""

from __future__ import annotations

import pytest

from workbench.endpoints import resolve
from workbench.errors import ConfigurationError, RetiredHostError
from workbench.routes import CAPTIONING, COMPLETION, NER, SUMMARIZATION, TEXT_TO_IMAGE
from workbench.settings import Settings

TOKEN = Settings(token="hf_mine", token_source="HF_TOKEN")
DEDICATED = "https://abc.us-east-1.aws.endpoints.huggingface.cloud"


def settings_with(target, key=None):
    """A token, a target for NER and maybe a key for that target."""
    keys = {"HF_API_NER_KEY": key} if key else {}
    return Settings(
        token="hf_mine", token_source="HF_TOKEN", targets={"HF_API_NER_BASE": target}, keys=keys
    )


def test_nothing_set_is_embedded():
    """Without key and target the engine in this process answers."""
    endpoint = resolve(NER, Settings())
    assert (endpoint.url, endpoint.token, endpoint.in_process) == (
        "embedded://engine/ner",
        None,
        True,
    )


def test_token_alone_is_the_default_model():
    """With a token and no target, the router serves the default model."""
    endpoint = resolve(SUMMARIZATION, TOKEN)
    assert endpoint.url.endswith(
        "router.huggingface.co/hf-inference/models/facebook/bart-large-cnn"
    )
    assert endpoint.token == "hf_mine"


@pytest.mark.parametrize(
    ("target", "token"),
    [
        (DEDICATED, "hf_mine"),
        ("https://router.huggingface.co/hf-inference/models/a/b", "hf_mine"),
        ("https://endpoints.huggingface.cloud.evil.example/x", None),
        ("https://evil-endpoints.huggingface.cloud/x", None),
        ("https://router.huggingface.co.evil.example/x", None),
        ("https://xrouter.huggingface.co/x", None),
        ("https://other.example/x", None),
        ("http://router.huggingface.co/x", None),
        ("http://abc.us-east-1.aws.endpoints.huggingface.cloud", None),
        ("http://127.0.0.1:8200/ner", None),
        ("embedded", None),
    ],
)
def test_ambient_token_travels_to_hugging_face_over_https_alone(target, token):
    """The person's token goes to the hosts it is for, compared label by label, never in clear."""
    assert resolve(NER, TOKEN, target).token == token
    assert resolve(NER, settings_with(target)).token == token


@pytest.mark.parametrize(
    ("target", "token"),
    [
        ("https://other.example/x", "own"),
        ("http://127.0.0.1:8200/ner", "own"),
        ("http://localhost:8200/ner", "own"),
        ("http://other.example/x", None),
        (DEDICATED, "own"),
    ],
)
def test_own_key_travels_to_its_own_target_alone(target, token):
    """A key configured beside a target goes there, but to no target that somebody types."""
    settings = settings_with(target, "own")
    assert resolve(NER, settings).token == token
    assert resolve(NER, settings, "https://typed.example/x").token is None


def test_bill_to_goes_to_the_router_alone():
    """The organisation to bill is named to the router and nobody else."""
    settings = Settings(token="hf_mine", bill_to="org")
    assert resolve(NER, settings).bill_to == "org"
    assert resolve(NER, settings, DEDICATED).bill_to is None


def test_token_is_not_in_the_repr():
    """An endpoint can be printed: neither token nor address is in it."""
    assert "hf_mine" not in repr(resolve(NER, TOKEN))
    assert "s3cret" not in repr(resolve(NER, TOKEN, "https://h.example/x?key=s3cret"))


@pytest.mark.parametrize("path", ["/models/dslim/bert-base-NER", "/pipeline/x/dslim/bert-base-NER"])
def test_retired_host_names_its_replacement(path):
    """The address that was switched off is recognised, with the one that replaces it."""
    settings = settings_with("https://api-inference.huggingface.co" + path)
    with pytest.raises(RetiredHostError) as caught:
        resolve(NER, settings)
    new = "https://router.huggingface.co/hf-inference/models/dslim/bert-base-NER"
    assert new in caught.value.hint
    assert "HF_API_NER_BASE" in caught.value.hint
    assert resolve(NER, settings, new).url == new


@pytest.mark.parametrize("route", [CAPTIONING, TEXT_TO_IMAGE], ids=["captioning", "text-to-image"])
def test_retired_host_names_a_model_of_today(route):
    """What hf-inference serves no longer is not sent there: the default model replaces it."""
    with pytest.raises(RetiredHostError) as caught:
        resolve(route, TOKEN, "https://api-inference.huggingface.co/models/org/old")
    assert route.default_model in caught.value.hint


@pytest.mark.parametrize("written", ["https://h.example/v1#org/vlm", "chat+https://h.example#m"])
def test_chat_address_names_its_model(written):
    """After # comes the model, which is no part of the address that is called."""
    endpoint = resolve(CAPTIONING, TOKEN, written)
    assert endpoint.url == "https://h.example/v1/chat/completions"
    assert endpoint.model == written.partition("#")[2]


def test_embedded_model_of_another_task():
    """A model of ours that does something else is refused by name."""
    model = "dslim/bert-base-NER"
    assert resolve(NER, TOKEN, f"embedded:{model}").url == f"embedded://engine/models/{model}"
    with pytest.raises(ConfigurationError, match=f"{model} does ner, not captioning"):
        resolve(CAPTIONING, TOKEN, f"embedded:{model}")


@pytest.mark.parametrize(
    "target",
    ["org/model:fal-ai", "https://h.example/v1", "tgi+https://h.example"],
)
def test_target_that_cannot_serve_the_task(target):
    """What another task or a later version speaks is refused with the next step."""
    with pytest.raises(ConfigurationError) as caught:
        resolve(NER, TOKEN, target)
    assert caught.value.hint
    assert caught.value.task == "ner"


@pytest.mark.parametrize(
    ("written", "protocol", "url"),
    [
        ("embedded", "tgi", "embedded://engine/"),
        ("embedded:echo", "tgi", "embedded://engine/models/echo"),
        ("http://127.0.0.1:8080", "tgi", "http://127.0.0.1:8080"),
        ("tgi+https://h.example/falcon", "tgi", "https://h.example/falcon"),
        ("https://h.example/v1", "chat", "https://h.example/v1/chat/completions"),
        ("org/model", "chat", "https://router.huggingface.co/v1/chat/completions"),
    ],
)
def test_completion_speaks_to_whoever_writes_on(written, protocol, url):
    """An address is a TGI server unless it says otherwise; a hosted model is a chat."""
    endpoint = resolve(COMPLETION, TOKEN, written)
    assert (endpoint.protocol, endpoint.url) == (protocol, url)
