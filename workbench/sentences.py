"""Where the sentences of a text begin and end, in any script, in linear time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["sentence_spans"]

_STRONG = "。！？｡؟۔।॥։።፧။។៕"  # these never abbreviate
_WEAK = ".!?…‥．"
_CLOSERS = "\"'”’“»›«‹」』）】》〉］｝)\\]}*_"
_OPENERS = "\"'“‘„‚«»‹›「『（【《〈(\\[{¿¡*_"
_DASHES = "-–—―"
_ENDING = re.compile(
    rf"[{_STRONG}{_WEAK}]+"
    r"(?:[ \u00a0\u202f][.!?…]+(?!\w))*"  # « Quoi ? », and the spaced ellipsis . . .
    rf"(?:[{_CLOSERS}]|[ \u00a0\u202f]»(?!\w)|\[\w{{1,4}}\])*"  # [1] cites the sentence before it
)
_NEXT = re.compile(rf"\s+([{_OPENERS}]{{0,4}})\s?([\w'’]{{0,24}})(\.?)")
_TOKEN = re.compile(r"[\w.'’&°º]*\Z")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_LABELLED = re.compile(
    r"\b(?:vitamin|hepatitis|influenza|plan|type|class|grade|group|category|section|part|appendix"
    r"|figure|phase|point|option|team|level|exhibit|division|serie|you and|than)\s+\w\Z",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d|[IVXLC]+\Z")
_GLUED = re.compile(r"[^\W\d_]+[\s,]")
_JAPANESE_TAIL = re.compile(r"と(?!ても|ころ|にかく|りあえず)|って|を|の|に")
_ATTRIBUTION = re.compile(
    r"\s+(?:[A-Z][\w.'’-]*\s){1,3}(?:said|says|asked|added|replied|cried|shouted|told|wrote)\b"
)
_AFTER_TIME = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[A-Z]{2,4}\b|\d")
_LIST_ITEM = re.compile(
    r"[-*+•‣◦⁃▪●○※・]\s|[–—]\s+[^\Wa-z]|\(?\d{1,3}[.)、]\s|\(?[a-z][.)]\s|\(?[A-Z]\)\s|#{1,6}\s|\|"
)
_RULE = re.compile(r"[-=_*~#+.\s]{3,}")
_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[^\W\d_]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]")
_NO_WRAP = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_TITLES = _words(
    "Mr Mrs Ms Mx Messrs Dr Drs Prof Rev Revd Hon Gen Lt Col Maj Capt Cmdr Cpl Sgt Adm Brig Pvt Sen"
    " Sens Rep Reps Gov Pres Supt Det Insp Sra Srta Sres Dra Dña Gral Lic Profa Mme Mmes Mlle MM"
    " Mgr Hrn Frl Dipl Ing Sig Sigg Dott Avv Exmo Ilmo Mt Messrs"
)
_MEDIAL = _words(
    "e.g i.e z.b d.h u.a v.gr p.ej p.ex c.-à-d vs cf viz bzw vgl ca approx esp sog tel"
)
_FINAL = _words(
    "inc corp ltd co bros plc llc cia gmbh jr sr st ste sto sta ave blvd rd sq ft dept univ assn"
    " etc al ecc usw incl resp evtl ggf inkl aprox env av avda ud uds vd vds ee uu str hr fr gob op"
    " rev eng arch dom calif ariz conn fla mich minn okla ore tenn tex wis wyo colo wash"
)
_BEFORE_NUMBER = _words(
    "no nos nr nro núm num nº n° p pp vol vols bd fig figs art arts ch chap cap sec sect abs eq ver"
    " pt kap tab pág págs pag jan feb mar apr jun jul aug sep sept oct nov dec ene abr ago dic janv"
    " févr avr juil déc giu lug ott jän mär okt dez febr"
)
_TIMES = _words("a.m p.m a.m. p.m.")
_STARTERS = _words(
    "A An The This That These Those There Here It Its He She His Her They Their We Our You Your"
    " I My In On At By For From With As After Before During While When Where What Who Why How If"
    " Since But And Or So Yet Also However Although Though Because Then Thus Not No Some Many"
    " Most Both Each Another Other Its Is Are Was Were Did Do Does Has Have Had Can Could Should"
    " Would To Under Over El La Los Las Un Una Este Esta Él Ella En De Por Para Con Pero Y No Se"
    " Su Es Ha Le Les Une Des Il Elle Ils Elles Ce Cette Dans Mais Et Pour On Nous Vous Au"
    " Der Die Das Ein Eine Er Sie Es Wir Im Am Zu Bei Nach Mit Auf Aber Und Dieser Diese Als"
    " Lo Gli Uno Nel Nella Ma Per Di Dal O Os As Um Uma Ele Ela Em No Na Mas E"
)
_GERMAN_ORDINAL_NOUNS = _words(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert"
    " Jahrhunderts Weltkrieg Weltkriegs Weltkrieges Liga Bundesliga Platz Auflage Mal"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open character spans of the sentences of *text*, in order.

    Each span is trimmed of white space, none overlap, and together they hold every character
    that is not white space. Blank lines, list items and headings end a sentence; the line
    breaks of a hard-wrapped paragraph do not.

    >>> text = "Dr. Lee paid $3.50. Was it\\nmuch? “Yes.” 好。行！"
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['Dr. Lee paid $3.50.', 'Was it\\nmuch?', '“Yes.”', '好。', '行！']
    """
    return [
        span for start, end in _paragraphs(text) for span in _paragraph_sentences(text, start, end)
    ]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches inside which a line break is no more than a space."""
    for block in _blocks(text):
        cased = _is_cased(text, block[0][0], block[-1][1])
        width = max(end - start for start, end in block)
        closed = _has_end_mark(text, *block[-1])
        first = 0
        for i in range(1, len(block)):
            if not _is_wrap(text, block[i - 1], block[i], width, cased, closed):
                yield block[first][0], block[i - 1][1]
                first = i
        yield block[first][0], block[-1][1]


def _blocks(text: str) -> Iterator[list[tuple[int, int]]]:
    """Yield runs of consecutive lines that are not blank, each line trimmed."""
    block: list[tuple[int, int]] = []
    position = 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        if body:
            start = position + len(line) - len(line.lstrip())
            block.append((start, start + len(body)))
        elif block:
            yield block
            block = []
        position += len(line)
    if block:
        yield block


def _is_cased(text: str, start: int, end: int) -> bool:
    """Whether the stretch opens as edited prose does, so that a small letter means "goes on"."""
    letter = _LETTER.search(text, start, end)
    if letter is None or not letter.group().islower():
        return True
    return text[letter.end() : letter.end() + 1].isupper()  # iPhone, eBay


def _has_end_mark(text: str, start: int, end: int) -> bool:
    tail = text[max(start, end - 8) : end].rstrip("\"'”’“»«」』）】》)]}*_ ")
    return bool(tail) and (tail[-1] in _STRONG or tail[-1] in _WEAK)


def _is_wrap(
    text: str, line: tuple[int, int], below: tuple[int, int], width: int, cased: bool, closed: bool
) -> bool:
    """Whether the break between two lines only serves to fit the page."""
    if _LIST_ITEM.match(text, *below) or text[line[0]] in "#|" or _NO_WRAP.match(text[line[1] - 1]):
        return False
    if _RULE.fullmatch(text, *line) or _RULE.fullmatch(text, *below):
        return False
    if _has_end_mark(text, *line) or text[line[1] - 1] in ",;([{&" + _DASHES:
        return True
    if cased and text[below[0]].islower():
        return True
    length = line[1] - line[0]
    dense = bool(_UNSPACED.match(text[below[0]]))
    word = 1 if dense else len(text[below[0] : min(below[1], below[0] + 40)].split()[0]) + 1
    full = length + word >= 0.85 * width and length >= (16 if dense else 40)
    return closed and full and not _is_headline(text[line[0] : line[1]])


def _is_headline(line: str) -> bool:
    return all(word[0].isupper() for word in line.split() if len(word) > 3 and word[0].isalpha())


def _paragraph_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    cased = _is_cased(text, start, end)
    word = _WORD.search(text, start, end)
    for mark in _ENDING.finditer(text, start, end):
        if mark.end() == end or word is None or mark.start() < word.end():
            continue
        if _ends_here(text, start, mark.start(), mark.end(), cased):
            yield start, mark.end()
            after = _next_solid(text, mark.end())
            start, word = after, _WORD.search(text, after, end)
    yield start, end


def _next_solid(text: str, position: int) -> int:
    while text[position].isspace():
        position += 1
    return position


def _ends_here(text: str, start: int, mark: int, end: int, cased: bool) -> bool:
    """Whether the marks and closers in ``text[mark:end]`` end the sentence begun at *start*."""
    sign = text[mark]
    if text[mark - 1 : mark] in ("(", "["):
        return False  # (!) and [...]
    quoted = text[end - 1] in "」』”\"'’»"
    if sign in _STRONG:
        said = (quoted or sign in "！？") and _JAPANESE_TAIL.match(text, end)
        return not said
    if not text[end].isspace():
        return _ends_unspaced(text, start, mark, end)
    found = _NEXT.match(text, end)
    opener, word, dot = found.groups() if found else ("", "", "")
    if "¿" in opener or "¡" in opener:
        return True
    if not word:
        symbol = text[found.end() : found.end() + 1] if found else ""
        return symbol != "" and (bool(opener) or not _carries_on(symbol))
    small = word[0].islower() and not word[1:2].isupper()
    if sign in "!?":
        told = quoted and _ATTRIBUTION.match(text, end)
        return not (told or (small and (cased or quoted)))
    if sign in "…‥" or text[mark + 1 : mark + 2] in (".", "…", "!", "?"):
        return not (small and cased)
    return _ends_at_dot(text, start, mark, (opener, word, dot), small, cased)


def _carries_on(symbol: str) -> bool:
    return symbol in _DASHES + ",;:/&|=<>" or unicodedata.category(symbol) == "So"


def _ends_unspaced(text: str, start: int, mark: int, end: int) -> bool:
    """Judge marks with no space behind them: rare, but Chinese and careless copies do that."""
    sign, run = text[mark], text[mark : mark + 6]
    if _UNSPACED.match(text[end]):
        before = mark > start and bool(_UNSPACED.match(text[mark - 1]))
        return sign in "!?" or (before and (sign == "." or run[:2] == "……")) or run == "......"
    if end - mark > 1 or not text[end].isupper() or sign not in ".!?":
        return False
    token = _token(text, start, mark)
    return token.isalpha() and token.islower() and len(token) > 2 and _is_glued(text, end, token)


def _is_glued(text: str, end: int, token: str) -> bool:
    known = token in _MEDIAL or token in _FINAL or token in _BEFORE_NUMBER
    return not known and _GLUED.match(text, end, end + 24) is not None


def _token(text: str, start: int, mark: int) -> str:
    found = _TOKEN.search(text[max(start, mark - 24) : mark])
    return found.group() if found else ""


def _ends_at_dot(
    text: str, start: int, mark: int, after: tuple[str, str, str], small: bool, cased: bool
) -> bool:
    """Judge a single dot with a space behind it: the end, or part of an abbreviation?"""
    opener, word, dot = after
    token = _token(text, start, mark)
    key = token.lower()
    initial = len(token) == 1 and token.upper() != token.lower()
    if mark - len(token) <= start + 1 and (initial or (token.isdigit() and len(token) < 4)):
        return False  # the number of a list item
    if key in _MEDIAL or token in _TITLES:
        return False
    short = initial or key in _FINAL or _ACRONYM.fullmatch(token) is not None
    if small:
        return not (cased or short or key in _BEFORE_NUMBER)
    if key in _BEFORE_NUMBER:
        return not _NUMBER.match(word)
    if key in _TIMES:
        return not _AFTER_TIME.match(word)
    if token.isdigit() and len(token) < 3:
        return word not in _GERMAN_ORDINAL_NOUNS
    if initial and _LABELLED.search(text[max(start, mark - 24) : mark]):
        return True
    starts = word in _STARTERS and not (dot and len(word) == 1)
    return not short or starts or bool(set(opener) & set("\"'“‘„«「"))
