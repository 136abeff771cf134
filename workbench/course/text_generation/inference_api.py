"""The clients of `text_generation` for a host that is gone: they say so."""

from __future__ import annotations

from workbench import hosts
from workbench.course.text_generation.awaited import AsyncClient
from workbench.course.text_generation.client import Client
from workbench.errors import RetiredHostError


class InferenceAPIClient(Client):
    """Called models at a host that was switched off; raises RetiredHostError."""

    def __init__(self, repo_id: str, token: str | None = None, timeout: float = 10) -> None:
        del repo_id, token, timeout
        raise RetiredHostError(
            f"InferenceAPIClient called {hosts.RETIRED_HOST}, "
            "which was switched off by Hugging Face",
            hint="Use Client with the address of an endpoint, or of `workbench serve`.",
        )


class InferenceAPIAsyncClient(AsyncClient):
    """Called models at a host that was switched off; raises RetiredHostError."""

    __init__ = InferenceAPIClient.__init__
