"""What goes wrong with a model in this process, put so that a person knows what to do."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.engines.local import device
from workbench.engines.local.loaded import Loaded
from workbench.engines.toolkit import Refusal

_AGAIN = "Remove the model and fetch it again, or write the folder anew."
_FULL = ("can't allocate memory", "cannot allocate memory", "out of memory", "not enough memory")
_LIBRARY = (
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    EOFError,
    pickle.UnpicklingError,
)


def gigabytes(size: float) -> str:
    """A size for people, in 10**9 bytes.

    >>> gigabytes(3_140_000_000), gigabytes(42_000_000), gigabytes(1200)
    ('3.1 GB', '42 MB', '1.2 kB')
    """
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.2g} {name}" if size < 100 * unit else f"{size / unit:.0f} {name}"
    return f"{size:.0f} bytes"


def is_out_of_memory(error: BaseException) -> bool:
    """Whether *error* says that memory ran out, on whichever device.

    >>> is_out_of_memory(MemoryError()), is_out_of_memory(RuntimeError("shapes differ"))
    (True, False)
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError | OSError) and any(part in said for part in _FULL)


@contextmanager
def surviving(loaded: Loaded) -> Iterator[None]:
    """Around a generation: running out of memory becomes a Refusal, and the model stays usable."""
    try:
        yield
    except (MemoryError, RuntimeError, OSError) as error:
        if not is_out_of_memory(error):
            raise
        _let_go(error)
        raise Refusal(
            f"Memory ran out while {loaded.name} worked on {loaded.device}.",
            507,
            kind="refused",
            hint="Send less at once, or ask for fewer tokens or a smaller picture. "
            "The model is still loaded.",
        ) from None


@contextmanager
def explained(name: str, folder: Path, where: str, needed: int) -> Iterator[None]:
    """Around loading: what the libraries raise becomes a Refusal; *needed* is in bytes."""
    try:
        yield
    except Refusal:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            _let_go(error)
            raise no_room(name, where, needed, device.free_bytes(where)) from None
        if isinstance(error, ImportError):
            raise Refusal(
                f"{name} needs a package that is not installed: {_short(error, name, folder)}",
                kind="configuration",
                hint="Install it with pip, or choose another model.",
            ) from error
        damaged = type(error).__name__ == "SafetensorError"
        if not damaged and not isinstance(error, _LIBRARY):
            raise
        what = f"The weights of {name} are damaged" if damaged else f"{name} cannot be loaded"
        raise Refusal(
            f"{what}: {_short(error, name, folder)}", 500, kind="failed", hint=_AGAIN
        ) from error


def _let_go(error: BaseException) -> None:
    """Free what the frames of *error* hold: what was computed until memory ran out."""
    chain: BaseException | None = error
    while chain is not None:
        traceback.clear_frames(chain.__traceback__)
        chain = chain.__context__
    device.give_back()


def no_room(name: str, where: str, needed: int, available: float) -> Refusal:
    """The refusal for a model of *needed* bytes on a device that has fewer to give."""
    return Refusal(
        f"{name} needs about {gigabytes(needed)} of memory; "
        f"{where} has {gigabytes(max(0, available))} to give.",
        507,
        kind="refused",
        hint="Choose a smaller model, close other programs, or halve it with "
        '`dtype = "bfloat16"` under `[local]` in workbench.toml.',
    )


def over_limit(name: str, needed: int, limit: float) -> Refusal:
    """The refusal for a model of *needed* bytes where a person allowed *limit*."""
    return Refusal(
        f"{name} needs about {gigabytes(needed)} of memory; `memory_gb` allows {gigabytes(limit)}.",
        507,
        kind="refused",
        hint="Choose a smaller model, or raise `memory_gb` under `[local]` in workbench.toml.",
    )


def unfit(name: str, what: str, keys: list[str]) -> Refusal:
    """The refusal for weights that leave parts of a model without, or with others' shapes."""
    more = f" and {len(keys) - 3} more" if keys[3:] else ""
    return Refusal(
        f"The weights of {name} do not fit its config.json: {what} {', '.join(keys[:3])}{more}.",
        500,
        kind="failed",
        hint="They may be for another model or another task. " + _AGAIN,
    )


def _short(error: BaseException, name: str, folder: Path) -> str:
    """The first line of what a library said, without the folder's path."""
    said = str(error).strip() or type(error).__name__
    line = said.splitlines()[0].replace(str(folder), name)[:300]
    return line if line.endswith((".", "!", "?")) else f"{line}."
