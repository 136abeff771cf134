"""Keep Gradio from talking to anyone: to be called before it is imported."""

from __future__ import annotations

import os

_OFF = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # Statistics that nobody reads, made anew with pandas for every call.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
}


def quiet_gradio() -> None:
    """Switch off analytics, telemetry and the run history, which keeps inputs in clear text."""
    os.environ.update(_OFF)
