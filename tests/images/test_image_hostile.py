"""Broken, huge and foreign files: each is refused in words, in no time and without a warning."""

from __future__ import annotations

import struct
import threading
import warnings
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import (
    BOMB,
    FOUR,
    JPEG,
    PNG,
    SIGNATURE,
    TURNED_PNG,
    chunk,
    corners,
    deep,
    exif,
    frames,
    keyed,
    saved,
    see_through,
    swapping_profile,
    with_chunk,
)
from PIL import Image, ImageFile

from workbench.errors import InvalidInputError, TooLargeError, UnexpectedAnswerError
from workbench.images import MAX_PIXELS, decoding, encode_image, load_image, open_answer


def huge_gif():
    """A GIF of one pixel whose first frame claims ten thousand by ten thousand."""
    frame = b",\0\0\0\0" + struct.pack("<HH", 10_000, 10_000) + b"\0\2\2\x44\1\0;"
    return b"GIF89a\1\0\1\0\0\0\0" + b"!\xf9\4\0\0\0\0\0" + frame


def header(width, height):
    return SIGNATURE + chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))


WEBP = saved(FOUR, "WEBP", lossless=True)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
REFUSED = {
    "nothing": (b"", "0 bytes"),
    "text": (b"just words", "text"),
    "noise": (b"\x07\x80\xfe\0\1\2", "no known kind"),
    "a web page": (b"\n<!DOCTYPE html><p>hello", "web page"),
    "JSON": (b'{"error": "busy"}', "JSON"),
    "a PDF": (b"%PDF-1.7", "PDF"),
    "a ZIP": (b"PK\3\4....", "ZIP"),
    "a video": (b"\0\0\0\x18ftypisom\0\0\0\0mp42isom", "video"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "text"),
    "HEIC": (HEIC, "HEIC"),
    "SVG": (b'<?xml version="1.0"?>\n<svg xmlns="x"/>', "SVG"),
    "JPEG 2000": (saved(FOUR, "JPEG2000"), "JPEG 2000"),
    "ICO": (saved(FOUR, "ICO"), "ICO"),
    "png, cut in its header": (PNG[:20], "cut short"),
    "png, cut in its pixels": (PNG[:60], "cut short"),
    "png, only its signature": (SIGNATURE, "cut short"),
    "png, without pixels": (header(9, 9) + chunk(b"IEND", b""), "damaged"),
    "png, checksum wrong": (PNG[:45] + b"\0\0\0" + PNG[48:], "damaged"),
    "png, huge": (header(60_000, 60_000), "60000 × 60000"),
    "png, too large": (header(8001, 8000), "more than the 64 million"),
    "png, too long": (header(1, 32_769), "1 × 32769 pixels, more than 32768 a side"),
    "png, too wide": (header(MAX_PIXELS, 1), "more than 32768 a side"),
    "png, no width": (header(0, 9), "no pixels"),
    "png, bomb for a profile": (with_chunk(PNG, b"iCCP", b"p\0\0" + BOMB), "damaged"),
    "jpeg, cut": (JPEG[: len(JPEG) // 2], "cut short"),
    "jpeg, cut after its start": (JPEG[:3], "damaged"),
    "jpeg, huge": (JPEG.replace(struct.pack(">HH", 24, 32), b"\xff\xff\xff\xff"), "65535 × 65535"),
    "jpeg, scanned too often": (JPEG[:-2] + JPEG[JPEG.rindex(b"\xff\xda") : -2] * 100, "100 scans"),
    "gif, of comments": (b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe\1.\0" * 300_000, "damaged"),
    "gif, cut": (saved(FOUR, "GIF")[:-20], "cut short"),
    "gif, huge frame": (huge_gif(), "10000 × 10000"),
    "gif, huge screen": (b"GIF89a\xff\xff\xff\xff\0\0\0", "65535 × 65535"),
    "gif, no frame": (b"GIF89a\1\0\1\0\0\0\0;", "damaged"),
    "webp, cut": (WEBP[: len(WEBP) - 8], "damaged"),
    "tiff, cut": (saved(FOUR, "TIFF")[:200], "cut short"),
    "tiff, not a number": (saved(deep("F", [0, float("nan"), 1, 1]), "TIFF"), "NaN"),
    "bmp, cut": (saved(FOUR, "BMP")[:-50], "cut short"),
}


@pytest.mark.parametrize(("data", "cause"), REFUSED.values(), ids=REFUSED)
def test_file_is_refused(data, cause):
    """Each broken, huge or foreign file is refused with its cause and a next step."""
    with pytest.raises(InvalidInputError) as caught:
        load_image(data)
    assert cause in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(("data", "cause"), REFUSED.values(), ids=REFUSED)
def test_answer_is_refused(data, cause):
    """The same bytes from an endpoint are an unexpected answer, with the same cause."""
    with pytest.raises(UnexpectedAnswerError, match="no picture came") as caught:
        open_answer(data)
    assert cause in str(caught.value)


def test_answer_is_read():
    """A picture is read whatever its format, upright and without notes."""
    image = open_answer(saved(FOUR, "JPEG", quality=95, subsampling=0, exif=exif(6)))
    assert corners(image) == "bryg"
    assert image.info == {}


@pytest.mark.parametrize(
    "source",
    [header(900, 900), huge_gif(), Image.new("L", (900, 900))],
    ids=["png", "gif", "image"],
)
def test_limit_of_pixels(source):
    """The caller's limit counts, for files and for images in memory."""
    with pytest.raises(TooLargeError, match=r"0\.5 million"):
        load_image(source, max_pixels=500_000)


LARGE = Image.new("L", (2100, 2000))
LARGE_PNG = saved(LARGE, "PNG")
WAYS = {
    "file": lambda: load_image(LARGE_PNG),
    "image": lambda: load_image(LARGE),
    "sent": lambda: encode_image(LARGE),
}


@pytest.mark.parametrize("fails", [False, True], ids=["whole", "damaged"])
@pytest.mark.parametrize("work", WAYS.values(), ids=WAYS)
def test_two_large_pictures_at_a_time(work, fails, monkeypatch):
    """However many callers there are, a third large picture waits until one is done or failed."""
    three = threading.Barrier(3)
    met, done = [], []

    def meet(image):
        with suppress(threading.BrokenBarrierError):
            met.append(three.wait(0.2))
        if fails:
            raise OSError
        return image.convert("RGB")

    def call():
        with suppress(InvalidInputError):
            work()
        done.append(True)

    monkeypatch.setattr(decoding, "to_rgb", meet)
    threads = [threading.Thread(target=call, daemon=True) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not met, "three were decoded at once"
    assert len(done) == 5, "the room of one that ended was not given on"


def test_no_limit_of_the_process_is_used_or_changed():
    """Nothing warns of large pictures, and Pillow's switches stay as they are."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for data in (header(10_000, 10_000), huge_gif(), TURNED_PNG):
            with suppress(InvalidInputError):
                load_image(data)
    assert not seen
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES) == (2**30 // 12, False)


WHOLE = {
    "png": TURNED_PNG,
    "png, palette": keyed(FOUR),
    "png, animated": frames("PNG"),
    "jpeg": saved(FOUR, "JPEG", exif=exif(6), icc_profile=swapping_profile()),
    "gif": frames("GIF"),
    "webp": saved(see_through(), "WEBP", lossless=True, exif=exif(3)),
    "tiff": saved(FOUR, "TIFF"),
    "tiff, packed": saved(FOUR, "TIFF", compression="tiff_lzw"),
    "tiff, deep": saved(deep("F", [0, 1, 0.25, 0.5]), "TIFF"),
    "bmp": saved(FOUR.quantize(8), "BMP"),
}


def test_every_cut_is_an_error_or_a_picture():
    """A file cut anywhere never ends in anything but a picture or our error."""
    for data in WHOLE.values():
        for end in range(0, len(data), 7):
            with suppress(InvalidInputError):
                assert load_image(data[:end]).mode == "RGB"


MAGICS = [
    SIGNATURE,
    JPEG[:160],
    b"GIF89a",
    b"II*\0\x08\0\0\0",
    b"MM\0*",
    b"RIFF\x40\0\0\0WEBP",
    b"BM",
    PNG[:45],
]


@settings(deadline=None, max_examples=300)
@given(start=st.sampled_from([b"", *MAGICS, HEIC]), rest=st.binary(max_size=300))
def test_any_bytes(start, rest):
    """Whatever the bytes, there is a picture or InvalidInputError."""
    with suppress(InvalidInputError):
        assert load_image(start + rest).mode == "RGB"


@settings(deadline=None, max_examples=200)
@given(
    name=st.sampled_from(sorted(WHOLE)),
    changes=st.lists(
        st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6
    ),
)
def test_changed_bytes(name, changes):
    """A good file with a few bytes changed gives a picture or InvalidInputError."""
    data = bytearray(WHOLE[name])
    for place, value in changes:
        data[place % len(data)] = value
    with suppress(InvalidInputError):
        assert load_image(data).mode == "RGB"
