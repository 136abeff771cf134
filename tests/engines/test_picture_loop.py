"""The painter's pictures read back: what a prompt names comes back in the caption."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

import pytest
from PIL import Image

from workbench.engines.embedded.captioner import describe
from workbench.engines.embedded.painter import paint
from workbench.engines.embedded.painter.vocabulary import Prompt, prompts
from workbench.engines.embedded.painter.words import read_words

PROMPTS = prompts(200)
FAR = ", with mountains in the distance"


def sent(image: Image.Image) -> Image.Image:
    """The picture as a client sends it."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85, subsampling="4:2:0")
    return Image.open(file).convert("RGB")


@lru_cache(maxsize=64)
def painted(prompt: Prompt) -> Image.Image:
    return paint(prompt.text, seed=PROMPTS.index(prompt) % 7)


def understood(sentence: str) -> set[str]:
    """What the painter reads in a sentence: nouns, grounds and colours, whatever the words."""
    return {value for word in read_words(sentence) for value in word.roles.values()}


def drawn(sentence: str) -> set[str]:
    """The things the painter would draw for a sentence."""
    return {word.roles["noun"] for word in read_words(sentence) if "noun" in word.roles}


def recall(told: dict[Prompt, str]) -> float:
    """The share of all named nouns and colours that the captions name too."""
    wanted = [(prompt, name) for prompt in told for name in (*prompt.nouns, *prompt.colors)]
    return sum(name in understood(told[prompt]) for prompt, name in wanted) / len(wanted)


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (lambda image: image.resize((384, 384), Image.Resampling.LANCZOS), 0.95),
        (lambda image: image.resize((1024, 1024), Image.Resampling.BICUBIC), 0.95),
        (lambda image: image.crop((9, 4, 507, 500)), 0.9),
    ],
    ids=["384 px", "1024 px", "cropped"],
)
def test_changed_pictures(change: Callable[[Image.Image], Image.Image], least: float) -> None:
    """A picture made smaller, larger or cut at its edges is still read."""
    chosen = PROMPTS[3:200:9][:16]
    assert recall({prompt: describe(sent(change(painted(prompt)))) for prompt in chosen}) >= least


def test_loop_converges() -> None:
    """Painting a caption gives a picture with the same caption, but for the company of things."""
    first = [describe(sent(painted(prompt))) for prompt in PROMPTS[3:200:9][:16]]
    again = [describe(sent(paint(sentence))) for sentence in first]
    same = [drawn(one) == drawn(other) for one, other in zip(first, again, strict=True)]
    assert sum(same) >= 15, [pair for pair in zip(first, again, strict=True) if pair[0] != pair[1]]


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("a brown dog in a field", "a brown dog on a green field" + FAR),
        ("two red apples and a blue cup on a table", "a blue cup and two red apples on a table"),
        ("a white lighthouse by the sea at night", "a white lighthouse on a beach at night" + FAR),
        ("three yellow ducks on a lake at sunset", "three yellow ducks on a lake at sunset"),
        (
            "a brown dog and a red boat by a lake",
            "a red boat and a brown dog by a lake, with a forest in the distance",
        ),
        (
            "a red car on a road in the rain",
            "a red car on a road in the rain, with a forest in the distance",
        ),
        (
            "a green tree on a hill under a purple sky",
            "a green tree on a hill under a purple sky" + FAR,
        ),
        ("a black cat in the snow", "a black cat in the snow"),
    ],
)
def test_golden_captions(prompt: str, sentence: str) -> None:
    """These prompts get these captions, on every machine."""
    assert describe(sent(paint(prompt))) == sentence


def test_same_pixels_same_sentence() -> None:
    """Nothing but the pixels decides: a copy is described alike."""
    image = painted(PROMPTS[0])
    assert describe(image.copy()) == describe(image)


def test_tokens_limit_a_scene() -> None:
    """A short answer keeps the first thing."""
    image = paint("a brown dog in a field")
    assert describe(image, max_new_tokens=5) == "a brown dog"
    assert describe(image, max_new_tokens=1) == "dog"
