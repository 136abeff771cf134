"""A picture from whatever a caller has: names, text, addresses, arrays, images."""

from __future__ import annotations

import base64
import os
import textwrap
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from pictures import FOUR, JPEG, PNG, SIZE, corners, lab, quarters, see_through
from PIL import Image

from workbench.errors import InvalidInputError, TooLargeError
from workbench.images import load_image, reading

TEXT = base64.b64encode(PNG).decode()

TEXTS = {
    "base64": TEXT,
    "base64 of a JPEG, which starts like a path": base64.b64encode(JPEG).decode(),
    "base64 in lines": "\n" + "\r\n".join(textwrap.wrap(TEXT, 76)) + "\n",
    "base64, not padded": TEXT.rstrip("="),
    "base64, safe in addresses": base64.urlsafe_b64encode(PNG + bytes(range(256))).decode(),
    "data URI": f"data:image/png;base64,{TEXT}",
    "data URI with a charset": f"data:image/png;charset=utf-8;base64,{TEXT}",
    "data URI of a wrong type": f"data:text/plain;base64,{TEXT}",
    "data URI without a type": f"data:;base64,{TEXT}",
    "data URI in capitals": f" DATA:image/PNG;BASE64,{TEXT} ",
    "data URI, quoted": f"data:image/png;base64,{quote(TEXT, safe='')}",
    "data URI without base64": f"data:image/png,{quote(PNG)}",
}


@pytest.mark.parametrize("paths", [True, False], ids=["files too", "no files"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text(text, paths):
    """Base64 and data URIs are read as people and programs write them."""
    assert corners(load_image(text, paths=paths)) == "rgby"


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes(kind):
    """Bytes of any type are read."""
    assert corners(load_image(kind(PNG))) == "rgby"


@pytest.mark.parametrize("name", ["a.png", "no ending", "wrong.jpg", "AAAA", "Größe 图.png"])
@pytest.mark.parametrize("kind", [str, Path])
def test_file(name, kind, tmp_path):
    """A file is read by its content, whatever it is called and however it is named."""
    (tmp_path / name).write_bytes(PNG)
    assert corners(load_image(kind(tmp_path / name))) == "rgby"


def test_file_comes_before_base64(tmp_path, monkeypatch):
    """A name that is base64 too means the file, if it is there."""
    monkeypatch.chdir(tmp_path)
    Path("AAAA").write_bytes(PNG)
    assert corners(load_image("AAAA")) == "rgby"
    with pytest.raises(InvalidInputError, match="there is no file 'AAAB'"):
        load_image("AAAB")


@pytest.mark.parametrize("name", ["nonexist", "nothing.png", "a/b"])
def test_name_of_no_file(name):
    """A name is told as a file that isn't there, even where base64 could be read in it."""
    with pytest.raises(InvalidInputError, match="there is no file"):
        load_image(name)


def test_open_file(tmp_path):
    """An open file is read from where it stands."""
    (tmp_path / "a.png").write_bytes(PNG)
    with (tmp_path / "a.png").open("rb") as file:
        assert corners(load_image(file)) == "rgby"
    assert corners(load_image(BytesIO(PNG))) == "rgby"


def test_address():
    """Addresses go to `fetch` as they are, before any file is looked for."""
    asked = []

    def fetch(url):
        asked.append(url)
        return PNG

    assert corners(load_image(" HTTPS://example.com/a.png?b ", fetch=fetch, paths=False)) == "rgby"
    assert asked == ["HTTPS://example.com/a.png?b"]


REFUSED = {
    "nothing": (None, "there is no picture"),
    "no text": (" \n", "there is no picture"),
    "no bytes": (b"", "0 bytes"),
    "a list": ([PNG], "from list"),
    "a number": (7, "from int"),
    "a missing file": ("photo.jpg", "there is no file 'photo.jpg'"),
    "a missing file without a dot": ("photos/cat", "there is no file 'photos/cat'"),
    "a missing Path": (Path("gone") / "photo.jpg", "there is no file"),
    "a file below a file": (__file__ + "/photo.jpg", "there is no file"),
    "NUL in a name": ("a\0.png", r"there is no file 'a\x00.png'"),
    "a long name": ("photo-" + "x" * 400 + ".jpg", "there is no file 'photo-xxxx"),
    "half a character": ("a\ud800.png", "there is no file"),
    "a folder": (".", "'.' is a folder"),
    "a device": ("/dev/zero", "no ordinary file"),
    "another scheme": ("ftp://example.com/a.png", "there is no file 'ftp:"),
    "an address": ("https://example.com/a.png", "addresses on the web aren't opened"),
    "a data URI without a comma": ("data:image/png;base64", "comma"),
    "a data URI without data": ("data:image/png;base64,", "0 bytes"),
    "a data URI that isn't base64": ("data:image/png;base64,?!", "not valid base64"),
    "a data URI of SVG": ("data:image/svg+xml;utf8,<svg xmlns='x'/>", "SVG"),
    "base64 cut": (TEXT[:40], "cut short"),
    "base64 of something else": (base64.b64encode(b"just words " * 500).decode(), "text"),
    "an image without pixels": (Image.new("RGB", (0, 5)), "no pixels: 0 × 5"),
    "an array without pixels": (np.zeros((0, 4, 3), np.uint8), "no pixels: 4 × 0"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "cause"), REFUSED.values(), ids=REFUSED)
def test_refused(source, cause):
    """What can't be a picture is refused with the cause and a next step."""
    with pytest.raises(InvalidInputError) as caught:
        load_image(source)
    assert cause in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("name", ["here.png", "gone.png"])
def test_no_files(name, kind, tmp_path):
    """Without `paths` no file is opened, and the answer doesn't tell whether it is there."""
    (tmp_path / "here.png").write_bytes(PNG)
    with pytest.raises(InvalidInputError, match="files aren't opened by name here"):
        load_image(kind(tmp_path / name), paths=False)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_pipe(tmp_path):
    """A pipe, which may never end, is refused at once."""
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InvalidInputError, match="no ordinary file"):
        load_image(tmp_path / "pipe.png")


def test_file_that_may_not_be_read(tmp_path, monkeypatch):
    """The system's reason is told when a file can't be opened."""
    (tmp_path / "a.png").write_bytes(PNG)

    def refuse(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # for root no file is forbidden
    with pytest.raises(InvalidInputError, match="can't be read: Permission denied"):
        load_image(tmp_path / "a.png")


def test_too_many_bytes(tmp_path, monkeypatch):
    """A file, bytes, text and an answer of too many bytes are refused."""
    monkeypatch.setattr(reading, "MAX_BYTES", len(PNG) - 1)
    (tmp_path / "a.png").write_bytes(PNG)
    for source in (PNG, tmp_path / "a.png", TEXT, TEXTS["data URI"], "http://example.com"):
        with pytest.raises(TooLargeError):
            load_image(source, fetch=lambda _: PNG)


MODES = {
    "1": (quarters("kwwk").convert("1"), "kwwk"),
    "L": (quarters("kwdn").convert("L"), "kwdn"),
    "P": (FOUR.quantize(8), "rgby"),
    "RGB": (FOUR, "rgby"),
    "RGBA": (see_through(), "wgby"),
    "RGBa": (see_through().convert("RGBa"), "wgby"),
    "LA": (quarters("kwdn").convert("LA"), "kwdn"),
    "La": (quarters("kwdn").convert("LA").convert("La"), "kwdn"),
    "PA": (FOUR.quantize(8).convert("PA"), "rgby"),
    "RGBX": (FOUR.convert("RGBX"), "rgby"),
    "CMYK": (FOUR.convert("CMYK"), "rgby"),
    "YCbCr": (FOUR.convert("YCbCr"), "rgby"),
    "HSV": (FOUR.convert("HSV"), "rgby"),
    "LAB": (lab(), "kwdn"),
    "I": (quarters("kwdn").convert("I"), "kwdn"),
    "F": (quarters("kwdn").convert("F"), "kwdn"),
    "I;16": (Image.new("I;16", SIZE, 32896), "nnnn"),
}


@pytest.mark.parametrize(("image", "expected"), MODES.values(), ids=MODES)
def test_image_of_any_mode(image, expected):
    """Images of all of Pillow's modes become RGB, and the caller's stays as it was."""
    before = image.mode, image.tobytes(), dict(image.info)
    loaded = load_image(image)
    assert (corners(loaded), loaded.mode) == (expected, "RGB")
    loaded.paste((1, 2, 3), (0, 0, *SIZE))
    assert (image.mode, image.tobytes(), image.info) == before


def test_image_that_fails_when_loaded():
    """A broken file that Pillow opened without reading, or has closed, is our error too."""
    broken = Image.open(BytesIO(PNG[:60]))
    closed = Image.open(BytesIO(PNG))
    closed.close()
    for image in (broken, closed):
        with pytest.raises(InvalidInputError, match="the picture is"):
            load_image(image)
