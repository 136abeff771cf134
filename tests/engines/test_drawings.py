"""The painter's drawings: every noun in every colour, told apart by shape, the same everywhere."""

import hashlib
from functools import cache
from itertools import combinations

import pytest
from PIL import Image

from workbench.engines.embedded.colors import COLORS
from workbench.engines.embedded.painter.drawings import DRAWINGS, render
from workbench.engines.embedded.painter.pen import Pen, luma, shade, tint

RED = COLORS["red"]
GRID = 48

# First 16 digits of the SHA-256 of a tile's RGBA bytes. They hold for every Pillow and Python; a
# drawing changed on purpose needs a new line here, and a look at the picture.
GOLDEN = {
    ("dog", 120): "45bd86274f5f028b",
    ("butterfly", 64): "500afe5ad7b19f1b",
    ("palm", 200): "9e01064f122026d2",
    ("bridge", 90): "fc1501490f6375ae",
    ("bicycle", 150): "f18d060008441ad6",
    ("rainbow", 100): "e4a4b2ef0dd518e8",
    ("man", 33): "95d3a9177a7c9f46",
    ("hat", 400): "274e821be9b21e13",
}


def digest(tile):
    return hashlib.sha256(tile.tobytes()).hexdigest()[:16]


def outline(tile):
    """The opaque part of a tile as black and white."""
    return tile.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)


@cache
def silhouette(name):
    """A drawing's outline cut to its bounds and stretched to a square, as bits; and its aspect."""
    mask = outline(render(name, None, 96))
    mask = mask.crop(mask.getbbox())
    square = mask.resize((GRID, GRID), Image.Resampling.BOX).point(lambda v: 255 * (v > 127))
    mirrored = square.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return bits(square), bits(mirrored), mask.width / mask.height


def bits(mask):
    return int.from_bytes(mask.convert("1").tobytes(), "big")


def overlap(one, other):
    """Shared part of two outlines, 0 to 1: intersection over union."""
    return bin(one & other).count("1") / bin(one | other).count("1")


def test_there_is_a_drawing_for_every_noun_of_a_simple_scene():
    """At least 52 nouns can be drawn, and each is filed under its own name."""
    assert len(DRAWINGS) >= 52
    assert all(name == drawing.name for name, drawing in DRAWINGS.items())


@pytest.mark.parametrize("name", [d.name for d in DRAWINGS.values() if d.recolor])
def test_asked_colour_is_the_main_one(name):
    """In every colour, the asked one (or the natural one) covers more pixels than any other."""
    for color in (*COLORS.values(), DRAWINGS[name].color):
        tile = render(name, color, 36)
        counts = {rgba: n for n, rgba in tile.getcolors(tile.width * tile.height) if rgba[3] == 255}
        assert max(counts, key=counts.__getitem__)[:3] == color


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawing_fills_its_box(name):
    """A tile has the promised size and its drawing ends within 4 % of every side."""
    drawing = DRAWINGS[name]
    tile = render(name, None, 200)
    assert abs(tile.width - 200 * drawing.aspect) <= 0.5
    left, top, right, bottom = outline(tile).getbbox()
    assert max(left, tile.width - right) <= tile.width * 0.04
    assert max(top, 200 - bottom) <= 8


@pytest.mark.parametrize("name", DRAWINGS)
def test_few_details_leave_the_outline(name):
    """A drawing without details keeps its outline; one in another colour has exactly the same."""
    full = bits(outline(render(name, None, 100)))
    assert overlap(full, bits(outline(render(name, None, 100, detail=0)))) > 0.93
    assert full == bits(outline(render(name, RED, 100)))


def test_no_two_outlines_are_alike():
    """Any two nouns differ in shape, mirrored or not, or by more than 15 % in their proportions."""
    alike = []
    for one, other in combinations(DRAWINGS, 2):
        shape, _, aspect = silhouette(one)
        second, mirrored, other_aspect = silhouette(other)
        near = 1 / 1.15 < aspect / other_aspect < 1.15
        if near and max(overlap(shape, second), overlap(shape, mirrored)) > 0.9:
            alike.append((one, other))
    assert alike == []


def test_rainbow_keeps_its_colours():
    """A colour word changes nothing where it makes no sense."""
    assert render("rainbow", RED, 60).tobytes() == render("rainbow", None, 60).tobytes()


def test_flip_mirrors():
    """A flipped drawing is the mirror image, pixel by pixel."""
    mirrored = render("dog", RED, 60).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert render("dog", RED, 60, flip=True).tobytes() == mirrored.tobytes()


def test_unknown_noun_is_a_key_error():
    """A noun without a drawing is refused, not drawn as something else."""
    with pytest.raises(KeyError):
        render("unicorn")


@pytest.mark.parametrize(("name", "height", "expected"), [(*key, GOLDEN[key]) for key in GOLDEN])
def test_pixels_are_the_same_everywhere(name, height, expected):
    """A call gives the recorded bytes, twice, whatever was drawn between."""
    first = render(name, None, height)
    render("cat", RED, 40, flip=True, detail=0.2)
    assert digest(first) == digest(render(name, None, height)) == expected


@pytest.mark.parametrize("color", COLORS.values(), ids=COLORS)
def test_shade_and_tint_can_be_seen(color):
    """Parts in the shade and in the light differ from the colour, black and white included."""
    for part in (shade(color), tint(color)):
        assert abs(luma(part) - luma(color)) >= 12


def middle(pen, x, y):
    return pen.picture().getpixel((x, y))


def test_polygon_covers_whole_pixels_exactly():
    """A square on pixel borders has hard edges: full inside, nothing outside."""
    pen = Pen(1.0, 10)
    pen.polygon(RED, "20,20 80,20 80,80 20,80")
    tile = pen.picture()
    assert tile.getbbox() == (2, 2, 8, 8)
    assert set(tile.getcolors()) == {(64, (0, 0, 0, 0)), (36, (*RED, 255))}


@pytest.mark.parametrize("points", ["-50,-50 150,-50 150,150 -50,150", "-900,50 50,-900 50,900"])
def test_shapes_may_leave_the_tile(points):
    """What lies outside the tile is cut off, what lies inside is drawn."""
    pen = Pen(1.0, 20)
    pen.polygon(RED, points)
    assert middle(pen, 5, 10) == (*RED, 255)


def test_no_colour_clears():
    """None takes away what was there, as in the arch of a bridge."""
    pen = Pen(1.0, 20)
    pen.oval(RED, 50, 50, 50)
    pen.oval(None, 50, 50, 20)
    assert middle(pen, 10, 10) == (0, 0, 0, 0)
    assert middle(pen, 10, 2) == (*RED, 255)
