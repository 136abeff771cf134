"""A workbench for Hugging Face inference: one client, one module per task, many faces."""

__version__ = "0.1.0"
