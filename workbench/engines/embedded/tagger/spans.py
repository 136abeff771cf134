"""A stretch of a chain as the four readers of evidence see it."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.engines.embedded.tagger.chains import Sentence
from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.lexicon import Lexeme

__all__ = ["Span", "absorbed", "damping", "make_span"]


@dataclass(slots=True)
class Span:
    """Tokens ``start`` to ``end`` of a sentence; ``key`` is what the gazetteer is asked for."""

    sentence: Sentence
    start: int
    end: int
    words: list[Lexeme]
    key: str
    quoted: bool

    @property
    def single(self) -> bool:
        return self.end - self.start == 1


def make_span(sentence: Sentence, start: int, end: int, quoted: bool) -> Span:
    """Return the span of *sentence* from token *start* to *end*."""
    words = sentence.words[start:end]
    if end - start == 1:
        return Span(sentence, start, end, words, words[0].key, quoted)
    small = load()["connector"] if sentence.shouting else ()
    parts: list[str] = []
    for offset, word in enumerate(words):
        token = sentence.tokens[start + offset]
        glued = offset and token.start == sentence.tokens[start + offset - 1].end
        if parts and not glued:
            parts.append(" ")
        parts.append(word.low if word.low in small else word.key)
    return Span(sentence, start, end, words, "".join(parts), quoted)


def absorbed(span: Span) -> float:
    """Return what a long name gains because each of its words, alone, would count, too."""
    # In a line of capitals an ordinary word counts for no name: swallowing it gains nothing.
    loud = span.sentence.shouting
    named = sum(word.key[:1].isupper() and not (loud and word.common == 2) for word in span.words)
    return 1.5 * min(4, named - 1)


def damping(span: Span) -> float:
    """Return how much a listed name loses because its word is an ordinary one, too."""
    word = span.words[0]
    if not span.single:
        if span.sentence.noise > 0.5 and all(w.common == 2 for w in span.words):
            return 2.0
        return 0.0
    lost = (0.0, 0.6, 2.2)[word.common]
    if lost and word.shouted and not span.sentence.shouting:
        return 0.3
    if word.common and span.start in span.sentence.opens:
        lost += 1.2 if word.common == 2 else 0.5
    if word.common:
        lost += 2.0 * span.sentence.noise
    return lost + (0.6 if lost and span.sentence.shouting else 0.0)
