"""A workbench for Hugging Face inference: one client, one module per task, many faces."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.notebook import launch as launch

__version__ = "0.1.0"
__all__ = ["__version__", "launch"]


def __getattr__(name: str) -> object:
    """`workbench.launch` is loaded when it is used: the rest of the package needs none of it."""
    if name == "launch":
        from workbench.notebook import launch

        return launch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), "launch"])
