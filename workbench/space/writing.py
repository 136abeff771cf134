"""Write the files of a Space into a folder, and none that somebody else wrote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from workbench.errors import ConfigurationError
from workbench.redaction import redact

MANIFEST = ".workbench-space.json"
"""What was written, with the hash of each file."""
_NAMED = 3
_LONG = 16


def write_space(folder: Path, files: Mapping[str, bytes], *, force: bool = False) -> None:
    """Write *files*; those of an earlier copy that are no longer needed go.

    Raises ConfigurationError, with nothing written, where *folder* is not empty and no Space of
    ours, or where files were changed since; with *force* both are written over.
    """
    before = _manifest(folder)
    try:
        foreign = folder.is_dir() and any(path.name != ".git" for path in folder.iterdir())
        if before is None and foreign and not force:
            raise ConfigurationError(
                f"{folder} has files in it, and is no Space that was written here",
                hint="Name an empty folder, or add --force to replace files of the same names.",
            )
        known = before or {}
        changed = [path for path, data in files.items() if _changed(folder, path, data, known)]
        if changed and not force:
            more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
            raise ConfigurationError(
                f"changed since they were written: {', '.join(changed[:_NAMED])}{more}",
                hint="Move them away, or add --force to replace them.",
            )
        for path in sorted(set(known) - set(files)):
            if _hash_of(folder / path) == known[path]:
                (folder / path).unlink()
        for path, data in files.items():
            _put(folder, path, data)
        hashes = {path: _hash(data) for path, data in files.items()}
        _put(folder, MANIFEST, (json.dumps({"files": hashes}, indent=1) + "\n").encode())
    except OSError as exc:
        raise ConfigurationError(
            f"{folder} can't be written: {exc.strerror}", hint="Name another folder."
        ) from exc


def check_secrets(
    files: Mapping[str, bytes], given: Iterable[str], secrets: Iterable[str | None]
) -> None:
    """Raises ConfigurationError if a file holds one of *secrets*, or a text *given* looks like one.

    In files only long ones count: a short password may be a word that our code has in it.
    """
    known = [secret for secret in secrets if secret]
    long = [secret.encode() for secret in known if len(secret) >= _LONG]
    found = [path for path, data in files.items() if any(secret in data for secret in long)]
    if found or any(redact(text, known) != text for text in given):
        raise ConfigurationError(
            f"{found[0] if found else 'a file'} would hold a secret, for everybody to read",
            hint="Leave it out here, and set it as a secret in the settings of the Space.",
        )


def _manifest(folder: Path) -> dict[str, str] | None:
    """Path -> hash of what was written before; None where nothing was."""
    try:
        files = json.loads((folder / MANIFEST).read_bytes())["files"]
        return {
            path: digest
            for path, digest in files.items()
            if isinstance(path, str) and _is_inside(folder, path)
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _is_inside(folder: Path, path: str) -> bool:
    return (folder / path).parent.resolve().is_relative_to(folder.resolve())


def _changed(folder: Path, path: str, data: bytes, known: Mapping[str, str]) -> bool:
    place = folder / path
    if not _is_inside(folder, path) or place.is_symlink():
        return True
    return place.exists() and _hash_of(place) not in (known.get(path), _hash(data))


def _put(folder: Path, path: str, data: bytes) -> None:
    place = folder / path
    if not _is_inside(folder, path):
        raise ConfigurationError(f"{place.parent} leads out of {folder}", hint="Remove that link.")
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink():
        place.unlink()
    place.write_bytes(data)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hash_of(place: Path) -> str | None:
    return _hash(place.read_bytes()) if place.is_file() else None
