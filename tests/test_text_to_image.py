"""Pictures made: what is asked, what comes back in each shape, and what is told of it."""

from __future__ import annotations

import base64
import io
import json

import pytest
import responses
from PIL import Image

from tasks.text_to_image import Picture, draw, facts, generate_image, make_picture, show
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError, InvalidInputError, UnexpectedAnswerError
from workbench.recipes import Recipe, read_recipe
from workbench.settings import Settings

HERE = "http://127.0.0.1:9/tti"
HOSTED = "https://router.huggingface.co/hf-inference/models/org/sd"
PROMPT = "a red boat on a lake"


def file(kind="PNG", size=(64, 48)):
    """A picture as a service sends it."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind)
    return buffer.getvalue()


def text(data=None):
    return base64.b64encode(data or file()).decode()


@pytest.fixture
def web():
    """A network on which only what a test names is there."""
    with responses.RequestsMock() as mocked:
        yield mocked


@pytest.fixture
def there():
    """A client whose pictures are made at an address."""
    with EndpointClient(Settings(targets={"HF_API_TTI_BASE": HERE})) as client:
        yield client


@pytest.mark.parametrize(
    "answer",
    [
        {"body": file(), "content_type": "image/png"},
        {"body": file("JPEG"), "content_type": "image/png"},
        {"body": file("WEBP"), "content_type": "application/octet-stream"},
        {"body": file("BMP"), "content_type": "application/json"},
        {"json": text()},
        {"body": text(), "content_type": "text/plain"},
        {"json": f"data:image/png;base64,{text()}"},
        {"json": [text()]},
        {"json": {"images": [text()]}},
        {"json": {"image": text()}},
        {"json": {"data": [{"b64_json": text()}]}},
        {"json": {"images": [{"url": "http://127.0.0.1:9/made.png"}]}},
        {"json": {"data": [{"url": "http://127.0.0.1:9/made.png"}]}},
        {"json": {"status": "succeeded", "output": ["http://127.0.0.1:9/made.png"]}, "status": 201},
    ],
    ids=lambda answer: str(answer)[:60],
)
def test_every_shape_of_answer(web, there, answer, monkeypatch):
    """Bytes of any type under any name, base64, objects and addresses give an RGB picture."""
    monkeypatch.setattr("workbench.fetching.fetch", lambda *_, **__: file())
    web.post(HERE, **answer)
    image = generate_image(PROMPT, client=there)
    assert (image.mode, image.size) == ("RGB", (64, 48))


def test_request_is_the_wires(web, there):
    """Prompt and the options that were set go out; a picture is asked for."""
    web.post(HERE, body=file(size=(64, 64)))
    generate_image(PROMPT, client=there, negative_prompt="fog", width=64, height=64, seed=0)
    request = web.calls[0].request
    assert json.loads(request.body) == {
        "inputs": PROMPT,
        "parameters": {"negative_prompt": "fog", "width": 64, "height": 64, "seed": 0},
    }
    assert request.headers["Accept"] == "image/png"
    assert request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"body": b"<html>busy</html>"}, "a web page"),
        ({"body": b"\x89PNG\r\n\x1a\n broken"}, "PNG"),
        ({"body": file()[:60]}, "PNG"),
        ({"body": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, "SVG"),
        ({"json": text(b"not a picture at all")}, "no picture"),
        ({"json": "a dog"}, "a text"),
        ({"json": {"images": []}}, "images"),
        ({"json": [{"generated_text": "a dog"}]}, "a list"),
        ({"json": {"images": [{"url": "http://10.0.0.1/x.png"}]}}, "10.0.0.1"),
        ({"json": {"images": [{"url": "http://127.0.0.1:10/x.png"}]}}, "127.0.0.1"),
        ({"json": {"images": [{"url": "file:///etc/passwd"}]}}, "images"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_no_picture_is_an_error(web, there, answer, told):
    """What is no picture, or one at an address inside, is an error that says what it was."""
    web.post(HERE, **answer)
    with pytest.raises(UnexpectedAnswerError) as caught:
        generate_image(PROMPT, client=there)
    assert told in str(caught.value)
    assert (caught.value.task, caught.value.endpoint) == ("text-to-image", HERE)


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("", {}),
        (" \n", {}),
        (None, {}),
        ("x", {"width": 0}),
        ("x", {"height": 1.5}),
        ("x", {"num_inference_steps": 0}),
        ("x", {"guidance_scale": float("nan")}),
        ("x", {"guidance_scale": -1}),
        ("x", {"guidance_scale": "7"}),
        ("x", {"seed": -1}),
        ("x", {"seed": True}),
        ("x", {"seed": 2**64}),
        ("x", {"seed": -(10**5000)}),
        ("x", {"width": 10**5000}),
        ("x", {"guidance_scale": 10**400}),
        ("x", {"guidance_scale": 10**5000}),
        ("x", {"negative_prompt": 5}),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else repr(value),
)
def test_bad_input_is_refused_before_anything_is_sent(web, there, prompt, options):
    """An empty prompt and impossible numbers make no call."""
    with pytest.raises(InvalidInputError) as caught:
        generate_image(prompt, client=there, **options)
    assert len(str(caught.value)) < 200
    assert all(name.replace("_", " ") in str(caught.value).replace("_", " ") for name in options)


def test_largest_seed(web, there):
    """A seed of 64 bits goes out as it is."""
    web.post(HERE, body=file())
    made = make_picture(PROMPT, client=there, seed=2**64 - 1)
    assert json.loads(web.calls[0].request.body)["parameters"] == {"seed": 2**64 - 1}
    assert read_recipe(made.png()).seed == 2**64 - 1


def test_hosted_by_hf_inference(web):
    """`:hf-inference` goes to the router's own path, with the token."""
    web.post(HOSTED, body=file("JPEG"))
    settings = Settings(token="hf_mine", token_source="HF_TOKEN")
    with EndpointClient(settings) as client:
        made = make_picture(PROMPT, client=client.using("org/sd:hf-inference"))
    assert web.calls[0].request.headers["Authorization"] == "Bearer hf_mine"
    assert made.recipe.model == "org/sd"


def test_chat_address_makes_no_pictures():
    """An address of a chat service is refused with what to write."""
    with EndpointClient(Settings()) as client, pytest.raises(ConfigurationError) as caught:
        generate_image(PROMPT, client=client.using("https://host.example/v1"))
    assert "`hf`" in str(caught.value)


def test_recipe_makes_the_same_picture(client):
    """What the PNG carries, sent again to the same engine, gives the same pixels."""
    made = make_picture(PROMPT, client=client, negative_prompt="sun", width=128, height=96, seed=7)
    recipe = read_recipe(made.png())
    assert recipe == made.recipe
    again = make_picture(recipe.prompt, client=client, **recipe.parameters())
    assert again.image.tobytes() == made.image.tobytes()
    assert recipe.engine.startswith("embedded; ")
    other = make_picture(PROMPT, client=client, negative_prompt="sun", width=128, height=96, seed=8)
    assert other.image.tobytes() != made.image.tobytes()


def test_endpoint_that_does_otherwise(web, there):
    """A picture of another size, and options that the answer says it ignored, are told."""
    web.post(HERE, body=file(), headers={"x-workbench-ignored": "seed, scheduler, <b>"})
    made = make_picture(PROMPT, client=there, width=512, height=512, seed=3)
    assert made.notes == (
        "The endpoint ignored seed.",
        "Asked for width 512 and height 512, it made 64 × 48 pixels.",
    )


def test_faces_show_the_same(client):
    """Terminal, JSON and file come from one result."""
    made = make_picture(PROMPT, client=client, width=96, height=64)
    assert show(made).startswith("96 × 64 pixels, embedded")
    told = facts(made)
    json.dumps(told)
    assert base64.b64decode(told["image"]) == made.png()
    assert draw(made, ".png") == made.png()
    assert draw(made, ".jpg")[:3] == b"\xff\xd8\xff"


def test_png_tells_nothing_else():
    """The file holds the recipe and no other text."""
    made = Picture(Image.new("RGB", (8, 8)), Recipe(prompt="x"))
    with Image.open(io.BytesIO(made.png())) as opened:
        assert set(opened.text) == {"workbench"}
