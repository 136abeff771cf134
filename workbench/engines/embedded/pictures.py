"""The tasks with pictures: read one out of a request, put one into a reply."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from workbench.engines.embedded.parameters import CAPTIONING, TEXT_TO_IMAGE, check_parameters
from workbench.engines.embedded.toolkit import (
    Answer,
    Call,
    Refusal,
    read_call,
    read_text,
)
from workbench.engines.messages import Headers, Reply, Request, json_reply
from workbench.errors import InvalidInputError

if TYPE_CHECKING:
    from PIL.Image import Image

PICTURE_PATH = "/picture.png"
REPLIES = ("json", "bytes", "images", "b64_json", "url")
"""What `?reply=` may ask for: the shapes in which real services answer with a picture."""
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_LONGEST_URL = 4000
_LONGEST_SIDE = 2048  # pixels; the painter's largest, and more than the captioner looks at
_FORMATS = {"image/jpeg": "JPEG", "image/jpg": "JPEG", "image/tiff": "TIFF", "image/bmp": "BMP"}
_FORMATS |= {"image/gif": "GIF", "image/webp": "WEBP"}


def answer_captioning(call: Call) -> Answer:
    """Describe each picture: a list of one object, or a list of such lists for a batch."""
    from workbench.engines.embedded.captioner import NAME, describe

    check_parameters(call.parameters, CAPTIONING)
    options = dict(call.parameters)
    for name in ("generate_kwargs", "generation_parameters"):
        nested = options.pop(name, None)
        options.update(nested if isinstance(nested, dict) else {})
    longest = options.pop("max_new_tokens", None)
    if longest is not None:
        check_parameters({"max_new_tokens": longest}, CAPTIONING)
    batched = isinstance(call.inputs, list)
    pictures = call.inputs if isinstance(call.inputs, list) else [call.inputs]
    found = [
        [{"generated_text": describe(_picture(item), max_new_tokens=longest)}]  # type: ignore[arg-type]
        for item in pictures
    ]
    return Answer(found if batched else found[0], NAME, 0, tuple(options))


def _picture(inputs: object) -> Image:
    """A picture as the strictest container takes it: its bytes, or their bare base64."""
    from workbench.images import load_image

    data = _from_base64(inputs) if isinstance(inputs, str) else inputs
    if not isinstance(data, bytes) or not data:
        raise Refusal('"inputs" must be a picture in base64, or the body its bytes.')
    try:
        return load_image(data, longest=_LONGEST_SIDE)
    except InvalidInputError as exc:
        raise Refusal(f"{exc}. {exc.hint}".strip()) from exc


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(_not_base64(text)) from None


def _not_base64(text: str) -> str:
    start = text[:8].lower()
    if start.startswith("data:"):
        told = "a data URI: send what follows its comma"
    elif start.startswith(("http:", "https:")):
        told = "a URL, and none is fetched here: send the picture itself"
    else:
        told = "neither that nor a picture; no file is opened by its name here"
    return f'"inputs" must be bare, padded base64 without white space; this is {told}.'


def answer_text_to_image(call: Call) -> Answer:
    """Paint the prompt; the result is a PIL image."""
    from workbench.engines.embedded.painter import NAME, paint

    if not isinstance(call.inputs, str):
        raise Refusal('"inputs" must be one prompt, a string.')
    prompt = read_text(call.inputs)
    if not prompt.strip():
        raise Refusal('"inputs" is empty: there is nothing to paint.')
    options = {name: value for name, value in call.parameters.items() if value is not None}
    check_parameters(options, TEXT_TO_IMAGE)
    size = options.pop("target_size", None)
    options = {**(size if isinstance(size, dict) else {}), **options}
    known = ("negative_prompt", "width", "height", "num_inference_steps", "guidance_scale", "seed")
    given = {name: options.pop(name) for name in known if name in options}
    steps = given.get("num_inference_steps")
    if isinstance(steps, int):
        given["num_inference_steps"] = min(steps, 100)
    return Answer(paint(prompt, **given), NAME, len(prompt), tuple(options))  # type: ignore[arg-type]


def picture_reply(
    image: Image, accepted: str | None, request: Request, headers: Mapping[str, str]
) -> Reply:
    """*image* as the caller takes it: bytes of the *accepted* type, or base64 in JSON.

    Raises Refusal for a `?reply=` that there is not.
    """
    shape = request.query.get("reply", "bytes" if accepted else "json")
    if shape not in REPLIES:
        raise Refusal(f"`reply` must be one of {', '.join(REPLIES)}.")
    if shape == "url":
        return json_reply(200, {"images": [{"url": _url(request)}]}, headers)
    if shape == "bytes":
        kind = accepted or "image/png"
        return Reply(200, {"content-type": kind, **headers}, _encoded(image, kind))
    text = base64.b64encode(_encoded(image, "image/png")).decode("ascii")
    shapes: dict[str, object] = {
        "json": text,
        "images": {"images": [text]},
        "b64_json": {"data": [{"b64_json": text}]},
    }
    return json_reply(200, shapes[shape], headers)


def _encoded(image: Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=_FORMATS.get(kind, "PNG"))
    return buffer.getvalue()


def _url(request: Request) -> str:
    """Where the picture of *request* is painted anew for whoever fetches it."""
    call = read_call(request)
    asked = {"inputs": call.inputs, "parameters": dict(call.parameters)}
    query = urlencode({"call": json.dumps(asked, separators=(",", ":"))})
    host = request.headers.get("host", "")
    base = f"http://{host}" if _HOST.fullmatch(host) else "embedded://engine"
    if len(query) > _LONGEST_URL:
        raise Refusal("The prompt is too long for an address; ask without `reply=url`.")
    return f"{base}{PICTURE_PATH}?{query}"


def fetched_picture(request: Request) -> Reply:
    """The picture that an address of `?reply=url` stands for."""
    fields = {"content-type": "application/json"}
    body = request.query.get("call", "").encode()
    answer = answer_text_to_image(read_call(Request("POST", "/", {}, Headers(fields), body)))
    return Reply(200, {"content-type": "image/png"}, _encoded(answer.result, "image/png"))  # type: ignore[arg-type]
