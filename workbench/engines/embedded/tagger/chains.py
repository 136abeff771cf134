"""Runs of words in a sentence that may hold names, and how the sentence writes its capitals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.lexicon import Lexeme, look_up
from workbench.engines.embedded.tagger.offices import find_offices
from workbench.engines.embedded.tagger.tokens import Token

__all__ = ["Chain", "Sentence", "chains", "read_sentence"]

LONGEST_CHAIN = 24
LONGEST_QUOTE = 9
_MARKS = frozenset('"“”')
_STOPS = frozenset(",.!?…")
_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“", "‘": "’"}


@dataclass(slots=True)
class Sentence:
    """Tokens with their lexemes; ``noise`` (0 to 1) says how little capitals mean here."""

    tokens: list[Token]
    words: list[Lexeme]
    shouting: bool
    noise: float
    sporty: bool = False
    foreign: bool = False
    earthy: bool = False
    opens: set[int] = field(default_factory=set)  # where a capital may only open a sentence
    offices: frozenset[int] = frozenset()  # words of titles before names: *Foreign Minister*


@dataclass(slots=True)
class Chain:
    """Tokens ``start`` to ``end`` of a sentence; a quoted chain fills its quotation marks."""

    start: int
    end: int
    quoted: bool = False


def read_sentence(tokens: list[Token]) -> Sentence:
    """Return *tokens* as a sentence, after judging its capitals."""
    letters = [t for t in tokens if t.kind == "word" and len(t.text) > 1]
    upper = sum(t.text.isupper() for t in letters)
    shouting = len(letters) > 2 and upper >= 0.75 * len(letters)
    words = [look_up(t.text, shouting) for t in tokens]
    opens = _openings(tokens)
    noise = 0.0 if shouting else _noise(tokens, words, opens)
    offices = frozenset() if shouting else find_offices(tokens, words)
    return Sentence(tokens, words, shouting, noise, opens=opens, offices=offices)


def _noise(tokens: list[Token], words: list[Lexeme], opens: set[int]) -> float:
    """Return how often ordinary words stand capitalised where no sentence opens.

    A run of them counts once, and only if every word in it is ordinary: *Main Hall* does,
    *Bank of England* does not.
    """
    plain = raised = run = 0
    within, joints = False, load()["connector"]
    for index, word in enumerate([*words, None]):
        if word is not None and tokens[index].text in _MARKS:
            within = not within
        capital = word is not None and word.key[:1].isupper() and not within
        ordinary = word is not None and word.common > 0 and not (word.org or word.calendar)
        if word is not None and ((word.title and capital) or (run and word.low in joints)):
            continue
        if word is not None and capital and ordinary and index not in opens and run >= 0:
            run += 1
        elif word is not None and capital and index not in opens:
            run = -1
        elif run:
            raised += run > 0
            run = 0
        if word is not None and not capital and word.common == 2 and len(word.low) > 3:
            plain += 1
    ratio = raised / (plain + raised) if raised > 1 else 0.0
    return 0.0 if ratio < 0.25 else min(1.0, 1.6 * ratio)


def _openings(tokens: list[Token]) -> set[int]:
    """Return the places whose capital says nothing: after the start, a colon, an opening quote."""
    opens: set[int] = set()
    fresh = True
    for index, token in enumerate(tokens):
        if fresh and token.kind not in ("mark", "number"):
            opens.add(index)
            fresh = False
        elif token.text in ":!?;—–•*" or token.text in _QUOTES or token.breaks:
            fresh = token.text not in ";—–" or fresh
            if token.breaks and token.kind == "word":
                opens.add(index)
                fresh = False
        elif token.kind != "mark":
            fresh = False
    return opens


def chains(sentence: Sentence) -> Iterator[Chain]:
    """Yield the chains of *sentence* from left to right, none overlapping."""
    tokens = sentence.tokens
    index, size = 0, len(tokens)
    while index < size:
        quote = _quoted(sentence, index) if tokens[index].text in _QUOTES else None
        if quote:
            yield quote
            index = quote.end
        elif _starts(sentence, index):
            end = _end(sentence, index)
            yield Chain(index, end)
            index = end
        else:
            index += 1


def _starts(sentence: Sentence, index: int) -> bool:
    token = sentence.tokens[index]
    if token.kind == "number":
        follows = index + 1 < len(sentence.tokens) and sentence.tokens[index + 1].cap
        return follows and len(token.text) < 5 and not token.text.isdigit()
    if not token.cap or len(token.text) == 1:
        return False
    return (
        not sentence.shouting
        or sentence.words[index].common < 2
        or _is_known(sentence.words[index])
    )


def _is_known(word: Lexeme) -> bool:
    return word.org or word.key in load()["famous"]


def _end(sentence: Sentence, start: int) -> int:
    """Return where the chain that opens at *start* ends; connectors join, never end it."""
    tokens, connectors = sentence.tokens, load()["connector"]
    end = index = start + 1
    limit = min(len(tokens), start + LONGEST_CHAIN)
    while index < limit:
        token = tokens[index]
        if (token.cap and not (sentence.shouting and token.low in connectors)) or (
            token.kind == "number" and index == end and len(token.text) < 6
        ):
            end = index + 1
        elif token.low not in connectors or index - end > 2:
            break
        index += 1
    if end < len(tokens) and tokens[end].kind == "possessive":
        owner = sentence.words[end - 1].key + "'s"
        end += any(owner in load()[name] for name in ("organisation", "company", "place"))
    return end


def _quoted(sentence: Sentence, start: int) -> Chain | None:
    """Return the short quotation that opens at *start*, if it may be a title."""
    tokens = sentence.tokens
    closing = _QUOTES[tokens[start].text]
    for index in range(start + 1, min(start + LONGEST_QUOTE + 2, len(tokens))):
        if tokens[index].text == closing:
            inner = tokens[start + 1 : index]
            if inner and (inner[0].cap or inner[0].kind == "number") and any(t.cap for t in inner):
                if len(inner) < 8 and inner[-1].text not in _STOPS:
                    sentence.opens.discard(start + 1)  # a title's capital means something
                return Chain(start + 1, index, quoted=True)
            return None
    return None
