"""How a cell shows an app: a frame in the colours of the notebook, with its address below."""

from __future__ import annotations

import html
import json
import uuid

from workbench.language import translate

_FRAME = """
<div><iframe id="{name}" title="{title}" width="{width}" height="{height}"
allow="clipboard-write; camera; microphone; fullscreen"
style="border:1px solid rgba(128,128,128,.35);border-radius:8px;max-width:100%"></iframe>
<div style="font-size:.85em;padding:2px"><a href="{url}"
target="_blank" rel="noopener">{link}</a></div>
<script>(function () {{
const page = document.body.dataset, root = document.documentElement;
const told = [page.jpThemeLight === "false", /dark|contrast$/.test(page.vscodeThemeKind || ""),
root.getAttribute("theme") === "dark"];
const light = page.jpThemeLight === "true" || /light/.test(page.vscodeThemeKind || "");
const theme = told.includes(true) ? "?__theme=dark" : light ? "?__theme=light" : "";
document.getElementById("{name}").src = {address} + theme;
}})()</script></div>"""


def frame_html(url: str, *, title: str, width: int | str, height: int) -> str:
    """A frame of the app at *url*; a script gives it the theme of the page around it."""
    return _FRAME.format(
        name=f"wb-{uuid.uuid4().hex[:12]}",
        title=html.escape(title),
        width=html.escape(str(width)),
        height=height,
        url=html.escape(url),
        link=html.escape(translate("Open in a tab of its own")),
        address=json.dumps(url).replace("<", "\\u003c"),
    )


def note_html(text: str) -> str:
    """A line in place of a frame.

    >>> "&lt;b&gt;" in note_html("<b>")
    True
    """
    return f'<p style="opacity:.8">{html.escape(text)}</p>'
