"""The options of text generation, checked and tidied alike for every wire."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbench.errors import InvalidInputError

MOST_STOPS = 4
"""How many stop strings a service takes; the others are cut on our side alone."""


@dataclass(frozen=True)
class _Rule:
    fits: Callable[[float], bool]
    says: str
    whole: bool = False
    off: Callable[[float], bool] = lambda _: False
    """Which values switch the option off. Some services refuse them, so they are not sent."""


_FRACTION = _Rule(lambda n: n > 0, "above 0", off=lambda n: n >= 1)
_PENALTY = _Rule(lambda n: -2 <= n <= 2, "from -2 to 2", off=lambda n: n == 0)
_RULES: Mapping[str, _Rule] = {
    "max_new_tokens": _Rule(lambda n: n >= 1, "at least 1", whole=True),
    "temperature": _Rule(lambda n: n >= 0, "0 or more"),
    "top_p": _FRACTION,
    "typical_p": _FRACTION,
    "top_k": _Rule(lambda n: n >= 0, "0 or more", whole=True, off=lambda n: n == 0),
    "repetition_penalty": _Rule(lambda n: n > 0, "above 0", off=lambda n: n == 1),
    "frequency_penalty": _PENALTY,
    "presence_penalty": _PENALTY,
    "seed": _Rule(lambda n: 0 <= n < 2**64, "from 0 to 2^64 - 1", whole=True),
}


def stop_strings(value: object) -> list[str]:
    """The stop strings of an option: none, one or several; empty and repeated ones left out.

    Raises InvalidInputError for anything but text.

    >>> stop_strings("###"), stop_strings(["a", "", "a"]), stop_strings(None)
    (['###'], ['a'], [])
    """
    given = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(given, list | tuple) or not all(isinstance(text, str) for text in given):
        raise InvalidInputError("`stop` must be a text or a list of texts")
    return [text for text in dict.fromkeys(given) if text]


def tidied(parameters: Mapping[str, object]) -> dict[str, object]:
    """The options to send: neither None nor what switches one off, whole numbers as `int`.

    At most MOST_STOPS stop strings are left, always in a list. Options without a rule stay as
    they are. Raises InvalidInputError for a value that no service takes.

    >>> tidied({"top_p": 1.0, "top_k": 0, "seed": 7.0, "temperature": None, "stop": "###"})
    {'seed': 7, 'stop': ['###']}
    """
    sent: dict[str, object] = {}
    for name, value in parameters.items():
        if name == "stop":
            if stops := stop_strings(value):
                sent[name] = stops[:MOST_STOPS]
        elif rule := _RULES.get(name):
            number = None if value is None else _number(name, value, rule)
            if number is not None and not rule.off(number):
                sent[name] = number
        elif value is not None:
            sent[name] = value
    return sent


def _number(name: str, value: object, rule: _Rule) -> int | float:
    kind = "a whole number" if rule.whole else "a number"
    if isinstance(value, int | float) and not isinstance(value, bool):
        finite = isinstance(value, int) or math.isfinite(value)
        if finite and rule.fits(value) and (not rule.whole or value == int(value)):
            return int(value) if rule.whole else value
    raise InvalidInputError(f"`{name}` must be {kind} {rule.says}, not {_shown(value)}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
