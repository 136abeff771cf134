"""Numpy arrays as pictures: shapes, types and scales."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import COLOURS, corners

from workbench.errors import InvalidInputError, TooLargeError
from workbench.images import load_image


def of(*letters, kind=np.uint8, scale=1.0):
    """An array of one row, each pixel a colour."""
    return (np.array([[COLOURS[letter] for letter in letters]]) * scale).astype(kind)


GREY = [[0, 64], [128, 255]]
ARRAYS = {
    "bytes": (of("r", "g"), "rgrg"),
    "not in a row": (of("r", "g")[:, ::-1], "grgr"),
    "grey": (np.array(GREY, np.uint8), "kdnw"),
    "grey with a channel": (np.array(GREY, np.uint8)[:, :, None], "kdnw"),
    "grey with alpha": (np.array([[[0, 255], [0, 0]]], np.uint8), "kwkw"),
    "alpha": (np.array([[[255, 0, 0, 255], [255, 0, 0, 0]]], np.uint8), "rwrw"),
    "whole numbers": (of("r", "n", kind=np.int64), "rnrn"),
    "larger whole numbers": (of("r", "n", kind=np.int32, scale=257), "rnrn"),
    "16 bits": (of("r", "n", kind=np.uint16, scale=257), "rnrn"),
    "16 bits, other end first": (of("r", "n", kind=">u2", scale=257), "rnrn"),
    "fractions": (of("r", "n", kind=np.float64, scale=1 / 255), "rnrn"),
    "half fractions": (of("r", "n", kind=np.float16, scale=1 / 255), "rnrn"),
    "fractions to 255": (of("r", "n", kind=np.float32), "rnrn"),
    "fractions a little over 1": (of("r", "n", kind=np.float32, scale=1.0005 / 255), "rnrn"),
    "true and false": (np.array([[True, False]]), "wkwk"),
}


@pytest.mark.parametrize(("array", "expected"), ARRAYS.values(), ids=ARRAYS)
def test_array(array, expected):
    """Arrays are read on the scale of their type and values, and stay as they were."""
    before = array.copy()
    image = load_image(array)
    assert (corners(image), image.size) == (expected, (array.shape[1], array.shape[0]))
    assert np.array_equal(array, before)


BAD_ARRAYS = {
    "one dimension": (np.zeros(4), "shape (4,)"),
    "four dimensions": (np.zeros((1, 4, 4, 3)), "shape (1, 4, 4, 3)"),
    "five channels": (np.zeros((4, 4, 5)), "shape (4, 4, 5)"),
    "text": (np.array([["a"]]), "<U1"),
    "complex": (np.zeros((2, 2), complex), "complex"),
    "NaN": (np.array([[0.0, np.nan]]), "NaN"),
    "infinite": (np.array([[0.0, np.inf]]), "infinite"),
    "below 0": (np.array([[-1.0, 1.0]]), "from -1 to 1"),
    "above 255": (np.array([[0.0, 300.0]]), "from 0 to 300"),
    "whole numbers too large": (np.array([[0, 70000]]), "from 0 to 70000"),
}


@pytest.mark.parametrize(("array", "cause"), BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_array_is_refused(array, cause):
    """An array of another shape, type or scale is refused with what it is."""
    with pytest.raises(InvalidInputError) as caught:
        load_image(array)
    assert cause in str(caught.value)


def test_channels_first():
    """An array in the order of a network gets the line that mends it."""
    with pytest.raises(InvalidInputError) as caught:
        load_image(np.zeros((3, 8, 8)))
    assert "transpose(1, 2, 0)" in caught.value.hint


def test_array_too_large():
    """The limit of pixels is checked before the array is touched."""
    wide = np.broadcast_to(np.float64(0), (10**5, 10**5))
    with pytest.raises(TooLargeError, match="100000 × 100000"):
        load_image(wide)
