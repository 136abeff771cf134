"""The answer in a BERT tagger's dialect: pieces with ``##``, labels with ``B-`` and ``I-``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from workbench.aggregation import ScoredPiece
from workbench.engines.embedded.tagger.evidence import KINDS
from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.names import Name

__all__ = ["basic_tokens", "scored", "split_word"]

LABELS = ("O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_BASIC = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}])[^\W_])+|[^\w\s]|_")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z][^A-Z]*|[^A-Z]+")
WHOLE, CHUNK = 6, 4
PLAIN = {"O": 0.996} | {label: 0.0005 for label in LABELS if label != "O"}


def basic_tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield words, single marks and single CJK characters, as BERT's basic tokeniser does."""
    return _BASIC.finditer(text)


def split_word(word: str) -> list[str]:
    """Cut a word into pieces: at its humps, and a long unknown one into a head and tails.

    >>> split_word("DeepLearningAI"), split_word("Washington"), split_word("reading")
    (['Deep', 'Learning', 'AI'], ['Wash', 'ingt', 'on'], ['reading'])
    """
    if len(word) <= WHOLE or not word[0].isupper() or word.lower() in load()["common"]:
        return [word]
    humps = _HUMP.findall(word) if not word.isupper() else [word]
    parts: list[str] = []
    for hump in humps:
        known = len(hump) <= WHOLE or hump.lower() in load()["common"]
        step = len(hump) if known else CHUNK
        parts += [hump[i : i + step] for i in range(0, len(hump), step)]
    return parts


def scored(text: str, names: Sequence[Name]) -> list[ScoredPiece]:
    """Return every piece of *text*, each name's label spread over its pieces."""
    pieces: list[ScoredPiece] = []
    place, size, fresh = 0, len(names), True
    for match in basic_tokens(text):
        start = match.start()
        while place < size and names[place].end <= start:
            place, fresh = place + 1, True
        inside = place < size and names[place].start <= start
        at = start
        for order, part in enumerate(split_word(match.group())):
            scores: Mapping[str, float] = PLAIN
            if inside:
                scores, fresh = _spread(names[place], at, fresh), False
            word = part if not order else "##" + part
            pieces.append(ScoredPiece(word, scores, len(pieces) + 1, at, at + len(part), order > 0))
            at += len(part)
    return pieces


def _spread(name: Name, at: int, opening: bool) -> dict[str, float]:
    """Return the odds of all nine labels for a piece inside *name*."""
    index = sum(token.start <= at for token in name.tokens) - 1
    table = name.shares[max(0, index)]
    head, other = ("B-", "I-") if opening else ("I-", "B-")
    total = sum(table[kind] for kind in KINDS) + table["O"] + 1e-9
    scores = {"O": (table["O"] + 1e-9) / total}
    for kind in KINDS:
        share = table[kind] / total
        scores[head + kind], scores[other + kind] = 0.98 * share, 0.02 * share
    return scores
