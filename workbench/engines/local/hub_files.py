"""Which of a model's files are needed, and whether all of them are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workbench.engines.local.hub_errors import configuration, no_weights
from workbench.engines.toolkit import Refusal

CONFIG = "config.json"
INDEX = "model_index.json"
_SHARD = r"(?P<shard>-\d{5}-of-\d{5})?"
_SAFE = re.compile(rf"(?:diffusion_pytorch_)?model{_SHARD}\.safetensors")
_PICKLE = re.compile(rf"(?:diffusion_)?pytorch_model{_SHARD}\.bin")
_WORDS = frozenset(
    {".json", ".txt", ".model", ".jinja", ".spm", ".bpe", ".codes", ".vocab", ".tiktoken"}
)
_TEMPLATES = "additional_chat_templates"
_READERS = re.compile(
    r"tokenizer.*|vocab.*|merges\.txt|spiece\.model|sentencepiece.*|.*\.(?:spm|tiktoken)"
    r"|(?:pre)?processor_config\.json"
)
_FOREIGN = {".gguf": "GGUF", ".onnx": "ONNX", ".h5": "TensorFlow", ".msgpack": "Flax"}
_FOREIGN |= {".ckpt": "a checkpoint", ".safetensors": "safetensors of another kind"}
_FOREIGN |= {".bin": "other .bin files", ".pt": "a pickle", ".pth": "a pickle"}


@dataclass(frozen=True)
class Choice:
    """The files to have, and those of them that are weights."""

    files: tuple[str, ...]
    weights: tuple[str, ...]


def choose(
    name: str,
    files: Iterable[str],
    components: Iterable[str] = (),
    *,
    pickle: bool = False,
    code: bool = False,
) -> Choice:
    """What is needed of *files*, paths within the model; *components* are those of diffusers.

    Each part has its weights once: as safetensors, else as a pickle, which Refusal is raised for
    unless *pickle*. Variants (fp16, ema), checkpoints in one file and what other libraries load
    are left out; so is Python unless *code*.

    >>> choose("x", ["config.json", "model.safetensors", "pytorch_model.bin"]).files
    ('model.safetensors', 'config.json')
    """
    files = list(files)
    if INDEX in files:
        parts = ["", *components]
    elif CONFIG in files:
        parts = [""]
    elif "adapter_config.json" in files:
        raise configuration(
            f"{name} is an adapter (LoRA), not a whole model",
            "Choose the model that it changes, or merge the two with peft and name that folder.",
        )
    else:
        raise configuration(
            f"{name} is not a model: it has neither config.json nor model_index.json",
            "The folder of a model holds config.json, model.safetensors and its tokenizer, as "
            "save_pretrained writes them; one of diffusers holds model_index.json.",
        )
    wanted: list[str] = []
    weights: list[str] = []
    for part in parts:
        inside = {file.rpartition("/")[2]: file for file in files if _folder(file) == part}
        own = _weights(name, inside, pickle=pickle) if part or INDEX not in files else []
        if part and not own and f"{part}/{CONFIG}" in files:
            raise no_weights(name, f"none for its part {part}")
        weights += own
        wanted += own + _words(inside, own)
    wanted += [file for file in files if _folder(file) == _TEMPLATES and file.endswith(".jinja")]
    if code:
        wanted += [file for file in files if file.endswith(".py")]
    if not weights:
        raise no_weights(name, _others(files))
    return Choice(tuple(dict.fromkeys(wanted)), tuple(weights))


def components(index: object) -> list[str]:
    """The folders that a model_index.json names, without those it leaves empty.

    >>> components({"_class_name": "P", "unet": ["diffusers", "U"], "safety_checker": [None, None]})
    ['unet']
    """
    if not isinstance(index, Mapping):
        return []
    return [
        part
        for part, made in index.items()
        if isinstance(part, str)
        and re.fullmatch(r"\w[\w.-]*", part)
        and isinstance(made, list)
        and len(made) == 2
        and all(isinstance(each, str) for each in made)
    ]


def read_components(folder: Path) -> list[str]:
    """`components` of a folder; none where it has no readable model_index.json."""
    try:
        return components(json.loads((folder / INDEX).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return []


def files_in(folder: Path) -> dict[str, int]:
    """Path within *folder* -> bytes, as deep as a model's files are; links are followed.

    Raises OSError.
    """
    found: dict[str, int] = {}
    inner = [folder / part for part in (*read_components(folder), _TEMPLATES)]
    for place in [folder, *(each for each in inner if each.is_dir())]:
        for path in place.iterdir():
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = path.stat().st_size
    return found


def is_whole(files: Iterable[str], parts: Iterable[str]) -> bool:
    """Whether nothing is missing of a model with *files* and the components *parts*.

    Told by the files alone: weights in all their shards, a tokenizer or processor, every component.
    """
    files, parts = set(files), list(parts)
    try:
        weights = choose("", files, parts, pickle=True).weights
    except Refusal:
        return False
    if not all(files.issuperset(_with_its_shards(file)) for file in weights):
        return False
    if INDEX in files:
        return set(parts) <= set(map(_folder, files))
    return any(_READERS.fullmatch(file) for file in files if not _folder(file))


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _weights(name: str, inside: Mapping[str, str], *, pickle: bool) -> list[str]:
    """The weights of one part: one file goes before shards, as the libraries have it."""
    for pattern in (_SAFE, _PICKLE):
        found = {file: pattern.fullmatch(file) for file in inside}
        whole = [inside[file] for file, match in found.items() if match and not match["shard"]]
        shards = [inside[file] for file, match in found.items() if match and match["shard"]]
        if whole or shards:
            if pattern is _PICKLE and not pickle:
                raise configuration(
                    f"{name} can't be used: these weights are a pickle, "
                    "which can run code when it is loaded",
                    "Choose a model with safetensors, or allow this one: "
                    f'pickle = ["{name}"] under [local] in workbench.toml.',
                )
            return sorted(whole or shards)
    return []


def _words(inside: Mapping[str, str], weights: list[str]) -> list[str]:
    """What is no weights and yet needed; of the indexes of shards, that of the chosen ones."""
    kept = []
    for file, path in inside.items():
        if PurePosixPath(file).suffix not in _WORDS:
            continue
        if file.endswith(".index.json"):
            stem, _, suffix = file.removesuffix(".index.json").rpartition(".")
            owner = _folder(path) + "/" if _folder(path) else ""
            if not any(w.startswith(f"{owner}{stem}-") and w.endswith(suffix) for w in weights):
                continue
        kept.append(path)
    return kept


def _with_its_shards(file: str) -> list[str]:
    """The files that belong together with a file of weights: shards, and what tells them."""
    found = re.search(r"-\d{5}-of-(\d{5})", file)
    if not found:
        return [file]
    numbers = range(1, int(found[1]) + 1)
    index = file.replace(found[0], "") + ".index.json"
    return [index, *(file.replace(found[0], f"-{n:05}-of-{found[1]}") for n in numbers)]


def _others(files: Iterable[str]) -> str:
    """What there is instead of weights, in words."""
    suffixes = {PurePosixPath(file).suffix for file in files}
    return ", ".join(dict.fromkeys(told for end, told in _FOREIGN.items() if end in suffixes))
