"""From what an action changes to what Gradio is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import gradio as gr

from tasks.tabs.talk.asking import Asker, BusyError, View, state_html
from tasks.tabs.talk.layout import Head, Settled, Talk
from tasks.tabs.talk.place import Place
from tasks.tabs.talk.replies import Frame
from tasks.tabs.talk.talks import Talks
from workbench.chat.display import markdown
from workbench.errors import WorkbenchError
from workbench.language import translate
from workbench.ui.words import failure_text

SAID = ("chat", "place", "box", "state", "list", "title")
SETTLED = ("place", "request", "list")
RATED = (*SETTLED, "chat")
WHOLE = ("chat", "place", "box", "state", "list", "title", "request", "system", "model")


@dataclass(frozen=True, kw_only=True)
class Page:
    """The parts that actions change, each by the name it has in a View."""

    head: Head
    talk: Talk
    settled: Settled
    talks: Talks
    place: gr.Textbox

    @cached_property
    def parts(self) -> dict[str, Any]:
        return {
            "chat": self.talk.chat,
            "place": self.place,
            "box": self.talk.box,
            "state": self.talk.state,
            "list": self.talks.list,
            "title": self.talks.title,
            "request": self.settled.request,
            "system": self.settled.system,
            "model": self.head.model,
        }

    def frames(self) -> Callable[[Frame], tuple[list[Any], str]]:
        """A function that makes of each frame of one reply what the page takes.

        Gradio would do that for all messages at every piece, in a thread, and take indentation
        off them.
        """
        last: list[tuple[list[Any], list[Any]]] = []

        def sent(frame: Frame) -> tuple[list[Any], str]:
            if not last or last[0][0] is not frame.said:
                last[:] = [(frame.said, self._sent(frame.said))]
            reply = [_text("assistant", markdown(frame.growing))] if frame.growing else []
            return [*last[0][1], *reply], frame.line

        return sent

    def _sent(self, messages: Sequence[Any]) -> list[Any]:
        made: list[Any] = []
        for message in messages:
            if isinstance(message["content"], str):
                made.append(_text(message["role"], message["content"], message.get("metadata")))
            else:
                made += self.talk.chat.postprocess([message]).model_dump()
        return made

    def change(self, act: Callable[[], View], asker: Asker, names: Sequence[str]) -> list[Any]:
        """What *act* changes of the parts called *names*; where it can't, the line says why.

        The values are as the page takes them.
        """
        try:
            view = act()
        except WorkbenchError as error:
            state = "busy" if isinstance(error, BusyError) else "failed"
            view = {"state": state_html(failure_text(error), state)}
        if view.get("list"):
            shown = Place.read(view["place"]) if "place" in view else asker.place
            listed, title = self.talks.refreshed(asker, shown.talk)
            view = {**view, "list": listed, "title": title}
        if "box" in view:
            view["box"] = {"text": view["box"], "files": []}
        if "chat" in view:
            view["chat"] = self._sent(view["chat"])
        if "ratings" in view:
            said = {"value": view["chat"]} if "chat" in view else {}
            view["chat"] = gr.update(feedback_value=rating_names(view["ratings"]), **said)
        return [view.get(name, gr.skip()) for name in names]


def rating_names(ratings: Sequence[str | None]) -> list[str | None]:
    """*ratings* as the page calls them; its thumbs it knows by their English names."""
    return [each if each in (None, "Like", "Dislike") else translate(each) for each in ratings]


def _text(role: str, text: str, metadata: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A message of words, as Gradio sends it to the page."""
    content = [{"type": "text", "text": text}]
    told = dict(metadata) if metadata else None
    return {"role": role, "metadata": told, "content": content, "options": None}
