"""Models in this process: tiny ones with random weights, built once for the session."""

from __future__ import annotations

import importlib.util
import os
import warnings

import pytest
from fake_hub import FakeHub, Model, text_model
from looking import NAME

from workbench.local_options import LocalOptions

_THERE = all(map(importlib.util.find_spec, ("torch", "transformers", "diffusers")))
_ALONE = ("test_hub", "test_kinds", "test_needs", "fake_hub")
_BUILDERS = {
    "bart": ("tiny_text", "tiny_bart"),
    "t5": ("tiny_text", "tiny_t5"),
    "tagger": ("tiny_text", "tiny_bert_ner"),
    "blip": ("tiny_pictures", "tiny_blip"),
    "seeing": ("tiny_pictures", "tiny_vision_chat"),
    "painter": ("tiny_pictures", "tiny_diffusion"),
    "llama": ("tiny_speech", "tiny_llama"),
    "falcon": ("tiny_speech", "tiny_falcon"),
    "gpt2": ("tiny_speech", "tiny_gpt2"),
}


if not _THERE and "CI" in os.environ:
    raise RuntimeError("CI needs the extra `local`: its tests would be skipped")


def pytest_collection_modifyitems(items):
    """Mark those that need torch; where it is missing they are skipped."""
    for item in items:
        if item.path.parent.name != "local" or item.path.stem.startswith(_ALONE):
            continue
        item.add_marker(pytest.mark.local)
        if not _THERE:
            item.add_marker(pytest.mark.skip("the extra `local` is not installed"))


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """`models(name)` is the folder of a tiny model, built at its first use."""
    root = tmp_path_factory.mktemp("models")
    made = {}

    def folder(name):
        if name not in made:
            module, function = _BUILDERS[name]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what libraries say of models this small
                made[name] = getattr(importlib.import_module(module), function)(root / name)
            if name == "llama":
                _never_ends(made[name])
        return made[name]

    return folder


def _never_ends(folder):
    """Chance alone would end a reply of random weights at any token; this model goes on.

    Its special tokens are as likely as the average, and all others far from that.
    """
    from safetensors.torch import load_file, save_file
    from transformers import AutoTokenizer

    weights = load_file(folder / "model.safetensors")
    scores = weights["lm_head.weight"].mul_(30)
    scores[AutoTokenizer.from_pretrained(folder).all_special_ids] = 0
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Tiny models are slower on many threads."""
    if _THERE:
        import torch

        torch.set_num_threads(1)


@pytest.fixture
def hub(monkeypatch):
    """A Hub with one small model, which HF_ENDPOINT points at."""
    with FakeHub({NAME: Model(text_model())}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def cache(tmp_path):
    """Where `clean_environment` has the Hub's cache."""
    return tmp_path / "home" / "hf" / "hub"


@pytest.fixture
def options():
    """Settings of a person who set nothing, away from every network."""
    return LocalOptions(device="cpu", threads=1, offline=True)
