"""Simple arithmetic, read and worked out by rules; nothing is ever evaluated."""

from __future__ import annotations

import re
from fractions import Fraction

_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|[-+*/^()])")
_WORDS = (
    (r"\bplus\b", "+"),
    (r"\b(?:minus|less)\b", "-"),
    (r"\b(?:times|multiplied by)\b|×|·|(?<=\d)\s*x\s*(?=\d)", "*"),
    (r"\b(?:divided by|over)\b|÷|：(?=\d)", "/"),
    (r"\bto the power of\b|\*\*", "^"),
    (r"\bsquared\b", "^2"),
    (r"\bcubed\b", "^3"),
    (r"(\d+(?:\.\d+)?)\s*(?:%|percent) of\b", r"\1/100*"),
    (r"加", "+"),
    (r"减", "-"),
    (r"乘以?", "*"),
    (r"除以", "/"),
    (r"（", "("),
    (r"）", ")"),
    (r"(?<=\d),(?=\d{3}\b)", ""),
)
_SUM = re.compile(r"[-(\d][-+*/^().\d\s]*[-+*/^][-+*/^().\d\s]*[\d)]")
_LONGEST = 120
_LARGEST = 10**60


def work_out(text: str) -> tuple[str, str] | None:
    """The sum in *text* and its value, or None when there is none to work out.

    The value is exact, or ends in "…" after 8 places. Division by zero gives the value "".

    >>> work_out("What is 3 times (4 + 0.5)?")
    ('3 * (4 + 0.5)', '13.5')
    """
    text = text.lower()
    for pattern, sign in _WORDS:
        text = re.sub(pattern, sign, text)
    found = _SUM.search(text) if len(text) < 400 else None
    if not found or len(found[0]) > _LONGEST or re.search(r"\d-\d+-\d", found[0]):  # a date
        return None
    written = " ".join(re.sub(r"([-+*/^])", r" \1 ", found[0]).split())
    try:
        reader = _Reader(_TOKEN.findall(found[0]))
        value = reader.sum()
        return None if reader.left else (written, _shown(value))
    except ZeroDivisionError:
        return written, ""
    except (ValueError, RecursionError):
        return None


def _shown(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    places = f"{float(value):.8f}".rstrip("0")
    return places if Fraction(places) == value else f"{places}…"


class _Reader:
    """Reads a list of numbers and signs from the left, products before sums."""

    def __init__(self, left: list[str]) -> None:
        self.left = left

    def _take(self, signs: str) -> str:
        return self.left.pop(0) if self.left and self.left[0] in signs else ""

    def sum(self) -> Fraction:
        value = self._product()
        while sign := self._take("+-"):
            value = value + self._product() if sign == "+" else value - self._product()
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while sign := self._take("*/"):
            value = value * self._signed() if sign == "*" else value / self._signed()
            if abs(value) > _LARGEST:
                raise ValueError("too large")
        return value

    def _signed(self) -> Fraction:
        if self._take("-"):
            return -self._signed()
        value = self._one()
        if self._take("^"):
            power = self._signed()
            if power.denominator != 1 or abs(power) > 200 or abs(value) > 1_000_000:
                raise ValueError("too large")
            value = value ** int(power)
            if abs(value) > _LARGEST:
                raise ValueError("too large")
        return value

    def _one(self) -> Fraction:
        if self._take("("):
            value = self.sum()
            if not self._take(")"):
                raise ValueError("a bracket is open")
            return value
        if not self.left or not self.left[0][0].isdigit():
            raise ValueError("a number is missing")
        return Fraction(self.left.pop(0))
