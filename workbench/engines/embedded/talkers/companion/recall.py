"""Questions about the talk itself: what was told, what was said, once more, shorter."""

from __future__ import annotations

import re

from workbench.engines.embedded.talkers.companion.bench import CONNECT
from workbench.engines.embedded.talkers.companion.limits import JOKES
from workbench.engines.embedded.talkers.companion.memory import name_in
from workbench.engines.embedded.talkers.companion.self import SKILLS
from workbench.engines.embedded.talkers.companion.talk import Talk
from workbench.engines.embedded.talkers.companion.words import turned
from workbench.sentences import sentence_spans

_MY_NAME = re.compile(r"\b(?:my name|who am i|what i'm called|who i am)\b")
_ABOUT_ME = re.compile(
    r"\bwhat (?:do|did) (?:you (?:know|remember|learn)|i (?:say|tell you))\b"
    r"|\b(?:know|remember|told you) about me\b|\bwhat have i (?:told|said)\b"
    r"|\bwhat (?:did|were) we talk(?:ing)? about\b|\bsum up our (?:talk|chat|conversation)\b"
)
_WROTE = re.compile(
    r"\bwhat (?:was|is|were) my (?:very )?(?P<which>first|last|previous) (?:message|question"
    r"|words?)"
    r"|\bwhat did i (?:just )?(?:say|ask|write)(?: you)? (?P<when>first|last|before)"
)
_AGAIN = re.compile(
    r"(?:(?:please |can you |could you )*(?:say|repeat) (?:that|it)(?: again)?|again|pardon(?: me)?"
    r"|come again|what did you (?:just )?say)(?: please)?"
)
_SHORTER = re.compile(r"\b(?:shorter|in short|too long|tl;?dr|briefly)\b")
_MORE = re.compile(
    r"(?:go on|continue|carry on|more|tell me more|and|keep going|another(?: one)?|one more)"
    r"(?: please)?"
)
_YES = re.compile(
    r"(?:yes|yeah|yep|yup|sure|please|ok|okay|of course|why not|absolutely|i would|go ahead"
    r"|sounds good)(?:,? .{0,20})?"
)
_NO = re.compile(r"(?:no|nope|nah|not really|no thank you|not now|i don't|never)(?:,? .{0,20})?")
_YES_OR_NO = re.compile(r"(?:shall|would|do|does|are|is|may|can|want)\b", re.IGNORECASE)
_WHY = re.compile(r"(?:but )?why(?: not| is that| so| do you ask)?")
_ELSEWHERE = re.compile(r"\b(?:can|should|could|may|do) i\b(?! (?:live|work|like|have|study|play))")


def from_memory(talk: Talk) -> str | None:
    """The answer to a question about what the person told."""
    low = talk.low
    if not talk.asks and "remember" not in low:
        return None
    if _MY_NAME.search(low):
        name = talk.name
        return f"Your name is {name}." if name else "You haven't told me yet. What is your name?"
    if found := _WROTE.search(low):
        mine = [m.content for m in talk.before if m.role == "user"]
        first = "first" in found.groups()
        return f"You wrote: “{mine[0 if first else -1]}”" if mine else None
    if _ABOUT_ME.search(low):
        return _all_told(talk)
    if not re.search(r"\b(?:i|my|me|mine|i'm|we|our)\b", low) or _ELSEWHERE.search(low):
        return None
    if recalled := talk.memory.recall(low):
        return f"You told me that {recalled}."
    if re.match(r"(?:and |so )?(?:what|where|when|who|which|how old|do you remember)\b", low):
        return "You haven't told me that, as far as I can find. Tell me, and I'll keep it in mind."
    return None


def _all_told(talk: Talk) -> str:
    memory = talk.memory
    told = [turned(each) for each in memory.told if not name_in(each)][-5:]
    known = [f"your name is {memory.name}"] * bool(memory.name) + told
    if not known:
        return "Nothing yet: you haven't told me about yourself. I'd like to hear something."
    return f"This is what you told me: {'; '.join(known)}. I know it from this talk alone."


def follow_up(talk: Talk) -> str | None:
    """What follows from the companion's own last words."""
    low, last = talk.low, talk.last
    if _AGAIN.fullmatch(low):
        return last or "I haven't said anything yet."
    if not last:
        return None
    spans = sentence_spans(last)
    if _SHORTER.search(low) and len(low.split()) < 7 and spans:
        return last[: spans[0][1]]
    if _WHY.fullmatch(low):
        return "Because a rule of mine said so, and it can't say more. What made you wonder?"
    if _MORE.fullmatch(low):
        if any(joke in last for joke in JOKES):
            return talk.pick(*JOKES)
        return talk.pick(
            "I've said what I know of that. Your turn?", "My rules end there. And you?"
        )
    asked = last[slice(*spans[-1])] if spans else ""
    if not asked.rstrip().endswith("?"):
        return None
    if _YES.fullmatch(low) and (_YES_OR_NO.match(asked) or low.startswith("y")):
        if "what I can do" in asked:
            return SKILLS
        if "connect" in asked:
            return CONNECT
        return talk.pick("Good. Tell me about it.", "Then go ahead, I'm listening.", "How so?")
    if _NO.fullmatch(low):
        return talk.pick(
            "That's fine. What would you rather talk about?",
            "All right, we'll leave it at that. What else is on your mind?",
        )
    return None
