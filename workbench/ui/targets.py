"""The target box of a tab: choose or type where the model answers, checked before use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.endpoints import configured_target
from workbench.engines.local.catalogue import targets_here
from workbench.errors import ConfigurationError, WorkbenchError
from workbench.language import translate
from workbench.redaction import display_target
from workbench.routes import Route
from workbench.ui.visitors import VisitorsClient
from workbench.ui.words import failure_text, nearby_text, status_html

if TYPE_CHECKING:
    import gradio as gr

    from workbench.client import EndpointClient

CONFIGURED = ""
"""In the box and on the API: the target that the settings name for the task."""


def choose_target(
    client: EndpointClient, target: str | None, allowed: Sequence[str] | None
) -> EndpointClient:
    """*client* at the target a visitor chose. Raises ConfigurationError when it isn't allowed.

    Visitors name an allowed target as it is shown to them, without what may hold a key.
    """
    if target is not None and not isinstance(target, str):
        raise ConfigurationError("a target is a text", hint="Leave it out for the configured one.")
    wanted = (target or CONFIGURED).strip()
    if wanted == CONFIGURED:
        return client
    if allowed is None:
        return client.using(wanted)
    listed = {display_target(name): name for name in allowed}
    if wanted not in listed:
        raise ConfigurationError(
            "this app answers only at the targets its owner listed",
            hint=f"Choose one of: {', '.join(listed) or 'the configured one'}.",
        )
    return client.using(listed[wanted])


def describe_target(
    client: EndpointClient, route: Route, target: str | None, allowed: Sequence[str] | None
) -> str:
    """Where a target leads and whether a token goes along, or what is wrong with it, as HTML."""
    try:
        endpoint = choose_target(client, target, allowed).endpoint(route)
    except WorkbenchError as error:
        return status_html(failure_text(error), "failed")
    if told := nearby_text(endpoint):
        return status_html(told)
    if isinstance(client, VisitorsClient) and not client.own:
        return status_html(str(endpoint))  # the owner's token is none of a visitor's business
    token = "your token goes along" if endpoint.token else "no token is sent"
    return status_html(f"{endpoint} · {token}")


def target_choices(
    client: EndpointClient, route: Route, allowed: Sequence[str] | None
) -> list[tuple[str, str]]:
    """(label, value) pairs for the box: the configured target first, each target once."""
    configured = client.named(route) or configured_target(route, client.settings)[0]
    if allowed is None:
        rest = ["embedded", route.default_model]
        rest += targets_here(route.task, client.settings.local)
    else:
        rest = [display_target(name) for name in allowed]
    pairs = [(translate(f"{display_target(configured)} (configured)"), CONFIGURED)]
    return pairs + [(name, name) for name in rest if name != configured]


def target_box(client: EndpointClient, route: Route, allowed: Sequence[str] | None) -> gr.Dropdown:
    """Lay out the box and its check; returns the box, an input of the tab's events."""
    import gradio as gr

    free = allowed is None
    box = gr.Dropdown(
        target_choices(client, route, allowed),
        value=CONFIGURED,
        allow_custom_value=free,
        label="Target",
        info="Where the model answers: `embedded`, `org/model`, an https:// address, or "
        "`local:org/model` (on this machine)."
        if free
        else "Where the model answers.",
    )
    checked = gr.HTML(describe_target(client, route, CONFIGURED, allowed))
    box.change(
        lambda target: describe_target(client, route, target, allowed),
        box,
        checked,
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    root = gr.context.Context.root_block
    if isinstance(client, VisitorsClient) and root is not None:
        root.load(
            lambda: (
                gr.update(choices=target_choices(client, route, allowed)),
                describe_target(client, route, CONFIGURED, allowed),
            ),
            None,
            [box, checked],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    return box
