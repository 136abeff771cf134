"""Bytes of a picture file to clean pixels, by one parser chosen by the first bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import BytesIO
from typing import TypeAlias

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from workbench.errors import (
    InvalidInputError,
    TooLargeError,
    UnexpectedAnswerError,
    WorkbenchError,
)
from workbench.images.colours import to_rgb
from workbench.images.exif import orientation, upright
from workbench.images.gif import bare_gif
from workbench.images.jpeg import bare_jpeg
from workbench.images.png import bare_png, png_size
from workbench.images.sniff import NAMES, describe, sniff

MAX_PIXELS = 64_000_000
# Pillow keeps a pointer and some padding for each row: a picture one pixel wide takes 20 times
# the memory of a square one.
MAX_SIDE = 32_768
_LARGE = 4_000_000
# A large picture takes up to half a gigabyte while it is decoded, so only two are at a time.
_TWO_LARGE = threading.BoundedSemaphore(2)

Opener: TypeAlias = Callable[[BytesIO], ImageFile.ImageFile]

# Not `Image.open`: it warns of large pictures by a limit of its own, which is the whole process's.
_OPENERS: dict[str, Opener] = {
    "image/png": PngImagePlugin.PngImageFile,
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/gif": GifImagePlugin.GifImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/tiff": TiffImagePlugin.TiffImageFile,
    "image/bmp": BmpImagePlugin.BmpImageFile,
}
try:
    from PIL import AvifImagePlugin
except ImportError:  # Pillow before 11.3
    pass
else:
    if AvifImagePlugin.SUPPORTED:
        _OPENERS["image/avif"] = AvifImagePlugin.AvifImageFile

_WAYS_OUT = {
    "image/heic": "Save it as JPEG; an iPhone does under Settings, Camera, Formats.",
    "image/svg+xml": "An SVG is a drawing: export it as PNG.",
}
_READ = "Choose a JPEG, PNG, WebP, GIF, TIFF or BMP picture."


def decode(data: bytes, *, max_pixels: int = MAX_PIXELS, longest: int | None = None) -> Image.Image:
    """Return the first picture in *data*: RGB, upright, without metadata.

    *longest* is the most pixels a side needs: a JPEG of more than twice that is read at a half, a
    quarter or an eighth, and any picture of four times that is made about twice that. Raises
    InvalidInputError naming what *data* is, or what is wrong with it.
    """
    kind = sniff(data)
    if kind is None:
        raise InvalidInputError(f"this is {describe(data)}, not a picture", hint=_READ)
    name = NAMES[kind]
    opener = _OPENERS.get(kind)
    if opener is None:
        hint = _WAYS_OUT.get(kind, "Save it as JPEG or PNG.")
        raise InvalidInputError(f"{name} pictures aren't read here", hint=hint)
    turned = None
    if kind == "image/jpeg":
        data, turned = bare_jpeg(data)
    elif kind == "image/png":
        check_size(png_size(data), max_pixels)
        data, turned = bare_png(data)
    elif kind == "image/gif":
        data, size = bare_gif(data)
        check_size(size, max_pixels)
    with reading(f"{name} picture"):
        image = opener(BytesIO(data))
        check_size(image.size, max_pixels)
        if longest and kind == "image/jpeg":
            # Only the longer side counts; the scale is the largest that leaves it long enough.
            wide = image.width >= image.height
            image.draft(None, (longest, 1) if wide else (1, longest))
        with room(image.size):
            return _reduced(plain(image, turned), longest)


def room(size: tuple[int, int]) -> AbstractContextManager[object]:
    """Where a picture of *size* may be decoded: a large one waits while two others are.

    Nothing within may ask for room again.
    """
    return _TWO_LARGE if size[0] * size[1] > _LARGE else nullcontext()


def _reduced(image: Image.Image, longest: int | None) -> Image.Image:
    factor = max(image.size) // (2 * longest) if longest else 1
    return image.reduce(factor) if factor > 1 else image


def plain(image: Image.Image, turned: int | None = None) -> Image.Image:
    """Return *image* in RGB, upright by *turned* or its own EXIF, without metadata.

    May be *image* itself, if it is all that. Raises whatever Pillow does.
    """
    image.load()
    clean = to_rgb(image)
    clean = upright(clean, _turned(image) if turned is None else turned)
    if clean is image and (image.info or type(image) is not Image.Image):
        clean = image.copy()
    if clean is not image:
        clean.info = {}
    return clean


def _turned(image: Image.Image) -> int:
    if isinstance(exif := image.info.get("exif"), bytes):
        return orientation(exif)
    try:  # set by hand, or in a TIFF, whose tags are its EXIF data
        return int(image.getexif().get(274, 1))
    except Exception:  # noqa: BLE001 - Pillow's parsers again; such notes are as good as none
        return 1


def check_size(size: tuple[int, int], max_pixels: int) -> None:
    """Raise InvalidInputError for no pixels at all, TooLargeError for more than *max_pixels*.

    A side of more than 32,768 pixels is too large as well.
    """
    width, height = size
    if width < 1 or height < 1:
        raise InvalidInputError(f"the picture has no pixels: {width} × {height}", hint=_READ)
    most = f"the {max_pixels / 1e6:.3g} million" if width * height > max_pixels else ""
    most = f"{MAX_SIDE} a side" if max(size) > MAX_SIDE else most
    if most:
        raise TooLargeError(
            f"the picture has {width} × {height} pixels, more than {most} read here",
            hint="Make it smaller first.",
        )


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn whatever Pillow raises over broken bytes into InvalidInputError about *what*."""
    try:
        yield
    except WorkbenchError:
        raise
    except MemoryError as exc:
        raise TooLargeError(f"the {what} doesn't fit into memory") from exc
    except Exception as exc:  # Pillow's parsers raise whatever the bytes lead them to
        short = isinstance(exc, EOFError) or "truncated" in str(exc).lower()
        state = "cut short" if short else "damaged or cut short"
        raise InvalidInputError(
            f"the {what} is {state}", hint="Save or download it again, or choose another."
        ) from exc


def open_answer(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Return the picture that an endpoint sent: RGB, upright, without metadata.

    Raises UnexpectedAnswerError naming what came instead, or what is wrong with the picture.

    >>> open_answer(b"")
    Traceback (most recent call last):
    workbench.errors.UnexpectedAnswerError: no picture came: this is nothing: 0 bytes, not a picture
    """
    try:
        return decode(data, max_pixels=max_pixels)
    except InvalidInputError as exc:
        hint = "Try again, or ask for a smaller picture." if sniff(data) in _OPENERS else None
        raise UnexpectedAnswerError(f"no picture came: {exc}", hint=hint) from exc
