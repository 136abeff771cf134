"""A picture from whatever a caller has: an image, a file, bytes, an array, text, an address."""

from __future__ import annotations

import base64
import binascii
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, unquote_to_bytes

from PIL import Image

from workbench.errors import InvalidInputError, TooLargeError
from workbench.images.arrays import from_array
from workbench.images.decoding import MAX_PIXELS, check_size, decode, plain, reading, room
from workbench.images.sniff import sniff

# PIL image, path (str or os.PathLike), open file, bytes, numpy array, base64 text, data URI,
# http(s) address
Source: TypeAlias = object

MAX_BYTES = 100_000_000
_LONGEST_NAME = 4096
_LEAST_BYTES = 24  # names of files decode, and may begin as pictures do


def load_image(
    source: Source,
    *,
    fetch: Callable[[str], bytes] | None = None,
    paths: bool = True,
    max_pixels: int = MAX_PIXELS,
    longest: int | None = None,
) -> Image.Image:
    """Return *source* as an image of its own: RGB, upright, first frame, without any metadata.

    Text is, in this order, a data URI, an http(s) address, the name of a file that is there,
    base64. Addresses are read by *fetch*, files only with *paths*. A caller who needs no more than
    *longest* pixels a side saves time and memory with large files, which then come smaller, yet
    no smaller than that. Large pictures are decoded two at a time. Raises InvalidInputError with
    the reason, TooLargeError for more than *max_pixels* pixels, 32,768 pixels a side or 100 MB,
    and whatever *fetch* raises.

    >>> from PIL import Image
    >>> load_image(Image.new("L", (2, 1))).mode
    'RGB'
    >>> load_image("photo.jpg")
    Traceback (most recent call last):
    workbench.errors.InvalidInputError: there is no file 'photo.jpg'
    """
    if isinstance(source, Image.Image):
        check_size(source.size, max_pixels)
        with room(source.size), reading("picture"):
            clean = plain(source)
            return clean.copy() if clean is source else clean
    if hasattr(source, "__array_interface__"):
        return plain(from_array(source, max_pixels))
    data = _bytes_of(source, fetch, paths)
    _check_bytes(len(data))
    return decode(data, max_pixels=max_pixels, longest=longest)


def _bytes_of(source: object, fetch: Callable[[str], bytes] | None, paths: bool) -> bytes:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, os.PathLike):
        name = os.fsdecode(source)
        data = _read_file(name) if paths else None
        return data if data is not None else _no_file(name, paths)
    if callable(read := getattr(source, "read", None)):
        return _bytes_of(read(MAX_BYTES + 1), fetch, paths)
    if isinstance(source, str) and source.strip():
        return _read_text(source.strip(), fetch, paths)
    if source is None or isinstance(source, str):
        raise InvalidInputError("there is no picture", hint="Choose or paste one first.")
    raise InvalidInputError(
        f"a picture can't be read from {type(source).__name__}",
        hint="Give an image, the name of a file, bytes, a numpy array, base64 or an address.",
    )


def _read_text(text: str, fetch: Callable[[str], bytes] | None, paths: bool) -> bytes:
    scheme = text[:8].lower()
    if scheme.startswith("data:"):
        return _read_data_uri(text)
    if scheme.startswith(("http://", "https://")):
        if fetch is None:
            raise InvalidInputError(
                "addresses on the web aren't opened here",
                hint="Download the picture and give the file.",
            )
        return fetch(text)
    if paths and len(text) <= _LONGEST_NAME and (data := _read_file(text)) is not None:
        return data
    found = _from_base64(text)
    if found is not None and len(found) >= _LEAST_BYTES and sniff(found):
        return found
    if len(text) > _LONGEST_NAME and found is not None:
        return found
    return _no_file(text, paths)


def _no_file(name: str, paths: bool) -> bytes:
    if not paths:
        raise InvalidInputError(
            "this text is no picture, and files aren't opened by name here",
            hint="Send the picture itself, as base64 or as a data URI.",
        )
    shown = name if len(name) <= 80 else name[:60] + "…"
    raise InvalidInputError(f"there is no file {shown!r}", hint="Check the name and the folder.")


def _read_file(name: str) -> bytes | None:
    """The bytes of a file; None when there is none of that name."""
    path = Path(name)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InvalidInputError(f"{name!r} is a folder", hint="Choose a picture in it.")
        if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device may never end
            raise InvalidInputError(f"{name!r} is no ordinary file", hint="Choose a picture.")
        _check_bytes(status.st_size)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as exc:
        if exc.errno == errno.ENAMETOOLONG:
            return None
        raise InvalidInputError(
            f"the file {name!r} can't be read: {exc.strerror}",
            hint="Check that it may be opened, or choose another.",
        ) from exc


def _check_bytes(count: int) -> None:
    if count > MAX_BYTES:
        raise TooLargeError(
            f"the file has {count / 1e6:.0f} MB, more than the {MAX_BYTES // 10**6} read here",
            hint="Make it smaller first.",
        )


def _read_data_uri(text: str) -> bytes:
    head, comma, body = text.partition(",")
    if not comma:
        raise InvalidInputError("the data URI has no data: its comma is missing")
    _check_bytes(len(body) * 3 // 4)
    if not head.lower().replace(" ", "").endswith(";base64"):
        return unquote_to_bytes(body)
    data = _from_base64(unquote(body))
    if data is None:
        raise InvalidInputError("the data URI is not valid base64", hint="Copy it again, whole.")
    return data


def _from_base64(text: str) -> bytes | None:
    """The bytes of base64 as a person may have it: broken into lines, URL-safe, not padded."""
    _check_bytes(len(text) * 3 // 4)
    text = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
