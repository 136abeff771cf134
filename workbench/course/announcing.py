"""Tell a person once what was done for them, below the cell in which it was done."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from typing import Any

from workbench.language import choose_language, translate

Announce = Callable[[str], None]
"""Takes a sentence of ours; the same one twice is told once."""

_TITLE = "Done by workbench.course, so that this notebook runs today"
_FRAME = (
    "border-left:3px solid #8a8f98;padding:2px 10px;margin:4px 0;font-size:90%;line-height:1.5;"
    "opacity:.9"
)


class Announcer:
    """Gathers what is to be told while a cell runs, and tells it when the cell has ended.

    >>> told = []
    >>> announcer = Announcer(lambda bundle: told.append(bundle["text/plain"]))
    >>> announcer("Apps listen on this machine alone.")
    >>> announcer.translated('allow_flagging="never"', 'flagging_mode="never"')
    >>> announcer("Apps listen on this machine alone.")
    >>> announcer.flush()
    >>> print(told[0])
    [workbench.course] Apps listen on this machine alone.
    [workbench.course] Old: allow_flagging="never"  Today: flagging_mode="never"
    """

    def __init__(self, show: Callable[[dict[str, str]], object] | None = None) -> None:
        self._show = show or _display
        self._seen: set[tuple[str, str]] = set()
        self._waiting: list[tuple[str, str]] = []
        self.told: list[tuple[str, str]] = []
        """Everything told so far: (sentence, "") or (old way, today's way)."""

    def __call__(self, sentence: str) -> None:
        self.translated("", sentence)

    def translated(self, old: str, today: str) -> None:
        """Tell that *old* was met, and that it is written *today* so."""
        note = (old, today)
        if note not in self._seen:
            self._seen.add(note)
            self._waiting.append(note)

    def flush(self, *_: object) -> None:
        """Show what has gathered, in one piece."""
        notes, self._waiting = self._waiting, []
        if notes:
            self.told += notes
            language = choose_language(os.environ.get("WORKBENCH_LANG") or _locale())
            self._show({"text/plain": _plain(notes, language), "text/html": _page(notes, language)})


def _locale() -> str | None:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


def _plain(notes: list[tuple[str, str]], language: str) -> str:
    def line(old: str, today: str) -> str:
        today = translate(today, language)
        if not old:
            return today
        return f"{translate('Old', language)}: {old}  {translate('Today', language)}: {today}"

    return "\n".join(f"[workbench.course] {line(*note)}" for note in notes)


def _page(notes: list[tuple[str, str]], language: str) -> str:
    sentences = [
        f"<div>{_marked(translate(today, language))}</div>" for old, today in notes if not old
    ]
    rows = [
        f"<tr><td style='text-align:left'><code>{html.escape(old)}</code></td>"
        f"<td style='text-align:left'>{_marked(translate(today, language))}</td></tr>"
        for old, today in notes
        if old
    ]
    table = ""
    if rows:
        head = "".join(
            f"<th style='text-align:left'>{translate(word, language)}</th>"
            for word in ("Old", "Today")
        )
        table = (
            f"<table style='margin:2px 0;font-size:inherit'><tr>{head}</tr>{''.join(rows)}</table>"
        )
    title = html.escape(translate(_TITLE, language))
    inside = f"<summary>{title}</summary>{''.join(sentences)}{table}"
    return f"<details open style='{_FRAME}'>{inside}</details>"


def _marked(text: str) -> str:
    """*text* for a page: what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def _display(bundle: dict[str, str]) -> None:
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    shell: Any = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)  # type: ignore[no-untyped-call]
