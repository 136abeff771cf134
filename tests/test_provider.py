"""Providers of pictures: who serves a model, at which path, asked in which shape."""

from __future__ import annotations

import json

import pytest

from workbench.errors import InvalidInputError
from workbench.protocols.payload import json_body
from workbench.protocols.provider import OPTIONS, PROVIDERS, Served, read_mapping

ALL = {
    "negative_prompt": "rain",
    "num_inference_steps": 4,
    "guidance_scale": 3.5,
    "width": 640,
    "height": 512,
    "seed": 7,
}


@pytest.mark.parametrize(
    ("name", "model", "path", "sent"),
    [
        (
            "nscale",
            "org/flux",
            "v1/images/generations",
            {
                "model": "org/flux",
                "prompt": "a boat",
                "response_format": "b64_json",
                "size": "640x512",
                "negative_prompt": "rain",
                "seed": 7,
            },
        ),
        (
            "together",
            "org/flux",
            "v1/images/generations",
            {
                "model": "org/flux",
                "prompt": "a boat",
                "response_format": "base64",
                "steps": 4,
                "guidance_scale": 3.5,
                "width": 640,
                "height": 512,
                "negative_prompt": "rain",
                "seed": 7,
            },
        ),
        (
            "fal-ai",
            "fal-ai/flux/schnell",
            "fal-ai/flux/schnell",
            {
                "prompt": "a boat",
                "image_size": {"width": 640, "height": 512},
                "num_inference_steps": 4,
                "guidance_scale": 3.5,
                "negative_prompt": "rain",
                "seed": 7,
            },
        ),
        (
            "replicate",
            "org/flux",
            "v1/models/org/flux/predictions",
            {"input": {"prompt": "a boat", **ALL}},
        ),
        (
            "replicate",
            "org/sdxl:abc123",
            "v1/predictions",
            {"input": {"prompt": "a boat", **ALL}, "version": "abc123"},
        ),
        (
            "hf-inference",
            "org/sd3",
            "models/org/sd3",
            {"inputs": "a boat", "parameters": ALL},
        ),
    ],
)
def test_each_is_asked_in_its_own_way(name, model, path, sent):
    """Path and body are those of the provider, its names for model and options included."""
    provider = PROVIDERS[name]
    assert provider.name == name
    assert provider.route(model) == path
    assert provider.payload(model, "a boat", ALL) == sent


@pytest.mark.parametrize("name", PROVIDERS)
def test_nothing_that_was_not_given_is_sent(name):
    """Options left to the model are left out, None and absent alike, and nothing is changed."""
    provider = PROVIDERS[name]
    options = dict.fromkeys(OPTIONS)
    bare = provider.payload("org/flux", "a boat", {})
    assert provider.payload("org/flux", "a boat", options) == bare
    assert options == dict.fromkeys(OPTIONS)
    assert "null" not in json.dumps(bare)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("option", OPTIONS)
def test_what_is_not_sent_is_declared(name, option):
    """An option changes the body unless the provider is said to ignore it."""
    provider = PROVIDERS[name]
    changes = provider.payload("m", "p", {option: 64}) != provider.payload("m", "p", {})
    assert changes == (option not in provider.ignores)


@pytest.mark.parametrize("given", [{"width": 64}, {"height": 64}, {"width": 64, "height": 64}])
def test_one_side_makes_a_square(given):
    """Who wants both sides gets a square when one is given."""
    assert PROVIDERS["nscale"].payload("m", "p", given)["size"] == "64x64"
    assert PROVIDERS["fal-ai"].payload("m", "p", given)["image_size"] == {"width": 64, "height": 64}


def test_mapping_in_its_order():
    """The order of the Hub's list is kept, with the status of each, and adapters are marked."""
    document = {
        "id": "org/flux",
        "inferenceProviderMapping": [
            {
                "provider": "fal-ai",
                "providerId": "fal-ai/lora",
                "status": "live",
                "task": "text-to-image",
                "adapter": "lora",
                "adapterWeightsPath": "lora.safetensors",
            },
            {
                "provider": "groq",
                "providerId": "flux",
                "status": "live",
                "task": "conversational",
            },
            {
                "provider": "nscale",
                "providerId": "FLUX",
                "status": "error",
                "task": "text-to-image",
                "type": "single-model",
            },
        ],
    }
    assert read_mapping(document) == [
        Served("fal-ai", "fal-ai/lora", "live", adapted=True),
        Served("nscale", "FLUX", "error"),
    ]
    assert read_mapping(document, task="conversational") == [Served("groq", "flux", "live")]


ENTRY = {"providerId": "x", "status": "live", "task": "text-to-image"}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "mapping",
        {},
        {"inferenceProviderMapping": None},
        {"inferenceProviderMapping": []},
        {"inferenceProviderMapping": {}},
        {"inferenceProviderMapping": "nscale"},
        {"inferenceProviderMapping": [None, 1, "nscale", {}, ENTRY]},
        {"inferenceProviderMapping": {"nscale": None}},
        {"inferenceProviderMapping": [{**ENTRY, "provider": 1}]},
        {"inferenceProviderMapping": [{**ENTRY, "provider": "a`b"}]},
        {"inferenceProviderMapping": [{**ENTRY, "provider": "nscale", "providerId": ""}]},
    ],
)
def test_a_mapping_without_use_is_empty(document):
    """Whatever the Hub answers, entries that can't be used are passed over."""
    assert read_mapping(document) == []


@pytest.mark.parametrize("value", ["\ud800", float("nan"), float("inf"), object()])
def test_what_json_cannot_hold_is_refused(value):
    """Half a character and numbers that are none are told before anything is sent."""
    with pytest.raises(InvalidInputError):
        json_body({"prompt": value}, "prompt")
