"""Who the companion says it is: the part it was given, and what it is behind it."""

from __future__ import annotations

import re

from workbench.engines.embedded.talkers.companion.talk import Talk

_WHO = re.compile(
    r"\b(?:who|what) (?:exactly )?are you\b(?! (?:doing|thinking|good|up))|\byour name\b"
    r"|\bintroduce yourself\b|\babout yourself\b|\bwhat (?:should|can) i call you\b"
    r"|\bwho am i talking to\b"
)
_NATURE = re.compile(
    r"\b(?:are|r) (?:you|u) (?:an? |really |actually |the )*(?:\w+ )?"
    r"(?:ai|bot|robot|human|person|real|alive|conscious|sentient|language model|llm|model|machine"
    r"|chatgpt|gpt\S*|falcon|llama|qwen|computer|program)\b"
    r"|\bdo you (?:think|feel|have (?:a )?\w+|dream|understand(?: me)?|learn|sleep|eat)$"
    r"|\bdifference between you\b|\bare you (?:like|better than)\b|\bhow do you work\b|\b(?:which"
    r"|what) (?:language )?model (?:are|is|do|powers)\b"
    r"|\bwho (?:made|built|wrote|trained|created) you\b"
)
_AGE = re.compile(r"\bhow old are you\b|\bwhere (?:are|do) you (?:from|live|come|now)?\b")
_CAN = re.compile(
    r"\bwhat (?:can|could|do) you (?:do|know|offer)\b(?! about)|^help(?: me)?$"
    r"|\bhow can you help\b|\bwhat are you (?:good )?(?:for|at)\b|\byour (?:skills|abilities)\b"
)
SKILLS = (
    "I can talk with you and keep in mind what you tell me while we talk. I work out sums, count "
    "words, reverse, sort and spell them, pick between things, summarize a long text, and explain "
    "the workbench: its tasks, its targets and how to connect a real model. I know nothing of the "
    "world beyond that. Try “17% of 240”, “sort: pear, fig, apple” or “how do I connect a model?”."
)


def about_self(talk: Talk) -> str | None:
    """The answer to a question about the companion."""
    low, setting = talk.low, talk.setting
    if _CAN.search(low):
        return SKILLS
    if _AGE.search(low):
        return "As old as this version of the workbench, and at home in the process that runs it."
    if _WHO.search(low):
        if setting.name or setting.role:
            part = ", ".join(filter(None, [setting.name, setting.role]))
            return (
                f"I'm {part}: that is the part I was given here. Behind it is the workbench's "
                "embedded talker, a program made of rules and no language model."
            )
        if talk.name:
            return f"The talker of this workbench, {talk.name}: all rules, no language model."
        return (
            "I'm the workbench's embedded talker: made of rules, no language model, no weights. "
            "I'm here so that the chat works before you connect a real one. What should I call "
            "you?"
        )
    if _NATURE.search(low):
        return talk.pick(
            "Honestly: I'm a program made of rules. No language model, no mind, no feelings; I "
            "match what you write and keep in mind what you told me in this talk. To talk to a "
            "model, ask me how to connect one.",
            "I'm no language model and no person, only rules that somebody wrote by hand.",
        )
    return None
