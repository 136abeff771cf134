"""Choose sentences for a summary: the best first, little repeated, inside a budget of tokens."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from workbench.engines.embedded.summarizer.reading import Sentence

__all__ = ["Candidates", "choose"]

_REPEAT, _ECHO = 0.4, 0.6  # what a sentence loses for saying again a part, and for nearly all
_DANGLING = 0.5  # what remains of one that needs a sentence which is not there
_LEAST = 0.1  # of the first gain; below, a summary that is long enough ends
_LOOKS = 8  # how often a gain is brought up to date: keeps the time linear
_MOST_CELLS = 400_000


@dataclass(frozen=True)
class Candidates:
    """Sentences with their scores, and the weight of each term in them.

    A score below 0 bars a sentence.
    """

    sentences: list[Sentence]
    scores: list[float]
    weights: dict[str, float]

    def by_score(self) -> list[int]:
        """Return the indices of the sentences that are not barred, the best first."""
        free = (i for i, score in enumerate(self.scores) if score >= 0)
        return sorted(free, key=lambda i: (-self.scores[i], i))


@dataclass
class _Draft:
    candidates: Candidates
    chosen: set[int] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    cost: int = 0

    def add(self, index: int) -> None:
        self.chosen.add(index)
        self.said.update(self.candidates.sentences[index].terms)
        self.cost += self.candidates.sentences[index].cost

    def gain(self, index: int) -> float:
        """Return what the sentence would add to what is chosen."""
        sentence, weights = self.candidates.sentences[index], self.candidates.weights
        about = dict.fromkeys(sentence.terms)
        total = sum(weights[term] for term in about)
        known = sum(weights[term] for term in about if term in self.said)
        part = known / total if total else 1.0
        gain = self.candidates.scores[index] * (1 - _REPEAT * part - _ECHO * part**8)
        dangling = sentence.leans >= 0 and sentence.leans not in self.chosen
        return gain * _DANGLING if dangling else gain


def choose(candidates: Candidates, aim: float, minimum: int, maximum: int) -> frozenset[int]:
    """Return the indices of sentences that together cost about *aim* tokens.

    Never more than *maximum*; less than *minimum* only if no set of whole sentences was found.
    """
    draft = _Draft(candidates)
    _add_best(draft, aim, minimum, maximum)
    if draft.cost >= minimum:
        return frozenset(draft.chosen)
    return _pack(candidates, minimum, maximum) or frozenset(draft.chosen)


def _add_best(draft: _Draft, aim: float, minimum: int, maximum: int) -> None:
    """Add one sentence after the other, looking again at a gain only when it comes up."""
    sentences = draft.candidates.sentences
    queue = [(-draft.gain(i), i) for i in draft.candidates.by_score()]
    heapq.heapify(queue)
    looks = [0] * len(sentences)
    followers = {sentence.leans: i for i, sentence in enumerate(sentences)}
    first = 0.0
    while queue and draft.cost < aim:
        _, index = heapq.heappop(queue)
        cost = draft.cost + sentences[index].cost
        enough = draft.cost >= minimum
        if index in draft.chosen or cost > maximum:
            continue
        gain = draft.gain(index)
        looks[index] += 1
        if queue and gain < -queue[0][0] and looks[index] < _LOOKS:
            heapq.heappush(queue, (-gain, index))
            continue
        first = first or gain
        if enough and (gain < _LEAST * first or cost - aim > aim - draft.cost):
            break
        draft.add(index)
        follower = followers.get(index)
        if follower is not None and draft.candidates.scores[follower] >= 0:  # dangles no longer
            heapq.heappush(queue, (-draft.gain(follower), follower))


def _pack(candidates: Candidates, minimum: int, maximum: int) -> frozenset[int]:
    """Return the best-scored set that costs ``minimum..maximum`` tokens exactly, if there is one.

    Looks at the best sentences only, as many as keep the table of sums small.
    """
    best: dict[int, tuple[float, frozenset[int]]] = {0: (0.0, frozenset())}
    for i in candidates.by_score()[: min(60, _MOST_CELLS // (maximum + 1))]:
        cost, score = candidates.sentences[i].cost, candidates.scores[i]
        for size, (value, members) in sorted(best.items(), reverse=True):
            total = size + cost
            if total <= maximum and value + score > best.get(total, (-1.0, members))[0]:
                best[total] = (value + score, members | {i})
    fitting = [entry for size, entry in best.items() if size >= minimum]
    return max(fitting, key=lambda entry: entry[0], default=(0.0, frozenset[int]()))[1]
