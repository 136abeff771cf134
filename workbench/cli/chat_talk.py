"""A conversation in the terminal as a value: whom it is with, and what was said."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workbench.chat.conversation import Message, Role, joined
from workbench.chat.models import ChatModel
from workbench.cli.output import encoded, to_json
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError
from workbench.routes import CHAT
from workbench.store.exports import as_json, as_markdown
from workbench.store.records import Conversation, State, Turn
from workbench.task import TextPieces, find_task

_TITLE = 60


@dataclass
class Talk:
    """What a reply is made from; *options* and *system* are what a person set, if anything.

    >>> from workbench.settings import Settings
    >>> talk = Talk(EndpointClient(Settings()).using("echo"))
    >>> talk.say("Hello?")
    >>> talk.hear("".join(talk.ask()))
    >>> [turn.content for turn in talk.turns]
    ['Hello?', 'Hello?']
    """

    client: EndpointClient
    system: str | None = None
    options: Mapping[str, float] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)

    @property
    def model(self) -> ChatModel:
        return self.client.chat_model()

    @property
    def instructions(self) -> str:
        """What the model is told of how to behave, if anything."""
        return self.model.system if self.system is None else self.system

    def switch(self, target: str | None) -> None:
        """Talk to another model. Raises ConfigurationError for one that can't answer."""
        client = self.client.using(target, task=CHAT.task)
        client.endpoint(CHAT)
        self.client = client

    def ask(self) -> TextPieces:
        """The reply to what was said last, or the rest of one that broke off."""
        stream = find_task(CHAT.task).stream
        if stream is None:
            raise ConfigurationError("the installed chat can't stream", hint="Reinstall it.")
        said = joined([Message(turn.role, turn.content) for turn in self.turns])
        options = {**self.model.defaults, **self.options}
        return stream(None, said, client=self.client, system=self.system, **options)

    def say(self, text: str) -> None:
        """Add what the person says."""
        self._add("user", text)

    def hear(self, text: str, state: State = "done") -> None:
        """Add what came of a reply, to the one that it goes on with if there is one."""
        if self.replied:
            last = self.turns.pop()
            self.turns.append(replace(last, content=last.content + text, state=state))
        else:
            self._add("assistant", text, state)

    @property
    def replied(self) -> bool:
        """Whether the last word is the model's."""
        return bool(self.turns) and self.turns[-1].role == "assistant"

    def drop_reply(self) -> None:
        """Forget the last reply, if the last word is one."""
        if self.replied:
            self.turns.pop()

    def undo(self) -> str:
        """Forget the last message and its reply; returns the message, empty if there is none."""
        self.drop_reply()
        return self.turns.pop().content if self.turns else ""

    def export(self, *, json: bool) -> bytes:
        """The whole as a file in JSON, or in Markdown to read."""
        first = " ".join(self.turns[0].content.split()) if self.turns else ""
        whole = Conversation(
            id=uuid.uuid4().hex,
            title=(first if len(first) <= _TITLE else first[: _TITLE - 1].rstrip() + "…") or "Chat",
            model=self.model.name,
            system=self.instructions,
            options=dict(self.options),
            head=len(self.turns) or None,
            created=self.turns[0].created if self.turns else time.time(),
        )
        if json:
            return encoded(to_json(as_json(whole, self.turns)) + "\n")
        return encoded(as_markdown(whole, self.turns))

    def _add(self, role: Role, text: str, state: State = "done") -> None:
        number = len(self.turns)
        model = self.model.name if role == "assistant" else ""
        self.turns.append(
            Turn(
                id=number + 1,
                parent=number or None,
                role=role,
                content=text,
                created=time.time(),
                state=state,
                model=model,
            )
        )
