"""Faults of pictures: cut short, far too large, no picture at all, or kept where nobody may go."""

from __future__ import annotations

import base64
import struct
import zlib

from workbench.engines.faults.trouble import fixed

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(side: int, pixels: bytes) -> bytes:
    """A PNG that says it is *side* by *side* gray pixels, whatever it holds."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    packed = _chunk(b"IDAT", zlib.compress(pixels))
    return _SIGNATURE + _chunk(b"IHDR", head) + packed + _chunk(b"IEND", b"")


_PNG = {"content-type": "image/png"}
_PAGE = base64.b64encode(b"<html><title>Sign in</title></html>").decode("ascii")

cut = fixed(200, _png(64, bytes(range(65)) * 64)[:120], _PNG)
bomb = fixed(200, _png(60_000, bytes(1000)), _PNG)
page = fixed(200, {"images": [_PAGE]})
inside = fixed(200, {"images": [{"url": "http://169.254.169.254/latest/meta-data"}]})
