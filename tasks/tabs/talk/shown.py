"""Turns of a conversation as Gradio's Chatbot shows them."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.chat.display import markdown, whole
from workbench.language import translate
from workbench.store import Turn

ENDED = {
    "stopped": "Stopped here.",
    "interrupted": "The reply broke off here.",
    "streaming": "The reply is still being written.",
}
NOTHING = "No answer"


@dataclass(frozen=True)
class Shown:
    """The value of the chatbot, and for each of its messages the turn it belongs to."""

    messages: list[dict[str, Any]]
    turns: list[Turn]

    @property
    def ratings(self) -> list[str | None]:
        """What each reply was rated; the chatbot counts the messages of one as one."""
        replies = {turn.id: turn for turn in self.turns if turn.role == "assistant"}
        return [turn.rating or None for turn in replies.values()]


def show(turns: Sequence[Turn]) -> Shown:
    """What is shown of *turns*; each ends with a note, in the current language, if it broke off."""
    messages: list[dict[str, Any]] = []
    owners: list[Turn] = []
    for turn in turns:
        said = _user(turn) if turn.role == "user" else _assistant(turn)
        messages += [{"role": turn.role, **each} for each in said]
        owners += [turn] * len(said)
    return Shown(messages, owners)


def _user(turn: Turn) -> list[dict[str, Any]]:
    pictures: list[dict[str, Any]] = [{"content": {"path": _file(each)}} for each in turn.images]
    words = [{"content": markdown(turn.content)}] if turn.content.strip() else []
    return [*words, *pictures]  # so Gradio offers no Edit, which fails beside a picture


def _assistant(turn: Turn) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    thoughts = turn.facts.get("thoughts")
    if isinstance(thoughts, str) and thoughts:
        folded = {"title": translate("Thoughts"), "status": "done"}
        said.append({"content": markdown(thoughts), "metadata": folded})
    if turn.content or turn.state in ("done", "streaming"):
        ended = ENDED.get(turn.state, "")
        told = "" if turn.state == "streaming" and not turn.content else translate(ended)
        text = markdown(whole(turn.content)) if told else markdown(turn.content)
        said.append({"content": f"{text}\n\n*{told}*" if told and turn.content else text})
    if turn.state == "failed" or (not turn.content and turn.state in ("stopped", "interrupted")):
        why = markdown(translate(turn.error or ENDED.get(turn.state, "")))
        title = "The reply broke off" if turn.content else NOTHING
        said.append({"content": why, "metadata": {"title": translate(title)}})
    return said


_folder: tempfile.TemporaryDirectory[str] | None = None


def _file(data_uri: str) -> str:
    """The path of a file with the picture of *data_uri*, written once."""
    global _folder
    _folder = _folder or tempfile.TemporaryDirectory(prefix="workbench-")
    kind, _, encoded = data_uri.partition(";base64,")
    name = hashlib.sha256(encoded.encode()).hexdigest()[:32]
    path = Path(_folder.name) / f"{name}.{kind.rpartition('/')[2]}"
    if not path.exists():
        path.write_bytes(base64.b64decode(encoded))
    return str(path)
