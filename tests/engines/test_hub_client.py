"""Somebody else's client against our server: `huggingface_hub.InferenceClient`, unchanged."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.server

TEXT = "Barack Obama visited Paris. He met Angela Merkel there. The weather was mild all week."

SCRIPT = """
import base64, io, json, sys, warnings
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

base, text = sys.argv[1:]

def error(call):
    try:
        call()
    except HfHubHTTPError as exc:
        return [type(exc).__name__, exc.response.status_code, str(exc)]

def client(path):
    return InferenceClient(model=base + path, timeout=30)

def size(call):
    return list(call().size)

def captioned(source):
    return client("/captioning").image_to_text(source)["generated_text"]

paint = client("/text-to-image")
# Kept, because a stream of theirs ends with its client.
talk, writer = client("/models/echo"), InferenceClient(model=base, timeout=30)
HELLO = [{"role": "user", "content": "Hello there"}]
boat = paint.text_to_image("a red boat on a lake", width=320, height=256, seed=3)
boat.save("boat.png")
boat.save("boat.jpg")
ner, short = client("/ner"), client("/models/facebook/bart-large-cnn")
json.dump({
    "summary": short.summarization(text),
    "truncated": short.summarization(text, truncation="only_first"),
    "nested": error(lambda: short.summarization(text, generate_parameters={"max_length": 9})),
    "raw": ner.token_classification(text),
    "simple": ner.token_classification(text, aggregation_strategy="simple"),
    "all": ner.token_classification(text, aggregation_strategy="none", ignore_labels=[]),
    "size": size(lambda: boat),
    "square": size(lambda: client("/models/black-forest-labs/FLUX.1-schnell").text_to_image("x")),
    "captions": [captioned("boat.png"), captioned("boat.jpg")],
    "strength": error(lambda: paint.text_to_image("x", extra_body={"strength": 1})),
    "unknown": error(lambda: client("/models/gpt2").summarization(text)),
    "said": talk.chat_completion(HELLO).choices[0].message.content,
    "streamed": [
        chunk.choices[0].delta.content
        for chunk in talk.chat_completion(HELLO, stream=True)
        if chunk.choices
    ],
    "written": writer.text_generation("Once upon a time", max_new_tokens=3),
    "pieces": [*writer.text_generation(
        "Once upon a time", max_new_tokens=3, stream=True
    )],
    "busy": error(lambda: client("/faults/busy/ner").token_classification(text)),
}, sys.stdout)
"""


@pytest.fixture(scope="module")
def said(server_url, clean_env, tmp_path_factory):
    """What the client made of each answer; it runs apart, as it reads its environment on import."""
    env = clean_env(
        HF_HOME=str(tmp_path_factory.mktemp("hf")), HF_HUB_DISABLE_TELEMETRY="1", PYTHONWARNINGS=""
    )
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, server_url, TEXT],
        env=env,
        cwd=tmp_path_factory.mktemp("pictures"),
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_summary_is_understood(said):
    """`.summarization` gives its output type with our text in it, truncation or not."""
    assert said["summary"]["summary_text"]
    assert said["truncated"] == said["summary"]


def test_raw_tokens_are_understood(said):
    """`.token_classification` without a strategy gives tokens whose offsets fit the text."""
    assert said["raw"]
    for token in said["raw"]:
        assert token["entity"].startswith(("B-", "I-"))
        assert TEXT[token["start"] : token["end"]] == token["word"].removeprefix("##")
    assert len(said["all"]) > len(said["raw"])


def test_groups_are_understood(said):
    """With a strategy it gives groups."""
    found = {(item["entity_group"], item["word"]) for item in said["simple"]}
    assert {("PER", "Barack Obama"), ("LOC", "Paris")} <= found


def test_errors_are_understood(said):
    """Our refusals are that client's own errors, with our words in them."""
    kind, status, text = said["nested"]
    assert (kind, status) == ("BadRequestError", 400)
    assert "generate_parameters" in text
    assert said["unknown"][1] == 404
    assert "gpt2" in said["unknown"][2]
    assert said["busy"][1] == 503


def test_picture_is_understood(said):
    """`.text_to_image` gives a PIL image of the size that was asked for."""
    assert said["size"] == [320, 256]
    assert said["square"] == [512, 512]


def test_caption_is_understood(said):
    """`.image_to_text` of a file gives what our painter painted, as PNG and as JPEG."""
    for text in said["captions"]:
        assert "red boat" in text


def test_refusals_of_pictures_are_understood(said):
    """An option that isn't taken is a 400 in our words."""
    assert said["strength"][1] == 400
    assert "strength" in said["strength"][2]


def test_chat_is_understood(said):
    """`.chat_completion` gives a talker's reply, whole and in pieces."""
    assert said["said"] == "Hello there"
    assert "".join(filter(None, said["streamed"])) == "Hello there"


def test_completion_is_understood(said):
    """`.text_generation` gives what is written on, whole and in pieces."""
    assert said["written"] == "Once upon a time a girl came"
    assert said["pieces"] == [" a", " girl", " came"]
