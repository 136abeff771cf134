"""Summaries by a model that reads a text and writes another: BART, Pegasus, T5 and their kin.

What it answers, and from what defaults, is what the summarization pipeline of transformers 4 did.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from workbench.engines.local.bounds import check_bounds
from workbench.engines.local.loaded import Loaded
from workbench.engines.parameters import SUMMARIZATION, check_parameters
from workbench.engines.toolkit import Answer, Call, Refusal, read_texts

if TYPE_CHECKING:
    from transformers import GenerationConfig

_UNSET = 10**6  # tokenizers without a limit of their own say 10**30
_MOST_READ = 4_096  # by a model without positions: more would fill the memory
_MOST_WRITTEN = 16_384
_USUAL_TOKENS, _USUAL_BEAMS = 256, 4

_BY_CHANCE = frozenset({"temperature", "top_k", "top_p", "typical_p"})
_BY_BEAMS = frozenset({"early_stopping", "length_penalty"})
_LENGTHS = ("min_length", "min_new_tokens", "max_length", "max_new_tokens")
_NUMBERS = frozenset({"length_penalty", "repetition_penalty", "temperature", "top_p", "typical_p"})
_MOST_BEAMS = 64
_NO_CHANCE = (*_BY_CHANCE, "min_p", "top_h", "epsilon_cutoff", "eta_cutoff")
_NEVER = (
    *("max_new_tokens", "min_new_tokens"),  # told as lengths instead
    *("num_return_sequences", "return_dict_in_generate", "stop_strings"),
    *("output_attentions", "output_hidden_states", "output_logits", "output_scores"),
    # Their code is on the Hub, and transformers would run it.
    *("constraints", "diversity_penalty", "dola_layers", "force_words_ids"),
    *("low_memory", "num_beam_groups", "penalty_alpha"),
)


def answer_summarization(loaded: Loaded, call: Call) -> Answer:
    """Summarise each input; the result is one flat list, an object for each input.

    Raises Refusal for parameters that contradict each other or this model, and for a text longer
    than it reads unless ``truncation`` is set; ConnectionAbortedError once the caller has left.
    """
    texts, _ = read_texts(call.inputs)
    given = call.parameters
    check_parameters(given, SUMMARIZATION)
    if not all(map(str.strip, texts)):
        raise Refusal("there is no text to summarize")
    special = _for_this_task(loaded.model.config)
    prefix = special.pop("prefix", None) or getattr(loaded.model.config, "prefix", None) or ""
    settings = _settings(loaded, special, given)
    read = [_encode(loaded, prefix + text, given.get("truncation", False)) for text in texts]
    tidy = bool(given.get("clean_up_tokenization_spaces", False))
    written = [_write(loaded, each, settings, call.gone) for each in read]
    result = [
        {
            "summary_text": loaded.processor.decode(
                tokens, skip_special_tokens=True, clean_up_tokenization_spaces=tidy
            )
        }
        for tokens in written
    ]
    ignored = tuple(name for name in given if not _counts(name, given, settings))
    return Answer(result, loaded.engine, sum(map(len, texts)), ignored)


def _for_this_task(config: Any) -> dict[str, Any]:
    """What the model's own configuration wants for summaries: lengths, beams, a prefix."""
    tasks = getattr(config, "task_specific_params", None) or {}
    return dict(tasks.get("summarization") or {})


def _encode(loaded: Loaded, text: str, truncation: object) -> dict[str, list[int]]:
    tokenizer = loaded.processor
    positions = _positions(loaded.model.config, "encoder")
    limits = [tokenizer.model_max_length] if tokenizer.model_max_length < _UNSET else []
    most = min([*limits, positions]) if positions else max([*limits, _MOST_READ])
    cut = truncation in (True, "longest_first", "only_first")
    options = {"truncation": True, "max_length": min([*limits, most])} if cut else {}
    encoded = tokenizer(text, verbose=False, **options)
    count = len(encoded["input_ids"])
    if count > most:
        raise Refusal(
            f"`inputs` must have less than {most + 1} tokens. Given: {count}",
            422,
            kind="too-long",
            hint="Shorten the text, or send `truncation: true` to leave out its end.",
        )
    return {name: list(each) for name, each in encoded.items() if name != "token_type_ids"}


def _positions(config: Any, side: str) -> int | None:
    """How many tokens the "encoder" or the "decoder" has positions for; None: any number."""
    own = getattr(config, side, config)
    found = (getattr(own, f"max_{kind}position_embeddings", None) for kind in (f"{side}_", ""))
    return next((count for count in found if isinstance(count, int) and count > 0), None)


def _settings(
    loaded: Loaded, special: Mapping[str, Any], given: Mapping[str, Any]
) -> GenerationConfig:
    """How to generate: what is *given* goes before *special*, that before the model's own."""
    settings: GenerationConfig = copy.deepcopy(loaded.model.generation_config)
    own = {name: value for name, value in vars(settings).items() if value is not None}
    usual = {"num_beams": _USUAL_BEAMS, "max_new_tokens": _USUAL_TOKENS}
    least, most = _lengths(loaded, [usual, own, special], given)
    for name, value in ({"num_beams": _USUAL_BEAMS} | own | dict(special) | dict(given)).items():
        if hasattr(settings, name):
            setattr(settings, name, value)
    settings.min_length, settings.max_length = least, most
    for name in _NEVER:
        setattr(settings, name, None)
    if not settings.do_sample:
        for name in _NO_CHANCE:
            setattr(settings, name, None)
    if settings.num_beams == 1:
        settings.early_stopping = settings.length_penalty = None
    if settings.use_cache is False:
        settings.cache_implementation = settings.cache_config = None
    if settings.pad_token_id is None:
        settings.pad_token_id = loaded.processor.pad_token_id
    if settings.no_repeat_ngram_size:
        settings.no_repeat_ngram_size = min(settings.no_repeat_ngram_size, most)
    for name in given:
        if _counts(name, given, settings):
            check_bounds(name, given[name], most_beams=_MOST_BEAMS)
            if name in _NUMBERS:
                setattr(settings, name, float(given[name]))
    return settings


def _counts(name: str, given: Mapping[str, Any], settings: GenerationConfig) -> bool:
    """Whether this parameter has an effect under these *settings*."""
    if name in ("min_length", "max_length"):
        return name.replace("length", "new_tokens") not in given
    if name in _BY_CHANCE:
        return bool(settings.do_sample)
    return settings.num_beams != 1 if name in _BY_BEAMS else True


def _lengths(
    loaded: Loaded, defaults: list[Mapping[str, Any]], given: Mapping[str, Any]
) -> tuple[int, int]:
    """The least and the most tokens, with the one that every summary starts with.

    What is *given* counts before what comes later in *defaults*, that before what comes earlier.
    """
    least, most = _length("min", given), _length("max", given)
    if most is not None and most < 2:
        raise Refusal("`max_new_tokens` must be at least 1, `max_length` at least 2.")
    if least is not None and most is not None and least > most:
        told = ", ".join(f"`{name}` {given[name]}" for name in _LENGTHS if name in given)
        raise Refusal(f"The least length is more than the most: {told}. Change one of them.")
    limit = _positions(loaded.model.config, "decoder") or _MOST_WRITTEN
    if least is not None and least > limit:
        raise Refusal(f"This model writes {limit} tokens at most. Lower the least length.")
    found = [(_length("min", each), _length("max", each)) for each in defaults]
    usual_least = next((low for low, _ in reversed(found) if low is not None), 0)
    usual_most = next((high for _, high in reversed(found) if high is not None), _USUAL_TOKENS)
    if most is None:
        most = usual_most
        if least is not None and least > most:
            most = least + max(usual_most - usual_least, 0)  # as much room as it usually has
    most = min(most, limit)
    return min(usual_least, most) if least is None else least, most


def _length(end: str, settings: Mapping[str, Any]) -> int | None:
    """The "min" or "max" length in *settings*; new tokens go first, as in transformers."""
    tokens = settings.get(f"{end}_new_tokens")
    length = settings.get(f"{end}_length")
    return length if tokens is None else tokens + 1


def _write(
    loaded: Loaded,
    encoded: Mapping[str, list[int]],
    settings: GenerationConfig,
    gone: threading.Event,
) -> Any:
    """The tokens of a summary."""
    import torch
    from transformers import StoppingCriteriaList

    from workbench.engines.local.steps import Left, own_settings, raise_if_left, seeded

    raise_if_left(gone)
    model = loaded.model
    tensors = {name: torch.tensor([each], device=model.device) for name, each in encoded.items()}
    with (
        seeded(None, gone) if settings.do_sample else nullcontext(),
        own_settings(model, settings),
    ):
        written = model.generate(
            **tensors,
            generation_config=settings,
            stopping_criteria=StoppingCriteriaList([Left(gone)]),
        )
    return written[0]
