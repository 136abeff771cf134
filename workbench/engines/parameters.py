"""Which parameters each task takes on the wire, and what a value must look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbench.aggregation import STRATEGIES
from workbench.engines.toolkit import Refusal

Check = Callable[[object], bool]
_MOST = 10**100  # JSON knows larger ones, but floats end at 10**308


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _MOST


def _is_truncation(value: object) -> bool:
    known = ("do_not_truncate", "longest_first", "only_first", "only_second")
    return isinstance(value, bool) or value in known


def _is_strategy(value: object) -> bool:
    return isinstance(value, str) and value in STRATEGIES


def _is_labels(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(label, str) for label in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_side(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 64 <= value <= 2048


def _is_count(value: object) -> bool:
    return _is_whole(value) and value != 0


def _is_scale(value: object) -> bool:
    return _is_number(value) and value >= 0  # type: ignore[operator]


def _is_options(value: object) -> bool:
    return isinstance(value, dict)


def _is_size(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"width", "height"}
        and all(map(_is_side, value.values()))
    )


FLAG = (_is_flag, "must be true or false")
WHOLE = (_is_whole, "must be a whole number from 0 to 10**100")
NUMBER = (_is_number, "must be a number, at most 10**100")
TEXT = (_is_text, "must be text")
COUNT = (_is_count, "must be a whole number from 1 to 10**100")
SIDE = (_is_side, "must be a whole number of pixels from 64 to 2048")
TRUNCATION = (
    _is_truncation,
    "must be true, false, do_not_truncate, longest_first, only_first or only_second",
)

SUMMARIZATION: Mapping[str, tuple[Check, str]] = MappingProxyType(
    {
        "min_length": WHOLE,
        "max_length": WHOLE,
        "min_new_tokens": WHOLE,
        "max_new_tokens": WHOLE,
        "clean_up_tokenization_spaces": FLAG,
        "do_sample": FLAG,
        "early_stopping": FLAG,
        "length_penalty": NUMBER,
        "no_repeat_ngram_size": WHOLE,
        "num_beams": WHOLE,
        "repetition_penalty": NUMBER,
        "temperature": NUMBER,
        "top_k": WHOLE,
        "top_p": NUMBER,
        "truncation": TRUNCATION,
        "typical_p": NUMBER,
        "use_cache": FLAG,
    }
)
TOKEN_CLASSIFICATION: Mapping[str, tuple[Check, str]] = MappingProxyType(
    {
        "aggregation_strategy": (_is_strategy, f"must be one of {', '.join(STRATEGIES)}"),
        "ignore_labels": (_is_labels, "must be a list of labels"),
        "stride": WHOLE,
    }
)
CAPTIONING: Mapping[str, tuple[Check, str]] = MappingProxyType(
    {
        "max_new_tokens": COUNT,
        "generate_kwargs": (_is_options, "must be an object"),
        "generation_parameters": (_is_options, "must be an object"),
        "prompt": TEXT,
        "timeout": NUMBER,
    }
)
TEXT_TO_IMAGE: Mapping[str, tuple[Check, str]] = MappingProxyType(
    {
        "negative_prompt": TEXT,
        "width": SIDE,
        "height": SIDE,
        "num_inference_steps": COUNT,
        "guidance_scale": (_is_scale, "must be a number from 0 to 10**100"),
        "seed": WHOLE,
        "target_size": (_is_size, "must be an object with width and height, 64 to 2048"),
        "scheduler": TEXT,
        "num_images_per_prompt": COUNT,
    }
)


def check_parameters(
    parameters: Mapping[str, object], known: Mapping[str, tuple[Check, str]]
) -> None:
    """Raise Refusal naming every unknown parameter, else the first bad value and its cause.

    >>> check_parameters({"max_length": 9}, SUMMARIZATION)
    >>> check_parameters({"do_sample": "yes"}, SUMMARIZATION)
    Traceback (most recent call last):
        ...
    workbench.engines.toolkit.Refusal: `do_sample` must be true or false.
    """
    unknown = [name[:80] for name in parameters if name not in known]
    if unknown:
        raise Refusal(
            f"The following `model_kwargs` are not used by the model: {unknown[:10]}. "
            f"This task takes: {', '.join(known)}."
        )
    for name, value in parameters.items():
        is_good, cause = known[name]
        if not is_good(value):
            raise Refusal(f"`{name}` {cause}.")
