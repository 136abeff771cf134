"""Captions: how a picture leaves this machine, and how the answer is read."""

from __future__ import annotations

import base64
import io
import json

import pytest
import responses
from PIL import Image

from tasks.captioning import PICTURES, PROMPT, caption, show
from workbench.client import EndpointClient
from workbench.errors import CreditsError, InvalidInputError, UnexpectedAnswerError
from workbench.settings import Settings

OLD = "http://127.0.0.1:9/itt"
CHAT = "http://127.0.0.1:9/v1"
ROUTER = "https://router.huggingface.co/v1/chat/completions"
PHOTO = Image.radial_gradient("L").resize((1600, 1200)).convert("RGB")
SAID = [{"generated_text": " a dog on grass"}]


def chat_answer(text="A dog on grass."):
    """What a chat service answers."""
    return {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}


@pytest.fixture
def web():
    """A network on which only what a test names is there."""
    with responses.RequestsMock() as mocked:
        yield mocked


def client_at(target, token=None):
    """A client whose captions come from *target*."""
    named = {"HF_API_ITT_BASE": target} if target else {}
    return EndpointClient(Settings(token=token, token_source="HF_TOKEN", targets=named))


def sent(web, number=0):
    """The body and headers of a request."""
    request = web.calls[number].request
    return request.body, request.headers


@pytest.mark.parametrize(
    "answer",
    [SAID, SAID[0], [SAID], [{"caption": "a dog on grass"}], "a dog on grass", ["a dog on grass"]],
    ids=["list", "object", "nested", "handler", "string", "strings"],
)
def test_image_to_text_endpoint_gets_the_bytes(web, answer):
    """Without parameters the picture is the body, with the type that it has."""
    web.post(OLD, json=answer)
    with client_at(OLD) as client:
        assert caption(PHOTO, client=client) == "a dog on grass"
    body, headers = sent(web)
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Accept"] == "application/json"
    with Image.open(io.BytesIO(body)) as picture:
        assert picture.size == (1024, 768)


def test_parameters_need_json(web):
    """With parameters it is bare, padded base64 in JSON."""
    web.post(OLD, json=SAID)
    with client_at(OLD) as client:
        caption(PHOTO, client=client, max_new_tokens=20)
    body, headers = sent(web)
    document = json.loads(body)
    assert headers["Content-Type"] == "application/json"
    assert document["parameters"] == {"max_new_tokens": 20}
    assert base64.b64decode(document["inputs"], validate=True)[:3] == b"\xff\xd8\xff"


def test_chat_service_gets_a_message(web):
    """A chat service is asked about a data URI, in the name of the model that it serves."""
    web.get(f"{CHAT}/models", json={"data": [{"id": "org/vlm"}]})
    web.post(f"{CHAT}/chat/completions", json=chat_answer())
    with client_at(CHAT) as client:
        assert caption(PHOTO, client=client, max_new_tokens=30) == "A dog on grass."
        caption(PHOTO, client=client, prompt="How many dogs?")
    document = json.loads(sent(web, 1)[0])
    text, image = document["messages"][0]["content"]
    assert (document["model"], document["max_tokens"]) == ("org/vlm", 30)
    assert text["text"] == PROMPT
    assert image["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/")
    assert json.loads(sent(web, 2)[0])["messages"][0]["content"][0]["text"] == "How many dogs?"
    assert len(web.calls) == 3, "the model is asked for once"


@pytest.mark.parametrize("status", [401, 403, 404, 405, 422, 500])
def test_service_without_a_list_of_models(web, no_waiting, status):
    """Where no list is, the name is the one that a server of one model takes for its own."""
    web.get(f"{CHAT}/models", status=status)
    web.post(f"{CHAT}/chat/completions", json=chat_answer())
    with client_at(CHAT) as client:
        caption(PHOTO, client=client)
    assert json.loads(web.calls[-1].request.body)["model"] == "tgi"


@pytest.mark.parametrize(
    ("target", "model"),
    [
        (None, "google/gemma-4-31B-it"),
        ("org/vlm", "org/vlm"),
        ("org/vlm:auto", "org/vlm"),
        ("org/vlm:novita", "org/vlm:novita"),
        ("org/vlm:fastest", "org/vlm:fastest"),
    ],
)
def test_hosted_model_is_a_chat(web, target, model):
    """A model at Hugging Face is asked through the router, provider and all, with the token."""
    web.post(ROUTER, json=chat_answer())
    with client_at(target, token="hf_mine") as client:
        caption(PHOTO, client=client)
    body, headers = sent(web)
    assert json.loads(body)["model"] == model
    assert headers["Authorization"] == "Bearer hf_mine"


def test_hf_inference_is_spoken_to_the_old_way(web):
    """With `:hf-inference` the model is an image-to-text endpoint."""
    web.post("https://router.huggingface.co/hf-inference/models/org/blip", json=SAID)
    with client_at("org/blip:hf-inference", token="hf_mine") as client:
        assert caption(PHOTO, client=client) == "a dog on grass"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a \x1b[31mred\x07 dog", "a [31mred dog"),
        ("a \u202egod\u202c, \u2066x\u2069", "a god, x"),
        ("a\u200b\u00ad\ufeff dog\U000e0041", "a dog"),
        ("می\u200cخواهم 👩\u200d🚀 ❤\ufe0f", "می\u200cخواهم 👩\u200d🚀 ❤\ufe0f"),
        ("a dog\n\tand \x1b", "a dog\n\tand"),
    ],
    ids=["controls", "turning", "unseen", "joiners", "white space"],
)
def test_caption_is_what_a_person_sees(web, said, shown):
    """What is unseen or turns the line around is dropped; what holds letters together stays."""
    web.post(OLD, json=[{"generated_text": said}])
    web.post(f"{CHAT}/chat/completions", json=chat_answer(said))
    web.get(f"{CHAT}/models", status=404)
    for target in (OLD, CHAT):
        with client_at(target) as client:
            assert caption(PHOTO, client=client) == shown


def test_reply_that_nobody_sees(web):
    """A chat model's reply of control characters is an error, not an empty caption."""
    web.get(f"{CHAT}/models", status=404)
    web.post(f"{CHAT}/chat/completions", json=chat_answer("\x1b\x07"))
    with client_at(CHAT) as client, pytest.raises(UnexpectedAnswerError, match="no visible"):
        caption(PHOTO, client=client)


def test_noisy_picture_keeps_under_the_limit(web):
    """Two megabytes of JSON are the most that TGI takes: a picture full of noise fits too."""
    web.get(f"{CHAT}/models", status=404)
    web.post(f"{CHAT}/chat/completions", json=chat_answer())
    noise = Image.effect_noise((1500, 1500), 200).convert("RGB")
    with client_at(CHAT) as client:
        caption(noise, client=client)
    assert len(sent(web, 1)[0]) < 2_000_000


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (200, [], UnexpectedAnswerError),
        (200, [{"summary_text": "x"}], UnexpectedAnswerError),
        (200, {"error": "no"}, UnexpectedAnswerError),
        (200, [{"generated_text": "\x1b\x00\u202e"}], UnexpectedAnswerError),
        (402, {"error": "no"}, CreditsError),
        (400, {"error": "bad picture"}, InvalidInputError),
    ],
)
def test_failure_tells_the_task(web, status, answer, error):
    """An answer without a caption and a refusal are errors with task and endpoint."""
    web.post(OLD, json=answer, status=status)
    with client_at(OLD) as client, pytest.raises(error) as caught:
        caption(PHOTO, client=client)
    assert (caught.value.task, caught.value.endpoint) == ("captioning", OLD)


@pytest.mark.parametrize(
    ("image", "options"),
    [
        ("nowhere.jpg", {}),
        (b"no picture", {}),
        (None, {}),
        (PHOTO, {"prompt": " "}),
        (PHOTO, {"max_new_tokens": 0}),
        (PHOTO, {"max_new_tokens": True}),
        ("http://127.0.0.1:9/x.png", {}),
        ("http://169.254.169.254/latest/meta-data", {}),
    ],
    ids=lambda value: "photo" if value is PHOTO else repr(value),
)
def test_bad_input_is_refused_before_anything_is_sent(web, image, options):
    """What is no picture, an impossible option and an address inside: no call is made."""
    with client_at(OLD) as client, pytest.raises(InvalidInputError) as caught:
        caption(image, client=client, **options)
    assert str(caught.value)


def test_limit_of_pixels_is_a_setting(web):
    """A picture beyond the limit that a person set is refused, before anything is sent."""
    settings = Settings.from_env({"HF_API_ITT_BASE": OLD, "WORKBENCH_MAX_MEGAPIXELS": "0.1"})
    with EndpointClient(settings) as client:
        with pytest.raises(InvalidInputError, match="pixels"):
            caption(PICTURES[0].read_bytes(), client=client)
        assert not web.calls


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_our_pictures_are_described(client, picture):
    """Each example picture gets the noun it is named for from the embedded engine."""
    assert picture.stem in caption(picture, client=client)
    assert picture.stem in caption(str(picture), client=client)
    assert picture.stem in caption(picture.read_bytes(), client=client)


def test_caption_can_be_short(client):
    """max_new_tokens bounds what the embedded engine says."""
    whole = caption(PICTURES[0], client=client)
    assert 0 < len(caption(PICTURES[0], client=client, max_new_tokens=3)) < len(whole)


def test_result_is_shown_as_its_caption():
    """A terminal prints the caption alone."""
    assert show({"caption": "a dog"}) == "a dog"
