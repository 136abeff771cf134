"""Pictures made by a diffusers pipeline."""

from __future__ import annotations

import inspect
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from workbench.engines.local.loaded import Loaded
from workbench.engines.pictures import painting_options, read_prompt
from workbench.engines.toolkit import Answer, Call, Refusal

_SEEDS = 2**64
_LARGEST_SEED = 2**32  # of those drawn here: short enough to copy
_MOST_GUIDANCE = 100
_MOST_STEPS = 1000
_FEW_STEPS = re.compile("turbo|schnell|lightning", re.IGNORECASE)
_FOR_FEW_STEPS = {"num_inference_steps": 4, "guidance_scale": 0.0}

Taken = Mapping[str, inspect.Parameter]


def answer_text_to_image(loaded: Loaded, call: Call) -> Answer:
    """Paint the prompt; the result is a PIL image, with its seed as text in `info["seed"]`.

    The same seed gives the same noise on every device. What isn't sent is the pipeline's default,
    or where the model's name says that it was distilled, 4 steps without guidance. Raises Refusal
    for what the caller can mend, ConnectionAbortedError once the caller has left.
    """
    from workbench.engines.local.steps import raise_if_left

    pipe = loaded.model
    taken = inspect.signature(pipe.__call__).parameters
    _check_pipeline(pipe, taken)
    prompt = read_prompt(call.inputs)
    options = painting_options(call.parameters)
    scheduler = _take_scheduler(pipe, options)
    seed = _whole(options.pop("seed", secrets.randbelow(_LARGEST_SEED))) % _SEEDS
    given = _take_arguments(pipe, taken, options)
    if _FEW_STEPS.search(PurePath(loaded.name).name):
        usual = {name: value for name, value in _FOR_FEW_STEPS.items() if name in taken}
        given = {**usual, **given}
    raise_if_left(call.gone)
    with _scheduled(pipe, scheduler):
        result = _run(pipe, taken, call, seed, {"prompt": prompt, **given})
    picture = _seen(result).convert("RGB")
    picture.info["seed"] = str(seed)
    return Answer(picture, loaded.engine, len(prompt), tuple(options))


def _check_pipeline(pipe: Any, taken: Taken) -> None:
    if "prompt" not in taken:
        raise Refusal(
            f"{type(pipe).__name__} makes pictures, but not from a text.",
            kind="configuration",
            hint="Choose a text-to-image model, such as Stable Diffusion.",
        )


def _take_scheduler(pipe: Any, options: dict[str, object]) -> Any:
    """The class of the scheduler asked for; None, with the name left, where it doesn't fit."""
    fitting = getattr(pipe.scheduler, "compatibles", [])
    for each in fitting:
        if each.__name__ == options.get("scheduler") and not hasattr(each, "_backends"):
            del options["scheduler"]
            return each
    return None


def _take_arguments(pipe: Any, taken: Taken, options: dict[str, object]) -> dict[str, Any]:
    """What the pipeline is called with, taken out of *options*; what it doesn't take stays."""
    given: dict[str, Any] = {}
    for name in ("num_inference_steps", "guidance_scale", "width", "height", "negative_prompt"):
        if name in options and name in taken:
            given[name] = options[name]
    if "true_cfg_scale" in taken and taken["true_cfg_scale"].default <= 1:
        given.pop("negative_prompt", None)  # such a pipeline reads one only with a second guidance
    for name in given:
        del options[name]
    if given.get("num_inference_steps", 0) > _MOST_STEPS:
        raise _refused(f"`num_inference_steps` must be at most {_MOST_STEPS}.")
    if given.get("guidance_scale", 0) > _MOST_GUIDANCE:
        raise _refused(f"`guidance_scale` must be at most {_MOST_GUIDANCE}.")
    return given | _sides(pipe, taken, given)


def _sides(pipe: Any, taken: Taken, given: Mapping[str, Any]) -> dict[str, int]:
    """Width and height, both or neither: pipelines take one without the other for none.

    Raises Refusal with those that fit for one that isn't a multiple of the model's.
    """
    sent = {name: given[name] for name in ("width", "height") if name in given}
    step = _multiple(pipe)
    for name, side in sent.items():
        if side % step:
            lower = side // step * step
            fit = f"{lower} and {lower + step} do" if lower >= 64 else f"{lower + step} does"
            raise _refused(f"`{name}` must be a multiple of {step} for this model: {fit}.")
    if len(sent) == 1:
        (name,) = {"width", "height"} - set(sent)
        if name in taken and taken[name].default is None:
            sent[name] = _usual_side(pipe, name) or next(iter(sent.values()))
    return sent


def _multiple(pipe: Any) -> int:
    """What sides must be a multiple of: pixels a latent has, by latents a patch has."""
    patch = 1
    if (transformer := getattr(pipe, "transformer", None)) is not None:
        size = getattr(transformer.config, "patch_size", 1) or 1
        patch = size if isinstance(size, int) else max(size)
        if hasattr(pipe, "_pack_latents"):
            patch = max(patch, 2)
    return max(8, int(getattr(pipe, "vae_scale_factor", 8))) * patch


def _usual_side(pipe: Any, name: str) -> int | None:
    latents = getattr(pipe, "default_sample_size", None)
    for part in ("unet", "transformer"):
        if latents is None and getattr(pipe, part, None) is not None:
            latents = getattr(getattr(pipe, part).config, "sample_size", None)
    if latents is not None and not isinstance(latents, int):
        latents = latents[0 if name == "height" else 1]
    return latents * int(pipe.vae_scale_factor) if latents else None


@contextmanager
def _scheduled(pipe: Any, scheduler: Any) -> Iterator[None]:
    """Let *pipe* use another scheduler meanwhile."""
    own = pipe.scheduler
    try:
        if scheduler is not None:
            pipe.scheduler = scheduler.from_config(own.config)
        yield
    finally:
        pipe.scheduler = own


def _run(pipe: Any, taken: Taken, call: Call, seed: int, given: dict[str, Any]) -> Any:
    import torch

    steps = given.get("num_inference_steps", _default(taken, "num_inference_steps"))
    if "generator" in taken:
        given["generator"] = torch.Generator("cpu").manual_seed(seed)
    given |= _watching(pipe, taken, call, steps)
    pipe.set_progress_bar_config(disable=True)
    try:
        return pipe(**given)
    except (ValueError, IndexError) as exc:  # some schedulers count too far
        raise _refused(f"The model refused this: {str(exc)[:300]}") from exc


def _watching(pipe: Any, taken: Taken, call: Call, steps: object) -> dict[str, Callable[..., Any]]:
    """What tells of each step, and stops after the one in which the caller left."""
    from workbench.engines.local.steps import raise_if_left

    def tell(number: int) -> None:
        raise_if_left(call.gone)
        call.tell(f"step {number + 1} of {getattr(pipe, 'num_timesteps', None) or steps}")

    def on_end(_: Any, number: int, __: Any, kept: dict[str, Any]) -> dict[str, Any]:
        tell(number)
        return kept

    def on_step(number: int, *_: Any) -> None:
        tell(number)

    if "callback_on_step_end" in taken:
        return {"callback_on_step_end": on_end}
    return {"callback": on_step} if "callback" in taken else {}


def _seen(result: Any) -> Any:
    """The picture of a pipeline's *result*, unless the model's own checker took it away."""
    flags = getattr(result, "nsfw_content_detected", None)
    if flags and flags[0]:
        raise Refusal(
            "The model's own safety checker blacked the picture out.",
            kind="refused",
            hint="Change the prompt or the seed; the checker also errs on harmless pictures.",
        )
    return result.images[0]


def _default(taken: Taken, name: str) -> object:
    return taken[name].default if name in taken else None


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _refused(message: str) -> Refusal:
    return Refusal(message, kind="invalid-input")
