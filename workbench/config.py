"""`workbench.toml`: what a person sets for a folder, and no secret."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.errors import ConfigurationError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "workbench.toml"
VARIABLE = "WORKBENCH_CONFIG"


def load_config(env: Mapping[str, str], start: Path | None = None) -> dict[str, Any]:
    """The nearest `workbench.toml` in *start* (default: the working directory) or above.

    WORKBENCH_CONFIG names another file. Without one it is empty. Raises ConfigurationError for a
    file that can't be read.
    """
    path = find_config(env, start)
    if path is None:
        return {}
    try:
        table: dict[str, Any] = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as exc:
        raise ConfigurationError(
            f"{path} can't be read: {exc.strerror}", hint="Make it readable, or move it away."
        ) from exc
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise ConfigurationError(
            f"{path} is no TOML: {exc}", hint='A line is written as name = "value".'
        ) from exc
    return table


def find_config(env: Mapping[str, str], start: Path | None = None) -> Path | None:
    """Where the file is that `load_config` reads, if there is one."""
    named = env.get(VARIABLE, "").strip()
    # os.path leaves a home of nobody as it is, which then is a file that isn't there
    return Path(os.path.expanduser(named)) if named else _nearest(start)  # noqa: PTH111


def _nearest(start: Path | None) -> Path | None:
    try:
        here = (start or Path.cwd()).resolve()
        return next(
            (path for path in (f / FILE for f in (here, *here.parents)) if path.is_file()), None
        )
    except OSError:  # the working directory is gone, or closed to us
        return None
