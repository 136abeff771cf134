"""What is wrong with a model's folder, seen before loading it or in the report of it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.engines.local import weights
from workbench.engines.local.failures import unfit
from workbench.engines.local.kinds import read_json
from workbench.engines.toolkit import Refusal

_VOCABULARIES = (
    "tokenizer.json",
    "vocab.*",
    "*.model",
    "*.tiktoken",
    "*.spm",
    "tekken.json",
    "*.tokenizer",
    "*vocab*.json",
    "*vocab*.txt",
)
_WITHOUT_VOCABULARY = ("ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer")


def check_weights(name: str, folder: Path, *, pickle: bool) -> None:
    """Refuse a folder without weights, and pickles unless they are allowed."""
    found = weights.state(folder)
    if found == "none":
        raise Refusal(
            f"{name} has no weights that transformers or diffusers load: model.safetensors is "
            "not there.",
            404,
            kind="configuration",
            hint="Fetch the whole model, or name the folder that `save_pretrained` wrote.",
        )
    if found == "pickle" and not pickle:
        raise Refusal(
            f"The weights of {name} are pickles, and loading a pickle can run code.",
            kind="configuration",
            hint="Choose a model with safetensors; or, if you trust its maker, set "
            f'`pickle = ["{name}"]` under `[local]` in workbench.toml.',
        )


def check_code(name: str, folder: Path, *, trusted: bool) -> None:
    """Refuse a model that only runs by code of its own, or that this version doesn't know."""
    import transformers

    known: Any = importlib.import_module("transformers.models.auto.configuration_auto")
    if trusted or not (folder / "config.json").is_file():
        return
    config = read_json(folder / "config.json", name)
    if config.get("model_type") in known.CONFIG_MAPPING_NAMES:
        return
    if "auto_map" in config:
        raise Refusal(
            f"{name} runs by code of its own, which can do whatever you can.",
            kind="configuration",
            hint="Choose a model that transformers has built in; or read the code and, if you "
            f'trust it, set `remote_code = ["{name}"]` under `[local]` in workbench.toml.',
        )
    raise Refusal(
        f"transformers {transformers.__version__} does not know models of the type "
        f"{config.get('model_type')!r}, as {name} is.",
        kind="configuration",
        hint="Upgrade it with `pip install -U transformers`, or choose another model.",
    )


def check_vocabulary(name: str, folder: Path) -> None:
    """Refuse a folder without a tokenizer: transformers makes up an empty one."""
    if any(next(folder.glob(pattern), None) for pattern in _VOCABULARIES):
        return
    settings = folder / "tokenizer_config.json"
    if settings.is_file():
        made = str(read_json(settings, name).get("tokenizer_class"))
        if made.removesuffix("Fast") in _WITHOUT_VOCABULARY:
            return
    raise Refusal(
        f"{name} has no tokenizer: neither tokenizer.json nor another vocabulary is in its folder.",
        500,
        kind="failed",
        hint="Save the tokenizer that the model was trained with into the same folder.",
    )


def check_report(name: str, model: Any, report: Mapping[str, Any]) -> None:
    """Refuse a model that was loaded in part only: the rest of it is random."""
    learned = {key for key, _ in model.named_parameters()}
    missing = sorted(
        key
        for key in report["missing_keys"]
        if key in learned and ".pooler." not in f".{key}"  # which no task here uses
    )
    if missing:
        raise unfit(name, "they lack", missing)
    shapes: Iterable[Any] = report["mismatched_keys"]
    if shapes:
        raise unfit(name, "of another shape is", sorted(str(shape[0]) for shape in shapes))
