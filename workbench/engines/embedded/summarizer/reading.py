"""Read a text as sentences: what each says, costs, and how well it stands alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workbench.chunks import estimate_tokens
from workbench.engines.embedded.summarizer.form import clean, form, is_apparatus, leans
from workbench.engines.embedded.summarizer.words import is_dense, terms
from workbench.sentences import sentence_spans

__all__ = ["Sentence", "read_sentences"]

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_QUOTE = re.compile('["“”„«»]')
_ENGLISH = frozenset({"the", "of", "and", "to", "in"})
_LEAST_PROSE = 0.3


@dataclass(frozen=True)
class Sentence:
    """A sentence of the text, cleaned.

    *terms* are what it is about, with repetitions; *form*, from 0 to 1, is how well it reads;
    *prose* is False for headings, captions and the like; *opens* is True for the first prose of a
    paragraph; *leans* is the index of the sentence it needs before it, -1 when it needs none.
    """

    text: str
    cost: int
    terms: tuple[str, ...]
    form: float
    prose: bool
    opens: bool
    leans: int = -1


def read_sentences(text: str) -> list[Sentence]:
    """Return the sentences of *text* that hold a letter or digit, in order, each once."""
    found: list[Sentence] = []
    last = -1
    for sentence in _read(text):
        needs = last if sentence.prose and leans(sentence.text) else -1
        last = len(found) if sentence.prose else last
        found.append(replace(sentence, leans=needs))
    return _without_function_words(_with_enough_prose(found))


def _read(text: str) -> Iterator[Sentence]:
    spaced = _BLANK_LINE.search(text) is not None
    end = 0
    opens, quoted = True, False
    seen: set[str] = set()
    for start, stop in sentence_spans(text):
        gap, end = text[end:start], stop
        if _BLANK_LINE.search(gap) or (not spaced and "\n" in gap):
            opens, quoted = True, False
        raw = text[start:stop]
        before = quoted
        quoted ^= len(_QUOTE.findall(raw)) % 2 == 1
        cleaned = clean(raw)
        if cleaned in seen or not any(character.isalnum() for character in cleaned):
            continue
        seen.add(cleaned)
        cost = estimate_tokens(cleaned)
        prose = not is_apparatus(raw, cleaned, cost, alone=_is_alone(text, start, stop))
        about = tuple(terms(cleaned))
        grade = form(cleaned, len(about), inside_quote=before or quoted)
        yield Sentence(cleaned, cost, about, grade, prose, opens and prose)
        opens = opens and not prose


def _is_alone(text: str, start: int, stop: int) -> bool:
    """Whether the sentence shares its lines with no other."""
    before = text[max(0, start - 80) : start].rstrip(" \t\u3000")
    after = text[stop : stop + 80].lstrip(" \t\u3000")
    return before[-1:] in ("", "\n", "\r", "\u2028") and after[:1] in ("", "\n", "\r", "\u2028")


def _with_enough_prose(sentences: list[Sentence]) -> list[Sentence]:
    """Take everything for prose where nearly nothing is, as in a list or an unpunctuated chat."""
    total = sum(sentence.cost for sentence in sentences)
    prose = sum(sentence.cost for sentence in sentences if sentence.prose)
    if prose >= _LEAST_PROSE * total:
        return sentences
    return [replace(sentence, prose=True) for sentence in sentences]


def _without_function_words(sentences: list[Sentence]) -> list[Sentence]:
    """Drop short terms that too many sentences share, for the languages we keep no list of."""
    words = " ".join(sentence.text for sentence in sentences[:200]).lower().split()
    english = sum(word in _ENGLISH for word in words) > 0.07 * len(words)
    if english or len(sentences) < 6:
        return sentences
    counts = Counter(term for sentence in sentences for term in set(sentence.terms))
    most = 0.25 * len(sentences)
    common = {
        term
        for term, n in counts.items()
        if n > most and len(term) < 5 and term[0].isalpha() and not is_dense(term[0])
    }
    if not common:
        return sentences
    return [
        replace(s, terms=tuple(term for term in s.terms if term not in common)) for s in sentences
    ]
