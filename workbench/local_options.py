"""What a person sets for models that run in this process."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

DTYPES = ("float32", "float16", "bfloat16")
_KEYS = ("device", "dtype", "threads", "memory_gb", "remote_code", "pickle")
_DEVICE = re.compile(r"cpu|mps|cuda(?::\d{1,2})?")
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_TRUE = ("1", "ON", "YES", "TRUE")


@dataclass(frozen=True, kw_only=True)
class LocalOptions:
    """How models are found, loaded and kept. Names are ids of the Hub, or folders as written."""

    device: str | None = None
    """``cpu``, ``cuda``, ``cuda:1`` or ``mps``; None: the best there is."""
    dtype: str | None = None
    """``float32``, ``float16`` or ``bfloat16``; None: what suits the device."""
    threads: int | None = None
    """Threads that one generation uses on a CPU; None: one for each core, at most 8."""
    memory_gb: float | None = None
    """How much the loaded models may take together, in 10**9 bytes; None: what is free."""
    remote_code: frozenset[str] = frozenset()
    """Models whose own code may run; it can do whatever you can."""
    pickle: frozenset[str] = frozenset()
    """Models whose weights may be pickles; loading one can run code."""
    offline: bool = False
    """Whether the Hub is never asked."""
    cache: Path | None = None
    """The cache of the Hub; None: where huggingface_hub has it."""
    endpoint: str | None = None
    """The address of the Hub; None: the usual one."""


def read_local(env: Mapping[str, str], table: object, problems: list[str]) -> LocalOptions:
    """What *env* and the table ``[local]`` of `workbench.toml` say; the environment goes before.

    What is wrong is added to *problems*.

    >>> read_local({"WORKBENCH_THREADS": "2"}, {"pickle": ["org/old"]}, []).threads
    2
    """
    told = dict(table) if isinstance(table, Mapping) else {}
    for name in set(told) - set(_KEYS):
        problems.append(f"local.{name}: there are {', '.join(_KEYS)}")
    for name in ("device", "dtype", "threads", "memory_gb"):
        told[name] = env.get(f"WORKBENCH_{name.upper()}", told.get(name))
    return LocalOptions(
        device=_word(told, "device", _DEVICE.fullmatch, "cpu, cuda, cuda:1 or mps", problems),
        dtype=_word(told, "dtype", DTYPES.__contains__, ", ".join(DTYPES), problems),
        threads=_threads(told.get("threads"), problems),
        memory_gb=_number(told.get("memory_gb"), problems),
        remote_code=_names(told, "remote_code", problems),
        pickle=_names(told, "pickle", problems),
        offline=any(env.get(name, "").upper() in _TRUE for name in _OFFLINE),
        cache=_cache(env),
        endpoint=env.get("HF_ENDPOINT"),
    )


def _cache(env: Mapping[str, str]) -> Path:
    """Where huggingface_hub keeps models."""
    home = Path(env.get("HF_HOME") or Path(env.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface")
    path = env.get("HF_HUB_CACHE") or env.get("HUGGINGFACE_HUB_CACHE") or home / "hub"
    return Path(os.path.expanduser(path))  # noqa: PTH111 - a home of nobody stays as it is


def _word(
    told: Mapping[str, object],
    name: str,
    fits: Callable[[str], object],
    known: str,
    problems: list[str],
) -> str | None:
    value = told.get(name)
    if value is None or (isinstance(value, str) and fits(value)):
        return value
    problems.append(f"WORKBENCH_{name.upper()} (local.{name}): {known}, not {value!r}")
    return None


def _number(value: object, problems: list[str]) -> float | None:
    if value is None:
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except ValueError:
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number) or number <= 0:
        problems.append(f"WORKBENCH_MEMORY_GB (local.memory_gb): more than 0, not {value!r}")
        return None
    return number


def _threads(value: object, problems: list[str]) -> int | None:
    if value is None:
        return None
    text = str(value)
    whole = text.isascii() and text.isdecimal() and len(text) < 5
    if isinstance(value, bool) or not whole or not 0 < int(text) < 1025:
        problems.append(f"WORKBENCH_THREADS (local.threads): from 1 to 1024, not {value!r}")
        return None
    return int(text)


def _names(told: Mapping[str, object], name: str, problems: list[str]) -> frozenset[str]:
    value = told.get(name, [])
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return frozenset(value)
    problems.append(f'local.{name}: a list of models, as in ["org/model"]')
    return frozenset()
