"""The course's notebooks: their functions under their own names, on whatever answers today."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.course.completion import completion_for, get_completion
    from workbench.course.helpers import (
        base64_to_pil,
        caption_and_generate,
        captioner,
        format_chat_prompt,
        generate,
        image_to_base64_str,
        merge_tokens,
    )
    from workbench.course.text_generation import Client

_EXPORTS = {
    "Client": "client",
    "base64_to_pil": "helpers",
    "caption_and_generate": "helpers",
    "captioner": "helpers",
    "completion_for": "completion",
    "format_chat_prompt": "helpers",
    "generate": "helpers",
    "get_completion": "completion",
    "image_to_base64_str": "helpers",
    "load_ipython_extension": "extension",
    "merge_tokens": "helpers",
    "unload_ipython_extension": "extension",
}
"""Name -> the module that has it, loaded when it is asked for."""

__all__ = [
    "Client",
    "base64_to_pil",
    "caption_and_generate",
    "captioner",
    "completion_for",
    "format_chat_prompt",
    "generate",
    "get_completion",
    "image_to_base64_str",
    "merge_tokens",
]


def __getattr__(name: str) -> object:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)
