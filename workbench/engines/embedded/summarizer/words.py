"""Words that say little of what a text is about, and words that lean on the sentence before."""

from __future__ import annotations

import re

__all__ = ["CONNECTIVES", "PRONOUNS", "is_dense", "terms"]

_SPACELESS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_DENSE = re.compile(f"[{_SPACELESS}]")
_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0d7f"  # vowel signs are not \w
)
_WORD = re.compile(rf"[{_SPACELESS}]+|(?:(?![{_SPACELESS}])[^\W_]|[{_MARKS}])+")
_KANA = re.compile(r"[\u3040-\u309f]+")
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ed", "es", "s")


def _set(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_CLOSED_CLASS = _set(
    "a about above after again against all almost also although always am among an and another any",
    "are around as at away back be became because become been before being below between both but",
    "by came can cannot could did do does doing down during each either else enough even ever",
    "every few first for former from further get go had has have having he her here hers him",
    "himself his how however i if in instead into is it its itself just kept last later least",
    "less like made make many may me meanwhile might more most much must my near never new next",
    "no nor not now of off often on once one only onto or other others our out over own per",
    "perhaps rather same say second see several shall she should since so some soon still such",
    "take than that the their them then there these they this those though three through thus",
    "to together too took toward two under until up upon us used very was way we well went were",
    "what when where whether which while who whom whose why will with within without would yet",
    "you your according added asked began called including known said saying says told year",
    "years day days time times today monday tuesday wednesday thursday friday saturday sunday",
    "people don didn doesn isn wasn weren re ve ll",
    # Spanish, French, German, Italian, Portuguese; not words that have a meaning in English
    "el la los las un una unos unas y o de del al en que se por con para su sus es fue como más",
    "pero lo le les et des du une est dans qui sur par pas plus ce cette ces il elle ils au aux",
    "sont avec pour été ont mais der das ein eine einer eines einem einen und ist im dem zu von",
    "auf für nicht sich auch als wird werden wurde nach bei aus er sie gli che di da è nel",
    "della dei delle sono ha os uma em na nos nas dos não foi são",
)

PRONOUNS = _set(
    "he she it they this that these those his her its their him them such both él ella ello ellos",
    "ellas esto esta este estas estos il elle ils elles cela ceci celui celle cette ces lui er",
    "dies dieser diese dieses egli essa esso questo questa ele ela eles elas isso isto",
    "он она оно они это هو هي هذا هذه वह यह वे ये",
)
"""First words, in small letters, that need a noun from an earlier sentence."""

CONNECTIVES = _set(
    "however but and or so thus therefore hence moreover furthermore also meanwhile instead then",
    "yet still nevertheless nonetheless besides additionally consequently otherwise likewise",
    "others similarly afterwards conversely though another other sin pero además mais cependant",
    "donc aber jedoch doch außerdem trotzdem ma però inoltre mas porém но однако لكن लेकिन परंतु",
)
"""First words, in small letters, that continue an argument from the sentence before."""


def is_dense(character: str) -> bool:
    """Whether *character* belongs to a script written without spaces between words."""
    return _DENSE.match(character) is not None


def terms(sentence: str) -> list[str]:
    """Return what *sentence* is about: stemmed words without the closed class, or bigrams.

    >>> terms("The ferry's passengers were evacuated.")
    ['ferry', 'passenger', 'evacuat']
    >>> terms("东京是首都")
    ['东京', '京是', '是首', '首都']
    """
    found: list[str] = []
    for match in _WORD.finditer(sentence.lower()):
        word = match.group()
        if is_dense(word[0]):
            found.extend(_bigrams(word))
        elif len(word) > 1 and word not in _CLOSED_CLASS:
            found.append(_stem(word))
    return found


def _bigrams(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    pairs = (run[i : i + 2] for i in range(len(run) - 1))
    return [pair for pair in pairs if not _KANA.fullmatch(pair)]


def _stem(word: str) -> str:
    """Cut an English ending off a word in plain letters, if a root of four letters stays."""
    if word.isascii() and not word.endswith("ss"):
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word
