"""What bytes are, by their first few, whatever a name or a header claims."""

from __future__ import annotations

import json

# Start of the file -> media type; the longer tests of `sniff` follow.
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"II+\0": "image/tiff",
    b"MM\0+": "image/tiff",
    b"\0\0\1\0": "image/x-icon",
    b"8BPS\0\1": "image/vnd.adobe.photoshop",
    b"\0\0\0\x0cJXL \r\n\x87\n": "image/jxl",
    b"\xff\x0a": "image/jxl",
    b"\0\0\0\x0cjP  \r\n\x87\n": "image/jp2",
    b"\xff\x4f\xff\x51": "image/jp2",
}
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_BMP_HEADERS = {12, 40, 52, 56, 64, 108, 124}
_HEAD = 1024

NAMES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WebP",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/avif": "AVIF",
    "image/heic": "HEIC",
    "image/svg+xml": "SVG",
    "image/x-icon": "ICO",
    "image/vnd.adobe.photoshop": "Photoshop",
    "image/jxl": "JPEG XL",
    "image/jp2": "JPEG 2000",
}
_OTHERS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\x1f\x8b": "compressed data",
    b"\x1a\x45\xdf\xa3": "a video",
    b"RIFF": "sound or a video",
    b"ID3": "sound",
    b"OggS": "sound or a video",
    b"version https://git-lfs": "a Git LFS pointer, which only stands for the file",
}


def sniff(data: bytes) -> str | None:
    """Return the media type of a picture; None when *data* is no kind of picture known here.

    Only the first kilobyte is looked at: a known start doesn't promise a picture that opens.

    >>> sniff(b"GIF89a and so on")
    'image/gif'
    >>> sniff(b"<html>") is None
    True
    """
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    if data[4:8] == b"ftyp":
        return _sniff_brands(data)
    return "image/svg+xml" if _is_svg(data[:_HEAD]) else None


def _sniff_brands(data: bytes) -> str | None:
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4)}
    if brands & _AVIF:
        return "image/avif"
    return "image/heic" if brands & _HEIC else None


def _is_svg(head: bytes) -> bool:
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<svg"):
        return True
    return head.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and (
        b"<svg" in head and b"<html" not in head
    )


def describe(data: bytes) -> str:
    """Return in words what *data* is, to end a sentence: “this is …”.

    >>> describe(b'{"error": "busy"}'), describe(b"<!DOCTYPE html><title>502"), describe(b"")
    ('JSON', 'a web page', 'nothing: 0 bytes')
    """
    if not data:
        return "nothing: 0 bytes"
    if kind := sniff(data):
        return f"a picture ({NAMES[kind]})"
    for magic, words in _OTHERS.items():
        if data.startswith(magic):
            return words
    if data[4:8] == b"ftyp":
        return "a video"
    return _describe_text(data)


def _describe_text(data: bytes) -> str:
    # The cut may fall within a character, hence `ignore`; a zero byte is no text.
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    text = head.decode("utf-8", "ignore").strip().lower()
    if b"\0" in head or len(text.encode()) < len(head.strip()) - 3:
        return "data of no known kind"
    if text.startswith(("<!doctype html", "<html")) or "<html" in text:
        return "a web page"
    if text.startswith("<?xml"):
        return "XML"
    if text.startswith(("{", "[", '"')) and _is_json(data):
        return "JSON"
    return "text"


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
