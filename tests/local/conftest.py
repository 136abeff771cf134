"""Models in this process: tiny ones with random weights, built once for the session."""

from __future__ import annotations

import importlib.util
import os
import warnings

import pytest

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


def pytest_collection_modifyitems(items):
    """Mark them all; where torch is missing they fail in CI and are skipped elsewhere."""
    for item in items:
        if item.path.parent.name != "local" or item.path.stem.startswith(_ALONE):
            continue
        item.add_marker(pytest.mark.local)
        if not _THERE and "CI" not in os.environ:
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
        return made[name]

    return folder


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Tiny models are slower on many threads."""
    if _THERE:
        import torch

        torch.set_num_threads(1)


@pytest.fixture
def options():
    """Settings of a person who set nothing, away from every network."""
    return LocalOptions(device="cpu", threads=1, offline=True)
