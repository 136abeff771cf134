"""The tasks with pictures on the wire: read one out of a request, put one into a reply."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from workbench.engines.messages import Reply, Request, json_reply
from workbench.engines.parameters import CAPTIONING, TEXT_TO_IMAGE, check_parameters
from workbench.engines.toolkit import Refusal, read_call, read_text
from workbench.errors import InvalidInputError

if TYPE_CHECKING:
    from PIL.Image import Image

PICTURE_PATH = "/picture.png"
REPLIES = ("json", "bytes", "images", "b64_json", "url")
"""What `?reply=` may ask for: the shapes in which real services answer with a picture."""
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_LONGEST_URL = 4000
_LONGEST_SIDE = 2048  # pixels; the largest that is painted, and more than a captioner looks at
_FORMATS = {"image/jpeg": "JPEG", "image/jpg": "JPEG", "image/tiff": "TIFF", "image/bmp": "BMP"}
_FORMATS |= {"image/gif": "GIF", "image/webp": "WEBP"}


def read_pictures(inputs: object) -> tuple[list[Image], bool]:
    """The pictures and whether they were sent as a batch; raises Refusal on anything else."""
    if isinstance(inputs, list):
        return [read_picture(item) for item in inputs], True
    return [read_picture(inputs)], False


def read_picture(inputs: object) -> Image:
    """A picture as the strictest container takes it: its bytes, or their bare base64.

    Upright and in RGB; a large file may come smaller, yet not below 2048 pixels a side. Raises
    Refusal on anything else.
    """
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


def caption_options(parameters: Mapping[str, object]) -> dict[str, object]:
    """What a caption is asked with, those of `generate_kwargs` among the others.

    Raises Refusal for what the task doesn't take; other names inside `generate_kwargs` are kept.

    >>> caption_options({"prompt": "a", "generate_kwargs": {"max_new_tokens": 9, "x": 1}})
    {'prompt': 'a', 'max_new_tokens': 9, 'x': 1}
    """
    check_parameters(parameters, CAPTIONING)
    options = dict(parameters)
    for name in ("generate_kwargs", "generation_parameters"):
        nested = options.pop(name, None)
        options.update(nested if isinstance(nested, dict) else {})
    if options.get("max_new_tokens") is not None:
        check_parameters({"max_new_tokens": options["max_new_tokens"]}, CAPTIONING)
    return options


def read_prompt(inputs: object) -> str:
    """What to paint; raises Refusal when that is nothing, or not one text."""
    if not isinstance(inputs, str):
        raise Refusal('"inputs" must be one prompt, a string.')
    prompt = read_text(inputs)
    if not prompt.strip():
        raise Refusal('"inputs" is empty: there is nothing to paint.')
    return prompt


def painting_options(parameters: Mapping[str, object]) -> dict[str, object]:
    """What a picture is asked with, without nulls; `target_size` becomes width and height.

    Raises Refusal for what the task doesn't take.

    >>> painting_options({"target_size": {"width": 64, "height": 96}, "seed": None})
    {'width': 64, 'height': 96}
    """
    options = {name: value for name, value in parameters.items() if value is not None}
    check_parameters(options, TEXT_TO_IMAGE)
    size = options.pop("target_size", None)
    return {**(size if isinstance(size, dict) else {}), **options}


def picture_reply(
    image: Image,
    accepted: str | None,
    request: Request,
    headers: Mapping[str, str],
    *,
    has_addresses: bool = True,
) -> Reply:
    """*image* as the caller takes it: bytes of the *accepted* type, or base64 in JSON.

    Raises Refusal for a `?reply=` that there is not, `url` among them without addresses.
    """
    shape = request.query.get("reply", "bytes" if accepted else "json")
    known = REPLIES if has_addresses else REPLIES[:-1]
    if shape not in known:
        raise Refusal(f"`reply` must be one of {', '.join(known)}.")
    if shape == "url":
        return json_reply(200, {"images": [{"url": _url(request)}]}, headers)
    if shape == "bytes":
        return picture_bytes(image, accepted or "image/png", headers)
    text = base64.b64encode(_encoded(image, "image/png")).decode("ascii")
    shapes: dict[str, object] = {
        "json": text,
        "images": {"images": [text]},
        "b64_json": {"data": [{"b64_json": text}]},
    }
    return json_reply(200, shapes[shape], headers)


def picture_bytes(
    image: Image, kind: str = "image/png", headers: Mapping[str, str] | None = None
) -> Reply:
    """*image* as a file of *kind*, a media type; one that is unknown gives PNG bytes."""
    return Reply(200, {"content-type": kind, **(headers or {})}, _encoded(image, kind))


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
