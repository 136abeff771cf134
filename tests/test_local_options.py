"""What a person sets for models on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import ConfigurationError
from workbench.settings import Settings


def local(env=None, **table):
    return Settings.from_env(env or {}, {"local": table}).local


def test_the_environment_goes_before_the_file():
    """Each setting may be in workbench.toml; a variable of the same name wins."""
    table = {"device": "cuda:1", "dtype": "bfloat16", "threads": 2, "memory_gb": 4}
    options = local(**table)
    assert (options.device, options.dtype) == ("cuda:1", "bfloat16")
    assert (options.threads, options.memory_gb) == (2, 4.0)
    env = {"WORKBENCH_DEVICE": "cpu", "WORKBENCH_THREADS": "8", "WORKBENCH_MEMORY_GB": "0.5"}
    options = local(env, **table)
    assert (options.device, options.threads, options.memory_gb) == ("cpu", 8, 0.5)


def test_what_may_run_code_is_listed_by_name():
    """Pickles and Python files are allowed model by model, and for none unless listed."""
    assert local().pickle == local().remote_code == frozenset()
    options = local(pickle=["org/old"], remote_code=["./odd"])
    assert options.pickle == {"org/old"}
    assert options.remote_code == {"./odd"}


@pytest.mark.parametrize(
    ("env", "cache"),
    [
        ({"HF_HUB_CACHE": "/models"}, "/models"),
        ({"HF_HOME": "/hf"}, "/hf/hub"),
        ({"XDG_CACHE_HOME": "/cache"}, "/cache/huggingface/hub"),
        ({}, "~/.cache/huggingface/hub"),
    ],
)
def test_the_cache_is_the_hubs_own(env, cache):
    """Models are kept where huggingface_hub keeps them, by the same variables."""
    assert local(env).cache == Path(cache).expanduser()


@pytest.mark.parametrize("name", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
@pytest.mark.parametrize(("value", "offline"), [("1", True), ("yes", True), ("0", False)])
def test_offline(name, value, offline):
    """The variables of Hugging Face's libraries count here too."""
    assert local({name: value}).offline is offline


@pytest.mark.parametrize(
    ("env", "table", "told"),
    [
        ({"WORKBENCH_DEVICE": "tpu"}, {}, "cpu, cuda, cuda:1 or mps, not 'tpu'"),
        ({}, {"dtype": "int4"}, "float32, float16, bfloat16, not 'int4'"),
        ({}, {"dtype": 32}, "not 32"),
        ({"WORKBENCH_THREADS": "0"}, {}, "from 1 to 1024"),
        ({}, {"threads": True}, "from 1 to 1024"),
        ({"WORKBENCH_MEMORY_GB": "-1"}, {}, "more than 0"),
        ({}, {"memory_gb": True}, "more than 0"),
        ({}, {"memory_gb": "much"}, "more than 0"),
        ({}, {"pickle": "org/old"}, 'a list of models, as in ["org/model"]'),
        ({}, {"remote_code": [1]}, "local.remote_code: a list of models"),
        ({}, {"gpu": 1}, "local.gpu: there are device, dtype"),
    ],
)
def test_what_is_wrong_is_told(env, table, told):
    """A value that can't be used is named with those that can."""
    with pytest.raises(ConfigurationError) as caught:
        local(env, **table)
    assert told in str(caught.value)
