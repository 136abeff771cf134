"""Small things that rules can really do with words and numbers."""

from __future__ import annotations

import re

from workbench.engines.embedded.talkers.companion.sums import work_out
from workbench.engines.embedded.talkers.companion.talk import Talk
from workbench.engines.embedded.talkers.companion.words import first_upper
from workbench.engines.embedded.talkers.spoken import chance

_COUNT = re.compile(
    r"\b(?:count|how many)\b.{0,20}?\b(?P<what>words?|letters?|characters?|vowels?|sentences?)\b"
    r"(?:\s+(?:are|there|does|do|has|have|in|of|the|this|these|following|sentence|text|word"
    r"|phrase))*"
    r"\s*:?\s*(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LETTERS = re.compile(
    r"\bhow many (?P<letter>[a-z])(?:['’]?s)?(?: are)?(?: there)? in (?:the word )?"
    r"\W*(?P<word>\w+)",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"(?:can you |could you |please |now )*"
    r"(?P<how>reverse|spell backwards?|say backwards|uppercase|upper case|lowercase|lower case"
    r"|capitali[sz]e|shout|spell|sort|alphabeti[sz]e|repeat after me|repeat|say)\b"
    r"(?:\s+(?:the|this|these|following|word|words|text|sentence|phrase"
    r"|list)\b)*\s*:?\s*(?P<text>.+)",
    re.IGNORECASE | re.DOTALL,
)
_OR = re.compile(
    r"\b(?:choose|pick|decide)\b(?: one)?(?: for me)?(?: between| from)?\s*[:,]?\s*(?P<list>.+)",
    re.IGNORECASE,
)
_CHANCE = re.compile(r"\b(?:flip|toss)\b.*\bcoin\b|\broll\b.*\b(?:dice|die)\b", re.IGNORECASE)
_SUMMARY = re.compile(
    r"(?:please |can you |could you )*(?:summari[sz]e|sum up|shorten)\b"
    r"(?:\s+(?:this|the|following|text|article))*\s*:?\s*(?P<text>.+)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTES = "\"'“”‘’«»「」 \n"


def use_skill(talk: Talk) -> str | None:
    """What the newest message asks for, done; None when it asks for none of these things."""
    text = talk.text[:8000].strip()
    for skill in (_count, _sum, _summary, _change, _choose):
        if answer := skill(text, talk):
            return answer
    return None


def _count(text: str, talk: Talk) -> str | None:
    if found := _LETTERS.search(text):
        letter, word = found["letter"].lower(), found["word"]
        return f"{_many(word.lower().count(letter), f'“{letter}”')} in “{word}”."
    found = _COUNT.search(text)
    if not found:
        return None
    given = found["text"].strip(_QUOTES + "?")
    if re.match(r"(?:my|your)\s+(?:last|previous)\b", given):
        side = "user" if given.startswith("my") else "assistant"
        given = next((m.content for m in reversed(talk.before) if m.role == side), "")
    what = found["what"].lower().rstrip("s")
    if not given:
        return f"Gladly: write the text after a colon, as in “count the {what}s: …”."
    patterns = {
        "word": r"\w+(?:['’-]\w+)*",
        "letter": r"[^\W\d_]",
        "character": r".",
        "vowel": r"(?i:[aeiou])",
        "sentence": r"[^.!?]+[.!?]*",
    }
    number = len(re.findall(patterns[what], given, re.DOTALL))
    shown = given if len(given) <= 60 else given[:57].rstrip() + "…"
    return f"{'That is' if number == 1 else 'I count'} {_many(number, what)} in “{shown}”."


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _sum(text: str, talk: Talk) -> str | None:  # noqa: ARG001
    worked = work_out(text)
    if worked is None:
        return None
    written, value = worked
    if not value:
        return f"{written}: that divides by zero, and nothing comes of that."
    return f"{written} = {value}"


def _summary(text: str, talk: Talk) -> str | None:  # noqa: ARG001
    found = _SUMMARY.fullmatch(text)
    if not found or len(found["text"].split()) < 30:
        return None
    from workbench.engines.embedded.summarizer import summarize

    short = summarize(found["text"].strip(_QUOTES), min_length=10, max_length=60)
    return f"The sentences that say most of it:\n\n> {short}\n\nThe Summarization tab has the rest."


def _change(text: str, talk: Talk) -> str | None:  # noqa: ARG001
    found = _CHANGE.fullmatch(text)
    if not found:
        return None
    how, given = found["how"].lower(), found["text"].strip(_QUOTES)
    if how == "say" and (text[len("say") :].lstrip()[:1] not in _QUOTES.strip() + ":"):
        return None  # "say something nice" is no dictation
    if how in ("repeat", "spell") and given.lower().rstrip("?!. ") in ("that", "it", "please"):
        return None
    given = re.sub(r"\s+backwards\W*$", "", given) if how == "spell" else given
    if text.rstrip("?!. ").lower().endswith("backwards") or how.startswith(("reverse", "spell b")):
        return given.rstrip("?")[::-1]
    if how in ("sort", "alphabetise", "alphabetize"):
        parts = [part.strip() for part in re.split(r",|\n|\band\b", given.rstrip(".?"))]
        if len(parts) < 2:
            parts = given.split()
        return ", ".join(sorted(filter(None, parts), key=_in_order))
    if how == "spell":
        return "-".join(given.rstrip("?.").upper())
    if how.startswith(("upper", "capital", "shout")):
        return given.upper()
    return given.lower() if how.startswith("lower") else given


def _in_order(text: str) -> tuple[bool, float, str]:
    number = re.fullmatch(r"-?\d{1,15}(?:\.\d{1,9})?", text)
    return (not number, float(text) if number else 0.0, text.lower())


def _choose(text: str, talk: Talk) -> str | None:
    key = (talk.seed, text, len(talk.before))
    if found := _CHANCE.search(text):
        if "coin" in found[0].lower():
            return f"{('Heads', 'Tails')[chance(*key) % 2]}. (Drawn from the seed and our talk.)"
        return f"A {chance(*key) % 6 + 1}. (Drawn from the seed and our talk.)"
    chosen = _OR.search(text)
    parts = re.split(r",|\bor\b|\band\b", chosen["list"].rstrip("?.! ")) if chosen else []
    parts = [part.strip() for part in parts if part.strip()]
    if len(parts) < 2:
        return None
    return (
        f"{first_upper(parts[chance(*key) % len(parts)])}, then. I drew it by lot, so you may "
        "overrule me."
    )
