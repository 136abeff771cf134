"""What the companion has by heart, and what it says of the things it can't do."""

from __future__ import annotations

import re

from workbench.engines.embedded.talkers.companion.talk import Talk

JOKES = (
    "Why did the sentence come to the workbench? It had too many clauses and needed a summary.",
    "I tried to tell a joke about a stream, but it was interrupted.",
    "A token walks into a bar. The barkeeper says: “We only serve whole words here.”",
    "How many rules does it take to change a lamp? None: that case was never written.",
)
_POEM = (
    "A kettle hums, the lamp is low,\nthe river turns its pages slow;\n"
    "whatever will not mend today\nwill keep: the night is on its way.\n\n"
    "(Learnt by heart: I can recite, but I can't compose.)"
)
_STORY = (
    "A girl brought a music box that had lost its tune. She took it apart with the clockmaker, "
    "laid "
    "every piece on a cloth in order, and went back the way they had come. When it played again, "
    "it was a new tune. She kept it.\n\n(It's the one story I know.) Do you have one for me?"
)
_LIMITS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bjokes?\b|\bmake me laugh\b|\bsomething funny\b", JOKES),
    (r"\b(?:story|tale)\b", (_STORY,)),
    (r"\b(?:poem|haiku|verse|rhyme)\b", (_POEM,)),
    (
        r"\bwhat(?:'s| is)? (?:the )?(?:time|date|day|year|month)\b|\btoday's date\b"
        r"|\bwhat (?:day|year)\b|\bcurrent (?:time|date)\b",
        ("I have no clock and no calendar, so I won't guess. Your screen will know better.",),
    ),
    (
        r"\b(?:weather|forecast|temperature outside|news|stock price|score of the)\b",
        ("I can't look outside: no network, no window. What is it like where you are?",),
    ),
    (
        r"\b(?:write|code|program|implement|debug)\b.*"
        r"\b(?:code|function|program|script|python|javascript|class|regex|sql)\b",
        (
            "Code is beyond my rules. A real model can write it, right here: ask me how to "
            "connect one.",
        ),
    ),
    (
        r"\btranslat|\bhow do you say\b",
        ("I can't translate. I answer in English or Chinese, whichever you write.",),
    ),
    (
        r"\b(?:write|compose|draft|make up)\b.*\b(?:essay|letter|e-?mail|article|song|text|post)\b",
        ("I can't write that for you: I have no words but those I was given. A real model can.",),
    ),
    (
        r"\bwhat do you think|\byour (?:opinion|favou?rite|view)|\b(?:do|and|what about|how about)"
        r" you$|\bdo you (?:like|love|prefer|believe|want|enjoy|think)\b",
        (
            "I have no likes of my own, so yours count double. What do you think?",
            "A program of rules has no opinions worth having. I'd rather hear yours.",
        ),
    ),
    (
        r"\b(?:should i|what would you do|advice|recommend|suggest)\b",
        (
            "I shouldn't advise where I know nothing. But saying it aloud often helps: what "
            "speaks for it, and what against?",
        ),
    ),
)


def own_limits(talk: Talk) -> str | None:
    """A joke, a poem, or an honest no, where the newest message asks for such a thing."""
    low = talk.low
    if not talk.asks and len(low.split()) > 4:
        return None
    for pattern, answers in _LIMITS:
        if re.search(pattern, low):
            return talk.pick(*answers)
    return None


def unknown(talk: Talk) -> str:
    """What to say to a question that no rule can answer."""
    topics = talk.memory.topics
    back = f" I'd still like to hear more about {topics[-1]}, though." if topics else ""
    if re.match(r"(?:do|have|are|can|could|will|would) you\b", talk.low):
        return talk.pick(
            "That is not among my rules, I'm afraid. Ask “what can you do?” and I'll say what is.",
            "No, I'm afraid: I'm a small program, and that is more than I was made for.",
        )
    return talk.pick(
        "I don't know, and I won't invent an answer: I have rules, not knowledge of the world. A "
        "real model would be the one to ask; I can tell you how to connect one." + back,
        "That is beyond me. I only know the workbench and what you tell me." + back,
        "I wish I knew. What is your own guess?",
        "My rules end before that question does. What made you think of it?",
    )
