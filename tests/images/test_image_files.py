"""Files of every form: what is seen in them, or why they can't be read."""

from __future__ import annotations

import struct

import pytest
from pictures import (
    BOMB,
    FOUR,
    GREYS,
    JPEG,
    PNG,
    SIZE,
    TURNED_PNG,
    chunk,
    corners,
    deep,
    exif,
    frames,
    keyed,
    lab,
    png,
    quarters,
    saved,
    see_through,
    swapping_profile,
    with_chunk,
    with_segment,
    ycck,
)
from PIL import Image

from workbench.images import load_image, sniff


def cut_profile():
    """A colour profile of which only the start is there."""
    return with_segment(JPEG, 0xE2, b"ICC_PROFILE\0\1\1" + swapping_profile()[:90])


READ = {
    "png": (PNG, "rgby"),
    "png, palette": (saved(FOUR.quantize(8), "PNG"), "rgby"),
    "png, grey": (saved(GREYS.convert("L"), "PNG"), "kwdn"),
    "png, black and white": (saved(quarters("kwwk").convert("1"), "PNG"), "kwwk"),
    "png, RGBA": (saved(see_through(), "PNG"), "wgby"),
    "png, LA": (saved(see_through("LA"), "PNG"), "w???"),
    "png, palette with alpha": (saved(see_through().quantize(8), "PNG"), "wgby"),
    "png, palette with one clear colour": (keyed(FOUR), "wgby"),
    "png, RGB with a clear colour": (saved(FOUR, "PNG", transparency=(255, 0, 0)), "wgby"),
    "png, grey with a clear one": (saved(GREYS.convert("L"), "PNG", transparency=0), "wwdn"),
    "png, 1 bit with a clear one": (
        png(2, 2, 1, 0, [b"\x40", b"\x80"], chunk(b"tRNS", b"\0\0")),
        "wwww",
    ),
    "png, 2 bits with a clear one": (
        png(4, 1, 2, 0, [b"\x40"], chunk(b"tRNS", b"\0\1")),
        "wkwk",
    ),
    "png, 16-bit grey": (saved(deep("I;16", [0, 65535, 16448, 32896]), "PNG"), "kwdn"),
    "png, 16-bit grey with a clear one": (
        png(2, 1, 16, 0, [b"\x80\x80\x40\x41"], chunk(b"tRNS", b"\x40\x41")),
        "nwnw",
    ),
    "png, 16-bit RGB": (
        png(2, 1, 16, 2, [struct.pack(">6H", 65535, 0, 0, 32896, 32896, 32896)]),
        "rnrn",
    ),
    "png, 16-bit RGB with a clear colour": (
        png(
            2,
            1,
            16,
            2,
            [struct.pack(">6H", 0xFF01, 2, 3, 32896, 32896, 32896)],
            chunk(b"tRNS", struct.pack(">3H", 0xFF01, 2, 3)),
        ),
        "wnwn",
    ),
    "png, animated": (frames("PNG"), "rgby"),
    "png, turned": (TURNED_PNG, "bryg"),
    "png, with a colour profile": (saved(FOUR, "PNG", icc_profile=swapping_profile()), "grby"),
    "png, with a bomb for text": (with_chunk(PNG, b"zTXt", b"note\0\0" + BOMB), "rgby"),
    "png, with broken text": (with_chunk(PNG, b"iTXt", b"no end"), "rgby"),
    "png, with a broken animation": (with_chunk(PNG, b"acTL", bytes(8)), "rgby"),
    "png, with more behind it": (PNG + b"more", "rgby"),
    "jpeg": (JPEG, "rgby"),
    "jpeg, grey": (saved(GREYS.convert("L"), "JPEG", quality=95), "kwdn"),
    "jpeg, progressive": (saved(FOUR, "JPEG", quality=95, subsampling=0, progressive=True), "rgby"),
    "jpeg, CMYK": (saved(FOUR.convert("CMYK"), "JPEG", quality=100), "rgby"),
    "jpeg, YCCK": (ycck(), "rrrr"),
    "jpeg, with a colour profile": (
        saved(FOUR, "JPEG", quality=95, subsampling=0, icc_profile=swapping_profile()),
        "grby",
    ),
    "jpeg, with a broken profile": (cut_profile(), "rgby"),
    "jpeg, with a profile for print": (
        saved(FOUR.convert("CMYK"), "JPEG", quality=100, icc_profile=swapping_profile()),
        "rgby",
    ),
    "jpeg, with broken EXIF": (
        with_segment(JPEG, 0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x09\1\x12\0\3"),
        "rgby",
    ),
    "jpeg, with EXIF far off": (with_segment(JPEG, 0xE1, b"Exif\0\0II*\0\xff\xff\xff\x7f"), "rgby"),
    "jpeg, orientation out of range": (with_segment(JPEG, 0xE1, exif(9)), "rgby"),
    "jpeg, padded": (JPEG[:2] + b"\xff\xff\xff" + JPEG[2:], "rgby"),
    "jpeg, with notes between": (
        saved(FOUR, "JPEG", quality=95, subsampling=0, progressive=True).replace(
            b"\xff\xda", b"\xff\xfe\0\6\xff\xda\xff\xd9\xff\xda"
        ),
        "rgby",
    ),
    "jpeg, with restarts": (
        saved(FOUR, "JPEG", quality=95, subsampling=0, restart_marker_blocks=1),
        "rgby",
    ),
    "jpeg, many in one file": (JPEG * 200, "rgby"),
    "jpeg, two pictures in one": (
        saved(FOUR, "MPO", save_all=True, append_images=[quarters("kkkk")], quality=95,
              subsampling=0),
        "rgby",
    ),
    "gif": (saved(FOUR, "GIF"), "rgby"),
    "gif, animated": (frames("GIF"), "rgby"),
    "gif, with notes": (saved(FOUR, "GIF", comment="note, " * 99), "rgby"),
    "gif, with a clear colour": (keyed(FOUR, "GIF"), "wgby"),
    "webp, lossless": (saved(FOUR, "WEBP", lossless=True), "rgby"),
    "webp, RGBA": (saved(see_through(), "WEBP", lossless=True), "wgby"),
    "webp, animated": (frames("WEBP", lossless=True), "rgby"),
    "webp, turned": (saved(FOUR, "WEBP", lossless=True, exif=exif(3)), "ybgr"),
    "tiff": (saved(FOUR, "TIFF"), "rgby"),
    "tiff, packed": (saved(FOUR, "TIFF", compression="tiff_lzw"), "rgby"),
    "tiff, CMYK": (saved(FOUR.convert("CMYK"), "TIFF"), "rgby"),
    "tiff, Lab": (saved(lab(), "TIFF"), "kwdn"),
    "tiff, pages": (frames("TIFF"), "rgby"),
    "tiff, turned": (saved(FOUR, "TIFF", tiffinfo={274: 6}), "bryg"),
    "tiff, 16 bits": (saved(deep("I;16", [0, 65535, 16448, 32896]), "TIFF"), "kwdn"),
    "tiff, 16 bits, big end": (saved(deep("I;16B", [0, 65535, 16448, 32896]), "TIFF"), "kwdn"),
    "tiff, 32 bits": (saved(deep("I", [-1000, 3000, 0, 1008]), "TIFF"), "kwdn"),
    "tiff, fractions": (saved(deep("F", [0, 1, 0.25, 0.5]), "TIFF"), "kwdn"),
    "tiff, fractions to 255": (saved(deep("F", [0, 255, 64, 128]), "TIFF"), "kwdn"),
    "tiff, fractions of any size": (saved(deep("F", [-1e6, 1e6, -5e5, 0]), "TIFF"), "kwdn"),
    "bmp": (saved(FOUR, "BMP"), "rgby"),
    "bmp, palette": (saved(FOUR.quantize(8), "BMP"), "rgby"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), READ.values(), ids=READ)
def test_file_is_read(data, expected):
    """Each form of file shows the colours a person would see, as plain RGB."""
    image = load_image(data)
    assert corners(image) == expected
    assert (image.mode, image.info, dict(image.getexif())) == ("RGB", {}, {})
    assert type(image) is Image.Image


@pytest.mark.parametrize(
    ("turned", "expected"),
    list(enumerate(["rgby", "gryb", "ybgr", "byrg", "rbgy", "bryg", "ygbr", "gyrb"], 1)),
)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "image"])
def test_orientation(form, turned, expected):
    """Each of the eight orientations is undone, in files and in an image opened elsewhere."""
    if form == "image":
        source = FOUR.copy()
        source.getexif()[274] = turned
    elif form == "TIFF":
        source = saved(FOUR, form, tiffinfo={274: turned})
    else:
        lossless = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
        source = saved(FOUR, form, exif=exif(turned), **lossless.get(form, {}))
    image = load_image(source)
    assert corners(image) == expected
    assert image.size == (SIZE if turned < 5 else SIZE[::-1])


@pytest.mark.parametrize(
    ("longest", "expected"), [(30, 100), (100, 100), (101, 200), (300, 400), (900, 800)]
)
@pytest.mark.parametrize("size", [(800, 600), (600, 800), (800, 100)])
def test_longest(size, longest, expected):
    """A JPEG read for a small size comes in its shape, the next size up that is quick to read."""
    data = saved(quarters(size=size), "JPEG", quality=95, subsampling=0)
    image = load_image(data, longest=longest)
    assert max(image.size) == expected
    assert image.width / image.height == pytest.approx(size[0] / size[1], rel=0.1)
    assert corners(image) == "rgby"


def test_longest_of_any_form():
    """A picture four times as large as needed comes about twice as large as needed."""
    data = saved(quarters(size=(800, 600)), "PNG")
    sizes = [load_image(data, longest=longest).size for longest in (60, 100, 200, 201)]
    assert sizes == [(134, 100), (200, 150), (400, 300), (800, 600)]
    assert corners(load_image(data, longest=60)) == "rgby"


@pytest.mark.skipif(
    ".avif" not in Image.registered_extensions(), reason="this Pillow reads no AVIF"
)
def test_avif():
    """AVIF is read where Pillow can."""
    data = saved(FOUR, "AVIF", quality=100, subsampling="4:4:4")
    assert sniff(data) == "image/avif"
    assert corners(load_image(data)) == "rgby"
