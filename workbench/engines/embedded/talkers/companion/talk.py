"""A talk as the companion sees it when it is to answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.chat.conversation import Message
from workbench.engines.embedded.talkers.companion.memory import Memory, remember
from workbench.engines.embedded.talkers.companion.setting import Setting, read_setting
from workbench.engines.embedded.talkers.companion.words import plain
from workbench.engines.embedded.talkers.spoken import chance

_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_LETTER = re.compile(r"[^\W\d_]")
_READ = 1000  # characters of a message that decide which rule answers it
_ASKS = re.compile(
    r"(?:and |so |but |ok(?:ay)?,? |well,? |hi,? |hello,? |please,? )*"
    r"(?:who|what|when|where|why|how|which|whose|is|are|am|was|were|do|does|did|can|could|will"
    r"|would|should|may|have|has|tell me|explain|show me|give me|help|list|describe|write"
    r"|translate|sing|play|recommend|teach|search|find|solve|calculate|i(?:'d| would)? (?:want"
    r"|need|like) (?:help|you))\b(?!n't)"
)


@dataclass(frozen=True)
class Talk:
    """The newest message, what was said before it, and what is known from that."""

    text: str
    pictures: int
    before: tuple[Message, ...]
    memory: Memory
    """Of what was told before the newest message."""
    setting: Setting
    seed: int | None = None

    @property
    def low(self) -> str:
        """The newest message, plain."""
        return plain(self.text[:_READ])

    @property
    def asks(self) -> bool:
        """Whether the newest message asks for something."""
        return "?" in self.text or bool(_ASKS.match(self.low))

    @property
    def said(self) -> tuple[str, ...]:
        """What the companion said so far."""
        return tuple(m.content for m in self.before if m.role == "assistant")

    @property
    def last(self) -> str:
        """What the companion said last."""
        return self.said[-1] if self.said else ""

    @property
    def name(self) -> str:
        """What to call the person, if that is known."""
        return self.memory.name or self.setting.person

    @property
    def is_chinese(self) -> bool:
        """Whether to answer in Chinese."""
        if self.setting.tongue in ("Chinese", "English"):
            return self.setting.tongue == "Chinese"
        spoken = [self.text, *(m.content for m in reversed(self.before) if m.role == "user")]
        telling = next((text for text in spoken if _LETTER.search(text)), "")
        return bool(_HAN.search(telling)) and not _KANA.search(telling)

    def pick(self, *choices: str) -> str:
        """One of *choices*, by the talk and its seed; one not said yet, if there is one."""
        so_far = "\n".join(self.said)
        fresh = [each for each in choices if each[:30] not in so_far] or list(choices)
        return fresh[chance(self.seed, self.text, len(self.before)) % len(fresh)]


def read_talk(messages: Sequence[Message], seed: int | None) -> Talk:
    """*messages*, of which the newest is to be answered."""
    system = "\n".join(message.content for message in messages if message.role == "system")
    said = [message for message in messages if message.role != "system"]
    while said and said[-1].role == "assistant":
        said.pop()
    last = said.pop() if said else None
    return Talk(
        text=last.content if last else "",
        pictures=len(last.images) if last else 0,
        before=tuple(said),
        memory=remember(said),
        setting=read_setting(system),
        seed=seed,
    )
