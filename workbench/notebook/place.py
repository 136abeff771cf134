"""Where this process runs, and how an app of it is reached and shown from there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_COLAB = (
    "https://colab.research.google.com",
    "https://*.googleusercontent.com",
    "https://*.colab.dev",
)
_VS_CODE = ("vscode-webview:", "vscode-file:")
_KAGGLE = (
    "Kaggle lets no browser reach an app of a notebook. The tasks answer in cells all the same: "
    '`find_task("ner").run(text, client=client)`.'
)


@dataclass(frozen=True)
class Place:
    """What kind of place this is: whether cells show HTML, and whose pages may frame the app."""

    inline: bool = True
    frames: tuple[str, ...] = ()
    address: Callable[[int], str] | None = None
    """The address at which a browser reaches a port, where that isn't this machine's."""
    note: str = ""
    """What a person has to do before the app can be reached."""


def find_place(environ: Mapping[str, str] = os.environ) -> Place:
    """The place that this process runs at.

    A kernel whose notebook is at localhost needs nothing: its frames are welcome to any app on
    loopback. VS Code shows outputs in pages of its own scheme. Colab and a JupyterHub that says
    what it is called hand ports on; of another hub a person has to tell the address.
    """
    if not has_kernel():
        return Place(inline=False)
    if "google.colab" in sys.modules:
        return Place(frames=_COLAB, address=_colab_address)
    if "KAGGLE_KERNEL_RUN_TYPE" in environ:
        return Place(inline=False, note=_KAGGLE)
    if prefix := environ.get("JUPYTERHUB_SERVICE_PREFIX"):
        return _hub(prefix, environ.get("JUPYTERHUB_PUBLIC_URL", ""))
    if any(name.startswith("VSCODE_") for name in environ):
        return Place(frames=_VS_CODE)
    return Place()


def shell() -> Any:
    """The IPython that runs this code, if one does."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None


def has_kernel() -> bool:
    """Whether this code runs in a notebook's kernel, and not in a terminal."""
    return hasattr(shell(), "kernel")


def cell() -> tuple[str, str]:
    """The cell that runs, if the front end names it, and which run of a cell this is."""
    running = shell()
    parent: Mapping[str, Any] = running.get_parent() if hasattr(running, "get_parent") else {}
    metadata, header = parent.get("metadata") or {}, parent.get("header") or {}
    return str(metadata.get("cellId") or ""), str(header.get("msg_id") or "")


def _hub(prefix: str, public_url: str) -> Place:
    proxy = f"{prefix.rstrip('/')}/proxy/{{port}}/"
    parts = urlsplit(public_url)
    if parts.scheme and parts.hostname:
        address = f"{parts.scheme}://{parts.netloc}{proxy}"
        return Place(address=lambda port: address.format(port=port))
    return Place(
        note="This kernel runs on a JupyterHub, and its ports are not those of your browser's "
        "machine. With jupyter-server-proxy installed there, name the address that it gives the "
        f"app: launch(…, public_url='https://HUB{proxy}')."
    )


def _colab_address(port: int) -> str:
    from google.colab.output import eval_js  # type: ignore[import-not-found]

    return str(eval_js(f"google.colab.kernel.proxyPort({port})"))
