"""Pictures described by a model: one made for captions, or one that chats and can see."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from workbench.engines.local.bounds import check_bounds
from workbench.engines.local.loaded import Loaded
from workbench.engines.parameters import CAPTIONING, NUMBER, SUMMARIZATION, check_parameters
from workbench.engines.pictures import caption_options, read_pictures
from workbench.engines.toolkit import Answer, Call, Refusal

if TYPE_CHECKING:
    from PIL.Image import Image

QUESTION = "Describe this picture in one sentence."
"""What a model that chats is asked when the caller asks nothing."""
MAX_NEW_TOKENS = 50
_SEEN = (1024, 1024)  # pixels; models that chat take more tokens the larger a picture is
_MOST_TOKENS = 4096  # of a model that doesn't say how many it can hold

_LENGTHS = ("min_length", "max_length", "min_new_tokens", "max_new_tokens")
_OF_SAMPLING = ("temperature", "top_k", "top_p", "typical_p")
_OF_BEAMS = ("early_stopping", "length_penalty")
_HONOURED = (
    *("do_sample", "num_beams", "no_repeat_ngram_size", "repetition_penalty", "use_cache"),
    *_OF_SAMPLING,
    *_OF_BEAMS,
)
_MOST_BEAMS = 16  # each takes the memory of one caption


def answer_captioning(loaded: Loaded, call: Call) -> Answer:
    """Describe each picture: a list of one object, or a list of such lists for a batch.

    A prompt is what a model that chats is asked, and else how the caption begins. Raises Refusal
    for what the caller can mend, ConnectionAbortedError once the caller has left.
    """
    from workbench.engines.local.steps import raise_if_left

    given = caption_options(call.parameters)
    options = {name: value for name, value in given.items() if value is not None}
    prompt = _take_prompt(loaded, options)
    wanted = _take_generation(loaded, options)
    pictures, batched = read_pictures(call.inputs)
    found = []
    for number, picture in enumerate(pictures, 1):
        raise_if_left(call.gone)
        if batched:
            call.tell(f"picture {number} of {len(pictures)}")
        inputs = _inputs(loaded, picture, prompt)
        found.append([{"generated_text": _caption(loaded, inputs, wanted, call)}])
    return Answer(found if batched else found[0], loaded.engine, 0, tuple(options))


def _take_prompt(loaded: Loaded, options: dict[str, object]) -> str:
    model_type = loaded.model.config.model_type
    asks = loaded.kind == "vision-chat" or model_type == "instructblip"
    prompt = ""
    if "prompt" in options and model_type != "vision-encoder-decoder":
        check_parameters({"prompt": options["prompt"]}, CAPTIONING)
        prompt = str(options.pop("prompt")).encode(errors="ignore").decode().strip()
    return prompt or (QUESTION if asks else "")


def _take_generation(loaded: Loaded, options: dict[str, object]) -> dict[str, Any]:
    """What `generate` is told, taken out of *options*; what has no effect stays there."""
    known = {name: options[name] for name in (*_LENGTHS, *_HONOURED) if name in options}
    check_parameters(known, SUMMARIZATION)
    for name, value in known.items():
        check_bounds(name, value, most_beams=_MOST_BEAMS)
    usual = loaded.model.generation_config
    idle = set() if known.get("do_sample", usual.do_sample) else set(_OF_SAMPLING)
    if known.get("num_beams", usual.num_beams) in (None, 1):
        idle.update(_OF_BEAMS)
    wanted: dict[str, Any] = {name: known[name] for name in known if name not in idle}
    for name in wanted:
        options.pop(name)
    longest = wanted.pop("max_length", MAX_NEW_TOKENS)
    wanted["max_new_tokens"] = max(1, wanted.get("max_new_tokens", longest))
    wanted.setdefault("min_new_tokens", wanted.pop("min_length", 0))
    return {name: _as_used(name, value) for name, value in wanted.items()}


def _as_used(name: str, value: Any) -> Any:
    """A number of the kind that transformers insists on."""
    return float(value) if SUMMARIZATION[name] is NUMBER else value


def _inputs(loaded: Loaded, picture: Image, prompt: str) -> Any:
    """What the model reads, where the model is."""
    processor = loaded.processor
    if loaded.kind == "vision-chat":
        inputs = _question(processor, picture, prompt)
    elif not prompt:
        inputs = processor(images=picture, return_tensors="pt")
    elif loaded.model.config.model_type == "git":
        inputs = processor(images=picture, return_tensors="pt")
        tokenizer = processor.tokenizer  # the end of a text, which it adds, would end the caption
        written = [tokenizer.cls_token_id, *tokenizer.encode(prompt, add_special_tokens=False)]
        inputs["input_ids"] = inputs["pixel_values"].new_tensor([written]).long()
    else:
        inputs = processor(images=picture, text=prompt, return_tensors="pt")
    return inputs.to(loaded.model.device, dtype=loaded.model.dtype)


def _question(processor: Any, picture: Image, prompt: str) -> Any:
    if not getattr(processor, "chat_template", None):
        raise Refusal(
            "This model has no chat template, so it can't be asked about a picture.",
            kind="configuration",
            hint="Choose a model that was made for chat, or one made for captions, such as BLIP.",
        )
    small = picture.copy()
    small.thumbnail(_SEEN)
    asked = [{"type": "image", "image": small}, {"type": "text", "text": prompt}]
    plain = "sanitize_control_tokens"  # what looks like a token of the model is text
    knows = plain in inspect.signature(processor.apply_chat_template).parameters
    return processor.apply_chat_template(
        [{"role": "user", "content": asked}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        **({plain: True} if knows else {}),
    )


def _caption(loaded: Loaded, inputs: Any, wanted: Mapping[str, Any], call: Call) -> str:
    from transformers import StoppingCriteriaList

    from workbench.engines.local.steps import Left, seeded

    read = inputs["input_ids"].shape[1] if "input_ids" in inputs else 1
    text = loaded.model.config.get_text_config(decoder=True)
    room = (getattr(text, "max_position_embeddings", None) or read + _MOST_TOKENS) - read
    if room < 1:
        raise Refusal(
            f"The prompt and the picture take {read} tokens, which is more than this model reads.",
            422,
            kind="too-long",
            hint="Shorten the prompt.",
        )
    most = min(wanted["max_new_tokens"], room)
    lengths = {"max_new_tokens": most, "min_new_tokens": min(wanted["min_new_tokens"], most)}
    left = StoppingCriteriaList([Left(call.gone)])
    samples = wanted.get("do_sample", loaded.model.generation_config.do_sample)
    with seeded(None, call.gone) if samples else nullcontext():
        found = loaded.model.generate(**inputs, **{**wanted, **lengths}, stopping_criteria=left)
    written = found[0, read:] if loaded.kind == "vision-chat" else found[0]
    return str(loaded.processor.decode(written, skip_special_tokens=True)).strip()
