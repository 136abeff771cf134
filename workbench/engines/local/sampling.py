"""How the next token is chosen: Text Generation Inference's parameters, a generator for each call.

transformers draws from the one generator of the process, so that models speaking at once would
disturb each other's seeds. Here the choice is made before it: all other scores are taken away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from workbench.engines.toolkit import Refusal

_SEEDS = 2**64
_COLDEST = 1e-5  # below it, scores overflow
_IMPLYING = ("temperature", "top_k", "top_p", "typical_p")


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """The parameters, each off unless it is set."""

    samples: bool = False
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    typical_p: float = 1.0
    repetition_penalty: float = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0


def read_sampling(given: Mapping[str, float], defaults: Any = None) -> Sampling:
    """What a caller wants; *defaults* is the model's generation config, where that counts.

    One of temperature, top_k, top_p and typical_p is enough to sample; a temperature of 0, or
    next to it, is greedy.

    >>> read_sampling({"top_k": 5}).samples, read_sampling({"temperature": 0}).samples
    (True, False)
    """
    names = {field.name for field in fields(Sampling)} - {"samples"}
    own = {name: value for name in names if (value := getattr(defaults, name, None)) is not None}
    sent = {name: value for name, value in given.items() if name in names}
    samples = bool(given.get("do_sample", getattr(defaults, "do_sample", None)))
    samples = samples or any(name in sent for name in _IMPLYING)
    values: dict[str, Any] = {**own, **sent}
    if values.get("temperature", 1.0) < _COLDEST:
        samples, values["temperature"] = False, 1.0
    values["top_k"] = int(values.get("top_k", 0))
    return Sampling(samples=samples, **values)


class Chooser:
    """Leaves of the scores of the next token only the chosen one; `logprob` is what it had.

    That is the logarithm of its probability as the model has it, before any parameter.
    """

    def __init__(self, sampling: Sampling, seed: int | None) -> None:
        self.logprob = 0.0
        self._sampling = sampling
        self._seed = (seed or 0) % _SEEDS
        self._generator: Any = None
        self._prompt_tokens: int | None = None
        self._changes = _changes(sampling)

    def __call__(self, ids: Any, scores: Any) -> Any:
        import torch

        if self._prompt_tokens is None:
            self._prompt_tokens = ids.shape[1]
            self._generator = torch.Generator(device=scores.device).manual_seed(self._seed)
        raw = scores[0]
        whole = float(raw.logsumexp(-1))
        if not math.isfinite(whole):
            raise Refusal(
                "the model's scores are no numbers",
                500,
                kind="failed",
                hint="Load it as float32 or bfloat16, or choose another model.",
            )
        scores = self._penalized(ids, scores)
        for change in self._changes:
            scores = change(ids, scores)
        if self._sampling.samples:
            token = torch.multinomial(scores.softmax(-1), 1, generator=self._generator)
        else:
            token = scores.argmax(-1, keepdim=True)
        self.logprob = float(raw[token[0, 0]]) - whole
        return torch.full_like(scores, -math.inf).scatter(1, token, 0.0)

    def _penalized(self, ids: Any, scores: Any) -> Any:
        """As OpenAI has it: by how often, and whether, a token was said; the prompt is free."""
        often, once = self._sampling.frequency_penalty, self._sampling.presence_penalty
        if not often and not once:
            return scores
        counts = ids[0, self._prompt_tokens :].bincount(minlength=scores.shape[-1])
        return scores - often * counts - once * (counts > 0)


def _changes(sampling: Sampling) -> list[Callable[[Any, Any], Any]]:
    """What is done to the scores, in transformers' order."""
    from transformers.generation import logits_process as known

    made: list[Any] = []
    if sampling.repetition_penalty != 1:
        penalty = float(sampling.repetition_penalty)
        made.append(known.RepetitionPenaltyLogitsProcessor(penalty))
    if not sampling.samples:
        return made
    if sampling.temperature != 1:
        made.append(known.TemperatureLogitsWarper(float(sampling.temperature)))
    if sampling.top_k > 0:
        made.append(known.TopKLogitsWarper(sampling.top_k))
    if sampling.top_p < 1:
        made.append(known.TopPLogitsWarper(float(sampling.top_p)))
    if sampling.min_p > 0:
        made.append(known.MinPLogitsWarper(float(sampling.min_p)))
    if sampling.typical_p < 1:
        made.append(known.TypicalLogitsWarper(float(sampling.typical_p)))
    return made
