"""Named entities by a model that labels tokens: BERT, RoBERTa, DeBERTa and their kin.

What it answers is what transformers' token-classification pipeline answers, but of the whole text
however long: the model reads it in windows that overlap.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from workbench.aggregation import ScoredPiece, aggregate
from workbench.engines.local.loaded import Loaded
from workbench.engines.parameters import TOKEN_CLASSIFICATION, check_parameters
from workbench.engines.toolkit import Answer, Call, Refusal, read_texts

_UNSET = 10**6  # tokenizers without a limit of their own say 10**30
_USUAL = 512
_AT_ONCE = 4_096  # tokens
_BY_WORDS = ("first", "average", "max")


def answer_ner(loaded: Loaded, call: Call) -> Answer:
    """Tag each input: a list of tokens or groups for one text, a list of lists for a batch.

    ``index`` and offsets count through the whole text. ``stride`` is how many tokens two windows
    share, a quarter of a window unless given. Raises Refusal for parameters that this model or
    its tokenizer can't honour, ConnectionAbortedError once the caller has left.
    """
    texts, batched = read_texts(call.inputs)
    check_parameters(call.parameters, TOKEN_CLASSIFICATION)
    strategy = str(call.parameters.get("aggregation_strategy", "none"))
    stride: Any = call.parameters.get("stride")
    if stride is not None and strategy == "none":
        raise Refusal("`stride` needs an `aggregation_strategy` other than none.")
    if strategy in _BY_WORDS and not loaded.processor.is_fast:
        raise Refusal(
            f"This model's tokenizer doesn't know words, so the strategy {strategy} can't be had. "
            "Use simple or none."
        )
    labels: Any = call.parameters.get("ignore_labels", ["O"])
    found = [
        aggregate(
            _pieces(loaded, text, stride, call.gone),
            strategy,
            ignore_labels=labels,
            decode=loaded.processor.convert_tokens_to_string,
        )
        for text in texts
    ]
    return Answer(found if batched else found[0], loaded.engine, sum(map(len, texts)))


def windows(count: int, size: int, shared: int) -> list[tuple[int, int, int]]:
    """How *count* tokens are read *size* at a time: where each window starts, what is taken of it.

    Neighbours share *shared* tokens or, the last two, more; each takes half of them, so that a
    token is judged where it has neighbours on both sides. No token is taken twice.

    >>> windows(10, 6, 2), windows(3, 6, 2)
    ([(0, 0, 5), (4, 5, 10)], [(0, 0, 3)])
    """
    last = max(count - size, 0)
    starts = [*range(0, last, size - shared), last]
    ends = [(start + size + following) // 2 for start, following in pairwise(starts)]
    return list(zip(starts, [0, *ends], [*ends, count], strict=True))


def _pieces(
    loaded: Loaded, text: str, stride: int | None, gone: threading.Event
) -> Iterator[ScoredPiece]:
    """The pieces of *text* with their scores, in order."""
    tokenizer = loaded.processor
    encoded = tokenizer(
        text,
        return_offsets_mapping=tokenizer.is_fast,
        return_special_tokens_mask=True,
        verbose=False,
    )
    special = encoded.pop("special_tokens_mask")
    ids = encoded["input_ids"]
    offsets: Any = encoded.pop("offset_mapping", None) or [(None, None)] * len(ids)
    before, after = _run(special), _run(reversed(special))
    around = before, after
    count = len(ids) - before - after
    size = _limit(loaded) - before - after
    shared = size // 4 if stride is None else stride
    if shared >= size:
        raise Refusal(f"`stride` must be less than {size}, what this model reads at once.")
    if not text.strip() or count <= 0:
        return
    by_word = _knows_words(tokenizer)
    names = _labels(loaded.model.config)
    place = before
    read = windows(count, size, shared)
    for scores in _scores(loaded, encoded, around, min(size, count), read, gone):
        for row in scores:
            if not special[place]:
                start, end = offsets[place]
                word, goes_on = _word(tokenizer, ids[place], text, start, end, by_word=by_word)
                yield ScoredPiece(
                    word, dict(zip(names, row, strict=True)), place, start, end, goes_on
                )
            place += 1


def _run(marks: Any) -> int:
    """How many of *marks* are set before the first that isn't."""
    count = 0
    for mark in marks:
        if not mark:
            break
        count += 1
    return count


def _limit(loaded: Loaded) -> int:
    """How many tokens the model reads at once, special ones included."""
    limits = []
    if loaded.processor.model_max_length < _UNSET:
        limits.append(loaded.processor.model_max_length)
    positions = getattr(loaded.model.config, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        limits.append(positions - _unused_positions(loaded.model))
    return min(limits, default=_USUAL)


def _unused_positions(model: Any) -> int:
    """How many positions are never used: RoBERTa and its kin count from behind the padding's."""
    for name, module in model.named_modules():
        if name.endswith(".position_embeddings"):
            padding = getattr(module, "padding_idx", None)
            return 0 if padding is None else padding + 1
    return 0


def _labels(config: Any) -> list[str]:
    return [str(config.id2label[number]) for number in range(len(config.id2label))]


def _scores(
    loaded: Loaded,
    encoded: Mapping[str, Sequence[int]],
    around: tuple[int, int],
    size: int,
    read: Sequence[tuple[int, int, int]],
    gone: threading.Event,
) -> Iterator[list[list[float]]]:
    """What each window of *size* says of the tokens taken of it: a row for each, of each label.

    Each window is read between as many special tokens as are *around* the whole. All are of one
    size, so that none is padded.
    """
    import torch

    from workbench.engines.local.steps import raise_if_left

    before, after = around
    total = len(encoded["input_ids"])
    together = max(1, _AT_ONCE // (size + before + after))
    for first in range(0, len(read), together):
        raise_if_left(gone)
        batch = read[first : first + together]
        tensors = {
            name: torch.tensor(
                [
                    [
                        *values[:before],
                        *values[before + start : before + start + size],
                        *values[total - after :],
                    ]
                    for start, _, _ in batch
                ],
                device=loaded.model.device,
            )
            for name, values in encoded.items()
        }
        with torch.inference_mode():
            logits = loaded.model(**tensors).logits.float()
        if not bool(torch.isfinite(logits).all()):
            raise Refusal(
                "The model's scores are no numbers.",
                500,
                kind="failed",
                hint="Its weights are broken, or too small a dtype: try float32.",
            )
        scores = logits.softmax(-1).cpu()
        for row, (start, begin, end) in zip(scores, batch, strict=True):
            yield row[before + begin - start : before + end - start].tolist()


def _knows_words(tokenizer: Any) -> bool:
    """Whether the vocabulary marks what goes on with a word, as WordPiece does with ##."""
    model = getattr(getattr(tokenizer, "_tokenizer", None), "model", None)
    return bool(getattr(model, "continuing_subword_prefix", None))


def _word(
    tokenizer: Any, token: int, text: str, start: int | None, end: int | None, *, by_word: bool
) -> tuple[str, bool]:
    """The piece as the vocabulary has it, and whether it goes on with a word: as the pipeline."""
    word: str = tokenizer.convert_ids_to_tokens(token)
    if start is None or end is None:
        return word, False
    surface = text[start:end]
    if token == tokenizer.unk_token_id:
        return surface, False
    if by_word:
        return word, len(word) != len(surface)
    return word, start > 0 and " " not in text[start - 1 : start + 1]
