"""A picture out of whatever shape of answer it comes in; what it claims to be is not believed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from workbench.errors import LoadingError, UnexpectedAnswerError
from workbench.images import sniff
from workbench.protocols.shapes import unusable

_KEYS = (
    *("images", "image", "b64_json", "data", "output", "url", "image_url", "generated_image"),
    *("generated_images", "image_base64", "artifacts", "base64", "result"),
)
_LOOKED_AT = 4
_DEPTH = 6
_LEAST_BYTES = 16
_UNFINISHED = ("starting", "processing", "queued", "pending", "in_progress")


def read_picture(answer: object) -> bytes | str:
    """The first picture in *answer*: its bytes, or the http(s) URL where it can be fetched.

    Accepts raw bytes, bare base64, data URIs and URLs, alone or in the objects and lists of the
    services. Raises UnexpectedAnswerError when there is none, LoadingError for a job that has
    only begun.

    >>> read_picture({"images": [{"url": "https://host.example/1.png"}]})
    'https://host.example/1.png'
    >>> read_picture({"data": [{"b64_json": "R0lGODlhAQABAAAAACwAAAAA"}]})[:6]
    b'GIF89a'
    """
    found = _find(answer, _DEPTH)
    if found is not None:
        return found
    if isinstance(answer, Mapping) and str(answer.get("status")).lower() in _UNFINISHED:
        raise LoadingError(
            "the picture was not ready when the service stopped waiting",
            hint="Try again, or choose a faster model or fewer steps.",
        )
    raise unusable("a picture", answer)


def _find(answer: object, depth: int) -> bytes | str | None:
    if isinstance(answer, bytes):
        return answer if sniff(answer) else None
    if isinstance(answer, str):
        return _from_text(answer.strip())
    if depth == 0:
        return None
    if isinstance(answer, Mapping):
        inner = [answer[key] for key in _KEYS if key in answer]
    else:
        inner = answer[:_LOOKED_AT] if isinstance(answer, list) else []
    found = (_find(item, depth - 1) for item in inner)
    return next((picture for picture in found if picture is not None), None)


def _from_text(text: str) -> bytes | str | None:
    if text.lower().startswith(("https://", "http://")):
        return text
    if text[:5].lower() == "data:":
        text = text.partition(",")[2]
    try:
        data = base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) < _LEAST_BYTES:
        return None
    if not sniff(data):
        raise UnexpectedAnswerError("the endpoint answered with base64 that holds no picture")
    return data
