"""What a chat tab does with conversations, for all its visitors; Gradio only shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import cached_property

from tasks.tabs.talk.asking import Asker, BusyError, View, state_html, whole_view
from tasks.tabs.talk.place import Place
from tasks.tabs.talk.replies import STOPPED, Frame, Replies
from tasks.tabs.talk.shown import show
from workbench.client import EndpointClient
from workbench.errors import InvalidInputError
from workbench.store import Conversation, Store, Turn
from workbench.ui.history import History, open_history

BUSY = "A reply to this conversation is still coming: stop it first. Your message is kept."
ELSEWHERE = "A reply is being written in another window. Open this again to see the rest."
BRANCHED = "This conversation had gone on elsewhere. Both versions are kept."
ANEW = "The system message changed: this is a new conversation. The other one is in the list."
GONE = "That conversation was deleted: this is a new one."


class Desk:
    """Actions return what changes on the page, or yield a reply as it comes.

    A message is put into the conversation by `say` or `edit` first, and answered by `answer`.
    They raise the errors of `workbench.errors`; what was typed is then still in its box.
    """

    def __init__(self, client: EndpointClient, allowed: Sequence[str] | None) -> None:
        self._client = client
        self._replies = Replies(client, allowed, lambda: self.store)

    @cached_property
    def history(self) -> History:
        return open_history(self._client.settings)

    @property
    def store(self) -> Store:
        return self.history.store

    def open(self, asker: Asker, talk: str) -> View:
        """Show a conversation; one that isn't there any more makes room for a new one."""
        try:
            conversation = self.store.open(asker.owner, talk)
        except InvalidInputError:
            return self.anew(asker)
        self._replies.viewed.set(asker.page, talk)
        told = ("Ready.", "")
        if talk in self._replies.running:
            own = self._replies.pages.get(talk, "") == asker.page
            told = ("Working", "busy") if own else (ELSEWHERE, "")
        view = whole_view(self.store, asker.owner, conversation.id, *told)
        if conversation.model:
            view["model"] = conversation.model
        return {**view, "system": conversation.system}

    def anew(self, asker: Asker, *, told: str = "Ready.") -> View:
        """An empty page; the conversation begins with its first message."""
        self._replies.viewed.set(asker.page, "")
        return {
            "chat": [],
            "ratings": [],
            "place": Place().write(),
            "state": state_html(told),
            "list": True,
        }

    def say(
        self, asker: Asker, text: str, images: Callable[[], Sequence[str]] | None = None
    ) -> View:
        """Put a message into the page's conversation, or into a new one."""
        if not text.strip() and images is None:
            raise InvalidInputError("there is no message", hint="Type one first.")
        self._check_idle(asker)
        pictures = images() if images else ()
        conversation, told = self._conversation(asker)
        head = asker.place.head if conversation.id == asker.place.talk else None
        if head is not None and self._went_on(asker, conversation, head):
            told = BRANCHED
        elif head is not None:
            head = conversation.head
        asked = self.store.say(
            asker.owner, conversation.id, "user", text, parent=head, images=pictures
        )
        if told:
            self._replies.notes.set(conversation.id, told)
        return {**self._said(asker, conversation.id, asked), "box": ""}

    def edit(self, asker: Asker, index: int, text: str) -> View:
        """Say something else at *index* of what is shown; what was said stays as a version."""
        self._check_idle(asker)
        turns = show(self.store.path(asker.owner, asker.place.talk, asker.place.head)).turns
        turn = turns[index] if 0 <= index < len(turns) else None
        if turn is None or turn.role != "user":
            raise InvalidInputError("that message is not there any more", hint="Reload the page.")
        if not text.strip() and not turn.images:
            raise InvalidInputError("there is no message", hint="Type one, or undo it instead.")
        asked = self.store.say(
            *(asker.owner, asker.place.talk, "user", text),
            parent=turn.parent,
            images=turn.images,
        )
        return self._said(asker, asker.place.talk, asked)

    def _said(self, asker: Asker, talk: str, asked: Turn) -> View:
        path = self.store.path(asker.owner, talk, asked.id)
        self._replies.viewed.set(asker.page, talk)
        return {
            "chat": show(path).messages,
            "place": Place(talk, asked.id).write(),
            "state": state_html("Working", "busy"),
            "list": True,
        }

    async def answer(self, asker: Asker) -> AsyncIterator[Frame | None]:
        """Answer the last message, if it has none and none is coming."""
        if not asker.place.talk:
            return
        self._check_idle(asker)
        conversation = self.store.open(asker.owner, asker.place.talk)
        path = self.store.path(asker.owner, conversation.id, asker.place.head)
        if path and path[-1].role == "user":
            async for frame in self._replies.reply(asker, conversation, path):
                yield frame

    async def again(self, asker: Asker, *, going_on: bool = False) -> AsyncIterator[Frame | None]:
        """Have the last message answered once more, or the reply to it continued.

        The reply before stays as a version.
        """
        self._check_idle(asker)
        conversation = self.store.open(asker.owner, asker.place.talk)
        path = self.store.path(asker.owner, conversation.id)
        last = path.pop() if path and path[-1].role == "assistant" else None
        if not path:
            raise InvalidInputError("there is nothing to answer yet", hint="Say something first.")
        before = last.content if going_on and last is not None else ""
        async for frame in self._replies.reply(asker, conversation, path, before=before):
            yield frame

    def settle(self, asker: Asker) -> View:
        """What the page learns once a reply has ended."""
        talk = asker.place.talk
        if not talk or self._replies.viewed.get(asker.page, talk) != talk:
            return {"list": True}
        place = Place(talk, self.store.open(asker.owner, talk).head)
        # A rating of the version before would be taken for the new one's.
        rated = len(self.store.versions(asker.owner, talk)) > 1
        return {
            "place": place.write(),
            "request": self._replies.requests.get(talk, ""),
            **({"ratings": self.ratings(asker)} if rated else {}),
            "list": True,
        }

    def undo(self, asker: Asker) -> View:
        """Take the last message back into the box; it stays as a version."""
        self._check_idle(asker)
        path = self.store.path(asker.owner, asker.place.talk)
        asked = next((turn for turn in reversed(path) if turn.role == "user"), None)
        if asked is None:
            return {}
        self.store.show(asker.owner, asker.place.talk, asked.parent)
        return {**whole_view(self.store, asker.owner, asker.place.talk), "box": asked.content}

    def stop(self, asker: Asker) -> View:
        """Stop the reply; what came is kept. Its own run shows the end."""
        self.store.open(asker.owner, asker.place.talk)
        recording = self._replies.running.get(asker.place.talk)
        if recording is not None:
            recording.stop()
            own = self._replies.pages.get(asker.place.talk, "") == asker.page
            return {} if own else {"state": state_html(STOPPED)}
        return whole_view(self.store, asker.owner, asker.place.talk)

    def version(self, asker: Asker, step: int) -> View:
        """Show the version of the conversation *step* after the one shown."""
        self._check_idle(asker)
        owner, talk = asker.owner, asker.place.talk
        leaves = self.store.versions(owner, talk)
        head = self.store.open(owner, talk).head
        now = leaves.index(head) if head in leaves else -1 if step > 0 else 0
        self.store.show(owner, talk, leaves[(now + step) % len(leaves)])
        return whole_view(self.store, owner, talk)

    def new_system(self, asker: Asker, text: str) -> View:
        """A changed system message begins a new conversation, if anything was said in this one."""
        if not asker.place.talk:
            return {}
        conversation = self.store.open(asker.owner, asker.place.talk)
        if conversation.head is None or conversation.system == (text or "").strip():
            return {}
        return self.anew(asker, told=ANEW)

    def delete(self, asker: Asker) -> View:
        """Remove the conversation; a reply that is still coming ends first."""
        self.store.open(asker.owner, asker.place.talk)
        if (recording := self._replies.running.get(asker.place.talk)) is not None:
            recording.stop()
        self.store.delete(asker.owner, asker.place.talk)
        return self.anew(asker, told="Deleted.")

    def rate(self, asker: Asker, index: int, rating: str) -> int | None:
        """Keep what a person thinks of the reply at *index*; returns its turn."""
        turns = show(self.store.path(asker.owner, asker.place.talk)).turns
        if not 0 <= index < len(turns) or turns[index].role != "assistant":
            return None
        self.store.rate(asker.owner, turns[index].id, rating)
        return turns[index].id

    def ratings(self, asker: Asker) -> list[str | None]:
        """What each reply shown was rated."""
        return show(self.store.path(asker.owner, asker.place.talk)).ratings

    def _check_idle(self, asker: Asker) -> None:
        talk = asker.place.talk
        if talk not in self._replies.running:
            return
        if self._replies.pages.get(talk, "") != asker.page:
            raise InvalidInputError(BUSY, hint="")
        self._replies.hints.set(talk, BUSY)
        raise BusyError(BUSY, hint="")

    def _conversation(self, asker: Asker) -> tuple[Conversation, str]:
        """The page's conversation, or a new one; and what is to be said about that."""
        told = ""
        if asker.place.talk:
            try:
                conversation = self.store.open(asker.owner, asker.place.talk)
                if conversation.system == asker.system:
                    return conversation, ""
                told = ANEW
            except InvalidInputError:
                told = GONE
        new = self.store.start(asker.owner, model=asker.model or "", system=asker.system)
        return new, told

    def _went_on(self, asker: Asker, conversation: Conversation, head: int) -> bool:
        """Whether more was said since the page last heard of it, but for the reply to its own."""
        if conversation.head == head:
            return False
        path = self.store.path(asker.owner, conversation.id)
        last = path[-1] if path else None
        return last is None or last.role != "assistant" or last.parent != head
