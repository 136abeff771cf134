"""The embedded summarizer: picks whole sentences of the text; no weights, no network.

LexRank finds the sentences that most of the others resemble; where they stand, what they repeat
and whether they read well alone decide the rest.
"""

from __future__ import annotations

from workbench.chunks import estimate_tokens
from workbench.engines.embedded.summarizer.cutting import cut, join
from workbench.engines.embedded.summarizer.ranking import score_sentences, term_weights
from workbench.engines.embedded.summarizer.reading import Sentence, read_sentences
from workbench.engines.embedded.summarizer.selection import Candidates, choose
from workbench.sentences import sentence_spans

__all__ = ["NAME", "summarize"]

NAME = "extractive LexRank"

_MIN_LENGTH, _MAX_LENGTH = 56, 142  # those of facebook/bart-large-cnn
_FULLNESS = 0.7  # how far between both lengths a summary aims
_RATIO = 0.6  # of a short text, how much


def summarize(text: str, *, min_length: int | None = None, max_length: int | None = None) -> str:
    """Return the sentences of *text* that say most of it, in their order.

    Lengths are in tokens as `workbench.chunks.estimate_tokens` counts them. The result is never
    longer than *max_length* (by default 142), and at least *min_length* (56) where the text has
    that much and whole words allow it; a default gives way to a length that is given. Sentences
    are whole, less list marks, datelines and citation numbers, unless the best is too long
    by itself: then it is cut at a clause or a word and ends in "…". One or two sentences that fit
    come back as they are. White space is normalised; no word is changed. The same text always
    gives the same summary.

    Raises ValueError for a text that is empty, for lengths below 1 and for a *min_length* above
    *max_length*.

    >>> text = "Ann moved to Oslo in 1990. Oslo suited Ann. She paints."
    >>> summarize(text, min_length=6, max_length=12)
    'Ann moved to Oslo in 1990.'
    """
    minimum, maximum = _lengths(min_length, max_length)
    whole = " ".join(text.split())
    if not whole:
        raise ValueError("there is no text to summarize")
    size = estimate_tokens(whole)
    if size <= maximum and len(sentence_spans(text)) <= 2:
        return whole
    sentences = read_sentences(text)
    summary = _extract(sentences, minimum, maximum) if sentences else ""
    wanted = min(minimum, size)
    if summary and estimate_tokens(summary) >= wanted:
        return summary
    start = cut(whole, maximum, wanted)
    return start if not summary or estimate_tokens(start) >= wanted else summary


def _lengths(minimum: int | None, maximum: int | None) -> tuple[int, int]:
    for name, value in (("min_length", minimum), ("max_length", maximum)):
        if value is not None and value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")
    if minimum is None:
        maximum = _MAX_LENGTH if maximum is None else maximum
        return max(1, min(_MIN_LENGTH, maximum * _MIN_LENGTH // _MAX_LENGTH)), maximum
    if maximum is None:
        return minimum, max(_MAX_LENGTH, 2 * minimum)
    if minimum > maximum:
        raise ValueError(f"min_length ({minimum}) is above max_length ({maximum})")
    return minimum, maximum


def _extract(sentences: list[Sentence], minimum: int, maximum: int) -> str:
    total = sum(sentence.cost for sentence in sentences)
    floor = min(minimum, total)
    aim = minimum + _FULLNESS * (maximum - minimum)
    prose = sum(sentence.cost for sentence in sentences if sentence.prose)
    scores = [
        score if sentence.prose or prose < floor else -1.0  # headings only to reach the length
        for sentence, score in zip(sentences, score_sentences(sentences), strict=True)
    ]
    candidates = Candidates(sentences, scores, term_weights(sentences))
    chosen = choose(candidates, max(floor, min(aim, _RATIO * total)), floor, maximum)
    pieces = {i: sentences[i].text for i in chosen}
    room = maximum - sum(sentences[i].cost for i in chosen)
    if maximum - room < floor:
        pieces |= _fill(candidates, chosen, room, floor - (maximum - room))
    return join([pieces[i] for i in sorted(pieces)])


def _fill(candidates: Candidates, chosen: frozenset[int], room: int, wanted: int) -> dict[int, str]:
    """Cut one more sentence to *room* tokens, at least *wanted*: no whole one would do."""
    best: dict[int, str] = {}
    for i in candidates.by_score()[:50]:
        if i in chosen:
            continue
        piece = cut(candidates.sentences[i].text, room, wanted)
        if estimate_tokens(piece) >= wanted:
            return {i: piece}
        best = best or ({} if chosen else {i: piece})
    return best
