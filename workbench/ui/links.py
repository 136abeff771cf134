"""A link to each tab: `?tab=name` opens it, and the address follows the tab."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

_READY = "()=>{setTimeout(()=>{window.wbReady=true},300)}"
# The first tab reports itself selected while the page loads, hence the flag.
_FOLLOW = (
    "()=>{if(!window.wbReady)return;const u=new URL(location);"
    "u.searchParams.set('tab','%s');history.replaceState(history.state,'',u)}"
)


def link_tabs(app: gr.Blocks, tabs: gr.Tabs, items: Mapping[str, gr.Tab]) -> None:
    """Connect the tabs in *items*, by name, with the address of the page."""

    def open_tab(request: gr.Request) -> object:
        wanted = request.query_params.get("tab")
        return gr.Tabs(selected=wanted) if wanted in items else gr.skip()

    opened = app.load(
        open_tab, None, tabs, queue=False, api_visibility="private", show_progress="hidden"
    )
    opened.then(None, None, None, js=_READY)
    for name, item in items.items():
        item.select(None, None, None, js=_FOLLOW % name)
