"""Code that names the host that was switched off gets answers as that host gave them."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from workbench.course.serving import CourseEngine
from workbench.engines.messages import Headers, Request


def ask(path, body, **headers):
    """What the engine of a notebook answers."""
    headers = {"content-type": "application/json", "accept": "*/*"} | headers
    request = Request(
        method="POST", path=path, headers=Headers(headers), body=json.dumps(body).encode()
    )
    return CourseEngine({}, lambda _: None)(request)


@pytest.mark.parametrize("model", ["runwayml/stable-diffusion-v1-5", "CompVis/stable-diffusion-9"])
def test_a_picture_is_its_bytes(model):
    """The body is the picture, as copies of the notebooks open it; JSON only for who asks."""
    path = f"/serverless/models/{model}"
    answer = ask(path, {"inputs": "a dog"})
    assert Image.open(io.BytesIO(answer.body)).format == "JPEG"
    assert isinstance(json.loads(ask(path, {"inputs": "a"}, accept="application/json").body), str)


def test_entities_are_merged():
    """One entry for each name, unless the call says how it wants them."""
    path, text = "/serverless/models/dslim/bert-base-NER", "Ada Lovelace lived in London."
    merged = json.loads(ask(path, {"inputs": text}).body)
    assert [entity["word"] for entity in merged] == ["Ada Lovelace", "London"]
    raw = {"inputs": text, "parameters": {"aggregation_strategy": "none"}}
    assert json.loads(ask(path, raw).body)[0]["entity"] == "B-PER"


def test_an_endpoint_of_today_answers_as_it_does():
    """The course's own address gives base64 and pieces, which its notebooks take apart."""
    assert isinstance(json.loads(ask("/text-to-image", {"inputs": "a dog"}).body), str)
    assert "entity" in json.loads(ask("/ner", {"inputs": "Ada lived in London."}).body)[0]
