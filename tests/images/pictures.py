"""Pictures for the tests: four coloured quarters, in every form a file can have."""

from __future__ import annotations

import struct
import zlib
from array import array
from io import BytesIO

from PIL import Image, ImageCms

COLOURS = {
    "r": (255, 0, 0),
    "g": (0, 255, 0),
    "b": (0, 0, 255),
    "y": (255, 255, 0),
    "w": (255, 255, 255),
    "k": (0, 0, 0),
    "n": (128, 128, 128),
    "d": (64, 64, 64),
    "c": (0, 255, 255),
    "m": (255, 0, 255),
}
SIZE = (32, 24)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def quarters(letters="rgby", size=SIZE):
    """Four quarters: top left, top right, bottom left, bottom right."""
    image = Image.new("RGB", size)
    width, height = size[0] // 2, size[1] // 2
    for place, letter in enumerate(letters):
        x, y = place % 2 * width, place // 2 * height
        image.paste(COLOURS[letter], (x, y, x + size[0] - width, y + size[1] - height))
    return image


def corners(image):
    """The letters of the colours in the four corners; `?` for a colour far from all."""
    right, bottom = image.width - 1, image.height - 1
    return "".join(
        letter_of(image.getpixel(place))
        for place in ((0, 0), (right, 0), (0, bottom), (right, bottom))
    )


def letter_of(pixel):
    def distance(letter):
        return max(abs(a - b) for a, b in zip(pixel, COLOURS[letter], strict=True))

    nearest = min(COLOURS, key=distance)
    return nearest if distance(nearest) <= 12 else "?"


def saved(image, form, **options):
    """The bytes of *image* as a file."""
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def exif(turned):
    """EXIF data with an orientation."""
    notes = Image.Exif()
    notes[274] = turned
    return notes.tobytes()


def chunk(name, body):
    """One chunk of a PNG."""
    checksum = zlib.crc32(name + body)
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", checksum)


def png(width, height, depth, colour, rows, *more):
    """A PNG of these rows of packed samples, with *more* chunks before the pixels."""
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, depth, colour, 0, 0, 0))
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return SIGNATURE + head + b"".join(more) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def with_chunk(data, name, body):
    """A PNG with one more chunk after its header."""
    return data[:33] + chunk(name, body) + data[33:]


def with_segment(data, marker, body):
    """A JPEG with one more segment at its start."""
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


def swapping_profile():
    """A colour profile in which red and green change places."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    named = srgb.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    return named.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def ycck():
    """An Adobe JPEG in YCCK, as Photoshop writes for print; all of it red ink."""
    ink = Image.new("RGB", (16, 16), (0, 255, 255)).convert("YCbCr").split()
    planes = [plane.point(lambda value: 255 - value) for plane in ink]
    data = saved(Image.merge("CMYK", [*planes, Image.new("L", (16, 16), 0)]), "JPEG", quality=100)
    at = data.index(b"Adobe")
    return data[: at + 11] + b"\2" + data[at + 12 :]  # the transform: 0 is CMYK, 2 is YCCK


# The same pictures in most tests.
FOUR = quarters()
GREYS = quarters("kwdn")
CLEAR = Image.new("L", SIZE, 255)
CLEAR.paste(0, (0, 0, 16, 12))  # the top left quarter can't be seen
PNG, JPEG = saved(FOUR, "PNG"), saved(FOUR, "JPEG", quality=95, subsampling=0)


def see_through(mode="RGBA"):
    image = FOUR.convert(mode)
    image.putalpha(CLEAR)
    return image


def deep(mode, values):
    """An image of deep grey from four numbers, each a quarter."""
    code = {"I;16": "H", "I;16B": "H", "I": "i", "F": "f"}[mode]
    rows = [values[y * 2 + x] for y in (0, 1) for _ in range(12) for x in (0, 1) for _ in range(16)]
    numbers = array(code, rows)
    if mode == "I;16B":
        numbers.byteswap()
    return Image.frombytes(mode, SIZE, numbers.tobytes())


def lab():
    neutral = Image.new("L", SIZE, 128)
    return Image.merge("LAB", [GREYS.convert("L"), neutral, neutral])


def frames(form, **options):
    return saved(FOUR, form, save_all=True, append_images=[quarters("kkkk")], **options)


def keyed(image, form="PNG"):
    """The file of a palette image of which one colour, that of the top left, is see-through."""
    image = image.quantize(8)
    return saved(image, form, transparency=image.getpixel((0, 0)))


BOMB = zlib.compress(bytes(20_000_000), 9)
TURNED_PNG = with_chunk(PNG, b"eXIf", exif(6)[6:])


def parts(data):
    """The names of a PNG's chunks, or the markers of a JPEG's segments."""
    if data.startswith(SIGNATURE):
        at = 8
        while at < len(data):
            size, name = struct.unpack_from(">L4s", data, at)
            yield name.decode()
            at += 12 + size
    else:
        at = 2
        while data[at + 1] != 0xDA:
            yield f"{data[at + 1]:02X}"
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
