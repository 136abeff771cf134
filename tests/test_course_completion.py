"""`get_completion` as the course's cells call it: what it returns, and which task it takes."""

from __future__ import annotations

import base64
import io
import json

import launching
import pytest
import responses
from PIL import Image

from workbench import errors
from workbench.course import completion_for, get_completion
from workbench.course.completion import shared_client
from workbench.course.routing import is_picture, route_for
from workbench.engines.server import print_env
from workbench.settings import Settings

TEXT = "My name is Andrew, I'm building DeepLearningAI and I live in California"
RED = Image.new("RGB", (40, 30), "red")


def as_base64(image, kind="PNG"):
    """A picture as the course sends it."""
    file = io.BytesIO()
    image.save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def base():
    """Where `workbench serve` answers."""
    with launching.server() as url:
        yield url


@pytest.fixture
def course(base, monkeypatch):
    """The course's variables, pointing at the server; returns them."""
    lines = [line for line in print_env(base).splitlines() if "=" in line]
    variables = dict(line.split("=", 1) for line in lines)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.mark.server
def test_the_cells_of_every_lesson(course):
    """Summary, raw tokens, caption, picture and completion have the shapes the cells read."""
    assert list(get_completion(TEXT)[0]) == ["summary_text"]
    tokens = get_completion(TEXT, parameters=None, ENDPOINT_URL=course["HF_API_NER_BASE"])
    assert set(tokens[0]) == {"entity", "word", "start", "end", "score", "index"}
    assert [token["word"] for token in tokens][:1] == ["Andrew"]
    caption = get_completion(as_base64(RED), None, course["HF_API_ITT_BASE"])
    assert "red" in caption[0]["generated_text"]
    picture = get_completion("a dog", None, course["HF_API_TTI_BASE"])
    assert Image.open(io.BytesIO(base64.b64decode(picture))).format == "PNG"
    written = get_completion("Once upon", {"max_new_tokens": 3}, course["HF_API_FALCOM_BASE"])
    assert written[0]["generated_text"].startswith("Once upon")


@pytest.mark.server
def test_an_address_no_variable_holds(base):
    """The path of a server tells the task; a picture that an unknown path answers is base64 too."""
    assert get_completion("a dog", {"width": 64, "height": 64}, f"{base}/text-to-image")
    assert get_completion(TEXT, None, f"{base}/pipeline/token-classification")[0]["entity"]
    assert get_completion(TEXT, None, f"{base}/models/dslim/bert-base-NER")[0]["entity"]


def test_options_are_those_of_the_course():
    """Sizes are kept, numbers of sliders are whole, None is left out, and others are refused."""
    paint = completion_for("text-to-image")
    options = {"negative_prompt": None, "num_inference_steps": 2.0, "width": 96.0, "height": 64}
    assert Image.open(io.BytesIO(base64.b64decode(paint("a dog", options)))).size == (96, 64)
    with pytest.raises(errors.InvalidInputError, match="no parameter 'steps'") as caught:
        paint("a dog", {"steps": 2})
    assert "num_inference_steps" in caught.value.hint


def test_a_picture_in_any_form_is_captioned(tmp_path):
    """An image, its bytes, base64, data URI and file go to the captioner without being told."""
    path = tmp_path / "red.png"
    RED.save(path)
    text = as_base64(RED)
    forms = [RED, path.read_bytes(), text, f"data:image/png;base64,{text}", path, str(path)]
    said = [get_completion(form) for form in forms]
    assert "red" in said[0][0]["generated_text"]
    assert said == [said[0]] * len(forms)


def test_texts_in_a_list_are_a_batch():
    """A list of texts is summarized text by text."""
    assert len(get_completion([TEXT, "It rains."])) == 2


@pytest.mark.parametrize(
    ("inputs", "target", "task"),
    [
        ("x", "dslim/bert-base-NER", "ner"),
        ("x", "local:dslim/bert-base-NER", "ner"),
        ("x", "runwayml/stable-diffusion-v1-5", "text-to-image"),
        ("x", "https://host.example/models/facebook/bart-large-cnn", "summarization"),
        ("x", "https://tgi.example/generate", "completion"),
        ("x", "https://sum.example/", "summarization"),
        ("x", "https://ner.example/", "ner"),
        ("x", "https://host.example", "summarization"),
        (RED, "https://host.example", "captioning"),
        (RED, "embedded", "captioning"),
        ("x", None, "summarization"),
    ],
)
def test_the_task_is_found(inputs, target, task):
    """A variable goes before a path or model, and these before what is put in."""
    settings = Settings(
        targets={
            "HF_API_SUMMARY_BASE": "https://sum.example",
            "HF_API_NER_BASE": "https://ner.example",
        }
    )
    assert route_for(inputs, target, settings).task == task


def test_one_target_for_several_tasks():
    """Of two tasks at one target a picture tells captioning; between two of text, one is asked."""
    variables = ("HF_API_SUMMARY_BASE", "HF_API_NER_BASE", "HF_API_ITT_BASE")
    targets = dict.fromkeys(variables, "embedded")
    settings = Settings(targets=targets)
    assert route_for(RED, "embedded", settings).task == "captioning"
    with pytest.raises(errors.ConfigurationError, match="HF_API_NER_BASE") as caught:
        route_for("x", "embedded", settings)
    assert "completion_for(" in caught.value.hint


@pytest.mark.parametrize("inputs", [None, 3, {"text": "x"}, [], [1]])
def test_what_is_neither_text_nor_picture(inputs):
    """It is said that it can't be told, and how to tell."""
    with pytest.raises(errors.InvalidInputError, match="it can't be told") as caught:
        get_completion(inputs)
    assert "completion_for(" in caught.value.hint


def test_no_completion_for_a_chat():
    """A task without such a helper is refused with those that have one."""
    with pytest.raises(errors.ConfigurationError, match="chat"):
        completion_for("chat")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (TEXT, False),
        ("", False),
        ("DeepLearningAI" * 10, False),
        ("https://host.example has news", False),
        ("https://host.example/dog", True),
        ("nowhere.png", True),
        (as_base64(RED, "JPEG"), True),
        (as_base64(RED, "GIF"), True),
    ],
)
def test_pictures_among_texts(text, is_one):
    """A text is a picture when it is the base64, the file or the address of one."""
    assert is_picture(text) is is_one


@responses.activate
def test_a_key_goes_to_its_own_endpoint(monkeypatch):
    """The call has the client's ways: the key of the variable, tokens unmerged, errors named."""
    monkeypatch.setenv("HF_API_NER_BASE", "https://mine.example")
    monkeypatch.setenv("HF_API_NER_KEY", "secret-key")
    responses.post("https://mine.example", json=[])
    assert get_completion(TEXT, ENDPOINT_URL="https://mine.example") == []
    sent = responses.calls[0].request
    assert sent.headers["Authorization"] == "Bearer secret-key"
    assert json.loads(sent.body)["parameters"] == {"aggregation_strategy": "none"}
    responses.replace("POST", "https://mine.example", json={"error": "no"}, status=401)
    with pytest.raises(errors.AuthenticationError) as caught:
        get_completion(TEXT, ENDPOINT_URL="https://mine.example")
    assert "secret-key" not in str(caught.value) + caught.value.hint


@responses.activate
def test_a_chat_service_completes(monkeypatch):
    """A service that only chats gives a completion in the shape of the others."""
    monkeypatch.setenv("HF_API_FALCOM_BASE", "https://talk.example/v1#m")
    event = {"choices": [{"index": 0, "delta": {"content": " there"}, "finish_reason": "stop"}]}
    responses.post(
        "https://talk.example/v1/chat/completions",
        body=f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n",
        content_type="text/event-stream",
    )
    assert completion_for("completion")("Hello") == [{"generated_text": "Hello there"}]


def test_settings_may_change(monkeypatch):
    """A variable that a cell sets is heeded by the next call, and the client is kept until then."""
    before = shared_client()
    assert shared_client() is before
    monkeypatch.setenv("HF_API_NER_BASE", "nowhere/at-all:nobody")
    assert shared_client() is not before
    with pytest.raises(errors.ConfigurationError):
        completion_for("ner")("x")
