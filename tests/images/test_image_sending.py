"""Pictures as they go out: small, clean, in the better of two formats."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest
from pictures import (
    FOUR,
    PNG,
    corners,
    parts,
    quarters,
    saved,
    see_through,
    swapping_profile,
    with_chunk,
    with_segment,
)
from PIL import Image, ImageDraw

from workbench.errors import InvalidInputError, TooLargeError
from workbench.images import encode_image, load_image, png_bytes, sniff

NOISE = np.random.default_rng(5).integers(0, 255, (300, 400, 3), np.uint8)
SHAPES = Image.fromarray(NOISE[:9, :12]).resize((400, 300), Image.Resampling.BICUBIC)
PHOTO = Image.blend(SHAPES, Image.fromarray(NOISE), 0.05)


def drawing():
    """Thin lines and letters on white."""
    image = Image.new("RGB", (600, 400), "white")
    draw = ImageDraw.Draw(image)
    for x in range(0, 600, 30):
        draw.line((x, 0, 600 - x, 400), fill="navy")
    draw.text((250, 180), "Sales by month", fill="black")
    return image


@pytest.mark.parametrize(
    ("image", "form", "kind"),
    [
        (PHOTO, "auto", "image/jpeg"),
        (PHOTO.crop((0, 0, 90, 90)), "auto", "image/jpeg"),
        (PHOTO, "png", "image/png"),
        (drawing(), "auto", "image/png"),
        (drawing(), "jpeg", "image/jpeg"),
        (see_through(), "auto", "image/png"),
        (SHAPES, "auto", "image/jpeg"),
    ],
    ids=[
        "photo",
        "small photo",
        "photo as png",
        "drawing",
        "drawing as jpeg",
        "see-through",
        "soft",
    ],
)
def test_format(image, form, kind):
    """A photograph goes as JPEG, a drawing as PNG, unless told; the type is that of the bytes."""
    encoded = encode_image(image, format=form)
    assert encoded.content_type == kind == sniff(encoded.data)


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ((2000, 1000), 1024, (1024, 512)),
        ((1000, 2000), 500, (250, 500)),
        ((100, 50), 1024, (100, 50)),
        ((5000, 2), 100, (100, 1)),
        ((1, 1), 1, (1, 1)),
    ],
)
def test_size(size, longest, expected):
    """The longest side is brought down to the limit in the picture's shape, never up."""
    encoded = encode_image(Image.new("RGB", size, "red"), longest=longest)
    assert encoded.size == expected == Image.open(BytesIO(encoded.data)).size


def test_picture_survives():
    """What arrives shows what was sent."""
    for form in ("png", "jpeg"):
        encoded = encode_image(quarters(size=(3000, 2000)), format=form)
        assert corners(load_image(encoded.data)) == "rgby"
    sent = np.asarray(load_image(encode_image(PHOTO).data), float)
    assert np.abs(sent - np.asarray(PHOTO, float)).mean() < 12


def test_base64():
    """Base64 is one padded line, and the data URI has the type and nothing else before it."""
    encoded = encode_image(FOUR)
    assert base64.b64decode(encoded.base64, validate=True) == encoded.data
    assert encoded.data_uri == f"data:image/png;base64,{encoded.base64}"
    assert "data=" not in repr(encoded)


@pytest.mark.parametrize("form", ["auto", "png", "jpeg"])
@pytest.mark.parametrize("image", [PHOTO, drawing()], ids=["photo", "drawing"])
@pytest.mark.parametrize("max_bytes", [40_000, 9_000, 1_500])
def test_max_bytes(image, form, max_bytes):
    """The limit of bytes is kept, and more room never means a smaller picture."""
    encoded = encode_image(image, format=form, max_bytes=max_bytes)
    assert len(encoded.data) <= max_bytes
    assert encoded.size <= encode_image(image, format=form, max_bytes=2 * max_bytes).size
    assert load_image(encoded.data).size == encoded.size


def test_quality_goes_before_size():
    """A limit a little below what is needed costs quality, not pixels."""
    free = encode_image(PHOTO)
    tight = encode_image(PHOTO, max_bytes=int(len(free.data) * 0.7))
    assert tight.size == free.size


@pytest.mark.parametrize(
    ("image", "options", "error"),
    [
        (FOUR, {"longest": 0}, InvalidInputError),
        (FOUR, {"max_bytes": 0}, InvalidInputError),
        (FOUR, {"max_bytes": 20}, TooLargeError),
        (FOUR, {"format": "gif"}, InvalidInputError),
        (Image.new("RGB", (0, 0)), {}, InvalidInputError),
        (PNG, {}, InvalidInputError),
    ],
    ids=["longest", "max_bytes", "too few bytes", "format", "no pixels", "no image"],
)
def test_refused(image, options, error):
    """Options out of range and what is no image are refused."""
    with pytest.raises(error):
        encode_image(image, **options)


# -- what must not leave --------------------------------------------------------------------------

SECRET = "Rosebud 52.3702 N"


def told(form):
    """A file with the secret everywhere its format has room for notes, thumbnail included."""
    notes = Image.Exif()
    notes[0x010E] = notes[0x9286] = SECRET
    notes.get_ifd(0x8825).update({1: SECRET, 2: (52.0, 22.0, 12.7)})
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    profile = swapping_profile() + SECRET.encode()
    more = {"exif": notes, "xmp": xmp, "icc_profile": profile}
    if form == "TIFF":
        return saved(FOUR, form, tiffinfo={270: SECRET, 315: SECRET, 700: xmp}, icc_profile=profile)
    if form == "GIF":
        return saved(FOUR, form, comment=SECRET)
    if form == "PNG":
        data = saved(FOUR, form, exif=notes, icc_profile=profile)
        for name in (b"tEXt", b"prVt"):
            data = with_chunk(data, name, b"note\0" + SECRET.encode())
        return data + SECRET.encode()
    data = saved(FOUR, form, **more)
    if form == "JPEG":
        thumbnail = saved(FOUR.resize((8, 6)), "JPEG", comment=SECRET)
        data = with_segment(data, 0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + thumbnail)
        data = with_segment(data, 0xED, b"Photoshop 3.0\x008BIM\4\4\0\0\0\x11" + SECRET.encode())
        data = with_segment(data, 0xFE, SECRET.encode())
        data = with_segment(data, 0xEB, SECRET.encode()) + SECRET.encode()
    return data


JFIF = {"E0", "DB", "C0", "C4"}  # the mark, tables and the size


@pytest.mark.parametrize("opened", ["by us", "by Pillow"])
@pytest.mark.parametrize("sent_as", ["png", "jpeg"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_no_note_leaves(form, sent_as, opened):
    """No EXIF, place, XMP, IPTC, profile, comment, text or thumbnail is in what is sent."""
    data = told(form)
    assert SECRET.encode() in data
    image = load_image(data) if opened == "by us" else Image.open(BytesIO(data))
    for sent in (encode_image(image, format=sent_as).data, png_bytes(image)):
        assert SECRET.encode() not in sent
        assert b"swap" not in sent
        allowed = {"IHDR", "IDAT", "IEND"} if sniff(sent) == "image/png" else JFIF
        assert set(parts(sent)) <= allowed


def test_no_hidden_colour_leaves():
    """What lies under transparency, out of sight, isn't sent."""
    hidden = drawing().convert("RGBA")
    hidden.putalpha(0)
    sent = load_image(encode_image(hidden, format="png").data)
    assert sent.getcolors() == [(600 * 400, (255, 255, 255))]


def test_caller_keeps_the_image():
    """Sending changes nothing in the caller's image."""
    image = Image.open(BytesIO(told("JPEG")))
    image.load()
    before = image.tobytes(), dict(image.info), image.size
    encode_image(image, longest=8)
    assert (image.tobytes(), image.info, image.size) == before


def test_same_picture_same_bytes():
    """The same picture is the same bytes, so that a cache finds it again."""
    assert encode_image(PHOTO) == encode_image(PHOTO.copy())


def test_threads():
    """Many threads may read and send the same picture at once."""
    jobs = [(longest, form) for longest in (50, 400) for form in ("png", "jpeg", "auto")] * 4
    data = saved(PHOTO, "JPEG", icc_profile=swapping_profile())

    def work(job):
        image = load_image(data)
        return encode_image(PHOTO, longest=job[0], format=job[1]), image.tobytes()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, jobs)) == [work(job) for job in jobs]
