"""A tab that stands inside the caller's Blocks, or by itself where there are none."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.language import ENGLISH, speaking

if TYPE_CHECKING:
    from workbench.client import EndpointClient
    from workbench.notebook.app import App

_ALONE = "Outside of any Blocks it is launched as an app of its own, and shown in a notebook."


def alone(lay_out: Callable[..., None]) -> Callable[..., Any]:
    """Make a tab of a function that lays one out: `tab(client=None, *, targets=None, …)`.

    Inside of Blocks it does as before. Outside, as in a notebook's cell, it launches the tab and
    returns the App. Without *client* it makes one of the settings.
    """

    @functools.wraps(lay_out)
    def tab(
        client: EndpointClient | None = None,
        *,
        targets: Sequence[str] | None = None,
        **options: Any,
    ) -> App | None:
        from workbench.client import EndpointClient
        from workbench.notebook.launching import launch

        if not inside_blocks():
            shown = functools.partial(tab, **options) if options else tab
            return launch(shown, client=client, targets=targets)
        used = EndpointClient() if client is None else client
        with speaking(ENGLISH):  # pages are translated as they are sent
            lay_out(used, targets=targets, **options)
        return None

    del tab.__wrapped__  # its signature is another: the client may be left out
    tab.__doc__ = f"{lay_out.__doc__ or ''}\n\n    {_ALONE}\n    "
    return tab


def inside_blocks() -> bool:
    """Whether Gradio is laying out Blocks, into which a component would go."""
    if "gradio" not in sys.modules:
        return False
    from gradio.context import get_blocks_context

    return get_blocks_context() is not None
