"""How a picture was made, in the picture: written, read, and not believed blindly."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from workbench import __version__
from workbench.errors import InvalidInputError
from workbench.images import png_bytes, png_text
from workbench.recipes import KEY, Recipe, read_recipe, write_png

IMAGE = Image.linear_gradient("L").convert("RGB")
FULL = Recipe(
    prompt="ein Hund 🐕 im Park",
    negative_prompt="people",
    num_inference_steps=30,
    guidance_scale=7.5,
    width=256,
    height=256,
    seed=2**40,
    model="org/model",
    engine="https://host.example",
)


@pytest.mark.parametrize("recipe", [FULL, Recipe(prompt="x"), Recipe(prompt="x" * 60_000, seed=0)])
def test_round_trip(recipe):
    """Everything comes back as it was, and the pixels are untouched."""
    png = write_png(IMAGE, recipe)
    assert read_recipe(png) == recipe
    with Image.open(io.BytesIO(png)) as opened:
        assert opened.convert("RGB").tobytes() == IMAGE.tobytes()


@pytest.mark.parametrize("letter", ["x", '"', "狐"])
def test_recipe_too_long_is_left_out(letter):
    """Whatever its length, a recipe is either read back whole or not in the file at all."""
    kept = []
    for count in (10_000, 65_300, 65_400, 65_500, 66_000):
        png = write_png(IMAGE, Recipe(prompt=letter * count))
        if KEY in png_text(png):
            kept.append(read_recipe(png).prompt == letter * count)
        else:
            assert b"iTXt" not in png
    assert kept
    assert all(kept)


def test_version_is_told():
    """A picture says which version made it."""
    assert read_recipe(write_png(IMAGE, Recipe(prompt="x"))).version == __version__


def test_parameters_are_those_that_were_set():
    """What was left to the model is left to it again."""
    assert Recipe(prompt="x", seed=0).parameters() == {"seed": 0}
    assert set(FULL.parameters()) == {
        "negative_prompt",
        "num_inference_steps",
        "guidance_scale",
        "width",
        "height",
        "seed",
    }


@pytest.mark.parametrize(
    "written",
    [
        "not json",
        "[]",
        "{}",
        '{"prompt": 7}',
        '{"prompt": null}',
        '{"prompt": "x", "seed": "1"}',
        '{"prompt": "x", "seed": true}',
        '{"prompt": "x", "seed": 1.5}',
        '{"prompt": "x", "guidance_scale": "7"}',
        '{"prompt": "x", "guidance_scale": NaN}',
        '{"prompt": "x", "width": [1]}',
        '{"prompt": "x", "width": -64}',
        '{"prompt": "x", "num_inference_steps": 0}',
        '{"prompt": "x", "engine": {}}',
        '{"prompt": "x", "seed": 18446744073709551616}',
        '{"prompt": "x", "width": 18446744073709551616}',
        '{"prompt": "x", "guidance_scale": 1' + "0" * 400 + "}",
        '{"prompt": "a\\ud800b"}',
        '{"prompt": "x", "model": "a\\ud800b"}',
        "[" * 9000,
    ],
    ids=lambda text: text[:40],
)
def test_damaged_recipe(written):
    """A file of somebody else's making can't put what it likes into the settings."""
    with pytest.raises(InvalidInputError, match="damaged"):
        read_recipe(png_bytes(IMAGE, {KEY: written}))


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", png_bytes(IMAGE), png_bytes(IMAGE, {"parameters": "x"})],
    ids=["empty", "gif", "plain", "foreign"],
)
def test_picture_without_a_recipe(data):
    """A picture from elsewhere is told apart, with what to choose instead."""
    with pytest.raises(InvalidInputError) as caught:
        read_recipe(data)
    assert "PNG" in caught.value.hint


def test_unknown_facts_are_left_out():
    """A recipe of a later version is read as far as it is understood."""
    png = png_bytes(IMAGE, {KEY: json.dumps({"prompt": "x", "seed": 3, "sampler": "y"})})
    assert read_recipe(png).as_dict() == {"prompt": "x", "seed": 3, "version": __version__}
