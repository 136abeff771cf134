"""The form of a sentence: what to strip from it, whether it is prose, how well it reads alone."""

from __future__ import annotations

import re

from workbench.engines.embedded.summarizer.words import CONNECTIVES, PRONOUNS, is_dense

__all__ = ["clean", "form", "is_apparatus", "leans"]

_AGENCY = (
    r"\((?:CNN|AP|AFP|UPI|EFE|dpa|PTI|IANS|ANI|Reuters|Xinhua|Bloomberg|Newswire|BBC)[\w ]{0,12}\)"
)
_DATELINE = re.compile(
    rf"^(?:[A-Z][\w .,'’/-]{{1,48}}?\s?)?{_AGENCY}\s*(?:[-–—]{{1,2}}\s+)?(?=\S)"
    r"|^[A-Z][A-Z.'’-]{2,}(?:,? [A-Z][\w.'’-]*){0,5}\s+[-–—]{1,2}\s+(?=[\"“A-Z0-9])"
)
_CITATION = re.compile(r"\[(?:\d{1,3}|[a-z]|note \d+|citation needed)\]")
_LIST_MARK = re.compile(
    r"^(?:[-*+•‣◦⁃▪●○※・–—>]\s+|\(?\d{1,3}[.)]\s+|\(?[a-z][.)]\s+(?=[A-Z])|\(?[A-Z]\)\s+|#+\s+)"
)
_END = re.compile(r"[.!?…。！？｡؟۔।॥։።]['\"”’»)\]」』）*_]*\Z")
_QUESTION = re.compile(r"[?？؟]['\"”’»)\]」』）*_]*\Z")
_HEADING = re.compile(r"#{1,6}\s|={2,}")
_CAPTION = re.compile(
    r"(?:photo|photograph|image|picture|fig(?:ure|\.)|video|caption|source|credit|foto|getty|reuters)"
    r"\s*(?:by\b|\d*\s*[:/©])|\(?pictured\b|(?:published|updated|last updated|posted)\s*:",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"\((?:photo|image|picture|getty|ap photo)\b[^()]*\)\W*\Z", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"(?:click here|read more|see also|related|advertisement|sign up|subscribe|follow us|share this"
    r"|scroll down|watch|listen|copyright|all rights reserved|reporting by|editing by"
    r"|additional reporting)\b(?:[: ]|$)|©|https?:|\(reporting by"
    r"|this (?:article|story) (?:was|has)",
    re.IGNORECASE,
)
_PLAIN_VERB = re.compile(r"(?:watch|listen|related) (?!:)", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[^\w]*([^\W_]+(?:[\u0900-\u097f]+[^\W_]*)*)")
_PHRASE = re.compile(
    r"(?:in addition|for (?:example|instance)|as a result|because of (?:this|these|that)"
    r"|at the same time|in (?:contrast|turn|fact|particular|response|return)|by (?:then|contrast)"
    r"|on the other hand|after (?:this|that|these|those)\b|the (?:former|latter|others?|same)\b"
    r"|sin embargo|por eso|en effet|par conséquent|zum beispiel|tuttavia|no entanto)",
    re.IGNORECASE,
)
_DENSE_LEAN = re.compile(
    r"(?:但|然而|因此|所以|而且|此外|不过|另外|他|她|它|这|那|其|しかし|だが|また|そして|それ|この|その|これ"
    r"|彼|なお|一方|さらに)"
)
_OPEN_QUOTES = "\"'“‘„«「『"
_POOR, _FAIR = 0.35, 0.6
_LONGEST_HEADING = 40


def clean(raw: str) -> str:
    """Return *raw* on one line without list mark, dateline and citation numbers.

    >>> clean("PARIS (AP) — The Louvre\\nreopened.[2]")
    'The Louvre reopened.'
    """
    text = _LIST_MARK.sub("", " ".join(_CITATION.sub("", raw).split()))
    return _DATELINE.sub("", text) or text


def is_apparatus(raw: str, text: str, cost: int, *, alone: bool) -> bool:
    """Whether the sentence is no part of the prose: a heading, a caption, a notice.

    *cost* is in tokens; *alone* says that the sentence has its lines to itself.
    """
    if _HEADING.match(raw) or (alone and cost < _LONGEST_HEADING and not _ends(text)):
        return True
    if _CAPTION.match(text) or _CREDIT.search(text[-160:]):
        return True
    return bool(_BOILERPLATE.match(text)) and not _PLAIN_VERB.match(text)


def form(text: str, terms: int, *, inside_quote: bool) -> float:
    """Grade from 0 to 1 how well the sentence reads in a summary.

    *terms* is how many words it has that carry meaning; *inside_quote* says that a quotation
    begins before it or goes on after it.
    """
    grade = _POOR if inside_quote else _FAIR if text[0] in _OPEN_QUOTES else 1.0
    if _QUESTION.search(text[-12:]):
        grade *= _POOR
    if not _ends(text):
        grade *= _POOR
    return grade if terms >= 4 else grade * _FAIR


def leans(text: str) -> bool:
    """Whether the sentence opens with words that need the sentence before it.

    >>> leans("However, it rained."), leans("Rain fell.")
    (True, False)
    """
    opening = text[:80].lstrip(_OPEN_QUOTES)
    if is_dense(opening[:1]):
        return _DENSE_LEAN.match(opening) is not None
    first = _FIRST_WORD.match(opening)
    word = first.group(1).lower() if first else ""
    return word in PRONOUNS or word in CONNECTIVES or _PHRASE.match(opening) is not None


def _ends(text: str) -> bool:
    return _END.search(text[-12:]) is not None
