"""Changes to Gradio in this process, each of which can be taken back."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

_MISSING = object()


class Patches:
    """Sets attributes and remembers what they were.

    >>> class Box:
    ...     size = 1
    >>> patches = Patches()
    >>> patches.set(Box, "size", 2)
    >>> patches.set(Box, "colour", "red")
    >>> patches.undo()
    >>> Box.size, hasattr(Box, "colour")
    (1, False)
    """

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: object) -> None:
        """Give *owner* the attribute *name*."""
        before = vars(owner).get(name, _MISSING)
        self._before.append((owner, name, before))
        setattr(owner, name, value)

    def wrap(self, owner: Any, name: str, around: Callable[..., Any]) -> None:
        """Put *around* in front of a function of *owner*; it gets the function, then the call."""
        original = getattr(owner, name)

        @functools.wraps(original)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            return around(original, *args, **kwargs)

        self.set(owner, name, wrapped)

    def undo(self) -> None:
        """Put everything back, the last change first."""
        while self._before:
            owner, name, value = self._before.pop()
            if value is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
