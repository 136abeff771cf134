"""Pictures as they go out: small, without metadata, in a form every endpoint reads."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Literal

from PIL import Image, PngImagePlugin

from workbench.errors import InvalidInputError, TooLargeError
from workbench.images.decoding import check_size, plain, reading, room
from workbench.inputs import require_choice, require_whole

Format = Literal["auto", "png", "jpeg"]

_QUALITIES = (85, 70, 55, 40, 25)
_SHRINK = 0.7
_SMALLEST = 16
# A drawing or a screenshot has fewer colours; counting those of a photograph ends early.
_FLAT_COLOURS = 1 << 14
_WORTH = 1.25  # PNG may be so much larger than JPEG: it keeps thin lines and letters sharp


@dataclass(frozen=True)
class Encoded:
    """A picture file; `size` is (width, height) in pixels."""

    data: bytes = field(repr=False)
    content_type: str
    size: tuple[int, int]

    @property
    def base64(self) -> str:
        """The file in base64: one line, padded, nothing before it, as strict endpoints want."""
        return base64.b64encode(self.data).decode("ascii")

    @property
    def data_uri(self) -> str:
        """The file as a data URI."""
        return f"data:{self.content_type};base64,{self.base64}"


def encode_image(
    image: Image.Image,
    *,
    longest: int = 1024,
    max_bytes: int | None = None,
    format: Format = "auto",  # noqa: A002 - the word everybody knows, as in PIL's save
) -> Encoded:
    """Return *image* as a file to send: no side over *longest* pixels, nothing but the picture.

    `auto` makes photographs JPEG, and pictures of few colours PNG where that is no larger or
    only a little. To keep to *max_bytes* (of the file; base64 takes 4/3 of that), JPEG quality
    goes down first, then the size. Raises InvalidInputError for an image that can't be read or
    can't be made so small.

    >>> encode_image(Image.new("RGB", (2048, 1024), "red"))
    Encoded(content_type='image/png', size=(1024, 512))
    """
    require_whole("longest", longest, at_least=1)
    require_whole("max_bytes", max_bytes, at_least=1)
    require_choice("format", format, ("auto", "png", "jpeg"))
    picture = _shrunk(_readable(image), longest)
    while True:
        for encoded in _attempts(picture, format):
            if max_bytes is None or len(encoded.data) <= max_bytes:
                return encoded
        side = max(picture.size)
        if side <= _SMALLEST:
            raise TooLargeError(
                f"the picture can't be made as small as {max_bytes} bytes",
                hint="Allow more bytes.",
            )
        picture = _shrunk(picture, max(_SMALLEST, int(side * _SHRINK)))


def _readable(image: Image.Image) -> Image.Image:
    if not isinstance(image, Image.Image):
        raise InvalidInputError(
            f"an image is wanted, not {type(image).__name__}", hint="Read it with load_image."
        )
    check_size(image.size, image.width * image.height)
    with room(image.size), reading("picture"):
        return plain(image)


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    """A new image: saving one that others may be saving too would mix up the options."""
    side = max(image.size)
    if side <= longest:
        return image.copy()
    width, height = (max(1, round(length * longest / side)) for length in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=1.5)


def _attempts(image: Image.Image, format: str) -> Iterator[Encoded]:  # noqa: A002
    """The ways to write *image*, the best first."""
    if format == "png":
        yield _png(image)
        return
    best = _jpeg(image, _QUALITIES[0])
    if format == "auto" and image.getcolors(_FLAT_COLOURS) is not None:
        png = _png(image)
        if len(png.data) <= len(best.data) * _WORTH:
            yield png
    yield best
    for quality in _QUALITIES[1:]:
        yield _jpeg(image, quality)


def _jpeg(image: Image.Image, quality: int) -> Encoded:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Encoded(file.getvalue(), "image/jpeg", image.size)


def _png(image: Image.Image, text: PngImagePlugin.PngInfo | None = None) -> Encoded:
    file = BytesIO()
    image.save(file, "PNG", pnginfo=text)
    return Encoded(file.getvalue(), "image/png", image.size)


def png_bytes(image: Image.Image, text: Mapping[str, str] | None = None) -> bytes:
    """Return *image* as a PNG file that holds its pixels and *text*, and nothing else.

    Half characters (lone surrogates) in *text* become question marks. Raises InvalidInputError
    for an image that can't be read, or a keyword that isn't 1 to 79 Latin characters.

    >>> from workbench.images import png_text
    >>> png_text(png_bytes(Image.new("RGB", (1, 1)), {"prompt": "a café"}))
    {'prompt': 'a café'}
    """
    entries = PngImagePlugin.PngInfo()
    for key, value in (text or {}).items():
        name = key.encode("latin-1", "ignore")
        if len(name) != len(key) or not 1 <= len(name) <= 79 or not key.isprintable():
            raise InvalidInputError(
                f"{key!r} is no keyword for a PNG", hint="Use 1 to 79 Latin characters."
            )
        entries.add_itxt(key, value.encode("utf-8", "replace").decode())
    return _png(_shrunk(_readable(image), max(image.size)), entries).data
