"""`huggingface_hub.InferenceClient` without a key asks the engine behind the notebook."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from workbench.course.gradio_old.patches import Patches
from workbench.course.variables import PLACEHOLDER

MODULE = "huggingface_hub.inference._client"
_TASKS = {
    "chat_completion": "",
    "text_generation": "",
    "summarization": "/summarization",
    "token_classification": "/ner",
    "image_to_text": "/captioning",
    "text_to_image": "/text-to-image",
}
"""Method -> where the engine answers it."""


def redirect(
    module: ModuleType, base_url: str, announce: Callable[[str], None], patches: Patches
) -> None:
    """Have the clients of *module* that have no key, and no address, ask *base_url*."""
    for method, path in _TASKS.items():

        def ask(
            original: Any, self: Any, *args: Any, _url: str = base_url + path, **kwargs: Any
        ) -> Any:
            named = kwargs.get("model") or self.model
            if _is_free(self, named):
                announce(
                    "`InferenceClient` has no key, so the embedded engine answers"
                    + (f" and not {named}." if named else ".")
                )
                kwargs["model"] = _url
            return original(self, *args, **kwargs)

        patches.wrap(module.InferenceClient, method, ask)


def _is_free(client: Any, model: str | None) -> bool:
    """Whether a call is meant for Hugging Face, which answers nobody without a key."""
    if getattr(client, "base_url", None) or "://" in (model or ""):
        return False
    from huggingface_hub import get_token

    return (client.token or get_token() or PLACEHOLDER) == PLACEHOLDER
