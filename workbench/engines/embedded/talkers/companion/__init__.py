"""The companion: follows a talk by rules, and says so; no language model, no network."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.chat.conversation import Message
from workbench.engines.embedded.talkers.companion.chinese import answer_chinese
from workbench.engines.embedded.talkers.companion.english import answer_english
from workbench.engines.embedded.talkers.companion.setting import Setting
from workbench.engines.embedded.talkers.companion.smalltalk import CARE
from workbench.engines.embedded.talkers.companion.talk import read_talk
from workbench.sentences import sentence_spans

__all__ = ["talk"]


def talk(messages: Sequence[Message], seed: int | None = None) -> str:
    """The companion's answer to the newest user message; the same for the same talk and seed.

    >>> talk([Message("user", "My name is Ada."), Message("user", "What is my name?")])
    'Your name is Ada.'
    """
    now = read_talk(messages, seed)
    answer = answer_chinese(now) if now.is_chinese else answer_english(now)
    return _dressed(answer, now.setting)


def _dressed(answer: str, setting: Setting) -> str:
    """*answer* as long, and between such words, as the system message wants it."""
    if answer == CARE:
        return answer
    if setting.sentences and "\n" not in answer:  # a list is no list when it is cut
        spans = sentence_spans(answer)[: setting.sentences]
        answer = answer[: spans[-1][1]] if spans else answer
    answer = " ".join(filter(None, [setting.opening, answer, setting.closing]))
    return answer.upper() if setting.capitals else answer
