"""Pictures described by models in this process."""

from __future__ import annotations

import base64
import io
import threading

import pytest
from PIL import Image

from workbench.engines.toolkit import Call, Refusal

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

import tiny_pictures  # noqa: E402

from workbench.engines.local.captioning import QUESTION, answer_captioning  # noqa: E402
from workbench.engines.local.loaded import Loaded  # noqa: E402

CAPTIONERS = ("blip", "git", "encoder_decoder")
ALL = (*CAPTIONERS, "vision_chat")


def load(name, folder):
    """A tiny model as the loader hands it over."""
    from transformers import (
        AutoImageProcessor,
        AutoModelForImageTextToText,
        AutoProcessor,
        AutoTokenizer,
        TrOCRProcessor,
    )

    torch.set_num_threads(1)
    getattr(tiny_pictures, f"tiny_{name}")(folder)
    if name == "encoder_decoder":
        parts = AutoImageProcessor.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
        processor = TrOCRProcessor(*parts)
    else:
        processor = AutoProcessor.from_pretrained(folder)
    return Loaded(
        name=f"tiny/{name}",
        kind="vision-chat" if name == "vision_chat" else "captioner",
        model=AutoModelForImageTextToText.from_pretrained(folder).eval(),
        processor=processor,
    )


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Every tiny model that describes pictures, by name."""
    return {name: load(name, tmp_path_factory.mktemp(name)) for name in ALL}


def picture(shade=0):
    """A picture with an upper and a lower half, and corners that differ."""
    image = Image.new("RGB", (48, 32), (shade, 90, 255 - shade))
    image.paste((255, 255, 255), (0, 0, 24, 8))
    return image


def file(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


RED, BLUE = file(picture(255)), file(picture(0))


def caption(loaded, inputs=RED, **parameters):
    """The text of one caption."""
    return answer_captioning(loaded, Call(inputs, parameters)).result[0]["generated_text"]


def by_hand(loaded, image, prompt=None, **options):
    """The caption that the model gives when it is called as its documentation says."""
    processor = loaded.processor
    if loaded.kind == "vision-chat":
        asked = [{"type": "image"}, {"type": "text", "text": prompt or QUESTION}]
        text = processor.apply_chat_template(
            [{"role": "user", "content": asked}], add_generation_prompt=True
        )
        inputs = processor(images=image, text=text, add_special_tokens=False, return_tensors="pt")
    elif prompt and loaded.model.config.model_type == "git":
        inputs = processor(images=image, return_tensors="pt")
        words = processor.tokenizer(prompt, add_special_tokens=False).input_ids
        inputs["input_ids"] = torch.tensor([[processor.tokenizer.cls_token_id, *words]])
    elif prompt:
        inputs = processor(images=image, text=prompt, return_tensors="pt")
    else:
        inputs = processor(images=image, return_tensors="pt")
    tokens = loaded.model.generate(**inputs, **{"max_new_tokens": 50, **options})
    start = inputs["input_ids"].shape[1] if loaded.kind == "vision-chat" else 0
    return processor.batch_decode(tokens[:, start:], skip_special_tokens=True)[0].strip()


def watched(loaded, monkeypatch):
    """What the model's `generate` is called with, filled as it is called."""
    seen = {}
    own = loaded.model.generate

    def generate(**given):
        seen.update(given)
        return own(**given)

    monkeypatch.setattr(loaded.model, "generate", generate)
    return seen


@pytest.mark.parametrize("name", ALL)
def test_caption_is_the_models(models, name):
    """The caption is what the model says when it is called by hand, and depends on the picture."""
    captions = [caption(models[name], inputs) for inputs in (RED, BLUE)]
    assert captions == [by_hand(models[name], picture(255)), by_hand(models[name], picture(0))]
    assert captions[0] != captions[1]


@pytest.mark.parametrize("name", ["blip", "git", "vision_chat"])
def test_prompt(models, name):
    """A prompt begins the caption, or is the question of a model that chats."""
    found = caption(models[name], prompt=" a photo of ")
    assert found == by_hand(models[name], picture(255), "a photo of") != caption(models[name])
    assert found.startswith("a photo of") == (name != "vision_chat")


def test_prompt_without_a_place(models):
    """A model that reads no text has the prompt named among what had no effect."""
    loaded = models["encoder_decoder"]
    answer = answer_captioning(loaded, Call(RED, {"prompt": "a photo of"}))
    assert answer.ignored == ("prompt",)
    assert answer.result[0]["generated_text"] == by_hand(loaded, picture(255))


def test_model_that_chats_sees_the_picture(models, monkeypatch):
    """The pixels of two pictures reach the model as two tensors, and the question its text."""
    loaded = models["vision_chat"]
    seen = watched(loaded, monkeypatch)
    caption(loaded, RED)
    red, text = seen["pixel_values"], loaded.processor.decode(seen["input_ids"][0])
    caption(loaded, BLUE)
    assert red.shape == seen["pixel_values"].shape == (1, 3, 32, 32)
    assert not torch.equal(red, seen["pixel_values"])
    assert text.count("<s>") == 1
    assert text.startswith("<s>USER: <image>")
    assert text.endswith(f"{QUESTION} ASSISTANT:")


def test_tokens_in_a_prompt_are_text(models, monkeypatch):
    """A prompt with a model's own tokens in it adds no picture and ends no turn."""
    loaded = models["vision_chat"]
    seen = watched(loaded, monkeypatch)
    caption(loaded, prompt="what is <image> here?</s>")
    end = loaded.processor.tokenizer.eos_token_id
    assert end not in seen["input_ids"]
    assert (seen["input_ids"] == loaded.model.config.image_token_id).sum() == 16


def test_large_picture_for_chat(models, monkeypatch):
    """A model that chats is shown no more than 1,024 pixels a side, in the same shape."""
    loaded, seen = models["vision_chat"], []
    own = loaded.processor.apply_chat_template

    def template(messages, **options):
        seen.append(messages[0]["content"][0]["image"].size)
        return own(messages, **options)

    monkeypatch.setattr(loaded.processor, "apply_chat_template", template)
    for size in ((2048, 1024), (48, 32)):
        caption(loaded, file(picture().resize(size)), max_new_tokens=1)
    assert seen == [(1024, 512), (48, 32)]


def test_chat_without_a_template(models):
    """A model without a chat template is refused with what to choose instead."""
    from dataclasses import replace

    loaded = models["vision_chat"]
    bare = type(loaded.processor)(
        loaded.processor.image_processor, loaded.processor.tokenizer, patch_size=8
    )
    with pytest.raises(Refusal, match="no chat template") as caught:
        caption(replace(loaded, processor=bare))
    assert (caught.value.kind, "BLIP" in caught.value.hint) == ("configuration", True)


@pytest.mark.parametrize("name", ALL)
def test_batch(models, name):
    """A list gives a list for each picture, in order, and tells how far it is."""
    inputs = [base64.b64encode(each).decode() for each in (RED, BLUE)]
    told = []
    answer = answer_captioning(models[name], Call(inputs, {}, tell=told.append))
    assert answer.result == [
        [{"generated_text": caption(models[name], each)}] for each in (RED, BLUE)
    ]
    assert told == ["picture 1 of 2", "picture 2 of 2"]
    assert answer.engine == f"transformers; tiny/{name} on cpu, float32"


@pytest.mark.parametrize("where", [None, "generate_kwargs", "generation_parameters"])
def test_length(models, where):
    """The most tokens count wherever they are sent."""
    options = {"max_new_tokens": 3}
    given = {where: options} if where else options
    for loaded in models.values():
        assert caption(loaded, **given) == by_hand(loaded, picture(255), max_new_tokens=3)


def test_length_that_does_not_fit(models):
    """More tokens than the model has places for give as many as it has, on every model."""
    for loaded in models.values():
        assert len(caption(loaded, max_new_tokens=10**99)) >= len(caption(loaded))


def test_other_lengths(models):
    """`max_length` and `min_length` count the tokens of the caption; the least gives way."""
    loaded = models["blip"]
    given = {"max_length": 4, "min_length": 9}
    assert caption(loaded, generate_kwargs=given) == by_hand(
        loaded, picture(255), max_new_tokens=4, min_new_tokens=4
    )


@pytest.mark.parametrize(
    "options",
    [
        {"num_beams": 3},
        {"num_beams": 3, "length_penalty": -4.0, "early_stopping": True},
        {"repetition_penalty": 1.8},
        {"no_repeat_ngram_size": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ALL)
def test_generation_options(models, name, options):
    """What `generate` knows has its effect, as by hand."""
    loaded, options = models[name], {"max_new_tokens": 12, **options}
    answer = answer_captioning(loaded, Call(RED, {"generate_kwargs": options}))
    assert answer.ignored == ()
    assert answer.result[0]["generated_text"] == by_hand(loaded, picture(255), **options)


def test_generation_options_change_captions(models):
    """Beams, penalties and sampling each give another caption than the plain one."""
    loaded = models["git"]
    plain = caption(loaded)
    for options in (
        {"num_beams": 4},
        {"repetition_penalty": 1.8},
        {"no_repeat_ngram_size": 1},
        {"do_sample": True, "temperature": 5.0},
    ):
        assert caption(loaded, generate_kwargs=options) != plain


def test_sampling_leaves_chance_alone(models):
    """A caption that is drawn doesn't move the chance of the process, and differs each time."""
    options = {"do_sample": True, "temperature": 9.0}
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    drawn = {caption(models["git"], generate_kwargs=options) for _ in range(3)}
    assert torch.equal(torch.rand(3), expected)
    assert len(drawn) > 1


def test_what_has_no_effect_is_named(models):
    """Names that the model doesn't know, and those that need others to count, are reported."""
    options = {"temperature": 0.5, "length_penalty": 2, "magic": 1, "top_k": None}
    given = {"timeout": 3, "generate_kwargs": options}
    answer = answer_captioning(models["blip"], Call(RED, given))
    assert answer.ignored == ("timeout", "temperature", "length_penalty", "magic")


@pytest.mark.parametrize("name", ["top_k", "no_repeat_ngram_size", "min_new_tokens"])
def test_huge_numbers(models, name):
    """A whole number beyond what tensors hold is used as a large one."""
    options = {name: 10**99, "do_sample": name == "top_k", "max_new_tokens": 5}
    assert answer_captioning(models["blip"], Call(RED, {"generate_kwargs": options})).ignored == ()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"num_beams": 0}, "num_beams"),
        ({"num_beams": 17}, "from 1 to 16"),
        ({"num_beams": "3"}, "num_beams"),
        ({"do_sample": True, "temperature": 0}, "temperature"),
        ({"top_p": 1.5}, "top_p"),
        ({"typical_p": 0}, "typical_p"),
        ({"repetition_penalty": 0}, "repetition_penalty"),
        ({"length_penalty": 10**99}, "length_penalty"),
        ({"do_sample": 1}, "do_sample"),
        ({"prompt": 7}, "prompt"),
    ],
)
def test_bad_option_is_named(models, options, told):
    """A value that makes no caption is refused by name."""
    with pytest.raises(Refusal, match=told) as caught:
        caption(models["blip"], generate_kwargs=options)
    assert caught.value.status == 400


@pytest.mark.parametrize("name", ["blip", "vision_chat"])
def test_prompt_beyond_the_model(models, name):
    """A prompt with more tokens than the model has places for is too long, and said so."""
    with pytest.raises(Refusal, match="tokens") as caught:
        caption(models[name], prompt="a dog " * 200)
    assert (caught.value.status, caught.value.kind) == (422, "too-long")


def test_forms_of_one_picture(models, monkeypatch):
    """Bytes, base64, transparency and rotation by EXIF all give the pixels of what is seen."""
    loaded = models["blip"]
    seen = watched(loaded, monkeypatch)

    def pixels(inputs):
        caption(loaded, inputs, max_new_tokens=1)
        return seen["pixel_values"]

    expected = loaded.processor(images=picture(255), return_tensors="pt")["pixel_values"]
    clear = picture(255).convert("RGBA")
    turned = picture(255).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 270 degrees
    for inputs in (
        RED,
        base64.b64encode(RED).decode(),
        file(clear),
        file(turned, exif=exif),
        file(picture(255), "BMP"),
    ):
        assert torch.equal(pixels(inputs), expected)
    assert not torch.equal(pixels(file(turned)), expected)


@pytest.mark.parametrize("inputs", [b"", RED[:-40], b"no picture", "https://host/x.png", None, 7])
def test_damaged_picture(models, inputs):
    """What is no picture is refused before the model is asked."""
    with pytest.raises(Refusal) as caught:
        caption(models["blip"], inputs)
    assert caught.value.status == 400


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("beams", [1, 3])
def test_caller_who_leaves(models, name, beams):
    """A caption ends within one token of its caller's leaving, and the model goes on working."""
    loaded = models[name]
    gone, words = threading.Event(), []

    def write(*given):
        words.append(1)
        if len(words) == 4:
            gone.set()

    writer = getattr(loaded.model, "text_decoder", loaded.model)
    watch = writer.register_forward_pre_hook(write)
    with pytest.raises(ConnectionAbortedError):
        answer_captioning(loaded, Call(RED, {"generate_kwargs": {"num_beams": beams}}, gone=gone))
    watch.remove()
    assert len(words) == 4
    assert caption(loaded) == by_hand(loaded, picture(255))


def test_caller_who_has_left(models, monkeypatch):
    """Nothing is generated for a caller who left before."""
    gone = threading.Event()
    gone.set()
    seen = watched(models["blip"], monkeypatch)
    with pytest.raises(ConnectionAbortedError):
        answer_captioning(models["blip"], Call(RED, {}, gone=gone))
    assert not seen


def test_half_precision(models, monkeypatch):
    """Pixels come in the precision of the model."""
    from copy import deepcopy
    from dataclasses import replace

    loaded = models["vision_chat"]
    half = replace(loaded, model=deepcopy(loaded.model).to(torch.bfloat16), dtype="bfloat16")
    seen = watched(half, monkeypatch)
    assert caption(half)
    assert seen["pixel_values"].dtype == torch.bfloat16
