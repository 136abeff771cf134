"""A conversation as JSON and as Markdown, feedback as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timezone

from workbench.store.records import Conversation, Feedback, Turn

FORMAT = "hf-inference-workbench conversation"
COLUMNS = ("time", "model", "question", "reply", "rating", "comment")

_NAMES = {"user": "You", "assistant": "Assistant", "system": "System"}
_MARKS = {"streaming": "still being written", "failed": "failed"}
_ENDS_OF_LINE = re.compile(r"\r\n?|\n")
_FENCE = re.compile(r"( {0,3})(`{3,}(?!.*`)|~{3,})(.*)")
_LOOSE = re.compile(r"<[A-Za-z!?/]|^\s*\*\*(?:You|Assistant|System)\b")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#&|~$])")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def as_json(conversation: Conversation, turns: Iterable[Turn]) -> dict[str, object]:
    """Every message of every version, ready for `json.dumps`; without its owner."""
    kept = {name: value for name, value in asdict(conversation).items() if name not in ("created",)}
    return {
        "format": FORMAT,
        "version": 1,
        **kept,
        "created": iso(conversation.created),
        "turns": [
            {**asdict(turn), "images": list(turn.images), "created": iso(turn.created)}
            for turn in turns
        ],
    }


def iso(seconds: float) -> str:
    """
    >>> iso(0)
    '1970-01-01T00:00:00.000+00:00'
    """
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")


def as_markdown(conversation: Conversation, path: Sequence[Turn]) -> str:
    """The messages shown, for reading; pictures are counted, not included."""
    parts = ["# " + _plain(conversation.title)]
    if conversation.system.strip():
        parts.append(_quoted(conversation.system))
    for turn in path:
        parts.append(f"**{_NAMES[turn.role]}**")
        parts.append(_standing(turn.content) if turn.content.strip() else "")
        if turn.images:
            count = len(turn.images)
            parts.append(f"*({count} {'picture' if count == 1 else 'pictures'})*")
        if turn.state != "done":
            why = f": {_plain(turn.error)}" if turn.error else ""
            parts.append(f"*({_MARKS.get(turn.state, turn.state)}{why})*")
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain(text: str) -> str:
    """*text* on one line, none of it markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _quoted(text: str) -> str:
    lines = _ENDS_OF_LINE.split(text.strip("\r\n"))
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _standing(content: str) -> str:
    """*content* as it is, or as a quote where it would swallow or imitate what follows.

    An open code fence, HTML and a heading like ours all end with the quote. A fence that is
    indented may belong to a list and end with it, so it is quoted too.
    """
    fence = ""
    for line in _ENDS_OF_LINE.split(content):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[2].startswith(fence) and not mark[3].strip():
                fence = ""
        elif mark and not mark[1]:
            fence = mark[2]
        elif mark or _LOOSE.search(line):
            return _quoted(content)
    return _quoted(content) if fence else content.strip("\r\n")


def as_csv(feedback: Iterable[Feedback]) -> str:
    """One line for each rating; cells that a spreadsheet would compute start with `'`."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for one in feedback:
        cells = (one.model, one.question, one.reply, one.rating, one.comment)
        table.writerow([iso(one.created), *map(harmless, cells)])
    return text.getvalue()


def harmless(cell: str) -> str:
    """*cell*, with a `'` before what a spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("2 = 1+1")
    ("'=1+1", '2 = 1+1')
    """
    if cell.startswith(("\t", "\r", "\n")) or cell.lstrip().startswith(_FORMULA):
        return "'" + cell
    return cell
