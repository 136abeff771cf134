"""The merge ends in time and right, however many tokens there are and whatever they are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tokens import raw

from workbench.entities import merge_tokens

TEXT = "Anna und Otto am Meer. " * 4000

SLOW_CASES = {
    "one entity": lambda n: [raw("X", "##an", i, i * 2, i * 2 + 2) for i in range(n)],
    "all begin": lambda n: [raw("B-X", "an", i, i * 3, i * 3 + 2) for i in range(n)],
    "one lost entity": lambda n: [raw("I-X", "zzz", i) for i in range(n)],
    "lost, the same": lambda n: [raw("B-X", "zzz", i) for i in range(n)],
    "lost, each another": lambda n: [raw("B-X", f"Annz{i}", i) for i in range(n)],
    "lost tails": lambda n: [raw("B-X", "##zz", i * 2) for i in range(n)],
    "parts of words": lambda n: [raw("B-X", "n", i) for i in range(n)],
    "all overlap": lambda n: [raw("B-X", "an", i, 0, 9000 - i) for i in range(n)],
    "overlap, other types": lambda n: [raw(f"T{i % 50}", "an", i, i, 20_000 - i) for i in range(n)],
    "backwards": lambda n: [raw("B-X", "an", i, 9000 - i, 9002 - i) for i in range(n)],
    "far apart": lambda n: [raw("X", "an", i, 9 * (i % 2), 80_000 + i) for i in range(n)],
}


COUNTS = {
    "one entity": (1, 0),
    "all begin": (100_000, 30_667),
    "one lost entity": (1, 0),
    "lost, the same": (100_000, 0),
    "lost, each another": (100_000, 0),
    "lost tails": (100_000, 0),
    "parts of words": (100_000, 0),
    "all overlap": (90_610, 3609),
    "overlap, other types": (89_566, 3131),
    "backwards": (92_564, 5565),
    "far apart": (1, 1),
}
"""How many entities there are, and how many of them have a place in the text."""


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", SLOW_CASES)
def test_many_tokens_are_merged(case):
    """A hundred thousand tokens end in time, in entities that are in order and true to the text."""
    entities = merge_tokens(SLOW_CASES[case](100_000), TEXT)
    placed = [e for e in entities if e["start"] is not None]
    assert (len(entities), len(placed)) == COUNTS[case]
    assert all(e["word"] == TEXT[e["start"] : e["end"]] for e in placed)
    assert all(one["end"] <= two["start"] for one, two in pairwise(placed))
