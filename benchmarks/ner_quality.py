"""How good the embedded tagger is: entities of a marked-up file, exact span and type.

The file holds passages between blank lines, each opened by ``# genre: NAME``; entities are written
``[PER Angela Merkel] visited [LOC Paris].`` The peer in the same run calls every run of capitalised
words a name: PER for two words or more, LOC for one, nothing where only a sentence opens.

    python benchmarks/ner_quality.py FILE [--genres] [--errors]
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

MARK = re.compile(r"\[(PER|ORG|LOC|MISC) ([^\[\]]+)\]")
RUN = re.compile(r"[A-Z][\w'’.&-]*(?: [A-Z][\w'’&-]*)*")
BUCKETS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0001)
KINDS = ("PER", "ORG", "LOC", "MISC")


class Entity(NamedTuple):
    """A name in a text; ``start`` and ``end`` are str indices."""

    kind: str
    start: int
    end: int
    score: float = 1.0


class Passage(NamedTuple):
    """A text without its markup, and what the markup said."""

    genre: str
    text: str
    gold: list[Entity]


Tagger = Callable[[str], list[Entity]]


def parse_passage(genre: str, marked: str) -> Passage:
    """Return the passage that *marked* describes.

    >>> parse_passage("news", "In [LOC Rome], [PER Ada] spoke.").gold[1]
    Entity(kind='PER', start=9, end=12, score=1.0)
    """
    text, gold, last = "", [], 0
    for match in MARK.finditer(marked):
        text += marked[last : match.start()]
        gold.append(Entity(match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return Passage(genre, text + marked[last:], gold)


def read_passages(marked: str) -> Iterator[Passage]:
    """Yield the passages of a whole file."""
    for block in re.split(r"\n\s*\n", marked.strip()):
        head, _, body = block.partition("\n")
        genre = head.removeprefix("# genre:").strip() if head.startswith("#") else "other"
        yield parse_passage(genre, body if head.startswith("#") else block)


def embedded(text: str) -> list[Entity]:
    """Return what the embedded tagger's pieces say, joined by their B- and I- labels."""
    from workbench.engines.embedded.tagger import tag

    found: list[list[object]] = []
    for piece in tag(text):
        label = max(piece.scores, key=lambda name: piece.scores[name])
        score = piece.scores[label]
        if label == "O":
            found.append([])
        elif label.startswith("I-") and found and found[-1] and found[-1][0] == label[2:]:
            found[-1][2] = piece.end
            found[-1][3].append(score)  # type: ignore[attr-defined]
        else:
            found.append([label[2:], piece.start, piece.end, [score]])
    return [Entity(k, s, e, sum(p) / len(p)) for k, s, e, p in (row for row in found if row)]  # type: ignore


def capitals(text: str) -> list[Entity]:
    """Return every run of capitalised words that does not open a sentence with one word."""
    found = []
    for match in RUN.finditer(text):
        words = match.group().count(" ") + 1
        opens = match.start() == 0 or text[: match.start()].rstrip()[-1:] in '.!?"“:'
        if words > 1 or not opens:
            found.append(Entity("PER" if words > 1 else "LOC", match.start(), match.end()))
    return found


class Tally:
    """Counts of right, proposed and true entities by kind."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        self.true: Counter[str] = Counter()

    def add(self, gold: Iterable[Entity], given: Iterable[Entity]) -> None:
        """Count one passage."""
        truth = {entity[:3] for entity in gold}
        self.true.update(kind for kind, _, _ in truth)
        for entity in given:
            self.given[entity.kind] += 1
            self.right[entity.kind] += entity[:3] in truth

    def figures(self, kinds: Iterable[str]) -> tuple[float, float, float]:
        """Return precision, recall and F1 over *kinds*."""
        right, given, true = (sum(c[k] for k in kinds) for c in (self.right, self.given, self.true))
        precision, recall = right / given if given else 0.0, right / true if true else 0.0
        return precision, recall, 2 * right / (given + true) if given + true else 1.0


def report(name: str, passages: list[Passage], tagger: Tagger, *, genres: bool) -> None:
    """Print the tagger's figures: by kind, over all, by genre if asked."""
    whole, by_genre = Tally(), defaultdict[str, Tally](Tally)
    for passage in passages:
        given = tagger(passage.text)
        whole.add(passage.gold, given)
        by_genre[passage.genre].add(passage.gold, given)
    _say(f"\n{name}\n{'':14}precision  recall      F1   gold")
    for kind in (*KINDS, "all"):
        kinds = KINDS if kind == "all" else (kind,)
        precision, recall, f1 = whole.figures(kinds)
        gold = sum(whole.true[k] for k in kinds)
        _say(f"{kind:14}{precision:9.3f}{recall:8.3f}{f1:8.3f}{gold:7}")
    for genre, tally in sorted(by_genre.items()) if genres else ():
        _say(
            f"  {genre:12}{'':17}{tally.figures(KINDS)[2]:8.3f}{sum(tally.true.values()):7}"
            f"  wrong {sum(tally.given.values()) - sum(tally.right.values())}"
        )


def calibration(passages: list[Passage], tagger: Tagger) -> None:
    """Print how often entities of each score are right, and the expected calibration error."""
    rows: dict[float, list[tuple[float, bool]]] = defaultdict(list)
    for passage in passages:
        truth = {entity[:3] for entity in passage.gold}
        for entity in tagger(passage.text):
            floor = max(edge for edge in BUCKETS[:-1] if entity.score >= edge)
            rows[floor].append((entity.score, entity[:3] in truth))
    total, error = sum(map(len, rows.values())), 0.0
    _say("\nscore from    said   right  count")
    for floor, pairs in sorted(rows.items()):
        said = sum(score for score, _ in pairs) / len(pairs)
        right = sum(hit for _, hit in pairs) / len(pairs)
        error += abs(said - right) * len(pairs) / total
        _say(f"{floor:10.2f}{said:8.3f}{right:8.3f}{len(pairs):7}")
    _say(f"expected calibration error {error:.3f}")


def errors(passages: list[Passage], tagger: Tagger) -> None:
    """Print every miss (-) and every wrong proposal (+) with some text around it."""
    for passage in passages:
        given = tagger(passage.text)
        truth, said = {e[:3] for e in passage.gold}, {e[:3] for e in given}
        for entity in sorted((*given, *passage.gold), key=lambda e: e.start):
            key = entity[:3]
            if (key in truth) != (key in said):
                around = passage.text[max(0, entity.start - 30) : entity.end + 20].replace(
                    "\n", "/"
                )
                mark = "-" if key in truth else "+"
                name = passage.text[entity.start : entity.end]
                _say(f"{mark} {entity.kind:4} {name!r} {entity.score:.2f}  …{around}…")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    """Read the arguments and print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--genres", action="store_true", help="figures for each genre")
    parser.add_argument("--errors", action="store_true", help="list every mistake")
    options = parser.parse_args()
    passages = list(read_passages(options.file.read_text("utf-8")))
    report("every capitalised run", passages, capitals, genres=False)
    report("embedded tagger", passages, embedded, genres=options.genres)
    calibration(passages, embedded)
    if options.errors:
        errors(passages, embedded)


if __name__ == "__main__":
    main()
