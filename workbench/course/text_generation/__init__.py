"""What `import text_generation` gives where that package is missing: its clients, by its names."""

from workbench.course.text_generation.awaited import AsyncClient
from workbench.course.text_generation.client import Client
from workbench.course.text_generation.inference_api import (
    InferenceAPIAsyncClient,
    InferenceAPIClient,
)

__version__ = "0.7.0"
"""The version of the package whose interface this is."""
__all__ = ["AsyncClient", "Client", "InferenceAPIAsyncClient", "InferenceAPIClient"]
