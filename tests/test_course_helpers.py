"""The helpers of the course's notebooks, called as they are there."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from workbench import errors
from workbench.course import (
    base64_to_pil,
    caption_and_generate,
    captioner,
    completion_for,
    format_chat_prompt,
    generate,
    image_to_base64_str,
    merge_tokens,
)

TEXT = "My name is Andrew, I'm building DeepLearningAI and I live in California"


def test_merged_tokens_are_what_the_course_shows():
    """What the NER helper returns goes into gr.HighlightedText, whole names with their label."""
    import gradio as gr

    tokens = completion_for("ner")(TEXT)
    merged = merge_tokens(tokens)
    assert [(each["entity"], each["word"]) for each in merged] == [
        ("B-PER", "Andrew"),
        ("B-ORG", "DeepLearningAI"),
        ("B-LOC", "California"),
    ]
    shown = gr.HighlightedText().postprocess({"text": TEXT, "entities": merged})
    labelled = {each.token: each.class_or_confidence for each in shown.root}
    assert labelled["California"] == "B-LOC"


def test_merging_leaves_the_tokens():
    """The list given is not changed, so that running a cell twice gives the same."""
    tokens = [
        {"entity": "B-PER", "score": 0.9, "index": 1, "word": "Syl", "start": 0, "end": 3},
        {"entity": "I-PER", "score": 0.7, "index": 2, "word": "##vain", "start": 3, "end": 7},
    ]
    copies = [dict(token) for token in tokens]
    assert merge_tokens(tokens) == merge_tokens(tokens)
    assert tokens == copies


def test_entities_merged_already_have_the_key():
    """What an endpoint merged by itself has `entity` too."""
    entity = {"entity_group": "PER", "score": 1, "word": "Ada", "start": 0, "end": 3}
    merged = merge_tokens([entity])
    assert merged[0]["entity"] == "PER"


@pytest.mark.parametrize("answer", [{"error": "busy"}, "text", [{"word": "x"}], [{"entity": "B"}]])
def test_no_tokens_is_said(answer):
    """An answer that holds no tokens is an error of ours, not of Python's."""
    with pytest.raises(errors.UnexpectedAnswerError):
        merge_tokens(answer)


def test_pictures_and_base64():
    """A picture comes back from the base64 of a PNG as it was, but for what it told of itself."""
    picture = Image.effect_noise((20, 10), 50).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    file = io.BytesIO()
    picture.save(file, "PNG", exif=exif)
    text = image_to_base64_str(Image.open(file))
    assert Image.open(io.BytesIO(base64.b64decode(text))).format == "PNG"
    assert b"taken at home" not in base64.b64decode(text)
    assert base64_to_pil(text).tobytes() == picture.tobytes()
    with pytest.raises(errors.InvalidInputError):
        base64_to_pil("no picture")


def test_base64_is_no_path(tmp_path):
    """A text is not taken for the name of a file."""
    path = tmp_path / "a.png"
    Image.new("RGB", (2, 2)).save(path)
    with pytest.raises(errors.InvalidInputError):
        base64_to_pil(str(path))


def test_the_game():
    """The four steps of the last but one lesson: paint, caption, and both at once."""
    boat = generate("a red boat on a lake", "people", 10, 7, 128.0, 96.0)
    assert boat.size == (128, 96)
    said = captioner(boat)
    caption, picture = caption_and_generate(boat)
    assert caption == said
    assert isinstance(picture, Image.Image)


def test_chat_prompts():
    """Pairs and messages give the course's prompt, with and without an instruction."""
    pairs = [["Hi", "Hello!"], ["How are you?", None]]
    messages = [
        {"role": "system", "content": "not said aloud"},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "content": "Hello!", "metadata": None, "options": None},
        {"role": "user", "content": "How are you?"},
    ]
    said = "\nUser: Hi\nAssistant: Hello!\nUser: How are you?\nUser: Well?\nAssistant:"
    assert format_chat_prompt("Well?", pairs) == said
    assert format_chat_prompt("Well?", messages) == said
    assert format_chat_prompt("Well?", pairs, "Be kind.") == f"System:Be kind.{said}"
    assert format_chat_prompt("Well?", []) == "\nUser: Well?\nAssistant:"


@pytest.mark.parametrize("history", [["Hi"], [["a", "b", "c"]], [3]])
def test_no_history_is_said(history):
    """What is no history is an error that says so."""
    with pytest.raises(errors.InvalidInputError):
        format_chat_prompt("Hi", history)
