"""The folder that holds what a person wants to find again."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from workbench.errors import ConfigurationError


def data_folder(env: Mapping[str, str]) -> Path:
    """`WORKBENCH_HOME`, or the place this system has for an application's data.

    Made for its owner alone where it is missing; a folder that is there keeps its permissions.
    ConfigurationError if it can't be made or written to.
    """
    given = env.get("WORKBENCH_HOME", "").strip()
    try:
        folder = Path(given).expanduser() if given else _usual()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):  # asking for permissions misses full disks
            return folder.absolute()
    except (OSError, RuntimeError) as exc:  # RuntimeError: ~ of nobody
        why = getattr(exc, "strerror", None) or str(exc)
        raise ConfigurationError(
            f"conversations can't be kept in {given or _usual()}: {why}",
            hint="Set WORKBENCH_HOME to a folder you can write to, or start with --no-history.",
        ) from exc


def _usual() -> Path:
    return platformdirs.user_data_path("hf-inference-workbench", appauthor=False)
