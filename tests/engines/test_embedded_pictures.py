"""The tasks with pictures, as the containers and services answer them."""

from __future__ import annotations

import base64
import io
import json
from urllib.parse import urlsplit

import pytest
from PIL import Image

from workbench.engines.embedded import respond
from workbench.engines.embedded.painter import paint
from workbench.engines.messages import Headers, Request, parse_query
from workbench.protocols.pictures import read_picture

PROMPT = "a red boat on a lake"
SMALL = {"width": 64, "height": 64}


def file(kind="PNG", size=256):
    """A picture as a file."""
    buffer = io.BytesIO()
    paint(PROMPT, width=size, height=size).save(buffer, kind)
    return buffer.getvalue()


PNG = file(size=64)


def post(path, body, query=None, **headers):
    """The reply to a POST: bytes as they are, else JSON."""
    fields = {"content-type": "application/json", "host": "127.0.0.1:8200"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    kept = {name: value for name, value in fields.items() if value}
    return respond(Request("POST", path, query or {}, Headers(kept), sent))


def prompt(parameters=None, query=None, **headers):
    """The reply to a prompt."""
    body = {"inputs": PROMPT, "parameters": SMALL if parameters is None else parameters}
    return post("/text-to-image", body, query, **headers)


def opened(data):
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def text_of(reply):
    """The caption of a reply."""
    assert reply.status == 200, reply.body
    return json.loads(reply.body)[0]["generated_text"]


def refusal(reply):
    """The text of a 400."""
    assert reply.status == 400, reply.body
    return json.loads(reply.body)["error"]


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/json, */*"])
def test_default_is_base64_in_json(accept):
    """As the course's endpoint answers: one bare JSON string that is a PNG."""
    reply = prompt(accept=accept)
    assert reply.headers["content-type"] == "application/json"
    assert opened(base64.b64decode(json.loads(reply.body), validate=True)).size == (64, 64)


@pytest.mark.parametrize(
    ("accept", "kind", "form"),
    [
        ("image/png", "image/png", "PNG"),
        ("image/jpeg", "image/jpeg", "JPEG"),
        ("image/jpg", "image/jpg", "JPEG"),
        ("image/webp", "image/webp", "WEBP"),
        ("image/gif", "image/gif", "GIF"),
        ("image/bmp", "image/bmp", "BMP"),
        ("image/tiff", "image/tiff", "TIFF"),
        ("image/x-image", "image/png", "PNG"),
        ("image/*", "image/png", "PNG"),
        ("IMAGE/PNG;q=0.9, application/json", "image/png", "PNG"),
        ("text/html, image/png", "image/png", "PNG"),
    ],
)
def test_bytes_on_request(accept, kind, form):
    """The first type in Accept that is known is the type that comes."""
    reply = prompt(accept=accept)
    assert reply.headers["content-type"] == kind
    assert opened(reply.body).format == form


def test_accept_that_cannot_be_met():
    """A type that nobody knows is refused, before anything is painted."""
    assert "application/pdf" in refusal(prompt(accept="application/pdf"))
    assert "image/png" in refusal(post("/ner", {"inputs": "x"}, accept="image/png"))


@pytest.mark.parametrize("shape", ["json", "bytes", "images", "b64_json"])
def test_shapes_of_other_services(shape):
    """`?reply=` gives the same picture in the shapes that services answer in."""
    reply = prompt(query={"reply": shape})
    answer = reply.body if shape == "bytes" else json.loads(reply.body)
    assert read_picture(answer) == PNG


def test_reply_as_an_address():
    """`?reply=url` names an address on the server itself, where the same picture is."""
    url = read_picture(json.loads(prompt(query={"reply": "url"}).body))
    assert url.startswith("http://127.0.0.1:8200/picture.png?")
    reply = respond(Request("GET", "/picture.png", parse_query(urlsplit(url).query)))
    assert (reply.headers["content-type"], reply.body) == ("image/png", PNG)


@pytest.mark.parametrize(
    "parameters",
    [
        {**SMALL, "negative_prompt": "true", "guidance_scale": 1e-7, "seed": 10**30},
        {"target_size": SMALL, "negative_prompt": "123"},
        {**SMALL, "negative_prompt": None, "seed": None},
    ],
)
def test_address_keeps_every_parameter(parameters):
    """What was asked is what is fetched, whatever the values look like as text."""
    url = read_picture(json.loads(prompt(parameters, query={"reply": "url"}).body))
    fetched = respond(Request("GET", "/picture.png", parse_query(urlsplit(url).query)))
    assert fetched.body == base64.b64decode(json.loads(prompt(parameters).body))


@pytest.mark.parametrize("host", ["evil.example/x", "a b", "<b>", "x" * 300])
def test_address_is_not_made_of_anything(host):
    """A Host that is none does not get into the answer."""
    assert host not in prompt(query={"reply": "url"}, host=host).body.decode()


def test_unknown_shape():
    """A shape that there is not is refused with those there are."""
    assert "b64_json" in refusal(prompt(query={"reply": "gif"}))


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"width": 63}, "width"),
        ({"width": 4096}, "width"),
        ({"height": "512"}, "height"),
        ({"num_inference_steps": 0}, "num_inference_steps"),
        ({"guidance_scale": -1}, "guidance_scale"),
        ({"guidance_scale": 10**399}, "guidance_scale"),
        ({"num_inference_steps": 10**399}, "num_inference_steps"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"negative_prompt": ["x"]}, "negative_prompt"),
        ({"target_size": {"width": 64}}, "target_size"),
        ({"strength": 1}, "strength"),
    ],
    ids=lambda value: f"{value!r:.40}",
)
def test_bad_parameter_is_named(parameters, told):
    """A value that makes no picture is refused by name, as is what the task doesn't take."""
    assert f"{told}" in refusal(prompt(parameters))


def test_parameters_matter():
    """Seed, steps, guidance, negative prompt and size each change the pixels."""
    seen = {prompt({**SMALL, **more}).body for more in (
        {},
        {"seed": 5},
        {"num_inference_steps": 1},
        {"guidance_scale": 1.0},
        {"negative_prompt": "boat"},
        {"width": 128},
    )}  # fmt: skip
    assert len(seen) == 6


def test_size_in_either_place():
    """`target_size` is another way to write width and height."""
    given = prompt({"target_size": {"width": 128, "height": 64}})
    assert given.body == prompt({"width": 128, "height": 64}).body


def test_options_without_effect_are_told():
    """What is accepted and ignored stands in a header."""
    reply = prompt({**SMALL, "scheduler": "x", "num_images_per_prompt": 2})
    assert reply.headers["x-workbench-ignored"] == "scheduler, num_images_per_prompt"


@pytest.mark.parametrize("inputs", ["", "  ", None, 7, ["a", "b"]])
def test_prompt_must_be_a_text(inputs):
    """Nothing, a number and a list are no prompt."""
    assert "inputs" in refusal(post("/text-to-image", {"inputs": inputs}))


@pytest.mark.parametrize("path", ["/captioning", "/pipeline/image-to-text"])
@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("image/png", "PNG"),
        ("image/jpeg", "JPEG"),
        ("image/jpg", "JPEG"),
        ("image/png", "GIF"),
        ("application/octet-stream", "WEBP"),
        ("IMAGE/BMP; x=y", "BMP"),
    ],
)
def test_picture_as_the_body(path, kind, form):
    """A picture may be the body, under any type of picture that the container knows."""
    assert "boat" in text_of(post(path, file(form), content_type=kind))


def test_picture_in_json():
    """Bare, padded base64 in JSON gives the same caption, shorter when asked."""
    inputs = base64.b64encode(file()).decode()
    whole = text_of(post("/captioning", {"inputs": inputs}))
    assert whole == text_of(post("/captioning", file(), content_type="image/png"))
    for parameters in (
        {"max_new_tokens": 3},
        {"generate_kwargs": {"max_new_tokens": 3}},
        {"generation_parameters": {"max_new_tokens": 3}},
    ):
        asked = post("/captioning", {"inputs": inputs, "parameters": parameters})
        assert len(text_of(asked)) < len(whole)


@pytest.mark.parametrize("nest", [None, "generate_kwargs", "generation_parameters"])
@pytest.mark.parametrize("most", [0, True, 1.5, "3", 10**399], ids=lambda value: f"{value!r:.8}")
def test_bad_length_of_a_caption(most, nest):
    """A limit of tokens that is none is refused alike wherever it stands."""
    asked = {"max_new_tokens": most}
    inputs = base64.b64encode(PNG).decode()
    body = {"inputs": inputs, "parameters": {nest: asked} if nest else asked}
    assert "`max_new_tokens` must be" in refusal(post("/captioning", body))


def test_ignored_names_are_fit_for_a_header():
    """Of the caller's own names only plain ones come back in a header, and few."""
    inputs = base64.b64encode(PNG).decode()
    names = ["Größe", "狐", "a\r\nX-Evil: 1", "b\n", "", "x" * 81, "top_k"]
    names += [f"option_{number}" for number in range(50)]
    body = {"inputs": inputs, "parameters": {"generate_kwargs": dict.fromkeys(names, 1)}}
    told = post("/captioning", body).headers["x-workbench-ignored"].split(", ")
    assert told == ["top_k", *(f"option_{number}" for number in range(19))]
    body["parameters"]["generate_kwargs"] = {"狐": 1}
    assert "x-workbench-ignored" not in post("/captioning", body).headers


def test_batch_of_pictures():
    """A list gives a list for each picture, as the pipeline does."""
    inputs = base64.b64encode(PNG).decode()
    found = json.loads(post("/captioning", {"inputs": [inputs, inputs]}).body)
    assert len(found) == 2
    assert found[0] == found[1]
    assert "generated_text" in found[0][0]


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ("https://host.example/dog.jpg", "a URL"),
        ("http://169.254.169.254/latest", "a URL"),
        ("/etc/passwd", "no file is opened"),
        ("../photo.jpg", "no file is opened"),
        ("file:///etc/passwd", "no file is opened"),
        ("data:image/png;base64," + base64.b64encode(PNG).decode(), "a data URI"),
        (base64.encodebytes(PNG * 9).decode(), "white space"),
        (base64.b64encode(PNG).decode().rstrip("=") + "A" * (1 - len(PNG) % 3), "base64"),
        (base64.b64encode(b"no picture here").decode(), "picture"),
        (base64.b64encode(PNG[:-40]).decode(), ""),
        ("", "picture"),
        (None, "picture"),
        (7, "picture"),
        ({"image": "x"}, "picture"),
        ([["x"]], "picture"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_the_strict_container_refuses(inputs, told):
    """No URL is fetched and no path opened on a caller's word; the refusal says which it was."""
    assert told in refusal(post("/captioning", {"inputs": inputs}))


@pytest.mark.parametrize("kind", ["image/heic", "text/plain", "application/xml", None])
def test_type_that_is_refused(kind):
    """HEIC, text and no type at all are refused, as in the container."""
    assert "Content" in refusal(post("/captioning", PNG, content_type=kind))


def test_text_tasks_take_no_pictures():
    """The body of a text task is JSON."""
    assert "Content type" in refusal(post("/ner", PNG, content_type="image/png"))


def test_empty_body():
    """No bytes are no picture."""
    assert "picture" in refusal(post("/captioning", b"", content_type="image/png"))


def test_parameters_from_the_query():
    """A picture as the body leaves the query for parameters."""
    whole = text_of(post("/captioning", file(), content_type="image/png"))
    short = post("/captioning", file(), {"max_new_tokens": "3"}, content_type="image/png")
    assert len(text_of(short)) < len(whole)
