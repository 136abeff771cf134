"""Models in this process: transformers and diffusers, behind the same requests as a host."""

from workbench.engines.local.engine import TASKS, Local, Served

__all__ = ["TASKS", "Local", "Served"]
