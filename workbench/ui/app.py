"""Assemble the tabs into one app."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from workbench import __version__
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError
from workbench.language import ENGLISH, speaking
from workbench.language.markup import translate_html
from workbench.redaction import last_four
from workbench.settings import Settings
from workbench.task import Task, discover
from workbench.ui.quiet import quiet_gradio
from workbench.ui.signin import logout_html
from workbench.ui.switch import switch_html
from workbench.ui.visitors import VisitorsClient
from workbench.ui.words import status_html
from workbench.users import Users

if TYPE_CHECKING:
    import gradio as gr

logger = logging.getLogger(__name__)
TITLE = "Inference workbench"


def build_app(
    client: EndpointClient | None = None,
    tasks: Iterable[Task] | None = None,
    *,
    targets: Sequence[str] | None = None,
    users: Users | None = None,
) -> gr.Blocks:
    """The app with a tab for each of *tasks* (default: all installed), not launched.

    Visitors may type any target, or with *targets* choose among these alone; the latter is for
    an app that others can reach. `?tab=name` opens a tab. With *users*, which `launch_app` asks
    for their passwords, there is a button to sign out. Raises ConfigurationError without tasks.
    """
    quiet_gradio()
    import gradio as gr

    from workbench.ui.greeting import greet
    from workbench.ui.links import link_tabs
    from workbench.ui.notice import lay_out_notice

    client = EndpointClient() if client is None else client
    chosen = list(discover().values() if tasks is None else tasks)
    if not chosen:
        raise ConfigurationError("there is no task to show", hint="`workbench tasks` lists them.")

    app = gr.Blocks(title=TITLE, analytics_enabled=False)
    # Pages are sent in the language of who opens them: see `workbench.ui.language`.
    with app, speaking(ENGLISH):
        visited = isinstance(client, VisitorsClient)
        private = targets is None
        words = partial(
            _header, client.settings, private=private, login=bool(users), key=not visited
        )
        head = gr.HTML(words())
        if users and users.people:
            greet(app, head, words)
        if isinstance(client, VisitorsClient):
            lay_out_notice(app, client)
        items = {}
        with gr.Tabs() as tabs:
            for task in chosen:
                with gr.Tab(task.title, id=task.name) as items[task.name]:
                    _lay_out(task, client, targets)
        link_tabs(app, tabs, items)
    return app


def _lay_out(task: Task, client: EndpointClient, targets: Sequence[str] | None) -> None:
    """Lay out a tab; one that is broken says so and leaves the others as they are."""
    import gradio as gr

    try:
        task.tab(client, targets=targets)
    except Exception:
        logger.exception("the tab of %s is broken", task.name)
        told = "This tab is broken: repair or uninstall the package that it comes from."
        gr.HTML(status_html(told, "failed"))


def _header(
    settings: Settings,
    user: str | None = None,
    *,
    private: bool,
    login: bool = False,
    key: bool = True,
) -> str:
    head = (
        f'<div class="wb-head"><h1>{TITLE}</h1>'
        f"<p>Hugging Face inference, one tab a task</p><p>{__version__}</p>{switch_html()}"
        f"{logout_html(user) if login else ''}</div>"
    )
    if not key:
        return translate_html(head)
    if not settings.token:
        return translate_html(head + (_ASKED if settings.targets else _EMBEDDED) + _CONNECT)
    token = f"{settings.token_source} ({last_four(settings.token)})" if private else "its owner"
    told = f"The token of {token} goes to Hugging Face over https, and nowhere else."
    return translate_html(f'{head}<div class="wb-key">{html.escape(told)}</div>')


_EMBEDDED = """
<details class="wb-key"><summary>No key is set: the embedded engine answers, without a network.
How to connect a real model</summary>
"""
_ASKED = """
<details class="wb-key"><summary>No key is set: each tab tells who answers.
How to connect a real model</summary>
"""
_CONNECT = """<ol>
<li>Make a token at huggingface.co/settings/tokens with the permission “Make calls to Inference
Providers”.</li>
<li>Write <code>HF_TOKEN=…</code> into a file <code>.env</code> in the folder you start from, or
run <code>hf auth login</code>.</li>
<li>Start again. Or type the address of any endpoint into a tab's target box, under Advanced
options.</li>
<li>Without a key: run <code>pip install 'hf-inference-workbench[local]'</code> and type
<code>local:org/model</code> there, for a model on this machine;
<code>workbench local suggest</code> lists small ones.</li>
</ol></details>
"""
