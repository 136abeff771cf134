"""The workbench as a Space at Hugging Face: written by `workbench space`, opened by its app.py."""

from workbench.space.opening import open_space

__all__ = ["open_space"]
