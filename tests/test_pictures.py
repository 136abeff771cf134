"""A picture out of every shape of answer that services give, and nothing out of the rest."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from workbench.errors import LoadingError, UnexpectedAnswerError
from workbench.protocols.pictures import read_picture


def encoded(kind="PNG"):
    """A small picture as a file."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 3), "teal").save(buffer, kind)
    return buffer.getvalue()


PNG = encoded()
TEXT = base64.b64encode(PNG).decode()
URL = "https://cdn.example/1.png"


@pytest.mark.parametrize(
    "answer",
    [
        PNG,
        TEXT,
        f"\n{TEXT}\n",
        f"data:image/png;base64,{TEXT}",
        {"images": [TEXT]},
        {"images": [{"image": TEXT}]},
        {"image": TEXT},
        {"image": {"b64_json": TEXT}},
        [TEXT],
        [{"generated_image": f"data:image/png;base64,{TEXT}"}],
        {"data": [{"b64_json": TEXT}]},
        {"created": 1, "data": [{"b64_json": TEXT, "url": None}]},
        {"output": f"data:image/webp;base64,{TEXT}"},
        {"image": None, "images": [TEXT]},
    ],
    ids=repr,
)
def test_bytes_come_out_of_every_shape(answer):
    """Raw bytes, bare base64, data URIs and the objects of the services give the same picture."""
    assert read_picture(answer) == PNG


@pytest.mark.parametrize(
    "answer",
    [
        {"images": [{"url": URL, "content_type": "image/jpeg"}]},
        {"data": [{"url": URL}]},
        {"status": "succeeded", "output": [URL]},
        {"status": "succeeded", "output": URL},
        {"output": [URL]},
        {"image": {"url": URL}},
        URL,
    ],
    ids=repr,
)
def test_url_comes_out_as_it_is(answer):
    """Where the answer names an address, it is handed on to be fetched with care."""
    assert read_picture(answer) == URL


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_any_type_of_picture(kind):
    """The type is seen in the bytes; JPEG comes where PNG was asked for."""
    data = encoded(kind)
    assert read_picture({"images": [base64.b64encode(data).decode()]}) == data


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        7,
        "",
        "a picture of a dog",
        {"generated_text": "a dog"},
        {"images": []},
        {"data": [{}]},
        {"images": [[[[[[[[TEXT]]]]]]]]},
        base64.b64encode(b"<html>no</html>").decode(),
        "file:///etc/passwd",
        "ftp://host.example/1.png",
    ],
    ids=repr,
)
def test_no_picture_is_an_error(answer):
    """What holds none is an unexpected answer that says what it was, never an empty picture."""
    with pytest.raises(UnexpectedAnswerError) as caught:
        read_picture(answer)
    assert "endpoint answered" in str(caught.value)


@pytest.mark.parametrize("status", ["starting", "processing"])
def test_job_that_has_only_begun(status):
    """An answer without output, because waiting for it ran out, is about time."""
    with pytest.raises(LoadingError):
        read_picture({"status": status, "output": None})


def test_deep_nesting_ends():
    """An answer nested without end is refused, not followed."""
    answer = []
    for _ in range(5000):
        answer = {"images": [answer]}
    with pytest.raises(UnexpectedAnswerError):
        read_picture(answer)
