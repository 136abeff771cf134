"""What OpenAI's API allows a parameter to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.engines.generation.rules import SAMPLING, Wanted
from workbench.engines.toolkit import Refusal

_MOST_TOKENS = 1_000_000
_WITHIN: Mapping[str, tuple[Callable[[float], bool], str]] = {
    "temperature": (lambda value: 0 <= value <= 100, "a number from 0"),
    "top_p": (lambda value: 0 < value <= 1, "a number above 0, at most 1"),
    "typical_p": (lambda value: 0 < value <= 1, "a number above 0, at most 1"),
    "top_k": (lambda value: value == int(value) and value >= -1, "a whole number"),
    "repetition_penalty": (lambda value: value > 0, "a number above 0"),
    "frequency_penalty": (lambda value: -2 <= value <= 2, "a number from -2 to 2"),
    "presence_penalty": (lambda value: -2 <= value <= 2, "a number from -2 to 2"),
}
_OFF = {"top_p": 1, "typical_p": 1, "frequency_penalty": 0, "presence_penalty": 0}
_USED = {
    *SAMPLING,
    *("messages", "prompt", "model", "stream", "stream_options", "user", "metadata", "store"),
    *("max_tokens", "max_completion_tokens", "seed", "stop", "n"),
}


def read_options(body: Mapping[str, Any]) -> Wanted:
    """What *body* asks for. Raises Refusal with 422, naming the parameter.

    >>> read_options({"max_tokens": 9, "stop": "END", "top_p": 1}).stop
    ('END',)
    """
    most = body.get("max_completion_tokens", body.get("max_tokens"))
    seed, stop = body.get("seed"), body.get("stop")
    for name, value in (("max_tokens", most), ("seed", seed), ("n", body.get("n"))):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise Refusal(f"`{name}` must be a whole number.", 422)
    if most is not None and not 0 < most <= _MOST_TOKENS:
        raise Refusal(f"`max_tokens` must be from 1 to {_MOST_TOKENS}.", 422)
    if body.get("n") not in (None, 1):
        raise Refusal("`n` must be 1: one answer is given.", 422)
    stops = [stop] if isinstance(stop, str) else stop or []
    if not isinstance(stops, list) or not all(isinstance(each, str) for each in stops):
        raise Refusal("`stop` must be a list of strings.", 422)
    return Wanted(
        max_new_tokens=most,
        seed=seed,
        stop=tuple(stops),
        sampling=_sampling(body),
        unused=tuple(name for name in body if name not in _USED and body[name] is not None),
    )


def _sampling(body: Mapping[str, Any]) -> dict[str, float]:
    given = {name: body[name] for name in SAMPLING if body.get(name) is not None}
    for name, value in given.items():
        if name == "do_sample":
            if not isinstance(value, bool):
                raise Refusal("`do_sample` must be true or false.", 422)
            continue
        fits, told = _WITHIN[name]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not fits(value):
            raise Refusal(f"`{name}` must be {told}.", 422)
    off = {name for name, value in given.items() if _OFF.get(name) == value}
    if given.get("top_k") in (0, -1):
        off.add("top_k")
    return {name: value for name, value in given.items() if name not in off}
