"""Text in PNG files: ours, that of others, and that of people who mean harm."""

from __future__ import annotations

import tracemalloc
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import BOMB, FOUR, JPEG, PNG, chunk, corners, parts, saved, with_chunk
from PIL import Image, PngImagePlugin

from workbench.errors import InvalidInputError
from workbench.images import load_image, png_bytes, png_text


@pytest.mark.parametrize(
    "text",
    [
        {},
        {"prompt": "a fox in snow"},
        {"prompt": "狐 🦊\n“quoted” \\ {json: 1}", "seed": "", "Größe": "512"},
    ],
    ids=["none", "plain", "any script"],
)
def test_png_text(text):
    """Text comes back as it was written, and the file holds nothing else."""
    data = png_bytes(FOUR, text)
    assert png_text(data) == text == Image.open(BytesIO(data)).info
    assert set(parts(data)) == {"IHDR", "IDAT", "IEND"} | ({"iTXt"} if text else set())
    assert corners(load_image(data)) == "rgby"


def test_png_text_of_half_characters():
    """A lone half of a character becomes a question mark."""
    assert png_text(png_bytes(FOUR, {"prompt": "a\ud83e"})) == {"prompt": "a?"}


@pytest.mark.parametrize("key", ["", "x" * 80, "狐", "a\0b"])
def test_png_keyword(key):
    """A keyword that PNG doesn't know is refused."""
    with pytest.raises(InvalidInputError, match="no keyword"):
        png_bytes(FOUR, {key: "text"})


def test_png_text_of_others():
    """The three kinds of text are read, packed or not, wherever they stand."""
    info = PngImagePlugin.PngInfo()
    info.add_text("one", "café")
    info.add_text("two", "café", zip=True)
    info.add_itxt("three", "狐", "zh", "", zip=True)
    assert png_text(saved(FOUR, "PNG", pnginfo=info)) == {
        "one": "café",
        "two": "café",
        "three": "狐",
    }
    late = PNG[:-12] + chunk(b"tEXt", b"note\0last") + PNG[-12:]
    assert png_text(late) == {"note": "last"}


NOTE = with_chunk(PNG, b"tEXt", b"note\0here")
HOSTILE = {
    "no PNG": JPEG,
    "nothing": b"",
    "cut": NOTE[:-20],
    "a bomb": with_chunk(NOTE, b"zTXt", b"bomb\0\0" + BOMB),
    "a bomb in iTXt": with_chunk(NOTE, b"iTXt", b"bomb\0\1\0\0\0" + BOMB),
    "packed text cut": with_chunk(NOTE, b"zTXt", b"cut\0\0" + zlib.compress(b"text")[:-3]),
    "packed noise": with_chunk(NOTE, b"zTXt", b"cut\0\0noise"),
    "no end of the keyword": with_chunk(NOTE, b"tEXt", b"note"),
    "no text in iTXt": with_chunk(NOTE, b"iTXt", b"note\0\0\0"),
    "plain text too long": with_chunk(NOTE, b"tEXt", b"long\0" + bytes(70_000)),
    "a thousand entries": PNG[:33] + chunk(b"tEXt", b"note\0" + b"x" * 60) * 1000 + PNG[33:],
    "a million empty ones": PNG[:33] + chunk(b"tEXt", b"\0") * 1_000_000 + PNG[33:],
    "a chunk of 4 GB": PNG[:33] + b"\xff\xff\xff\xfftEXtnote\0" + PNG[33:],
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_png_text_of_hostile_files(data):
    """Files that are cut, broken or a bomb have no text, and cost neither time nor memory."""
    assert png_text(data) == {}


@pytest.mark.parametrize("name", ["a bomb", "a bomb in iTXt"])
def test_bomb_is_not_unpacked(name):
    """Packed text is unpacked up to the limit, not to its 20 MB."""
    tracemalloc.start()
    png_text(HOSTILE[name])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_limit_of_text():
    """The limit counts all entries together, and each of them once."""
    assert png_text(png_bytes(FOUR, {"a": "x" * 65_000})) == {"a": "x" * 65_000}
    data = png_bytes(FOUR, {"a": "x" * 400, "b": "y" * 400})
    assert len(png_text(data, limit=2000)) == 2
    assert png_text(data, limit=500) == {}


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["tEXt", "zTXt", "iTXt"]), st.integers(0, 99))
def test_png_text_of_any_bytes(body, name, cut):
    """Whatever a chunk holds, reading text ends in a dict of text."""
    data = with_chunk(PNG, name.encode(), body)
    for found in (png_text(data), png_text(data[: len(data) * cut // 100])):
        assert all(isinstance(part, str) for entry in found.items() for part in entry)
