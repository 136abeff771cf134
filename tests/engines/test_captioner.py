"""The captioner on pictures that are not the painter's: what is measured, and nothing invented."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest
from PIL import Image, ImageDraw

from workbench.engines.embedded.captioner import describe
from workbench.engines.embedded.painter.vocabulary import NOUNS, plural

Box = tuple[int, int, int, int]
SIZE = (320, 320)
SKY, GRASS = (118, 186, 240), (140, 196, 96)


def plain(color: str, size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.new("RGB", size, color)


def drawn(ground: str, *shapes: tuple[str, Box, str]) -> Image.Image:
    """A plain picture with shapes, each a method of ImageDraw, a box and a colour."""
    image = plain(ground)
    draw = ImageDraw.Draw(image)
    for method, box, color in shapes:
        getattr(draw, method)(box, fill=color)
    return image


def random(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def noise(channels: int = 3) -> Image.Image:
    grain = random().integers(0, 256, (256, 256, channels), dtype=np.uint8)
    return Image.fromarray(np.broadcast_to(grain, (256, 256, 3)).copy())


def fade(start: tuple[int, int, int], end: tuple[int, int, int]) -> Image.Image:
    share = np.linspace(0, 1, 256)[:, None, None]
    rows = np.array(start) * (1 - share) + np.array(end) * share
    return Image.fromarray(np.repeat(rows, 256, axis=1).astype(np.uint8))


def stripes(ground: str, color: str, wide: int = 20) -> Image.Image:
    return drawn(
        ground, *(("rectangle", (x, 0, x + wide - 1, 320), color) for x in range(0, 320, 2 * wide))
    )


def page(paper: str, ink: str) -> Image.Image:
    """Lines of small marks with gaps, as in print."""
    image, words = plain(paper, (600, 800)), random(2)
    draw = ImageDraw.Draw(image)
    for y in range(60, 740, 22):
        x = 50
        while x < 540:
            wide = int(words.integers(8, 50))
            draw.rectangle((x, y, x + wide, y + 9), fill=ink)
            x += wide + 8
    return image


def photo() -> Image.Image:
    """Soft coloured areas under grain, as out of focus."""
    areas = Image.fromarray(random(3).integers(0, 256, (12, 16, 3), dtype=np.uint8))
    soft = np.asarray(areas.resize((640, 480), Image.Resampling.BICUBIC)).astype(int)
    return Image.fromarray(
        (soft + random(4).integers(-14, 15, soft.shape)).clip(0, 255).astype(np.uint8)
    )


def coast() -> Image.Image:
    """A grainy light sky over sand, with a level line between."""
    rows = np.concatenate(
        [np.full((220, 640, 3), (126, 172, 228)), np.full((180, 640, 3), (190, 166, 126))]
    )
    grain = random(5).integers(-24, 25, rows.shape)
    return Image.fromarray((rows + grain).clip(0, 255).astype(np.uint8))


def scene(*shapes: tuple[str, Box, tuple[int, int, int]]) -> Image.Image:
    """Sky and grass much like the painter's, with shapes that it never draws."""
    image = fade(SKY, (214, 236, 250)).resize((512, 512))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 317, 512, 512), fill=GRASS)
    for method, box, color in shapes:
        getattr(draw, method)(box, fill=color)
    return image


def gray(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


def brown(image: Image.Image) -> Image.Image:
    light = np.asarray(image.convert("L")).astype(float)[..., None] / 255
    return Image.fromarray((np.array([40, 25, 10]) + light * (215, 190, 150)).astype(np.uint8))


def framed(image: Image.Image) -> Image.Image:
    whole = plain("white", (image.width + 60, image.height + 60))
    whole.paste(image, (30, 30))
    return whole


PICTURES: dict[str, tuple[Callable[[], Image.Image], str]] = {
    "flat": (lambda: plain("#2864d2"), "a flat, plain blue picture"),
    "one pixel": (lambda: plain("red", (1, 1)), "a flat, plain red picture"),
    "one column": (lambda: plain("red", (1, 900)), "a flat, plain red picture"),
    "disc": (
        lambda: drawn("white", ("ellipse", (100, 100, 220, 220), "#f38220")),
        "a round orange shape in the centre of a white background",
    ),
    "spot": (
        lambda: drawn("black", ("ellipse", (20, 20, 50, 50), "yellow")),
        "a small round yellow shape at the upper left on a black background",
    ),
    "box": (
        lambda: drawn("white", ("rectangle", (60, 120, 260, 190), "#2864d2")),
        "a rectangular blue shape in the centre of a white background",
    ),
    "shapes": (
        lambda: drawn(
            "white",
            *(("ellipse", (20 + x, 40, 80 + x, 100), "red") for x in (0, 100, 200)),
            ("rectangle", (120, 180, 200, 260), "#2864d2"),
        ),
        "a square blue shape and three round red shapes on a white background",
    ),
    "noise": (noise, "a fine, even grain of mixed colours all over"),
    "gray noise": (lambda: noise(1), "a fine, even grain all over, mostly gray"),
    "fade": (
        lambda: fade((20, 40, 160), (250, 250, 255)),
        "a smooth fade from blue at the top to white at the bottom",
    ),
    "stripes": (lambda: stripes("white", "red"), "vertical stripes of red and white"),
    "bars": (
        lambda: stripes("yellow", "black").transpose(Image.Transpose.ROTATE_90),
        "horizontal stripes of yellow and black",
    ),
    "chessboard": (
        lambda: (
            Image.fromarray((np.indices((8, 8)).sum(0) % 2 * 255).astype(np.uint8))
            .convert("RGB")
            .resize((400, 400), Image.Resampling.NEAREST)
        ),
        "a checked pattern of white and black",
    ),
    "print": (
        lambda: page("white", "black"),
        "a white page with fine dark marks in level rows",
    ),
    "terminal": (
        lambda: page("black", "#30e040"),
        "a black page with fine light marks in level rows, some of them green",
    ),
    "photo": (photo, "a wide picture, in many colours"),
    "framed": (lambda: framed(photo()), "a wide picture, in many colours, with a white border"),
    "gray photo": (lambda: gray(photo()), "a wide black-and-white picture"),
    "sepia": (lambda: brown(photo()), "a wide sepia picture"),
    "coast": (coast, ""),
    "sky and grass": (scene, "horizontal bands of blue and green"),
    "sky, grass and a disc": (lambda: scene(("ellipse", (190, 290, 330, 430), (243, 130, 32))), ""),
    "sky, grass and a box": (lambda: scene(("rectangle", (180, 250, 330, 420), (200, 40, 40))), ""),
    "wide strip": (lambda: noise().resize((3000, 2)), ""),
    "tall strip": (lambda: noise().resize((2, 3000)), ""),
}


@lru_cache
def told(name: str) -> str:
    """The sentence for one of the pictures."""
    return describe(PICTURES[name][0]())


@pytest.mark.parametrize("name", [name for name, (_, sentence) in PICTURES.items() if sentence])
def test_sentence(name: str) -> None:
    """Each kind of picture is described by what was measured in it."""
    assert told(name) == PICTURES[name][1]


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_invented(name: str) -> None:
    """No noun that the painter knows is claimed of a picture it didn't paint."""
    words = set(told(name).replace(",", "").split())
    assert not words & {form for noun in NOUNS for form in (noun, plural(noun))}


def test_coast_has_horizon() -> None:
    """What is above, what is below and the level line between them are told."""
    sentence = told("coast")
    assert "blue above and beige below" in sentence
    assert sentence.endswith("with a level horizon")


@pytest.mark.parametrize(
    ("tokens", "sentence"),
    [
        (1, "shape"),
        (4, "round orange shape"),
        (8, "a round orange shape"),
        (11, "a round orange shape in the centre"),
        (50, "a round orange shape in the centre of a white background"),
    ],
)
def test_tokens_cut_after_a_phrase(tokens: int, sentence: str) -> None:
    """Fewer tokens give a shorter sentence that still ends sensibly."""
    assert describe(PICTURES["disc"][0](), max_new_tokens=tokens) == sentence


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_other_modes(mode: str) -> None:
    """A picture in another mode is described as its RGB form is."""
    image = drawn("white", ("rectangle", (60, 120, 260, 190), "black")).convert(mode)
    assert describe(image) == describe(image.convert("RGB"))


@pytest.mark.parametrize(
    "size", [(1, 7), (7, 1), (2, 2), (3, 4000), (15, 16), (65, 64), (64, 200)], ids=str
)
def test_any_size(size: tuple[int, int]) -> None:
    """Noise of any size gets one line without spaces at its ends."""
    sentence = describe(noise().resize(size))
    assert sentence
    assert sentence == " ".join(sentence.split())
