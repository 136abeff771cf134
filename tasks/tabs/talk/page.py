"""From what an action changes to what Gradio is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import gradio as gr

from tasks.tabs.talk.asking import Asker, View, state_html
from tasks.tabs.talk.layout import Head, Settled, Talk
from tasks.tabs.talk.place import Place
from tasks.tabs.talk.talks import Talks
from workbench.errors import WorkbenchError
from workbench.ui.words import failure_text

SAID = ("chat", "place", "box", "state", "list", "title")
SETTLED = ("place", "request", "list")
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

    def change(self, act: Callable[[], View], asker: Asker, names: Sequence[str]) -> list[Any]:
        """What *act* changes of the parts called *names*; where it can't, the line says why."""
        try:
            view = act()
        except WorkbenchError as error:
            view = {"state": state_html(failure_text(error), "failed")}
        if view.get("list"):
            shown = Place.read(view["place"]) if "place" in view else asker.place
            listed, title = self.talks.refreshed(asker, shown.talk)
            view = {**view, "list": listed, "title": title}
        if "box" in view:
            view["box"] = {"text": view["box"], "files": []}
        if "ratings" in view:
            view["chat"] = gr.update(value=view["chat"], feedback_value=view["ratings"])
        return [view.get(name, gr.skip()) for name in names]
