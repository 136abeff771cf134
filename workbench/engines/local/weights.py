"""The weights in a model's folder: which files they are, and what they will take in memory."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from workbench.engines.local.device import ITEM_BYTES

_NAMES = re.compile(
    r"(pytorch_model|model|diffusion_pytorch_model)"
    r"(\.fp16)?(-\d+-of-\d+)?(\.fp16)?\.(safetensors|bin)"
)
_FLOATS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}  # they become the dtype asked for
_LONGEST_HEADER = 100_000_000  # bytes, as safetensors bounds it


def state(folder: Path) -> str:
    """What is there: ``safe``, ``pickle`` when a part has nothing else, or ``none``."""
    parts = [{path.suffix for path in _files(part)} for part in _parts(folder)]
    if any(part == {".bin"} for part in parts):
        return "pickle"
    return "safe" if any(parts) else "none"


def variant(part: Path) -> str | None:
    """``fp16`` for a part of a pipeline that has its weights in that variant alone."""
    names = [path.name for path in part.iterdir() if _NAMES.fullmatch(path.name)]
    return "fp16" if names and all(".fp16" in name for name in names) else None


def needed_bytes(folder: Path, dtype: str) -> int:
    """Bytes that the weights in *folder* take once they are loaded as *dtype*.

    Pickles say little before they are read: their size counts.
    """
    total = 0
    for part in _parts(folder):
        files = list(_files(part))
        safe = [path for path in files if path.suffix == ".safetensors"]
        total += sum(_needed(path, ITEM_BYTES[dtype]) for path in safe)
        total += 0 if safe else sum(path.stat().st_size for path in files)
    return total


def stamp(folder: Path) -> str:
    """Changes when a file of the model does: a folder that was trained on is another model."""
    files = sorted(path for path in [*folder.glob("*"), *folder.glob("*/*")] if path.is_file())
    facts = [
        (str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
    ]
    return sha256(repr(facts).encode()).hexdigest()


def _parts(folder: Path) -> list[Path]:
    if (folder / "model_index.json").is_file():
        return [path for path in folder.iterdir() if path.is_dir()]
    return [folder]


def _files(part: Path) -> Iterator[Path]:
    """The files of the names that are loaded; of a variant only where there is nothing else."""
    chosen = variant(part)
    for path in part.iterdir():
        if _NAMES.fullmatch(path.name) and (chosen or ".fp16" not in path.name):
            yield path


def _needed(path: Path, item_bytes: int) -> int:
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, _LONGEST_HEADER)))
        total = 0
        for name, tensor in header.items():
            if name != "__metadata__":
                start, end = tensor["data_offsets"]
                stored = _FLOATS.get(tensor["dtype"], item_bytes)
                total += (end - start) * item_bytes // stored
    except (ValueError, TypeError, KeyError, AttributeError, struct.error):
        return path.stat().st_size  # damaged: loading it tells more
    return total
