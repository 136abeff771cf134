"""The best cut of a chain into names, and how sure each word's label is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from workbench.engines.embedded.tagger.chains import Chain, Sentence
from workbench.engines.embedded.tagger.evidence import KINDS, NONE, Evidence
from workbench.engines.embedded.tagger.following import after
from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.miscellany import miscellany
from workbench.engines.embedded.tagger.organisation import organisation
from workbench.engines.embedded.tagger.outside import outside
from workbench.engines.embedded.tagger.person import person
from workbench.engines.embedded.tagger.place import place
from workbench.engines.embedded.tagger.preceding import before
from workbench.engines.embedded.tagger.spans import Span, make_span

__all__ = ["LONG_CHAIN", "Entity", "decode"]

LONGEST = 8
OUTSIDE = 4  # the number, after KINDS, of a word in no name
NEGLIGIBLE = -14.0
DOUBT = 1.0  # scales log-odds into shares
MET = 2.0  # evidence of a person by this name elsewhere, past doubts about the word
LONG_CHAIN, SHORT_REACH = 16, 3  # so many capitals in a row are no one name: keep it cheap
ENTITY_COST = 0.8
CUT = 2.8
_FLOOR = -6.0

Memory = Mapping[str, Evidence]
Site = Callable[[Span], Evidence]


class Entity(NamedTuple):
    """Tokens ``start`` to ``end`` of a sentence; ``shares`` gives each token's odds by kind."""

    kind: str
    start: int
    end: int
    key: str
    shares: tuple[dict[str, float], ...]


def _score(
    span: Span, memory: Memory, left: Evidence, right: Evidence, site: Site, cut: float
) -> Evidence:
    known = memory.get(span.key, NONE)
    here = site(span)
    own = [person(span), place(span), organisation(span), miscellany(span)]
    if span.single and known.per > MET:
        own[0] = max(own[0], 1.4)
    # Memory speaks of the kind, not of where a name ends: it never makes two names out of one.
    peak = max(known) + ENTITY_COST + cut
    scores = (own[k] + left[k] + right[k] + known[k] + here[k] - peak for k in range(4))
    return Evidence(*scores)


def decode(sentence: Sentence, chain: Chain, memory: Memory, site: Site) -> list[Entity]:
    """Return the names in *chain*, best reading first come, with every token's shares."""
    size = chain.end - chain.start
    lefts = [before(sentence, chain.start + i) for i in range(size)]
    outs = [outside(sentence, chain.start + i) for i in range(size)]
    cuts = _cuts(sentence, chain, outs)
    rights = [after(sentence, chain.start + i + 1) for i in range(size)]
    arcs: list[list[tuple[int, Evidence]]] = [[] for _ in range(size)]
    reach = LONGEST if size < LONG_CHAIN else SHORT_REACH
    for begin in range(size):
        for end in range(begin + 1, min(size, begin + reach) + 1):
            if not _whole(sentence, chain, begin, end):
                continue
            span = make_span(
                sentence,
                chain.start + begin,
                chain.start + end,
                chain.quoted and end - begin == size,
            )
            scores = _score(
                span, memory, lefts[begin], rights[end - 1], site, cuts[begin] + cuts[end]
            )
            if max(scores) > _FLOOR:
                arcs[begin].append((end, scores))
    for i in range(size):
        known = memory.get(sentence.words[chain.start + i].key)
        outs[i] -= max(known) if known else 0.0
    return _read(sentence, chain, arcs, outs)


@lru_cache(maxsize=1)
def _heads() -> frozenset[str]:
    """Return the words after which an *of* goes on with the same name."""
    return load()["orghead"] | load()["locof"] | load()["eventhead"]


def _cuts(sentence: Sentence, chain: Chain, outs: list[float]) -> list[float]:
    """Return what a name costs that begins or ends before each token, amid other capitals."""
    size, heads, tails = len(outs), _heads(), load()["orgtail"]
    costs, headed = [0.0] * (size + 1), False
    for i in range(1, size):
        left, right = sentence.tokens[chain.start + i - 1], sentence.tokens[chain.start + i]
        headed = headed or left.low in heads
        if left.cap and right.cap:
            names = sentence.words[chain.start + i - 1], sentence.words[chain.start + i]
            titled = names[0].title or (names[1].title and not names[0].first)
            beyond = sentence.tokens[chain.start + i + 1 : chain.start + i + 2]
            if right.low in tails or (names[1].title and beyond and beyond[0].low in tails):
                titled = False
            plain = titled or any(n.calendar for n in names) or outs[i - 1] > 1.0
            plain = plain or (sentence.shouting and outs[i] > 1.0)
            costs[i] = 0.0 if plain else CUT * (0.5 if sentence.shouting else 1.0 - sentence.noise)
        elif (right.low in ("of", "for") and left.cap and headed) or right.low in load()["romance"]:
            costs[i] = costs[i + 1] = CUT
    return costs


def _whole(sentence: Sentence, chain: Chain, begin: int, end: int) -> bool:
    """Whether a name may begin and end here: on a capital or a number, never on a joint."""
    offices, last_at = sentence.offices, chain.start + end - 1
    if offices and last_at in offices and end - begin > 1:
        return False  # *German Finance* of *German Finance Minister Scholz*
    first, last = sentence.tokens[chain.start + begin], sentence.tokens[chain.start + end - 1]
    if chain.quoted and begin == 0 and end == chain.end - chain.start:
        return True
    dashed = chain.start + begin > 0 and sentence.tokens[chain.start + begin - 1].text in "-–—"
    if first.low in ("the", "a", "an") and (dashed or chain.start + begin in sentence.opens):
        key = make_span(sentence, chain.start + begin, chain.start + end, False).key
        return any(key in load()[name] for name in ("organisation", "work", "city"))
    if not (last.cap or (last.kind == "number" and end - begin > 1)):
        return last.low == "'s" and end - begin > 1 and first.cap
    if sentence.shouting and (first.low in load()["connector"] or last.low in load()["connector"]):
        return False
    return (
        first.cap
        or (first.kind == "number" and end - begin > 1)
        or (
            first.low
            in ("al", "el", "bin", "ibn", "van", "von", "de", "da", "di", "du", "der", "den")
            and begin == 0
            and end - begin > 1
        )
    )


def _read(
    sentence: Sentence, chain: Chain, arcs: list[list[tuple[int, Evidence]]], outs: list[float]
) -> list[Entity]:
    """Return the best path, with marginals from all paths (forward and backward sums)."""
    size = len(outs)
    steps = [
        [(end, k, scores[k]) for end, scores in arcs[i] for k in range(4)] for i in range(size)
    ]
    best, back = [0.0] + [-math.inf] * size, [(0, OUTSIDE)] * (size + 1)
    arrivals: list[list[float]] = [[0.0], *([] for _ in range(size))]
    forward = [0.0] * (size + 1)
    for i in range(size):
        steps[i].append((i + 1, OUTSIDE, outs[i]))
        forward[i] = _total(arrivals[i])
        for end, kind, score in steps[i]:
            arrivals[end].append(forward[i] + score * DOUBT)
            if best[i] + score > best[end]:
                best[end], back[end] = best[i] + score, (i, kind)
    forward[size] = _total(arrivals[size])
    backward = [0.0] * (size + 1)
    for i in range(size - 1, -1, -1):
        backward[i] = _total([score * DOUBT + backward[end] for end, _, score in steps[i]])
    shares = _shares(steps, forward, backward)
    found: list[Entity] = []
    end = size
    while end:
        begin, kind = back[end]
        if kind != OUTSIDE:
            tables = tuple(
                dict(zip((*KINDS, "O"), shares[j], strict=True)) for j in range(begin, end)
            )
            key = make_span(sentence, chain.start + begin, chain.start + end, False).key
            found.append(Entity(KINDS[kind], chain.start + begin, chain.start + end, key, tables))
        end = begin
    return found[::-1]


def _shares(
    steps: list[list[tuple[int, int, float]]], forward: list[float], backward: list[float]
) -> list[list[float]]:
    """Return each token's share of every kind, and of none, over all paths."""
    size = len(steps)
    shares = [[0.0] * 5 for _ in range(size)]
    for i in range(size):
        offset = forward[i] - forward[size]
        for end, kind, score in steps[i]:
            share = offset + score * DOUBT + backward[end]
            if share > NEGLIGIBLE:
                share = math.exp(min(0.0, share))
                for j in range(i, end):
                    shares[j][kind] += share
    return shares


def _total(parts: list[float]) -> float:
    """Return log(sum(e**part))."""
    peak = max(parts)
    if len(parts) == 1:
        return peak
    return peak + math.log(sum([math.exp(part - peak) for part in parts]))
