"""What every generation needs at each step: to end once its caller has left, and its own chance.

Imports transformers: import this module inside functions.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers import StoppingCriteria

_CHANCE = threading.Lock()  # torch has one source of chance for all threads


def raise_if_left(gone: threading.Event) -> None:
    """Raise ConnectionAbortedError once *gone* is set.

    >>> raise_if_left(threading.Event())
    """
    if gone.is_set():
        raise ConnectionAbortedError("the caller has left")


class Left(StoppingCriteria):
    """Ends `generate` at the next token once *gone* is set: by ConnectionAbortedError."""

    def __init__(self, gone: threading.Event) -> None:
        self.gone = gone

    def __call__(self, input_ids: torch.Tensor, *_scores: object, **_more: Any) -> torch.Tensor:
        raise_if_left(self.gone)
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


@contextmanager
def own_settings(model: Any, settings: Any) -> Iterator[None]:
    """The model's own settings are away meanwhile: it would add them to those it is given."""
    own = model.generation_config
    model.generation_config = settings
    try:
        yield
    finally:
        model.generation_config = own


@contextmanager
def seeded(seed: int | None, gone: threading.Event) -> Iterator[None]:
    """Let what is drawn inside follow *seed*, a whole number of any size; None: nothing known.

    One block at a time in the process, so that none draws from another's chance; whoever waits
    and leaves gets ConnectionAbortedError. Afterwards chance goes on as it would have (on a CPU).
    """
    while not _CHANCE.acquire(timeout=0.1):
        raise_if_left(gone)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(secrets.randbits(63) if seed is None else seed % 2**63)
            yield
    finally:
        _CHANCE.release()
