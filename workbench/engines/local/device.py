"""Where models run: device, number format, threads and memory."""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import sys
import threading
from pathlib import Path
from typing import Any

from workbench.engines.local.loaded import Kind
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

ITEM_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
"""The number formats that models may have, with the bytes of one number."""

_MOST_THREADS = 8
_CGROUP = Path("/sys/fs/cgroup")
_threads: int | None = None
_threads_lock = threading.Lock()


def choose(options: LocalOptions, *, kind: Kind) -> tuple[str, str]:
    """The device and the dtype for a model of *kind*; raises Refusal for what isn't there."""
    device = _device(options.device)
    if options.dtype is not None and options.dtype not in ITEM_BYTES:
        raise _unknown(f"There is no dtype {options.dtype!r}", ", ".join(ITEM_BYTES), "dtype")
    return device, options.dtype or _dtype(device, kind)


def bound_threads(options: LocalOptions) -> None:
    """Bound the threads of one generation; OMP_NUM_THREADS counts where options say nothing."""
    import torch

    global _threads
    with _threads_lock:
        wanted = options.threads
        if wanted is None and not os.environ.get("OMP_NUM_THREADS"):
            wanted = min(_cores(), _MOST_THREADS)
        if wanted is not None and wanted != _threads:
            torch.set_num_threads(wanted)
            _threads = wanted


def free_bytes(device: str) -> int:
    """Bytes that can still be had on *device*."""
    if device.startswith("cuda"):
        import torch

        free, _ = torch.cuda.mem_get_info(device)
        return int(free)
    free = int(_memory().available)
    limit, used = _cgroup()
    return min(free, max(0, limit - used)) if limit else free


def total_bytes(device: str) -> int:
    """Bytes that *device* has in all."""
    if device.startswith("cuda"):
        import torch

        _, total = torch.cuda.mem_get_info(device)
        return int(total)
    limit, _ = _cgroup()
    total = int(_memory().total)
    return min(total, limit) if limit else total


def give_back() -> None:
    """Return memory that nothing uses any more to the system."""
    gc.collect()
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch is not None and torch.backends.mps.is_available():
        torch.mps.empty_cache()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it
        if trim is not None:
            trim(0)


def _device(wanted: str | None) -> str:
    import torch

    cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    there = ["cuda"] if cuda else []
    if torch.backends.mps.is_available():
        there.append("mps")
    there.append("cpu")
    if wanted is None:
        return there[0]
    numbered = [f"cuda:{number}" for number in range(cuda)]
    if wanted not in there + numbered:
        known = ", ".join(there + (numbered if cuda > 1 else []))
        raise _unknown(f"There is no device {wanted!r} here", known, "device")
    return wanted


def _dtype(device: str, kind: Kind) -> str:
    if device == "cpu" or kind == "tagger":  # a tagger is small, and its scores are shown
        return "float32"
    if device == "mps":
        return "float16" if kind in ("painter", "writer", "vision-chat") else "float32"
    import torch

    return "bfloat16" if kind != "painter" and torch.cuda.is_bf16_supported() else "float16"


def _memory() -> Any:
    psutil: Any = importlib.import_module("psutil")
    return psutil.virtual_memory()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cgroup() -> tuple[int, int]:
    """What a container may take and what it took, in bytes; 0 as the limit where there is none."""
    try:
        limit = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
        facts = dict(line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
        return limit, used - int(facts.get("inactive_file", 0))
    except (OSError, ValueError):  # no container, no limit ("max"), or another kind of cgroup
        return 0, 0


def _unknown(message: str, known: str, name: str) -> Refusal:
    return Refusal(
        f"{message}; there is: {known}.",
        kind="configuration",
        hint=f"Set `{name}` under `[local]` in workbench.toml to one of these, or leave it out.",
    )
