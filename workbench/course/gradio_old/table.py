"""What Gradio 3, 4 and 5 called otherwise: the old argument, today's, and how to get from one.

An argument that is neither in here nor known to today's Gradio is left out and told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

GONE = "gone; leave it out"
THEMES = frozenset({"default", "base", "soft", "monochrome", "glass", "origin", "citrus", "ocean"})


@dataclass(frozen=True)
class Old:
    """An argument, or a value of one, that is written otherwise today."""

    today: str
    """What a person writes now; this is shown."""
    change: Callable[[Any], Mapping[str, Any]] = lambda _: {}
    """The old value -> today's arguments. A name with a dot in front is kept on the object."""
    when: Callable[[Any], bool] | None = None
    """Which values are old; None: all, where today's Gradio doesn't know the argument."""


def _as(name: str, today: str | None = None) -> Old:
    """The same value under another name."""
    return Old(today or f"{name}=…", lambda value: {name: value})


def _is(*values: object) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str | bool) and value in values


def _flagging(value: object) -> Mapping[str, Any]:
    words = {True: "manual", False: "never", "True": "manual", "False": "never", None: "never"}
    return {"flagging_mode": words.get(value, value) if not isinstance(value, list) else "never"}


def _sources(value: Any) -> Mapping[str, Any]:
    """A canvas is another component today; the picture can be uploaded instead."""
    listed = [value] if isinstance(value, str) else list(value or [])
    kept = [
        source for source in listed if source in ("upload", "webcam", "clipboard", "microphone")
    ]
    return {"sources": kept or None}


def _label(value: Any) -> Mapping[str, Any]:
    """A button may have been given as a component."""
    return {"submit_btn": False if value is None else getattr(value, "value", value)}


def _stop(value: Any) -> Mapping[str, Any]:
    return {"stop_btn": False if value is None else getattr(value, "value", value)}


_LAZY = Old(
    'cache_examples=True, cache_mode="lazy"',
    lambda _: {"cache_examples": True, "cache_mode": "lazy"},
    _is("lazy"),
)
_VISIBILITY = Old(
    'api_visibility="undocumented"',
    lambda shown: {} if shown else {"api_visibility": "undocumented"},
)
_PRIVATE = Old('api_visibility="private"', lambda _: {"api_visibility": "private"}, _is(False))
_CHAT_TYPE = Old(
    "a history is always a list of `role` and `content`; leave `type` out",
    lambda value: {".chat_type": value},
)
_SOURCES = Old('sources=["…"]', _sources)
_DRAWING = Old("`gr.Sketchpad()` or `gr.ImageEditor()`")

ARGUMENTS: Mapping[str, Mapping[str, Old]] = {
    "Interface": {
        "allow_flagging": Old('flagging_mode="never", "auto" or "manual"', _flagging),
        "cache_examples": _LAZY,
        "show_api": _VISIBILITY,
        "api_name": _PRIVATE,
        "interpretation": Old(GONE),
        "enable_queue": Old("calls are queued always; leave it out"),
    },
    "ChatInterface": {
        "type": _CHAT_TYPE,
        "retry_btn": Old("the chat has its own button for it; leave it out"),
        "undo_btn": Old("the chat has its own button for it; leave it out"),
        "clear_btn": Old("the chat has its own button for it; leave it out"),
        "delete_btn": Old("the chat has its own button for it; leave it out"),
        "submit_btn": Old("submit_btn=True, False or its text", _label, lambda v: _is_button(v)),
        "stop_btn": Old("stop_btn=True, False or its text", _stop, lambda v: _is_button(v)),
        "additional_inputs_accordion_name": _as("additional_inputs_accordion"),
        "cache_examples": _LAZY,
        "show_api": _VISIBILITY,
        "api_name": _PRIVATE,
    },
    "Examples": {"cache_examples": _LAZY, "show_api": _VISIBILITY, "api_name": _PRIVATE},
    "Chatbot": {
        "type": _CHAT_TYPE,
        "likeable": Old("`chatbot.like(…)` shows the thumbs; leave it out"),
        "bubble_full_width": Old(GONE),
        "color_map": Old("css"),
    },
    "Image": {
        "source": _SOURCES,
        "tool": _DRAWING,
        "shape": Old("resize the picture in your function", lambda v: {".shape": v}),
        "invert_colors": Old("invert the picture in your function", lambda v: {".invert": v}),
        "type": Old('type="filepath"', lambda _: {"type": "filepath"}, _is("file")),
        "mirror_webcam": Old("webcam_options=gr.WebcamOptions(mirror=…)"),
        "brush_radius": _DRAWING,
        "brush_color": _DRAWING,
        "mask_opacity": _DRAWING,
    },
    "Audio": {
        "source": _SOURCES,
        "type": Old('type="filepath"', lambda _: {"type": "filepath"}, _is("file")),
    },
    "Video": {
        "source": _SOURCES,
        "type": Old("format=…", lambda v: {"format": v}),
        "mirror_webcam": Old("webcam_options=gr.WebcamOptions(mirror=…)"),
    },
    "File": {"type": Old('type="filepath"', lambda _: {"type": "filepath"}, _is("file"))},
    "UploadButton": {"type": Old('type="filepath"', lambda _: {"type": "filepath"}, _is("file"))},
    "Textbox": {
        "type": Old('type="text"', lambda _: {"type": "text"}, _is("str", "number", "auto")),
    },
    "Dataframe": {
        "col_count": Old("column_count=…", lambda v: {"column_count": v}, lambda _: True),
        "row_count": Old(
            "row_count=3", lambda v: {"row_count": v[0]}, lambda v: isinstance(v, tuple)
        ),
        "max_rows": Old("max_height=…"),
        "max_cols": Old(GONE),
        "height": _as("max_height"),
        "type": Old('type="pandas"', lambda _: {"type": "pandas"}, _is("auto")),
    },
    "Gallery": {"grid": _as("columns")},
    "Dropdown": {"type": Old('type="value"', lambda _: {"type": "value"}, _is("auto"))},
    "Slider": {"default": _as("value")},
    "Component": {
        "default": _as("value"),
        "default_value": _as("value"),
        "default_selected": _as("value"),
        "optional": Old(GONE),
        "requires_permissions": Old(GONE),
    },
    "event": {
        "_js": _as("js"),
        "show_api": _VISIBILITY,
        "api_name": _PRIVATE,
        "every": Old("gr.Timer(seconds).tick(…)", lambda v: {".every": v}),
        "status_tracker": Old("show_progress_on=…"),
    },
    "queue": {
        "concurrency_count": Old(
            "default_concurrency_limit=…, or concurrency_limit=… of an event",
            lambda v: {"default_concurrency_limit": v},
        ),
        "default_enabled": Old("calls are queued always; leave it out"),
    },
    "launch": {
        "enable_queue": Old("calls are queued always; leave it out"),
        "show_tips": Old(GONE),
        "encrypt": Old(GONE),
        "show_api": Old(
            'footer_links=["gradio", "settings"]',
            lambda shown: {} if shown else {"footer_links": ["gradio", "settings"]},
        ),
        "file_directories": _as("allowed_paths"),
    },
}

LOOK = ("theme", "css", "css_paths", "js", "head", "head_paths")
"""Arguments of `gr.Blocks` and its kin that belong to `launch` today."""

SHOWN = {
    "show_copy_button": "copy",
    "show_copy_all_button": "copy_all",
    "show_download_button": "download",
    "show_share_button": "share",
    "show_fullscreen_button": "fullscreen",
    "show_reset_button": "reset",
}
"""Old switch -> the name it has in `buttons=[…]`."""

SHOWN_BEFORE: Mapping[str, tuple[str, ...]] = {
    "Image": ("download", "fullscreen"),
    "Gallery": ("download", "fullscreen"),
    "Audio": ("download",),
    "Video": ("download",),
    "Slider": ("reset",),
}
"""The buttons that a component had unless they were switched off."""

POSITIONS: Mapping[str, tuple[str, ...]] = {
    "Accordion": ("label", "open"),
    "TabbedInterface": (
        "interface_list",
        "tab_names",
        "title",
        "theme",
        "analytics_enabled",
        "css",
    ),
    "Blocks": ("theme", "analytics_enabled", "mode", "title", "css"),
}
"""The arguments that could be given by position where today's Gradio wants names."""


def _is_button(value: object) -> bool:
    return value is None or hasattr(value, "get_config")


def known_theme(theme: object) -> bool:
    """Whether today's Gradio has *theme* at hand, without asking the Hub.

    >>> known_theme("Soft"), known_theme("gradio/soft"), known_theme("dark-peach")
    (True, False, False)
    """
    return not isinstance(theme, str) or theme.lower() in THEMES
