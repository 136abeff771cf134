"""The companion's answers in English: the first rule that fits has the word."""

from __future__ import annotations

import re
from dataclasses import replace

from workbench.chat.conversation import Message
from workbench.engines.embedded.talkers.companion.bench import about_workbench
from workbench.engines.embedded.talkers.companion.limits import own_limits, unknown
from workbench.engines.embedded.talkers.companion.memory import best, name_in, remember
from workbench.engines.embedded.talkers.companion.recall import follow_up, from_memory
from workbench.engines.embedded.talkers.companion.self import about_self
from workbench.engines.embedded.talkers.companion.skills import use_skill
from workbench.engines.embedded.talkers.companion.smalltalk import in_danger, small_talk
from workbench.engines.embedded.talkers.companion.statements import take_up
from workbench.engines.embedded.talkers.companion.talk import Talk
from workbench.engines.embedded.talkers.companion.words import turned

_PICTURE = (
    "Thank you for the picture. I can't see it: I only read words. The Captioning tab can say "
    "what it shows, and a model that sees can answer here."
)
_HELLO = re.compile(r"\W*(?:hi|hello|hey)\b")
_TROUBLE = re.compile(
    r"\bi (?:get|got|have|see|had) an? (?:\w+ )?error\b|\bit does(?:n't"
    r"| not) work\b"
)


def answer_english(talk: Talk) -> str:
    """The answer to the newest message. There always is one."""
    if not talk.text.strip():
        return _PICTURE if talk.pictures else "I'm listening. What is on your mind?"
    rules = (
        in_danger,
        _unreadable,
        _introduction,
        about_self,
        from_memory,
        use_skill,
        follow_up,
        small_talk,
        _told_to_know,
        _workbench,
        own_limits,
    )
    answer = next(filter(None, (rule(talk) for rule in rules)), None)
    answer = answer or (unknown(talk) if talk.asks else take_up(talk))
    return f"{_tongue(talk)}{answer}" + (f"\n\n{_PICTURE}" if talk.pictures else "")


def _tongue(talk: Talk) -> str:
    tongue = talk.setting.tongue
    if tongue in ("", "English", "Chinese") or talk.said:
        return ""
    return f"I was asked to speak {tongue}, but I know English and Chinese only. "


def _unreadable(talk: Talk) -> str | None:
    letters = re.findall(r"[^\W\d_]", talk.text[:1000])
    foreign = sum(letter > "\u024f" for letter in letters)
    if foreign * 2 > len(letters):
        return "I'm sorry, I only read English and Chinese. A real model may know your language."
    if not re.search(r"\w", talk.text):
        return "I see signs there, but no words. What would you like to say?"
    return None


def _introduction(talk: Talk) -> str | None:
    name, asks = name_in(talk.text, talk.last), "?" in talk.text
    if not name or (asks and not _HELLO.match(talk.low)):
        return None
    if talk.memory.name and talk.memory.name != name:
        return f"{name} it is, then; until now I called you {talk.memory.name}."
    hello = talk.pick(f"Nice to meet you, {name}.", f"Hello {name}, good to meet you.")
    if asks:
        rest = replace(talk, text=talk.text[talk.text.index(name) + len(name) :].strip(" .,!;"))
        return f"{hello} {about_self(rest) or small_talk(rest) or unknown(rest)}"
    now = remember([Message("user", talk.text)])
    if now.topics:
        return f"{hello} {take_up(talk)}"
    if more := [each for each in now.told if name not in each]:
        return f"{hello} So {turned(more[-1])}. {talk.pick('How is that?', 'Tell me more.')}"
    return f"{hello} {talk.pick('What do you like to do?', 'What brings you here?')}"


def _told_to_know(talk: Talk) -> str | None:
    """A sentence of the system message that has most to do with the question."""
    return best(talk.low, talk.setting.facts) or None if talk.asks else None


def _workbench(talk: Talk) -> str | None:
    low = talk.low
    if talk.asks or len(low.split()) < 5 or _TROUBLE.search(low):
        return about_workbench(low)
    return None
