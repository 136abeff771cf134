"""The merge takes time in proportion to its tokens, whatever they are."""

from __future__ import annotations

import time

import pytest
from tokens import raw

from workbench.entities import merge_tokens


def seconds(tokens, text):
    """The best of three runs."""
    times = []
    for _ in range(3):
        began = time.process_time()
        merge_tokens(tokens, text)
        times.append(time.process_time() - began)
    return min(times)


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


@pytest.mark.parametrize("case", SLOW_CASES)
def test_time_grows_with_the_tokens(case):
    """Eight times the tokens take eight times as long, give or take, not sixty-four times."""
    small, large = (SLOW_CASES[case](count) for count in (1000, 8000))
    assert seconds(large, TEXT) < 24 * seconds(small, TEXT) + 0.02
