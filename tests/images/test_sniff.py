"""The type of a picture, by its first bytes."""

from __future__ import annotations

import pytest
from pictures import FOUR, JPEG, PNG, saved

from workbench.images import sniff


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (saved(FOUR, "GIF"), "image/gif"),
        (saved(FOUR, "WEBP"), "image/webp"),
        (saved(FOUR, "TIFF"), "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (saved(FOUR, "BMP"), "image/bmp"),
        (saved(FOUR, "JPEG2000"), "image/jp2"),
        (saved(FOUR, "ICO"), "image/x-icon"),
        (b"\0\0\0\x18ftypheix\0\0\0\0mif1heix", "image/heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "image/avif"),
        (b"<svg/>", "image/svg+xml"),
        (b"\xef\xbb\xbf<!-- a drawing -->\n<svg/>", "image/svg+xml"),
        (b"<!doctype html><svg/>", None),
        (b'<?xml version="1.0"?><html><svg/>', None),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"BM, as a letter begins, and so on", None),
        (b"\x89PNG\n", None),
        (b"", None),
    ],
)
def test_sniff(data, kind):
    """The type of a picture is told by its first bytes, and nothing else is called one."""
    assert sniff(data) == kind
