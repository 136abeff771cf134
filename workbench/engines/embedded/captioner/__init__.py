"""A picture in one sentence, from what can be measured without any trained weights."""

from __future__ import annotations

from PIL import Image

from workbench.engines.embedded.captioner.look import Look
from workbench.engines.embedded.captioner.photo import photo_sentence
from workbench.engines.embedded.captioner.plain import plain_sentence
from workbench.engines.embedded.captioner.scene import scene_sentence
from workbench.engines.embedded.captioner.shapes import shapes_sentence
from workbench.engines.embedded.captioner.wording import shortened

__all__ = ["NAME", "describe"]

NAME = "measured colours and shapes"


def describe(image: Image.Image, *, max_new_tokens: int | None = None) -> str:
    """The picture in one sentence without a full stop; the same pixels give the same sentence.

    A picture of our painter is read back as its scene. Of any other picture only form, light,
    colours, texture and simple shapes are named, never an object. *max_new_tokens* (about 0.75
    words each) ends the sentence after an earlier phrase.

    >>> describe(Image.new("RGB", (64, 64), (40, 100, 210)))
    'a flat, plain blue picture'
    """
    image = image.convert("RGB")
    return shortened(scene_sentence(image) or measured(image), max_new_tokens)


def measured(image: Image.Image) -> str:
    """What can be said of any picture, with no thing in it recognised."""
    look = Look.at(image)
    return plain_sentence(look) or shapes_sentence(look) or photo_sentence(look)
