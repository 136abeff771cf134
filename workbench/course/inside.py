"""What a run asks its kernel: the apps, the last error's hint, the secrets to keep out of files."""

from __future__ import annotations

import json
import os
import re
import sys

from workbench.course.variables import PLACEHOLDER

ASK = "__import__('workbench.course.inside', fromlist=['facts']).facts()"
_SECRET = re.compile(r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD)$")
_SHORTEST = 8


def facts() -> str:
    """As JSON: `apps` that run, with url, title and id; `hint` and `cause` of the last error;
    `translated`, the old ways to write Gradio that were met, with today's; `secrets`.
    """
    error = getattr(sys, "last_value", None)
    return json.dumps(
        {
            "apps": _apps(),
            "hint": str(getattr(error, "hint", "") or ""),
            "cause": _cause(error),
            "translated": _translated(),
            "secrets": [
                value
                for name, value in os.environ.items()
                if _SECRET.search(name) and len(value) >= _SHORTEST and value != PLACEHOLDER
            ],
        }
    )


def _apps() -> list[dict[str, str]]:
    blocks = sys.modules.get("gradio.blocks")
    if blocks is None:
        return []
    running = [app for app in blocks.Blocks.instances if getattr(app, "is_running", False)]
    return [
        {"url": str(app.local_url), "title": str(app.title or ""), "id": str(app.app_id)}
        for app in sorted(running, key=lambda app: str(app.local_url))
    ]


def _translated() -> list[tuple[str, str]]:
    extension = sys.modules.get("workbench.course.extension")
    companion = getattr(extension, "_loaded", None)
    return [note for note in companion.announcer.told if note[0]] if companion else []


def _cause(error: object) -> str:
    """The kind of error at the bottom, such as the refused connection under a library's own."""
    while isinstance(error, BaseException) and (below := error.__cause__ or error.__context__):
        error = below
    return type(error).__name__ if error is not None else ""
