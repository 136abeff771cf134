"""`Client`: that of the package `text_generation` where it is installed, else ours."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from workbench.course import modules

_NAME = "text_generation"
_PARTS = ("client", "errors", "inference_api", "types")


def install() -> None:
    """Let `import text_generation` give our module where the package is missing.

    >>> install()
    >>> from text_generation import Client
    >>> Client("http://127.0.0.1:8080", timeout=120).timeout
    120
    """
    modules.provide(_NAME, _stand_in)


def uninstall() -> None:
    """Take it back."""
    modules.withdraw(_NAME)


def _stand_in() -> ModuleType:
    """Our module, its parts known by the names they have in the package."""
    ours = importlib.import_module(f"workbench.course.{_NAME}")
    for part in _PARTS:
        module = importlib.import_module(f"{ours.__name__}.{part}")
        sys.modules[f"{_NAME}.{part}"] = module
    return ours


def __getattr__(name: str) -> object:
    if name != "Client":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        package = importlib.import_module(_NAME)
    except ImportError:
        package = importlib.import_module(f"workbench.course.{_NAME}")
    return package.Client
