"""The chunks of a PNG file: text without decoding pixels, pixels without reading text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from workbench.images.exif import orientation

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 64 * 1024
_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP"}
_TEXT = {b"tEXt", b"zTXt", b"iTXt"}
_KEYED = {0: 1, 2: 3}  # colour type -> numbers in tRNS, where one colour is the transparent one


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name of each whole chunk, where it starts and where it ends (checksum included)."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        size, name = struct.unpack_from(">L4s", data, at)
        if at + 12 + size > len(data):
            return
        yield name, at, at + 12 + size
        at += 12 + size


def png_size(data: bytes) -> tuple[int, int]:
    """Return width and height as the header tells; (1, 1) when the file ends before."""
    width, height = struct.unpack_from(">LL", data, 16) if len(data) >= 24 else (1, 1)
    return width, height


def bare_png(data: bytes) -> tuple[bytes, int]:
    """Return *data* without text, EXIF and animation, and its orientation, 1 to 8.

    Compressed text never reaches the decoder, nor do frames after the first. A chunk cut short is
    handed on, for the decoder to judge.
    """
    kept = [data[: len(SIGNATURE)]]
    end, turned = len(SIGNATURE), 1
    for name, start, end in _chunks(data):
        if name == b"tRNS":
            kept.append(_eight_bit_key(data, start, end))
        elif name in _NEEDED:
            kept.append(data[start:end])
        elif name == b"eXIf":
            turned = orientation(data[start + 8 : end - 4])
        if name == b"IEND":
            return b"".join(kept), turned
    kept.append(data[end:])
    return b"".join(kept), turned


def _eight_bit_key(data: bytes, start: int, end: int) -> bytes:
    """The chunk tRNS with its colour on the scale 0 to 255, to which Pillow brings the pixels."""
    depth, count = data[24], _KEYED.get(data[25])
    if depth == 8 or count is None:
        return data[start:end]
    if end - start != 12 + 2 * count or depth not in (1, 2, 4, 16):
        return b""
    values = struct.unpack_from(f">{count}H", data, start + 8)
    scaled = [value >> 8 if depth == 16 else value * 255 // (2**depth - 1) for value in values]
    if max(scaled) > 255:
        return b""
    body = b"tRNS" + struct.pack(f">{count}H", *scaled)
    return struct.pack(">L", 2 * count) + body + struct.pack(">L", zlib.crc32(body))


def png_text(data: bytes, *, limit: int = MAX_TEXT) -> dict[str, str]:
    """Return the text entries of a PNG, by keyword, without decoding its pixels.

    *limit* is the most bytes all entries may have together, packed or not. Empty for other files,
    for a file cut short and for one whose text passes the limit or doesn't unpack.

    >>> png_text(b"no PNG")
    {}
    """
    if not data.startswith(SIGNATURE):
        return {}
    found: dict[str, str] = {}
    for name, start, end in _chunks(data):
        if name == b"IEND":
            return found
        if name not in _TEXT:
            continue
        try:
            key, text = _entry(name, data[start + 8 : end - 4], limit)
        except (ValueError, zlib.error):
            return {}
        # Where the chunk is larger than its text, it counts, or a million tiny ones would be free.
        limit -= max(end - start, len(text))
        if limit < 0:
            return {}
        found.setdefault(key.decode("latin-1"), text.decode("utf-8", "replace"))
    return {}


def _entry(name: bytes, body: bytes, limit: int) -> tuple[bytes, bytes]:
    """The keyword and the text of one chunk, in UTF-8; ValueError where it isn't built so."""
    key, rest = body.split(b"\0", 1)
    if name == b"tEXt":
        return key, rest.decode("latin-1").encode()
    if name == b"zTXt":
        return key, _unpacked(rest[1:], limit).decode("latin-1").encode()
    packed, _language, _translated, text = rest[:1], *rest[2:].split(b"\0", 2)
    return key, _unpacked(text, limit) if packed == b"\1" else text


def _unpacked(packed: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(packed, limit + 1)
    if not unpacker.eof:
        raise ValueError("more text than the limit, or cut short")
    return text
