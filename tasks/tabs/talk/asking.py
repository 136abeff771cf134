"""Who asks what, and what is answered: the words between a page and the desk."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks.tabs.talk.place import Place
from tasks.tabs.talk.shown import show
from workbench.errors import InvalidInputError
from workbench.language import translate
from workbench.store import Store, Turn
from workbench.ui.words import status_html


class BusyError(InvalidInputError):
    """A reply to the conversation is coming to this very page, whose line goes on telling so."""


View = dict[str, Any]
"""What changes on the page, by the name of the part."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, from which page, about what, of which model."""

    owner: str
    page: str
    place: Place
    search: str = ""
    model: str | None = None
    system: str = ""
    options: Callable[[], Mapping[str, Any]] = field(default=dict)
    """Read where an error of theirs can be shown beside the message."""


def whole_view(store: Store, owner: str, talk: str, told: str = "Ready.", state: str = "") -> View:
    """The whole of a conversation as it is now. Raises InvalidInputError if there is none."""
    path = store.path(owner, talk)
    shown = show(path)
    head = path[-1].id if path else None
    leaves = store.versions(owner, talk)
    number = leaves.index(head) + 1 if head in leaves else len(leaves)
    return {
        "chat": shown.messages,
        "ratings": shown.ratings,
        "place": Place(talk, head).write(),
        "state": state_html(
            told,
            state,
            go_on=bool(path) and _can_go_on(path[-1]),
            version=f"Version {number} of {len(leaves)}" if len(leaves) > 1 else "",
        ),
        "list": True,
    }


def state_html(told: str, state: str = "", *, go_on: bool = False, version: str = "") -> str:
    """The status line, with the marks by which the page shows the buttons that make sense."""
    marks = '<span class="wb-can-go-on"></span>' if go_on else ""
    if version:
        marks += f'<span class="wb-version">{html.escape(translate(version))}</span>'
    return status_html(told, state) + marks


def _can_go_on(turn: Turn) -> bool:
    cut = turn.state in ("stopped", "interrupted", "failed") or turn.facts.get("cut_short")
    return turn.role == "assistant" and bool(turn.content) and bool(cut)
