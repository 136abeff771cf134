"""Places in the picture, in pixels, and how well one suits what it relates to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A place in the picture, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def foot(self) -> int:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    def clears(self, other: Box, gap: int) -> bool:
        """Whether at least *gap* pixels lie between the two.

        >>> Box(0, 0, 10, 10).clears(Box(12, 5, 10, 10), 2)
        True
        """
        return (
            self.left - gap >= other.right
            or self.right + gap <= other.left
            or self.top - gap >= other.foot
            or self.foot + gap <= other.top
        )


@dataclass(frozen=True)
class Figure:
    """The *number*-th thing of an item, in its place."""

    item: int
    number: int
    noun: str
    box: Box
    flip: bool


def misfit(relation: str, box: Box, other: Box, size: tuple[int, int]) -> float:
    """How far *box* is from being *relation* of *other*, in a picture of this size; 0 is perfect.

    >>> misfit("left", Box(0, 0, 10, 10), Box(30, 0, 10, 10), (100, 100)) < 0.3
    True
    """
    width, height = size
    dx, dy = (box.middle - other.middle) / width, (box.foot - other.foot) / height
    apart = max(0.0, abs(dx) - (box.width + other.width) / 2 / width)
    if relation == "left":
        return 4 * max(0.0, dx + 0.1) + apart
    if relation == "right":
        return 4 * max(0.0, 0.1 - dx) + apart
    if relation == "behind":
        return 6 * max(0.0, dy + 0.04) + apart
    if relation == "front":
        return 6 * max(0.0, 0.04 - dy) + apart
    if relation == "above":
        return 3 * abs(dx) + 3 * max(0.0, dy)
    return 3 * apart if relation else 0.0
