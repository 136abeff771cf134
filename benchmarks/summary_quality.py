"""ROUGE of the embedded summarizer against lead and random sentences of the same length.

Usage: python benchmarks/summary_quality.py FILE.jsonl [--min-length N] [--max-length N] [--seed N]

Each line of FILE is an object with "text" and "summary" (the human reference). Every system gets,
text by text, as many words as ours used, so that no score is won by length. Printed is the mean
F1 in percent. ROUGE-L is over the whole summary; words are lower-cased and not stemmed, and each
Chinese or Japanese character is a word.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from workbench.engines.embedded.summarizer import summarize
from workbench.sentences import sentence_spans

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")

Score = tuple[float, float, float]
Example = dict[str, str]


def words(text: str) -> list[str]:
    """Return the words of *text* as ROUGE compares them."""
    return _WORD.findall(text.lower())


def f1(shared: int, found: int, wanted: int) -> float:
    """Return the harmonic mean of precision and recall.

    >>> f1(1, 2, 1)
    0.6666666666666666
    """
    return 2 * shared / (found + wanted) if found + wanted else 0.0


def rouge(summary: str, reference: str) -> Score:
    """Return ROUGE-1, ROUGE-2 and ROUGE-L F1, each from 0 to 1.

    >>> rouge("The cat sat.", "The cat sat.")
    (1.0, 1.0, 1.0)
    """
    ours, theirs = words(summary), words(reference)
    return (
        _overlap(ours, theirs),
        _overlap(list(pairwise(ours)), list(pairwise(theirs))),
        f1(_common_length(ours, theirs), len(ours), len(theirs)),
    )


def _overlap(ours: Sequence[object], theirs: Sequence[object]) -> float:
    shared = (Counter(ours) & Counter(theirs)).total()
    return f1(shared, len(ours), len(theirs))


def _common_length(ours: list[str], theirs: list[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(theirs) + 1)
    for word in ours:
        diagonal = 0
        for i, other in enumerate(theirs, 1):
            above = row[i]
            row[i] = diagonal + 1 if word == other else max(above, row[i - 1])
            diagonal = above
    return row[-1]


def clip(sentences: list[str], length: int) -> str:
    """Return the first *length* words of the joined *sentences*."""
    joined = " ".join(sentences)
    ends = [match.end() for match in _WORD.finditer(joined.lower())]
    return joined[: ends[length - 1]] if 0 < length <= len(ends) else joined


def measure(examples: list[Example], seed: int, lengths: dict[str, int | None]) -> dict[str, Score]:
    """Return the mean scores of each system over *examples*."""
    scores: dict[str, list[Score]] = {"ours": [], "lead": [], "random": []}
    rng = random.Random(seed)
    for example in examples:
        text = example["text"]
        sentences = [text[start:end] for start, end in sentence_spans(text)]
        shuffled = rng.sample(sentences, len(sentences))
        ours = summarize(text, **lengths)
        size = len(words(ours))
        for name, summary in (
            ("ours", ours),
            ("lead", clip(sentences, size)),
            ("random", clip(shuffled, size)),
        ):
            scores[name].append(rouge(summary, example["summary"]))
    return {name: _mean(rows) for name, rows in scores.items()}


def _mean(rows: list[Score]) -> Score:
    first, second, longest = (sum(column) / len(rows) for column in zip(*rows, strict=True))
    return first, second, longest


def main() -> None:
    """Read the file named on the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--min-length", type=int)
    parser.add_argument("--max-length", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    lines = options.file.read_text(encoding="utf-8").splitlines()
    examples: list[Example] = [json.loads(line) for line in lines if line.strip()]
    lengths = {"min_length": options.min_length, "max_length": options.max_length}
    print(f"{len(examples)} texts   ROUGE-1  ROUGE-2  ROUGE-L  (F1, %)")
    for name, row in measure(examples, options.seed, lengths).items():
        print(f"{name:<10}" + "".join(f"{100 * value:9.2f}" for value in row))


if __name__ == "__main__":
    main()
