"""What Text Generation Inference allows a parameter to be, and how it says that one is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_STOPS = 4
MAX_BEST_OF = 2
_SEEDS = 2**64
SAMPLING = (
    *("do_sample", "temperature", "top_k", "top_p", "typical_p"),
    *("repetition_penalty", "frequency_penalty", "presence_penalty"),
)
_USED = {*SAMPLING, "max_new_tokens", "stop", "seed", "truncate", "details", "return_full_text"}


class Invalid(Exception):  # noqa: N818 - an answer, not a fault of ours
    """A value that can't be met: 422, or an event where the answer is a stream."""


class Undecodable(Exception):  # noqa: N818
    """A value of the wrong type: 422 in plain text, also where a stream was asked for."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a caller asked for, checked; None is for the engine to choose."""

    max_new_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    truncate: int | None = None
    """Of a longer prompt, only so many tokens at its end."""
    sampling: Mapping[str, float] = field(default_factory=dict)
    """Those of SAMPLING that were sent, by name; ``do_sample`` is True or False."""
    details: bool = False
    return_full_text: bool = False
    unused: tuple[str, ...] = ()
    """Parameters that no engine here knows what to do with."""


@dataclass(frozen=True)
class _Rule:
    kind: type | tuple[type, ...]
    named: str
    fits: Callable[[Any], bool] = lambda _: True
    told: str = ""


_WHOLE, _NUMBER, _FLAG = (int, "u32"), ((int, float), "f32"), (bool, "a boolean")
_RULES: Mapping[str, _Rule] = {
    "temperature": _Rule(*_NUMBER, lambda value: value > 0, "must be strictly positive"),
    "top_p": _Rule(*_NUMBER, lambda value: 0 < value < 1, "must be > 0.0 and < 1.0"),
    "typical_p": _Rule(*_NUMBER, lambda value: 0 < value < 1, "must be > 0.0 and < 1.0"),
    "top_k": _Rule(*_WHOLE, lambda value: value > 0, "must be strictly positive"),
    "repetition_penalty": _Rule(*_NUMBER, lambda value: value > 0, "must be strictly positive"),
    "frequency_penalty": _Rule(
        *_NUMBER, lambda value: -2 <= value <= 2, "must be >= -2.0 and <= 2.0"
    ),
    "max_new_tokens": _Rule(*_WHOLE, lambda value: value > 0, "must be strictly positive"),
    "best_of": _Rule(
        *_WHOLE, lambda value: 0 < value <= MAX_BEST_OF, f"must be > 0 and <= {MAX_BEST_OF}"
    ),
    "top_n_tokens": _Rule(*_WHOLE, lambda value: 0 <= value <= 5, "must be >= 0 and <= 5"),
    "truncate": _Rule(*_WHOLE, lambda value: value > 0, "must be strictly positive"),
    "seed": _Rule(int, "u64", lambda value: value < _SEEDS),
    "do_sample": _Rule(*_FLAG),
    "details": _Rule(*_FLAG),
    "return_full_text": _Rule(*_FLAG),
    "watermark": _Rule(*_FLAG),
    "decoder_input_details": _Rule(*_FLAG),
}


def read_parameters(given: object, *, stream: bool, full_text: bool) -> Wanted:
    """Check what was sent. Raises Undecodable for a wrong type, Invalid for a wrong value.

    *full_text* is whether the prompt comes back when the caller doesn't say.

    >>> read_parameters({"max_new_tokens": 5, "top_k": 3}, stream=False, full_text=False).sampling
    {'top_k': 3}
    """
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        raise Undecodable("parameters: invalid type, expected struct GenerateParameters")
    values = {name: value for name, value in given.items() if value is not None}
    for name, rule in _RULES.items():
        if name in values:
            _check(name, values[name], rule)
    stop = _stops(values.get("stop", []))
    if stream and values.get("best_of", 1) > 1:
        raise Invalid("`best_of` != 1 is not supported when streaming tokens")
    if values.get("best_of", 1) > 1 and "seed" in values:
        raise Invalid("`seed` must not be set when `best_of` > 1")
    if stream and values.get("decoder_input_details"):
        raise Invalid("`decoder_input_details` == true is not supported when streaming tokens")
    return Wanted(
        max_new_tokens=values.get("max_new_tokens"),
        stop=stop,
        seed=values.get("seed"),
        truncate=values.get("truncate"),
        sampling={name: values[name] for name in SAMPLING if name in values},
        details=values.get("details", False),
        return_full_text=values.get("return_full_text", full_text),
        unused=tuple(name for name in values if name not in _USED and values[name] is not False),
    )


def check_length(tokens: int, wanted: Wanted, most: int) -> None:
    """Raise Invalid when prompt and answer together are more than *most* tokens."""
    if tokens >= most:
        raise Invalid(f"`inputs` must have less than {most} tokens. Given: {tokens}")
    if wanted.max_new_tokens is not None and tokens + wanted.max_new_tokens > most:
        raise Invalid(
            f"`inputs` tokens + `max_new_tokens` must be <= {most}. Given: {tokens} "
            f"`inputs` tokens and {wanted.max_new_tokens} `max_new_tokens`"
        )


def _check(name: str, value: object, rule: _Rule) -> None:
    right = isinstance(value, rule.kind)
    if isinstance(value, bool) and rule.kind is not bool:
        right = False
    if isinstance(value, int) and rule.kind is int and value < 0:
        right = False
    if not right or not (rule.told or rule.fits(value)):
        raise Undecodable(
            f"parameters.{name}: invalid value {str(value)[:40]!r}, expected {rule.named}"
        )
    if not rule.fits(value):
        raise Invalid(f"`{name}` {rule.told}")


def _stops(value: object) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise Undecodable("parameters.stop: invalid type, expected a sequence")
    if not all(isinstance(stop, str) for stop in value):
        raise Undecodable("parameters.stop: invalid type, expected a string")
    if len(value) > MAX_STOPS:
        raise Invalid(f"`stop` supports up to {MAX_STOPS} stop sequences. Given: {len(value)}")
    return tuple(value)
