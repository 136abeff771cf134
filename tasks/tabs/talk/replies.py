"""A reply as it is written: asked for, shown, kept, and ended in one way or another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.chat import respond
from tasks.response import Response
from tasks.tabs.talk.asking import Asker, state_html, whole_view
from tasks.tabs.talk.keeper import Keeper
from tasks.tabs.talk.picker import choose_model
from tasks.tabs.talk.place import Latest
from tasks.tabs.talk.shown import show
from workbench.chat import Message
from workbench.client import EndpointClient
from workbench.errors import StoppedError, WorkbenchError
from workbench.exchanges import Recording
from workbench.language import translate
from workbench.store import Conversation, Store, Turn
from workbench.ui.parts import FAULT
from workbench.ui.streams import Done, Failed, Piece, Progress, follow
from workbench.ui.words import done_text, failure_text, progress_text, request_text

STOPPED = "Stopped. What came is kept."


@dataclass(frozen=True)
class Frame:
    """What is shown of the conversation, the reply that grows below it, and the status line."""

    said: list[dict[str, Any]]
    line: str
    growing: str = ""


class Replies:
    """The replies under way. One whose page shows something else by now goes on unseen."""

    def __init__(
        self, client: EndpointClient, allowed: Sequence[str] | None, store: Callable[[], Store]
    ) -> None:
        self._client = client
        self._allowed = allowed
        self._store = store
        self.running: dict[str, Recording] = {}
        """By conversation; stopping the recording stops the reply."""
        self.pages: Latest[str] = Latest()
        """By conversation: the page that the reply under way is shown on."""
        self.hints: Latest[str] = Latest()
        """By conversation: what is to be said while the reply comes."""
        self.viewed: Latest[str] = Latest()
        """By page: the conversation it shows at the moment."""
        self.requests: Latest[str] = Latest()
        """By conversation: the last request, as a command."""
        self.notes: Latest[str] = Latest()
        """By conversation: what is to be said when the reply under way is done."""

    async def reply(
        self, asker: Asker, conversation: Conversation, path: Sequence[Turn], *, before: str = ""
    ) -> AsyncIterator[Frame | None]:
        """Have *path* answered, in a reply that goes on from *before*.

        The last is None where the page shows another conversation by then.
        """
        store, talk = self._store(), conversation.id
        model = asker.model or conversation.model
        turn = store.begin(asker.owner, talk, parent=path[-1].id, model=model)
        keeper, recording = Keeper(store, turn.id), Recording()
        said, text = show(path).messages, before
        told = "Working"
        end: tuple[str, str] = (FAULT, "failed")
        self.running[talk] = recording
        self.pages.set(talk, asker.page)
        self.hints.pop(talk, "")
        self.viewed.set(asker.page, talk)
        try:
            yield Frame(said, state_html(told, "busy"), text)
            await keeper.add(before)
            work = self._work(asker, conversation, path, before)
            async for news in follow(work, recording=recording):
                if isinstance(news, Piece):
                    told = "Working"
                    text += news.item
                    await keeper.add(news.item)
                elif isinstance(news, Progress):
                    told = progress_text(news.elapsed_s, news.waiting)
                elif isinstance(news, Done):
                    keeper.end("done", facts=_facts(news.result))
                    end = _told(news.result, recording, self.notes.pop(talk, "")), "done"
                    break
                elif isinstance(news, Failed):
                    end = _failed(news.error, keeper)
                    break
                if self.viewed.get(asker.page, talk) == talk:
                    yield Frame(said, state_html(self.hints.get(talk, told), "busy"), text)
        except Exception:
            keeper.end("failed", error=FAULT)
            raise
        finally:
            del self.running[talk]
            keeper.end("stopped")  # the page is gone, unless it has ended already
        if len(recording):
            self.requests.set(talk, request_text(recording))
        if self.viewed.get(asker.page, talk) == talk:
            view = whole_view(store, asker.owner, talk, *end)
            yield Frame(view["chat"], view["state"])
        else:
            yield None  # Gradio repeats the last at the end, wherever the page is by then

    def _work(
        self, asker: Asker, conversation: Conversation, path: Sequence[Turn], before: str
    ) -> Callable[[], Generator[str, None, Response]]:
        def work() -> Generator[str, None, Response]:
            client = choose_model(self._client, asker.model, self._allowed)
            talk = [
                Message(turn.role, turn.content, turn.images)
                for turn in path
                if turn.content.strip() or turn.images
            ]
            if before:
                talk.append(Message("assistant", before))
            with respond(
                None, talk, client=client, system=conversation.system or None, **asker.options()
            ) as response:
                yield from response
            return response

        return work


def _failed(error: WorkbenchError, keeper: Keeper) -> tuple[str, str]:
    if isinstance(error, StoppedError):
        keeper.end("stopped")
        return STOPPED, ""
    keeper.end("failed", error=failure_text(error))
    return failure_text(error), "failed"


def _facts(response: Response) -> dict[str, object]:
    reply = response.reply
    if reply is None:
        return {}
    facts = {
        "finish_reason": reply.finish_reason,
        "tokens": reply.tokens,
        "thoughts": reply.thoughts,
        "cut_short": reply.cut_short,
        "dropped_messages": response.dropped,
    }
    return {name: fact for name, fact in facts.items() if fact}


def _told(response: Response, recording: Recording, told: str) -> str:
    facts = [told] if told else []
    if response.dropped:
        count = f"{response.dropped} older messages" if response.dropped > 1 else "1 older message"
        facts.append(f"{count} left out to fit.")
    if response.reply and response.reply.cut_short:
        facts.append("It used up its tokens; Continue goes on.")
    return " ".join([*map(translate, facts), done_text(recording)])
