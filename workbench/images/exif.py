"""The one fact in a photograph's EXIF data that its pixels need: which side is up."""

from __future__ import annotations

import struct

from PIL import Image

_ORIENTATION = 274
_SHORT = 3
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation(exif: bytes) -> int:
    """Return the orientation, 1 to 8, in EXIF data; 1, upright, where it is missing or broken.

    Pillow's own reader warns of broken data, and a warning can't be silenced for one thread only.

    >>> orientation(b"MM\\0*\\0\\0\\0\\x08" + b"\\0\\1" + b"\\1\\x12\\0\\3\\0\\0\\0\\1\\0\\6\\0\\0")
    6
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "L", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", tiff, at)
            if tag == _ORIENTATION:
                (value,) = struct.unpack_from(
                    order + ("H" if kind == _SHORT else "L"), tiff, at + 8
                )
                return int(value) if value in _TURNS else 1
    except struct.error:
        pass
    return 1


def upright(image: Image.Image, turned: int) -> Image.Image:
    """Return *image* turned and mirrored as orientation *turned* asks; itself when upright."""
    turn = _TURNS.get(turned)
    return image if turn is None else image.transpose(turn)
