"""A named-entity tagger without weights: rules, and gazetteers from well-kept libraries."""

from __future__ import annotations

from workbench.aggregation import ScoredPiece
from workbench.engines.embedded.tagger.document import find_names
from workbench.engines.embedded.tagger.pieces import scored

__all__ = ["NAME", "tag"]

NAME = "rules and gazetteers"


def tag(text: str) -> list[ScoredPiece]:
    """Return every piece of *text* with the odds of its labels, as a BERT tagger answers.

    Pieces are in order; ``start`` and ``end`` are str indices, end exclusive; scores sum to 1.
    """
    return scored(text, find_names(text))
