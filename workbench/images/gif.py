"""A GIF file without what stands before its first frame, and the size it will take."""

from __future__ import annotations

import struct

_CONTROL = 0xF9


def bare_gif(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return *data* without comments and application data, and the size in pixels.

    Pillow joins comments in quadratic time, and grows the screen to hold a frame that passes its
    border, which may warn: the size here is the grown one.
    """
    if len(data) < 13:
        return data, (1, 1)
    width, height = struct.unpack_from("<HH", data, 6)
    at = start = 13 + _colours(data[10])
    control = b""
    while data[at : at + 1] == b"!":
        end = at + 2
        while size := int.from_bytes(data[end : end + 1], "little"):
            end += 1 + size
        if data[at + 1 : at + 2] == bytes([_CONTROL]):
            control = data[at : end + 1]
        at = end + 1
    if data[at : at + 1] == b"," and at + 9 <= len(data):
        left, top, wide, high = struct.unpack_from("<HHHH", data, at + 1)
        width, height = max(width, left + wide), max(height, top + high)
    return data[:start] + control + data[at:], (width, height)


def _colours(flags: int) -> int:
    """The bytes of the table of colours."""
    return 3 * 2 << (flags & 7) if flags & 128 else 0
