"""Evidence as numbers: log-odds for each kind of entity, added up."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["KINDS", "NONE", "Evidence", "add"]

KINDS = ("PER", "LOC", "ORG", "MISC")


class Evidence(NamedTuple):
    """Log-odds that a span is each kind of entity; 0 says nothing, 3 is strong."""

    per: float = 0.0
    loc: float = 0.0
    org: float = 0.0
    misc: float = 0.0


NONE = Evidence()


def add(one: Evidence, two: Evidence) -> Evidence:
    """Return the evidence of both, taken as independent.

    >>> add(Evidence(per=1.0), Evidence(per=0.5, org=-2.0))
    Evidence(per=1.5, loc=0.0, org=-2.0, misc=0.0)
    """
    return Evidence(one[0] + two[0], one[1] + two[1], one[2] + two[2], one[3] + two[3])
