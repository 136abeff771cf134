"""Modules that notebooks import: one put in the place of a missing one, one looked at once it came.

Nothing is imported before a notebook asks for it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

Make = Callable[[], ModuleType]
Look = Callable[[ModuleType], object]


class _Loader(Loader):
    """Gives a module that is there under another name, and leaves that as it is."""

    def __init__(self, make: Make) -> None:
        self._make = make

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return ModuleType(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        made = self._make()
        if made.__spec__ is None:
            made.__spec__ = module.__spec__
        sys.modules[module.__name__] = made


class _Missing(MetaPathFinder):
    """Asked last, so only for what is not installed."""

    def __init__(self) -> None:
        self.makers: dict[str, Make] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        make = self.makers.get(name)
        return make and ModuleSpec(name, _Loader(make), is_package=True)


class _Coming(MetaPathFinder):
    """Asked first; lets the others find the module, and looks at it when it is loaded."""

    def __init__(self) -> None:
        self.lookers: dict[str, Look] = {}
        self._busy: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if name not in self.lookers or name in self._busy:
            return None
        self._busy.add(name)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._busy.discard(name)
        if spec is None or spec.loader is None or isinstance(spec.loader, _Loader):
            return spec
        load = spec.loader.exec_module

        def load_and_look(module: ModuleType) -> None:
            load(module)
            if look := self.lookers.get(name):
                look(sys.modules[name])

        spec.loader.exec_module = load_and_look  # type: ignore[method-assign]
        return spec


def stand_in(name: str, known: Mapping[str, object]) -> ModuleType:
    """A module *name* that has what is *known* alone, and says so of the rest.

    >>> from_course = stand_in("transformers", {"pipeline": print})
    >>> from_course.AutoTokenizer
    Traceback (most recent call last):
    ImportError: transformers is not installed; workbench.course stands in for its pipeline alone...
    """
    module = ModuleType(name, "Stands in for a package that is not installed.")
    vars(module).update(known)

    def missing(wanted: str) -> object:
        if wanted.startswith("__"):
            raise AttributeError(f"module {name!r} has no attribute {wanted!r}")
        raise ImportError(
            f"{name} is not installed; workbench.course stands in for its {', '.join(known)} "
            f"alone. For {wanted}, run: pip install {name}"
        )

    module.__getattr__ = missing  # type: ignore[method-assign]
    return module


_MISSING, _COMING = _Missing(), _Coming()


def provide(name: str, make: Make) -> None:
    """Where there is no module *name*, importing it gives what *make* returns."""
    if _MISSING not in sys.meta_path:
        sys.meta_path.append(_MISSING)
    _MISSING.makers[name] = make


def watch(name: str, look: Look) -> None:
    """Call *look* with the module *name* once it is imported, or now if it was."""
    if _COMING not in sys.meta_path:
        sys.meta_path.insert(0, _COMING)
    _COMING.lookers[name] = look
    if name in sys.modules:
        look(sys.modules[name])


def is_provided(name: str) -> bool:
    """Whether importing *name* gives what was provided for it, since it is not installed."""
    spec = importlib.util.find_spec(name)
    return spec is not None and isinstance(spec.loader, _Loader)


def withdraw(name: str) -> None:
    """Neither provide nor watch *name* any longer; a module that was provided is forgotten."""
    _COMING.lookers.pop(name, None)
    if _MISSING.makers.pop(name, None):
        for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
            del sys.modules[each]
