"""The workbench in a notebook: apps shown below a cell, and results that show what they hold."""

from workbench.notebook.app import App, close
from workbench.notebook.launching import launch

__all__ = ["App", "close", "launch"]
