"""What the system message asks of the companion, as far as rules can follow it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.sentences import sentence_spans

_NAME = re.compile(
    r"\b(?i:your name is|you are called|you're called|call yourself|named|you are|you're)\s+"
    r"(?P<name>[A-Z][\w'-]*)(?=[\s,.;!]|$)"
)
_NAME_ZH = re.compile(r"(?:你叫|你的名字(?:是|叫)|你是(?!一))(?P<name>[^\s，。；！,.]{1,12})")
_ROLE = re.compile(
    r"\b(?:you are|you're|act as|behave as|play)\s+(?:[A-Z][\w'-]*\s*,\s*)?"
    r"(?P<role>(?:an?|the)\s[^.,;!\n]{2,80})",
    re.IGNORECASE,
)
_ROLE_ZH = re.compile(r"(?:你是|^你[^。；]{1,9}，)(?P<role>一[^\s，。；！,.]{1,20})")
_PERSON = re.compile(
    r"\b(?i:the user(?:'s name is| is called| is named)|you (?:are talking|talk|speak) (?:to|with)"
    r"|the (?:person|user)'s name is)\s+(?P<name>[A-Z][\w'-]*)"
)
_ONE = re.compile(r"\b(?:one|a single) (?:short )?sentence\b|\bin one line\b|一句话", re.IGNORECASE)
_BRIEF = re.compile(
    r"\b(?:brief(?:ly)?|short|concise(?:ly)?|terse|few words|succinct)\b|简短|简洁", re.IGNORECASE
)
_TONGUE = re.compile(
    r"\b(?:in|speak|use|only)\s+(?P<tongue>Chinese|Mandarin|English|French|German|Spanish|Italian|"
    r"Portuguese|Russian|Japanese|Korean|Arabic|Hindi|Dutch|Polish|Turkish|Latin)\b",
    re.IGNORECASE,
)
_EDGE = re.compile(
    r"\b(?P<edge>end|finish|close|start|begin|open)\s+(?:every|each|all|your)\b[^\"“«'.]{0,40}"
    r"\b(?:with|by saying)\s+(?:the words?\s+)?[\"“«'](?P<words>[^\"”»\n]{1,60}?)[\"”»'](?!\w)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"\b(?:all caps|capital letters|in capitals|upper ?case)\b", re.IGNORECASE)
_PIRATE = re.compile(r"\bpirate\b", re.IGNORECASE)
_ORDER = re.compile(
    r"(?:please\s+)?(?:you(?:'re|r)?|answer|reply|respond|speak|talk|write|use|be|always|never|do"
    r"|don't|don’t|act|play|keep|end|start|begin|finish|call|pretend|if|give|help|stay|make)\b"
    r"|[你请用]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Setting:
    """Who the companion is told to be, to whom it talks, how, and what it is told to know."""

    name: str = ""
    role: str = ""
    person: str = ""
    sentences: int | None = None
    """How many sentences a reply may have."""
    tongue: str = ""
    opening: str = ""
    closing: str = ""
    capitals: bool = False
    facts: tuple[str, ...] = ()


def read_setting(system: str) -> Setting:
    """Read a system message.

    >>> read = read_setting("You are Ada, a kind librarian. Be brief. The library opens at nine.")
    >>> read.name, read.role, read.sentences, read.facts
    ('Ada', 'a kind librarian', 2, ('The library opens at nine.',))
    """
    system = system.replace("’", "'")
    name = _NAME.search(system) or _NAME_ZH.search(system)
    role = _ROLE.search(system) or _ROLE_ZH.search(system)
    person, tongue = _PERSON.search(system), _TONGUE.search(system)
    edges = {_place(edge["edge"]): edge["words"].strip() for edge in _EDGE.finditer(system)}
    pirate = bool(_PIRATE.search(system))
    chinese = re.search("[用说讲]中文|用汉语", system)
    return Setting(
        name=name["name"] if name else "",
        role=role["role"].strip() if role else "",
        person=person["name"] if person else "",
        sentences=1 if _ONE.search(system) else 2 if _BRIEF.search(system) else None,
        tongue="Chinese" if chinese else tongue["tongue"].title() if tongue else "",
        opening=edges.get("opening", "Ahoy!" if pirate else ""),
        closing=edges.get("closing", "Arr!" if pirate else ""),
        capitals=bool(_CAPITALS.search(system)),
        facts=tuple(_facts(system)),
    )


def _place(word: str) -> str:
    return "closing" if word.lower() in ("end", "finish", "close") else "opening"


def _facts(system: str) -> list[str]:
    said = [system[start:end].strip() for start, end in sentence_spans(system)]
    return [each for each in said if not _ORDER.match(each) and len(each) > 8]
