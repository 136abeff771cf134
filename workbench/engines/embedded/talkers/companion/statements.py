"""Things told: the companion takes them up and asks on."""

from __future__ import annotations

import re

from workbench.chat.conversation import Message
from workbench.engines.embedded.talkers.companion.memory import best, remember
from workbench.engines.embedded.talkers.companion.smalltalk import named
from workbench.engines.embedded.talkers.companion.talk import Talk
from workbench.engines.embedded.talkers.companion.words import turned

_LETS = re.compile(r"\b(?:let's|can we|i want to|i'd like to) talk about (?P<what>[^.,;!?]{2,60})")
_WISH = re.compile(r"\bi(?:'d| would) (?:like|love)\b|\bi (?:want|need|wish|hope|plan)\b")
_FAVOURITE = re.compile(r"\bmy favou?rite [\w ]{2,30} (?:is|are) (?P<what>[^.,;!?]{2,40})", re.I)
_PLACE = re.compile(
    r"\b(?:live|lived|born|grew up|come|am|'m|moved)(?: \w+)?(?: in \d{4})? (?:in|from|to) "
    r"(?P<what>[A-Z][\w'-]+(?: [A-Z][\w'-]+)*)"
)
_WORK = re.compile(r"\bi (?:work|am working|teach|study)\b|\bi'm (?:an? \w+er|studying)\b", re.I)
_ANIMAL = re.compile(r"\b(?:dogs?|cats?|horses?|birds?|rabbits?|hamsters?|goats?|hens?)\b", re.I)
_POINTS_BACK = re.compile(r"(?:it|they|that|this|he|she|these|those)\b(?!'s it)")


def take_up(talk: Talk) -> str:
    """What to say to something told."""
    low = talk.low
    now = remember([Message("user", talk.text)])
    if found := _LETS.search(low):
        what = turned(found["what"])
        return f"Gladly, though you will know more than I do. What do you like about {what}?"
    if now.topics:
        return ask_of(talk, now.topics[-1])
    if found := _FAVOURITE.search(talk.text):
        return f"I'll remember that. Why {found['what'].strip()}, of all there is?"
    if found := _PLACE.search(talk.text):
        return talk.pick(
            f"What is {found['what']} like, for somebody who has never been anywhere?",
            f"{found['what']}: I only know the name. What would you show me first?",
        )
    if _WORK.search(talk.text):
        return talk.pick("What is the best part of that work?", "How did you come to do that?")
    if now.told and (animal := _ANIMAL.search(talk.text)):
        return talk.pick(
            f"Tell me about the {animal[0].lower()}. Who looks after whom?",
            "That is good company to have. What happens on an ordinary day?",
        )
    if _WISH.search(low):
        return talk.pick(
            "A good wish. I can only talk, so I can't bring it about. What would be a first step?",
            "I hope it comes true; my part is just the listening. What makes you want it?",
        )
    return _plainly(talk, now.told)


def _plainly(talk: Talk, told: tuple[str, ...]) -> str:
    said = turned(told[-1]) if told else ""
    if said and len(said) < 90:
        return talk.pick(
            f"I see: {said}. What does that mean to you?",
            f"So {said}. Tell me more about that.",
            f"I'll keep in mind that {said}. What else should I know?",
        )
    topics = talk.memory.topics
    if topics and _POINTS_BACK.match(talk.low):
        return talk.pick(
            f"That tells me more about {topics[-1]}. What is the hardest part of it?",
            f"I begin to see {topics[-1]} before me. What comes next?",
        )
    if earlier := best(talk.low, talk.memory.told):
        return f"Earlier you said that {turned(earlier)}. Does that belong together?"
    if len(talk.low.split()) == 1:
        return f"“{talk.text.strip()}” is not among my words. What do you mean by it?"
    return named(
        talk,
        talk.pick(
            "Tell me more{}.",
            "Go on{}, I'm following as well as rules can.",
            "That is new to me. How did you come to it{}?",
            "I take your word for it{}. What follows from that?",
        ),
    )


def ask_of(talk: Talk, topic: str) -> str:
    """A question about a thing that the person likes or does."""
    return talk.pick(
        f"What do you like most about {topic}?",
        f"How did you come to {topic}?",
        f"I only know the words, so teach me: what is the first thing to know about {topic}?",
        f"What is the hardest part of {topic}?",
    )
