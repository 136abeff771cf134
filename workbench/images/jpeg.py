"""A JPEG file without its notes: what the decoder needs, and which side is up."""

from __future__ import annotations

import re

from workbench.errors import InvalidInputError
from workbench.images.exif import orientation

_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_WITHOUT_SIZE = (0x01, 0xD8)
# Within a scan FF is followed by 0 or by one of eight restart marks; FF FF is padding.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# Each scan goes over all pixels, however few its bytes. Ten are usual, a hundred are an attack.
_SCANS = 100


def bare_jpeg(data: bytes) -> tuple[bytes, int]:
    """Return *data* without EXIF, XMP, comments and the like, and its orientation, 1 to 8.

    Left in are the colour profile and the marks (JFIF, Adobe) that say how colours are stored.
    What follows the picture, such as a second one, is cut off. A file that isn't built as it
    should be is handed on for the decoder to judge; InvalidInputError for more than 100 scans.
    """
    kept = [data[:2]]
    at, turned, scans = 2, 0, 0
    while found := _MARKER.search(data, at):
        start, marker = found.start(), data[found.start() + 1]
        kept.append(data[at:start])
        at = start
        if marker == _END:
            data = data[: start + 2]
            break
        size = 0 if marker in _WITHOUT_SIZE else int.from_bytes(data[start + 2 : start + 4], "big")
        segment = data[start : start + 2 + size]
        at += len(segment)
        if not turned and marker == _APP1 and segment[4:10] == b"Exif\0\0":
            turned = orientation(segment[10:])
        if _needed(marker, segment):
            kept.append(segment)
        scans += marker == _SCAN
        if scans > _SCANS:
            raise InvalidInputError(
                f"the JPEG picture is built of more than {_SCANS} scans, as no camera does",
                hint="Save it again as an ordinary JPEG.",
            )
    kept.append(data[at:])
    return b"".join(kept), turned or 1


def _needed(marker: int, segment: bytes) -> bool:
    body = segment[4:]
    if _APP0 <= marker <= _APP15:
        marks = {_APP0: b"JFIF\0", _APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}
        return marker in marks and body.startswith(marks[marker])
    return marker != _COMMENT
