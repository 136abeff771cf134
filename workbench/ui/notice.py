"""What a visitor is told at the head of the app: who pays for a call, and what is left."""

from __future__ import annotations

import html

import gradio as gr

from workbench.errors import WorkbenchError
from workbench.language.markup import translate_html
from workbench.ui.visitors import Visitor, VisitorsClient, asking

# Inside a frame Hugging Face shows no page to sign in on, and browsers keep no cookie for later.
_SIGN_IN = (
    '<a href="login/huggingface" target="_blank" rel="noopener"'
    " onclick=\"if (window.top === window) this.target = '_self'\">Sign in with Hugging Face</a>"
)

_AT_WHOSE = " Its models then answer you, at the expense of your own account."
_SIGN_OUT = (
    '<form class="wb-out" method="post" action="logout/huggingface">'
    "<button>Sign out</button></form>"
)


def lay_out_notice(app: gr.Blocks, client: VisitorsClient) -> None:
    """Lay out the notice; whenever the page of *app* is loaded it tells who looks at it."""
    if not (client.own or client.allowance):
        return
    shown = gr.HTML(notice_html(client, Visitor()), padding=False)
    app.load(
        lambda: translate_html(notice_html(client, asking())),
        None,
        shown,
        queue=False,
        api_visibility="private",
        show_progress="hidden",
    )


def notice_html(client: VisitorsClient, visitor: Visitor) -> str:
    """The notice for *visitor*; empty where nothing is paid for."""
    if client.own and visitor.token:
        name = html.escape(visitor.name or "")
        told = f"Calls to Hugging Face are made with the account of {name}, which pays for them."
        return f'<div class="wb-head"><p>{told}</p>{_SIGN_OUT}</div>'
    if client.own and client.sign_in:
        told = f"<span>{_SIGN_IN}</span><span>{_AT_WHOSE}</span>"
    elif client.own:
        told = "Nobody can sign in here, and no key is used."
    elif client.allowance and client.hosted:
        told = f"The owner of this app pays for {client.allowance.each} calls a day of each visitor"
        told = f"{told}; you have {_left(client, visitor)} left."
    else:
        return ""
    return f'<div class="wb-key">{told}</div>'


def _left(client: VisitorsClient, visitor: Visitor) -> int:
    try:
        return client.allowance.left(visitor.key) if client.allowance else 0
    except WorkbenchError:  # a call tells why
        return 0
