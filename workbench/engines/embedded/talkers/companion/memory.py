"""What the person told of themselves earlier in the talk. Nothing is kept beyond it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.chat.conversation import Message
from workbench.engines.embedded.talkers.companion.words import plain, stems, turned
from workbench.sentences import sentence_spans

_NAME = re.compile(
    r"\b(?:[Mm]y name(?:'s| is)|[Cc]all me|[Tt]he name's|[Mm]y friends call me)\s+"
    r"(?P<name>[^\W\d_][\w'-]*(?: [A-Z][\w'-]+)?)"
)
_I_AM = re.compile(
    r"\b(?:I'm|I am|i'm|i am|im)\s+(?P<name>[A-Z][a-zà-ÿ'-]+)(?=\s*(?:[.,!?]|$|and\b"
    r"|from\b))"
)
_NAME_ZH = re.compile(
    r"(?:我叫|我的名字(?:是|叫)|叫我)(?!什么|啥)(?P<name>[^\s，。！？,.!?吧]{1,8})"
)
_ASKED = ("What is your name?", "What should I call you?", "怎么称呼你？")
_ALONE = re.compile(r"(?:[Ii]t(?:'|’)s |[Ii]t is |[Jj]ust )?(?P<name>[^\W\d_]{2,20})[.!。！]?")
_NO_NAME = {
    *("no", "yes", "why", "nothing", "nobody", "never", "maybe", "hello", "hi", "what", "thanks"),
    *("not", "just", "so", "very", "fine", "good", "well", "ok", "okay", "happy", "sad", "tired"),
    *("here", "back", "sorry", "sure", "glad", "bored", "from", "british", "american", "french"),
    *("dutch", "russian", "greek", "swiss", "canadian", "australian", "brazilian", "mexican"),
    *("german", "italian", "spanish", "chinese", "indian", "english", "a", "an", "the", "in", "on"),
}
_TOLD = re.compile(
    r"(?:well,? |so,? |and |but |also,? |actually,? |yes,? |no,? |hi,? |hello,? )*"
    r"(?:i(?:'m|'ve|'d)?|my|we|our)\b",
    re.IGNORECASE,
)
_NOT_TOLD = re.compile(
    r"(?:\w+,? )?i(?:'d| would| want| need| wonder| think| thought| mean| guess| said| asked"
    r"| don't know| do not know| can't hear| see\b| hope| 'll| will ask)",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\bi(?:'m| am|'ve been| have been)?(?: \w+ly)?(?: also| just)? (?:like|love|enjoy|adore"
    r"|prefer|study|studying|play"
    r"|collect|read|reading|learning|learn|building|build|making|writing|planning|teach|into"
    r"|interested in|fond of|work on|working on|work in|work with|started|starting)"
    r"(?: about| a lot of| reading)?\s+(?!to\b|it\b|that\b|this\b|you\b)(?P<topic>[^.,;!?]{2,60}?)"
    r"(?=\s+(?:and|but|because|with|in|on|at|when|every|since|very|so|now|here|too|with)\b"
    r"|[.,;!?]|$)",
    re.IGNORECASE,
)
_AND_I = re.compile(r",? and (?=(?:i|i'm|i've|my|we)\b)", re.IGNORECASE)
# What is asked with other words than it was told with.
_KINDS = (
    (r"\bjob\b|\bprofession\b|\bfor a living\b", r"\bi(?:'m| am) an? \w+|\bi work\b|\bmy job\b"),
    (r"\bwhere\b.*\bfrom\b", r"\bfrom \w|\bborn in\b|\bgrew up\b"),
    (r"\bhow old\b|\bmy age\b", r"\b\d+ years old\b|\bi(?:'m| am) \d+\b|\bborn in \d{4}\b"),
)
_PREFIX = re.compile(r"^(?:well|so|and|but|also|actually|yes|no|hi|hello)\b[, ]+", re.IGNORECASE)


@dataclass(frozen=True)
class Memory:
    """The person's name, what they told (as they said it), and what they like or do."""

    name: str = ""
    told: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def recall(self, question: str) -> str:
        """What was told that answers *question* best, turned to you; empty for nothing.

        >>> Memory(told=("I live in Oslo",)).recall("Where do I live?")
        'you live in Oslo'
        """
        for asked, answered in _KINDS:
            if re.search(asked, question):
                fitting = [told for told in self.told if re.search(answered, told.lower())]
                if fitting:
                    return turned(fitting[-1])
        found = best(question, self.told)
        return turned(found) if found else ""


def best(question: str, told: Sequence[str]) -> str:
    """The newest of *told* that shares the most words with *question*; empty for none."""
    asked = stems(question)
    scored = [(len(asked & stems(each)), index) for index, each in enumerate(told)]
    score, index = max(scored, default=(0, 0))
    return told[index] if score else ""


def remember(messages: Sequence[Message]) -> Memory:
    """What *messages* of the user tell; later words win over earlier ones.

    >>> remember([Message("user", "Hi, I'm Ada. I love old maps.")])
    Memory(name='Ada', told=("I'm Ada", 'I love old maps'), topics=('old maps',))
    """
    name, told, topics = "", [], []
    last = ""
    for message in messages:
        if message.role != "user":
            last = message.content if message.role == "assistant" else last
            continue
        text = message.content[:4000].replace("’", "'")
        name = name_in(text, last) or name
        for start, end in sentence_spans(text):
            sentence = text[start:end].strip()
            if (
                re.search(r"\?|\byour?\b", sentence)
                or not _TOLD.match(sentence)
                or _NOT_TOLD.match(sentence)
            ):
                continue
            while shorter := _PREFIX.sub("", sentence, count=1):
                if shorter == sentence:
                    break
                sentence = shorter
            told += _AND_I.split(sentence.rstrip(" .!"))
            topics += [_yours(found["topic"]) for found in _TOPIC.finditer(sentence)]
    return Memory(name, tuple(told), tuple(topics))


def _yours(topic: str) -> str:
    return turned(re.sub(r"^an? ", "my ", topic.strip()))


def name_in(text: str, last: str = "") -> str:
    """The name that *text* introduces somebody with, or nothing.

    A name alone will do where *last*, what was said before, asked for it.

    >>> name_in("Call me Bo"), name_in("It's Bo."), name_in("It's Bo.", "What is your name?")
    ('Bo', '', 'Bo')
    """
    found = _NAME.search(text) or _I_AM.search(text) or _NAME_ZH.search(text)
    if not found and last.rstrip().endswith(_ASKED):
        found = _ALONE.fullmatch(text.strip())
    if not found or plain(found["name"]) in _NO_NAME:
        return ""
    name = found["name"].strip("'-")
    return name if name[:1].isupper() else name.title()
