"""What `gr.Interface` and `gr.ChatInterface` did for those who call an app from Python."""

from __future__ import annotations

import copy
from typing import Any

from workbench.course.gradio_old.patches import Patches

OLD_NAMES = {"Interface": "predict", "ChatInterface": "chat"}
"""What the endpoint of an app was called before it got the name of its function."""


def install(gradio: Any, patches: Patches) -> None:
    """Let `/predict` and `/chat` be called as well as today's name of the endpoint."""
    for name, old in OLD_NAMES.items():
        patches.wrap(getattr(gradio, name), "__init__", _with_name(old))


def _with_name(old: str) -> Any:
    def init(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        _answer_to(self, old)

    return init


def _answer_to(app: Any, name: str) -> None:
    """Add the endpoint of *app* once more, under its old *name*, where it is not taken."""
    config = app.default_config
    public = [fn for fn in config.fns.values() if fn.api_visibility == "public" and fn.fn]
    if not public or any(fn.api_name == name for fn in config.fns.values()):
        return
    again = copy.copy(public[0])
    again._id = config.fn_id
    again.api_name = name
    again.api_visibility = "undocumented"
    again.targets = []
    config.fns[again._id] = again
    config.fn_id += 1
