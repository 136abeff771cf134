"""A whole text: names read once, then again with what the rest of the text made of them."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.engines.embedded.tagger.chains import Chain, Sentence, chains, read_sentence
from workbench.engines.embedded.tagger.decode import LONG_CHAIN, Entity, decode
from workbench.engines.embedded.tagger.evidence import KINDS, NONE, Evidence, add
from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.lexicon import look_up
from workbench.engines.embedded.tagger.names import Name
from workbench.engines.embedded.tagger.scenes import is_earthy, is_foreign, is_sporty, site
from workbench.engines.embedded.tagger.scripts import foreign_places
from workbench.engines.embedded.tagger.tokens import sentences, tokenise

__all__ = ["Name", "find_names"]

MOST = 3.0  # the most that one name's other mentions can say


def find_names(text: str) -> list[Name]:
    """Return the names in *text* in order, none overlapping."""
    read = [read_sentence(tokens) for tokens in sentences(tokenise(text))]
    if is_sporty(read):
        for sentence in read:
            sentence.sporty = True
    elif is_earthy(read):
        for sentence in read:
            sentence.earthy = True
    if is_foreign(read):
        for sentence in read:
            sentence.foreign = True
    calm = [
        sentence.noise for sentence in read if not sentence.shouting and len(sentence.tokens) > 5
    ]
    noise = sum(calm) / len(calm) if calm else 0.0
    found: list[tuple[Sentence, Chain, list[Entity]]] = []
    for sentence in read:
        if not sentence.shouting and noise > 0.4:
            sentence.noise = max(sentence.noise, noise)
        for chain in chains(sentence):
            found.append((sentence, chain, decode(sentence, chain, {}, site)))
    memory = remember(found)
    names: list[Name] = []
    for sentence, chain, entities in found:
        short = chain.end - chain.start < LONG_CHAIN
        if short and _is_open(sentence, chain, entities, memory):
            entities = decode(sentence, chain, memory, site)
        for entity in entities:
            tokens = tuple(sentence.tokens[entity.start : entity.end])
            names.append(Name(entity.kind, tokens[0].start, tokens[-1].end, tokens, entity.shares))
    for token in (token for sentence in read for token in sentence.tokens):
        names.extend(foreign_places(token))
    names.sort(key=lambda name: name.start)
    return names


def _is_open(
    sentence: Sentence, chain: Chain, entities: list[Entity], memory: dict[str, Evidence]
) -> bool:
    """Whether memory could change what was read in *chain*."""
    sure = {e.key: e.kind for e in entities if min(table[e.kind] for table in e.shares) > 0.97}
    for word in sentence.words[chain.start : chain.end]:
        known = memory.get(word.key)
        if known and sure.get(word.key) != KINDS[known.index(max(known))]:
            return True
    return any(entity.key in memory and entity.key not in sure for entity in entities)


def remember(found: Iterable[tuple[Sentence, Chain, list[Entity]]]) -> dict[str, Evidence]:
    """Return what each name's mentions say together, and what full names say of short ones."""
    sums: dict[str, list[float]] = {}
    full: dict[str, Evidence] = {}
    counts: dict[str, int] = {}
    for sentence, _, entities in found:
        for entity in entities:
            shares = [min(table[kind] for table in entity.shares) for kind in KINDS]
            total = sums.setdefault(entity.key, [0.0] * 4)
            for k, share in enumerate(shares):
                total[k] += share
            counts[entity.key] = counts.get(entity.key, 0) + 1
            if max(shares) > 0.55 and not sentence.shouting:
                _shorten(entity, full)
    memory = dict(full)
    for key, total in sums.items():
        weight = min(MOST, 0.9 * counts[key])
        mean = sum(total) / 4
        if counts[key] > 1:
            votes = Evidence(*(weight * (part - mean) / counts[key] for part in total))
            memory[key] = add(memory.get(key, NONE), votes)
    return memory


def _shorten(entity: Entity, full: dict[str, Evidence]) -> None:
    """Note the short forms of a full name: *Smith* of *J. Smith*, *MMG* of *MMG Ltd*."""
    words = [word for word in entity.key.split(" ") if word]
    if entity.kind == "PER":
        core = [
            w
            for w in words
            if w.lower() not in load()["suffix"] and w.lower() not in load()["particle"]
        ]
        if len(core) > 1:
            _note(full, core[-1], Evidence(per=3.4, loc=-0.8, org=-0.8))
            _note(full, core[0], Evidence(per=1.6))
            _note(full, " ".join(words[1:]), Evidence(per=2.0))
    elif entity.kind == "ORG" and len(words) > 1:
        facts = look_up(words[0], False)
        if not facts.common and not facts.people and not facts.place and not facts.first:
            _note(full, words[0], Evidence(org=3.0))
        if words[-1].lower() in load()["orgtail"]:
            _note(full, " ".join(words[:-1]), Evidence(org=3.0))
        letters = "".join(w[0] for w in words if w[0].isupper())
        if len(letters) > 1:
            _note(full, letters, Evidence(org=2.6))


def _note(full: dict[str, Evidence], key: str, evidence: Evidence) -> None:
    if len(key) > 1 and not (look_up(key, False).common == 2 and evidence.per < 3):
        known = full.get(key)
        full[key] = evidence if known is None else replace_larger(known, evidence)


def replace_larger(one: Evidence, two: Evidence) -> Evidence:
    """Return the stronger of two notes, kind by kind."""
    return Evidence(*(a if abs(a) >= abs(b) else b for a, b in zip(one, two, strict=True)))
