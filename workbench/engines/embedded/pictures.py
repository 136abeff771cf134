"""The tasks with pictures, done without weights: describe one, paint one."""

from __future__ import annotations

from workbench.engines.messages import Headers, Reply, Request
from workbench.engines.pictures import (
    caption_options,
    painting_options,
    picture_bytes,
    read_pictures,
    read_prompt,
)
from workbench.engines.toolkit import Answer, Call, read_call

_MOST_STEPS = 100
_HONOURED = ("negative_prompt", "width", "height", "num_inference_steps", "guidance_scale", "seed")


def answer_captioning(call: Call) -> Answer:
    """Describe each picture: a list of one object, or a list of such lists for a batch."""
    from workbench.engines.embedded.captioner import NAME, describe

    options = caption_options(call.parameters)
    longest = options.pop("max_new_tokens", None)
    pictures, batched = read_pictures(call.inputs)
    found = [
        [{"generated_text": describe(picture, max_new_tokens=longest)}]  # type: ignore[arg-type]
        for picture in pictures
    ]
    return Answer(found if batched else found[0], f"embedded; {NAME}", 0, tuple(options))


def answer_text_to_image(call: Call) -> Answer:
    """Paint the prompt; the result is a PIL image."""
    from workbench.engines.embedded.painter import NAME, paint

    prompt = read_prompt(call.inputs)
    options = painting_options(call.parameters)
    given = {name: options.pop(name) for name in _HONOURED if name in options}
    steps = given.get("num_inference_steps")
    if isinstance(steps, int):
        given["num_inference_steps"] = min(steps, _MOST_STEPS)
    return Answer(paint(prompt, **given), f"embedded; {NAME}", len(prompt), tuple(options))  # type: ignore[arg-type]


def fetched_picture(request: Request) -> Reply:
    """The picture that an address of `?reply=url` stands for."""
    fields = {"content-type": "application/json"}
    body = request.query.get("call", "").encode()
    answer = answer_text_to_image(read_call(Request("POST", "/", {}, Headers(fields), body)))
    return picture_bytes(answer.result)  # type: ignore[arg-type]
