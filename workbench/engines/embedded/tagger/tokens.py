"""Words of a text with their places, and the sentences they form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.engines.embedded.tagger.gazetteer import load

__all__ = ["Token", "sentences", "tokenise"]

WORD, NUMBER, MARK, OPAQUE = "word", "number", "mark", "opaque"

_CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(
    rf"""
    (?P<opaque>(?:https?://|www\.)[^\s<>"]{{1,2000}}|(?<![\w.])[\w.+-]{{1,64}}@[\w-]{{1,64}}(?:\.[\w-]{{1,32}})+
      |(?<!\w)[@\#][\w]{{1,64}}|`[^`\n]{{1,80}}`)
    |(?P<abbreviation>(?<!\w)(?:[^\W\d_]\.){{2,8}}(?!\w)|(?<![\w.])[A-Z]\.(?=\s?[A-Z]|\s(?:de|da|van|von|der|al|el)\s)
      |(?<=,\s)(?:Calif|Mass|Fla|Ariz|Conn|Ill|Mich|Minn|Okla|Tenn|Tex|Wash|Wis|Ala|Ark|Colo|Kan|Ky|Neb|Nev|Wyo|Pa
      |Va|Ga|Md|Mo|Ore|Ind|La|Vt|Ont|Que)\.
      |(?<!\w)(?:St|Mt|Ft|Dr|Mr|Mrs|Ms|Jr|Sr|Inc|Co|Corp|Ltd|Gen|Col|Lt|Maj|Capt|Sgt|Cmdr|Adm|Sen|Rep|Gov|Prof
      |Rev|Hon|Bros|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|No|Vol|vs|etc|Fig|a\.m|p\.m)\.)
    |(?P<cjk>[{_CJK}]{{1,400}})
    |(?P<number>\d{{1,40}}(?:[.,:/-]\d{{1,40}})*(?:st|nd|rd|th|s|bn|m|k|pm|am)?(?!\w))
    |(?P<word>(?:(?![{_CJK}])[^\W_]){{1,2000}}
       (?:(?:['’](?![sS]\b)|-|&|[+](?=[+]))(?:(?![{_CJK}])[^\W_]){{1,200}}){{0,12}}(?:\+\+)?)
    |(?P<possessive>['’][sS]\b|(?<=s)['’](?=\s[A-Z]))
    |(?P<mark>[^\w\s]|_)
    """,
    re.VERBOSE,
)
_TERMINAL = frozenset(".!?…。！？")
_CLOSING = frozenset("\"'”’)]»")
_OPENING = frozenset("\"'“‘([«¿¡")


@dataclass(slots=True)
class Token:
    """One word, number or mark; ``start`` and ``end`` are str indices into the whole text."""

    text: str
    start: int
    end: int
    kind: str
    low: str
    cap: bool
    breaks: int = 0  # line breaks between the token before and this one


def _token(text: str, start: int, kind: str, breaks: int) -> Token:
    cap = kind in (WORD, "abbreviation") and text != text.lower()
    low = "'s" if kind == "possessive" else text.lower()
    return Token(text, start, start + len(text), kind, low, cap, breaks)


def _split_hyphens(text: str) -> list[str]:
    """Cut what is no part of a name off a hyphenated word.

    >>> _split_hyphens("London-based"), _split_hyphens("ex-Soviet"), _split_hyphens("Kar-wai")
    (['London', '-', 'based'], ['ex', '-', 'Soviet'], ['Kar-wai'])
    """
    parts = text.split("-")
    if len(parts) < 2:
        return [text]
    tails, particles = load()["hyphentail"], load()["particle"]
    for cut in range(1, len(parts)):
        later = parts[cut]
        longer = len(later) > 4 and later.endswith(("ed", "ing", "ern", "ist", "ish"))
        if parts[-1].islower() and (later in tails or longer) and parts[0][:1].isupper():
            return ["-".join(parts[:cut]), "-", "-".join(parts[cut:])]
    if parts[0].islower() and parts[0] not in particles and parts[1][:1].isupper():
        return [parts[0], "-", *_split_hyphens("-".join(parts[1:]))]
    if (parts[0].isdigit() or parts[0] in ("D", "R")) and parts[1][:1].isupper():
        return [parts[0], "-", "-".join(parts[1:])]
    return [text]


def tokenise(text: str) -> list[Token]:
    """Return the tokens of *text* in order; spaces belong to none.

    >>> [token.text for token in tokenise("J. Smith's U.S.-based firm")]
    ['J.', 'Smith', "'s", 'U.S.', '-', 'based', 'firm']
    """
    found: list[Token] = []
    previous = 0
    for match in _TOKEN.finditer(text):
        start, word, kind = match.start(), match.group(), match.lastgroup or MARK
        breaks = text.count("\n", previous, start) if start > previous else 0
        previous = match.end()
        if kind == WORD and "-" in word:
            for part in _split_hyphens(word):
                found.append(_token(part, start, MARK if part == "-" else WORD, breaks))
                start, breaks = start + len(part), 0
        else:
            found.append(_token(word, start, kind, breaks))
    return found


def sentences(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the sentences of *tokens*; a short line, or one without an end, is a sentence too."""
    begin, line, inner = 0, 0, 0
    for index in range(1, len(tokens)):
        token = tokens[index]
        if tokens[index - 1].text not in _CLOSING:
            inner = index - 1
        ends = False
        if token.breaks:
            ends = token.breaks > 1 or _line_ends(tokens, line, index)
            line = index
        if not ends:
            ends = index - 1 > begin and _sentence_ends(tokens[inner], tokens[index - 1], token)
        if ends:
            yield tokens[begin:index]
            begin = index
    if tokens:
        yield tokens[begin:]


def _line_ends(tokens: list[Token], line: int, index: int) -> bool:
    """Whether the line break before *index* is meant, not where a long line was folded."""
    last, token = tokens[index - 1], tokens[index]
    if last.text in ",;&" or last.low in load()["connector"]:
        return False
    if token.kind == WORD and not token.cap:
        return last.text in _TERMINAL
    width = last.end - tokens[line].start
    return (
        width < 62
        or last.text in _TERMINAL
        or last.text == ":"
        or not any(t.text.islower() for t in tokens[line:index])
    )


def _sentence_ends(inner: Token, before: Token, token: Token) -> bool:
    """Whether a sentence ends between *before*, with *inner* inside its quotes, and *token*."""
    if inner.text not in _TERMINAL or (token.text in _CLOSING and token.start == before.end):
        return False
    if token.text in _OPENING:
        return True
    return token.cap or token.kind in (NUMBER, "cjk")
