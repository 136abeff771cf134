"""Continues a plain text: a chain of words learnt from a page of our own, nothing more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from workbench.engines.embedded.talkers.corpus import CHINESE, TEXT
from workbench.engines.embedded.talkers.spoken import chance, count_tokens

NAME = "Markov chain"

_USUAL = 60
_WORD = re.compile(r"[A-Za-z']+|[.,:;!?]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENDS = ".!?"
_AFTER_A_NAME = (
    "is a matter of patience, and of a good lamp.",
    "began, as most things do, with a small question.",
    "was on the bench that morning, next to the clock.",
    "is like crossing the harbour in the fog.",
    "still needs somebody who looks twice.",
)
Chain = dict[tuple[str, ...], list[str]]


def complete(prompt: str, *, max_new_tokens: int | None = None, seed: int | None = None) -> str:
    """What comes after *prompt*, the same every time for the same seed.

    Whole sentences, as many as fit into *max_new_tokens* pieces (60 unless given) and at least
    one, so that a small number cuts it short.

    >>> complete("Once upon a time", max_new_tokens=20)
    ' a girl came in with a music box that had lost its tune.'
    """
    most = _USUAL if max_new_tokens is None else max_new_tokens
    if _HAN.search(prompt[-20:]):
        return _fill("" if prompt[-1] in "。！？\n" else "，", _chinese(prompt, seed), most, "")
    told = prompt.rstrip()
    glue = "" if told != prompt or not told else " "
    return _fill(glue, _sentences(told, seed), most, " ")


def _fill(start: str, sentences: Iterator[str], most: int, between: str) -> str:
    text = start + next(sentences)
    for sentence in sentences:
        longer = text + between + sentence
        if count_tokens(longer) > most:
            return text
        text = longer
    return text


def _chinese(prompt: str, seed: int | None) -> Iterator[str]:
    first = chance(prompt, seed)
    for step in range(len(CHINESE)):
        yield CHINESE[(first + step) % len(CHINESE)]


@lru_cache(maxsize=1)
def _chain() -> Chain:
    """Which words come after one, two or three."""
    words = [".", *_WORD.findall(TEXT)]
    chain: Chain = defaultdict(list)
    for order in (1, 2, 3):
        for i in range(len(words) - order):
            chain[tuple(word.lower() for word in words[i : i + order])].append(words[i + order])
    return dict(chain)


def _sentences(prompt: str, seed: int | None) -> Iterator[str]:
    chain, words = _chain(), [word.lower() for word in _WORD.findall(prompt[-400:])]
    step = chance(prompt, seed)
    if prompt and prompt[-1] not in _ENDS + ":" and (words[-1:] == [] or not _known(words, chain)):
        yield _AFTER_A_NAME[step % len(_AFTER_A_NAME)]
        words = ["."]
    elif not prompt or prompt[-1] in _ENDS + ":\"'”)":
        words = ["."]
    said: set[str] = set()
    for number in range(200):
        sentence = _sentence(words, chain, (prompt[-200:], seed, number))
        if number or not prompt or prompt[-1] in _ENDS:
            sentence = sentence[:1].upper() + sentence[1:]
        if sentence not in said:
            said.add(sentence)
            yield sentence
        words = ["."]


def _known(words: list[str], chain: Chain) -> bool:
    return (words[-1],) in chain


def _sentence(words: list[str], chain: Chain, key: tuple[object, ...]) -> str:
    said: list[str] = []
    words = list(words)
    while not said or said[-1] not in _ENDS:
        # Three words keep the sense, two make something new now and then.
        orders = (3, 2, 1) if chance(*key, len(said)) % 8 else (2, 1)
        after = next(
            (chain[tuple(words[-n:])] for n in orders if tuple(words[-n:]) in chain), ["."]
        )
        if len(said) > 40:
            after = ["."]
        word = after[chance(*key, len(said), "word") % len(after)]
        said.append(word)
        words.append(word.lower())
    return re.sub(r" ([.,:;!?])", r"\1", " ".join(said))
