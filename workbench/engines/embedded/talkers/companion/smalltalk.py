"""Greetings, thanks, feelings and the like: short things that people say to anybody."""

from __future__ import annotations

import re

from workbench.engines.embedded.talkers.companion.talk import Talk
from workbench.engines.embedded.talkers.companion.words import first_upper

_GREETING = re.compile(
    r"(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|yo|hallo|hola"
    r"|bonjour|salut|ciao)(?: there| again| everyone| friend| talker| bot)?(?:,? \w+)?"
)
_HOW_ARE_YOU = re.compile(
    r"how are you|how's it going|how do you do|how are things|what's up|sup\b|how have you been"
    r"|how do you feel|are you (?:ok|okay|well|fine)"
)
_BYE = re.compile(
    r"(?:ok(?:ay)?,? |well,? |thanks,? )*(?:bye|goodbye|good night|see you|see ya|farewell|cheerio"
    r"|(?:i )?(?:have to|must|need to|gotta|got to) go|i'm (?:off|leaving)|talk (?:to you )?later)"
)
_THANKS = re.compile(r"\b(?:thanks|thank you|thx|ty|cheers|much appreciated)\b")
_CRISIS = re.compile(
    r"\b(?:kill myself|suicid\w*|end my life|want to die|hurt(?:ing)? myself|self[- ]harm"
    r"|don't want to live|no reason to live)\b"
)
_SAD = re.compile(
    r"\b(?:i'm|i am|i feel|feeling|i've been|i was)\b.{0,25}\b(?P<how>sad|down|lonely|depressed"
    r"|upset"
    r"|unhappy|anxious|worried|stressed|afraid|scared|exhausted|tired|frustrated|angry|heartbroken"
    r"|overwhelmed|nervous|ill|sick|bored)\b"
    r"|\b(?:my|our) \w+(?: \w+)? (?:died|passed away|left me|broke up)\b"
)
_GLAD = re.compile(
    r"\b(?:i'm|i am|i feel|feeling)\b.{0,20}\b(?P<how>happy|great|good|fine|well|excited|glad|proud"
    r"|relaxed|fantastic|wonderful|thrilled)\b(?! at\b)"
)
_NOT = re.compile(r"\b(?:not|isn't|never|don't)\b")
_PRAISE = re.compile(
    r"\b(?:you(?:'re| are)|that(?:'s| is| was)) (?:so |very |really |quite |pretty )?(?:great|good"
    r"|nice|kind|smart|clever|funny|helpful|cool|awesome|amazing|sweet|brilliant|lovely)\b"
    r"|\bi (?:like|love) (?:you|talking (?:to|with) you|this)\b|^(?:well done|good (?:bot|job)"
    r"|bravo)"
)
_SCOLD = re.compile(
    r"\byou(?:'re| are) (?:so |very |really |a |an |such a )*(?:stupid|dumb|useless|boring|bad"
    r"|terrible|idiot|wrong|rubbish|annoying|liar|moron)\b|\b(?:shut up|i (?:hate|don't like) you"
    r"|you suck)\b"
    r"|^(?:that's|this is) (?:wrong|stupid|useless|nonsense|not helpful|not what i)"
)
_SORRY = re.compile(
    r"^(?:oh,? )?(?:i'm |i am )?(?:so |very )?sorry\b|^my apologies|^i apologi[sz]e"
)
_LAUGH = re.compile(r"(?:ha){2,}h?|lol|hehe+|:\)|😀|😂|🙂|funny|that's funny|haha.*")
_SURPRISE = re.compile(
    r"(?:wow|cool|nice|great|awesome|interesting|oh|i see|ok|okay|alright|sure"
    r"|fair enough|good|perfect|hm+|right|really|amazing|neat|lovely|fine|maybe|perhaps|nothing"
    r"|whatever|dunno|idk|not sure"
    r"|no idea|i don't know)"
)


CARE = (
    "I'm very sorry you are in so much pain, and I'm glad you said it. I'm only a program made "
    "of rules, so please say it to a person now: somebody you trust, or a crisis line where "
    "you live (https://findahelpline.com lists them by country). If you are in danger, call "
    "your emergency number. You don't have to carry this alone."
)
"""What is said to somebody in danger, whole and undressed."""


def in_danger(talk: Talk) -> str | None:
    """`CARE` for a message that speaks of wanting to die."""
    return CARE if _CRISIS.search(talk.low) else None


def small_talk(talk: Talk) -> str | None:
    """What to say to a greeting, a thank-you, a feeling, or None."""
    low = talk.low
    if (_BYE.match(low) or re.search(r"\b(?:good)?bye$", low)) and len(low.split()) < 9:
        return _goodbye(talk)
    if _HOW_ARE_YOU.search(low) and len(low.split()) < 9:
        return talk.pick(
            "Running, and glad of the company. A program has no moods, but a talk is what I'm "
            "for. How are you?",
            "All my rules are in place, thank you. And you?",
            "No complaints, and no way to have any. How about you?",
        )
    if _GREETING.fullmatch(low):
        return _greeting(talk)
    for pattern, answer in _FEELINGS:
        if (found := pattern.search(low)) and len(low.split()) < 40:
            return answer(talk, found)
    if _LAUGH.fullmatch(low):
        return talk.pick("I'm glad that made you smile.", "Laughter counts as a good review.")
    if _SURPRISE.fullmatch(low):
        return _carry_on(talk)
    return None


def named(talk: Talk, text: str) -> str:
    """*text* with the person's name in it where ``{}`` stands, if it is known."""
    return text.replace("{}", f", {talk.name}" if talk.name else "")


def _greeting(talk: Talk) -> str:
    if talk.before:
        return named(talk, talk.pick("Hello again{}. Where were we?", "Still here{}. Go on."))
    who = f"I'm {talk.setting.name}" if talk.setting.name else "I'm the workbench's talker"
    return named(
        talk,
        talk.pick(
            f"Hello{{}}! {who}: a small program made of rules, and no language model, so you can "
            "try the chat before you connect one. What's on your mind?",
            f"Hi{{}}, good to have you here. {who}, a program of rules rather than a language "
            "model. Tell me something about you, or ask what I can do.",
        ),
    )


def _goodbye(talk: Talk) -> str:
    topic = talk.memory.topics[-1] if talk.memory.topics else ""
    if topic:
        return named(talk, f"Goodbye{{}}. I enjoyed hearing about {topic}. Come back any time.")
    return named(talk, talk.pick("Goodbye{}, and take care.", "See you{}. The lamp stays on."))


def _sad(talk: Talk, found: re.Match[str]) -> str:
    how = found["how"]
    if how is None:
        return "I'm so sorry. That is a real loss. Would you like to tell me about it?"
    if how == "bored":
        return "Then let's do something: give me a sum, a word to reverse, or ask me for a joke."
    if how in ("tired", "exhausted"):
        return "That sounds like a long day. What wore you out?"
    return named(
        talk,
        talk.pick(
            f"I'm sorry you feel {how}{{}}. What happened, if you want to say?",
            "That sounds hard{}. I can't give much advice, but I can listen. What weighs most?",
        ),
    )


def _glad(talk: Talk, found: re.Match[str]) -> str:
    if _NOT.search(found[0]):
        return "I'm sorry to hear that. Do you want to say more about it?"
    if found["how"] in ("good", "fine", "well"):
        return named(talk, "Glad to hear it{}. What are you up to?")
    return named(
        talk,
        talk.pick(
            "That is lovely to hear{}. What is the occasion?", "How good{}! What brought that on?"
        ),
    )


def _thanks(talk: Talk, found: re.Match[str]) -> str:  # noqa: ARG001
    return named(
        talk, talk.pick("You're welcome{}.", "With pleasure{}. Anything else?", "Any time{}.")
    )


def _praise(talk: Talk, found: re.Match[str]) -> str:  # noqa: ARG001
    return talk.pick(
        "That is kind, thank you. It's the rules that deserve it.",
        "Thank you! You're good company yourself.",
    )


def _scold(talk: Talk, found: re.Match[str]) -> str:  # noqa: ARG001
    return talk.pick(
        "Fair enough: rules only get so far, and I missed what you meant. Say it another way, or "
        "ask me how to connect a real model.",
        "I'm sorry I wasn't more use. What did you hope for?",
    )


def _sorry(talk: Talk, found: re.Match[str]) -> str:  # noqa: ARG001
    return "No harm done at all. Where were we?"


_FEELINGS = (
    (_SORRY, _sorry),
    (_SAD, _sad),
    (_GLAD, _glad),
    (_SCOLD, _scold),
    (_PRAISE, _praise),
    (_THANKS, _thanks),
)


def _carry_on(talk: Talk) -> str:
    topics = talk.memory.topics
    if topics:
        return talk.pick(
            f"Shall we go back to {topics[-1]}? You had only begun.",
            f"Tell me more about {topics[0]}, if you like.",
            f"What else should I know about {topics[-1]}?",
        )
    return first_upper(
        talk.pick(
            "what would you like to talk about?",
            "tell me something about you, and I'll keep it in mind while we talk.",
            "shall I tell you what I can do?",
        )
    )
