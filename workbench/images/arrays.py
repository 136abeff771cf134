"""A numpy array as a picture."""

from __future__ import annotations

from PIL import Image

from workbench.errors import InvalidInputError
from workbench.images.decoding import check_size

_SHAPES = "A picture is height × width, or height × width × 1, 2, 3 or 4 channels."
# A little beyond the range is what resampling leaves, not another scale.
_SLACK = 1e-3


def from_array(source: object, max_pixels: int) -> Image.Image:
    """Return the array *source* as an image: L, LA, RGB or RGBA by its channels.

    True and False are white and black; uint16 counts to 65535; fractions count to 1, or to 255
    when one is above 1; other whole numbers count to 255, or to 65535 when one is above 255.
    Raises InvalidInputError for any other shape, type or value.
    """
    import numpy as np

    array = np.asarray(source)
    shape = array.shape
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 2, 3, 4)):
        hint = _SHAPES
        if len(shape) == 3 and shape[0] in (1, 3, 4):
            hint = "Put the channels last: array.transpose(1, 2, 0)."
        raise InvalidInputError(f"an array of shape {shape} is no picture", hint=hint)
    check_size((shape[1], shape[0]), max_pixels)
    if len(shape) == 3 and shape[2] == 1:
        array = array[:, :, 0]
    if array.dtype.kind not in "buif":
        raise InvalidInputError(f"an array of {array.dtype} is no picture", hint="Use uint8.")
    if array.dtype == np.uint8:
        return Image.fromarray(np.ascontiguousarray(array))
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InvalidInputError(
            "the array has values that are not numbers (NaN or infinite)",
            hint="Replace them: numpy.nan_to_num(array).",
        )
    low, high = float(array.min()), float(array.max())
    scale = _scale(array.dtype.kind, array.dtype.itemsize, low, high)
    if array.dtype.kind == "f":
        array = array.astype(np.float32)
    scaled = np.clip(np.rint(array * scale), 0, 255).astype(np.uint8)
    return Image.fromarray(scaled)


def _scale(kind: str, size: int, low: float, high: float) -> float:
    if kind == "b":
        return 255.0
    if kind == "u" and size == 2:
        return 255 / 65535
    slack = _SLACK if kind == "f" else 0
    for top in (1, 255) if kind == "f" else (255, 65535):
        if low >= -slack * top and high <= top * (1 + slack):
            return 255 / top
    raise InvalidInputError(
        f"the array has values from {low:g} to {high:g}, on no scale known here",
        hint="Scale fractions to 0..1, whole numbers to 0..255.",
    )
