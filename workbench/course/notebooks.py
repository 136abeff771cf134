"""Notebook files: found, read whatever their version, and written back without secrets."""

from __future__ import annotations

import glob
import json
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbench.errors import ConfigurationError
from workbench.redaction import redact

MARK = "workbench"
"""In the metadata of a notebook that we wrote."""
_NOT_ONE = "Name a file that Jupyter wrote: it ends in .ipynb and is JSON."


def find_notebooks(given: Iterable[str]) -> list[Path]:
    """The notebooks that *given* names: files, folders with notebooks, or patterns such as `L*`.

    Each comes once, in the order of what names it. Raises ConfigurationError.
    """
    found: dict[Path, Path] = {}
    for name in given:
        for path in _named(name):
            found.setdefault(path.resolve(), path)
    return list(found.values())


def _named(name: str) -> list[Path]:
    path = Path(name).expanduser()
    if path.is_dir():
        paths = sorted(path.glob("*.ipynb"))
        if not paths:
            raise ConfigurationError(f"there is no notebook in {name}", hint=_NOT_ONE)
        return paths
    if path.exists():
        return [path]
    paths = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207
    paths = [path for path in paths if path.suffix == ".ipynb" and path.is_file()]
    if not paths:
        raise ConfigurationError(
            f"{name} is not there", hint="Check the name and the folder you are in."
        )
    return paths


def read_notebook(path: Path) -> Any:
    """The notebook at *path* in format 4, whichever it is written in.

    Raises ConfigurationError for a file that is missing, empty or no Python notebook.
    """
    import nbformat

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise ConfigurationError(f"{path} can't be read: {exc.strerror or exc}") from exc
    except UnicodeDecodeError as exc:
        raise ConfigurationError(f"{path} is no notebook: no text", hint=_NOT_ONE) from exc
    if not text.strip():
        raise ConfigurationError(f"{path} is empty", hint=_NOT_ONE)
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or not {"cells", "worksheets"} & set(content):
            raise ValueError("no cells in it")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(notebook)
    except Exception as exc:  # nbformat raises many kinds for what is not a notebook
        told = str(exc).partition("\n")[0]
        raise ConfigurationError(f"{path} is no notebook: {told}", hint=_NOT_ONE) from exc
    language = _language(notebook)
    if language != "python":
        raise ConfigurationError(
            f"{path} is written in {language}", hint="Only Python notebooks can be run."
        )
    return notebook


def _language(notebook: Any) -> str:
    metadata = notebook.metadata
    name = metadata.get("language_info", {}).get("name") or "python"
    name = metadata.get("kernelspec", {}).get("language") or name
    return "python" if name.lower().startswith(("python", "ipython")) else str(name)


def without_secrets(notebook: Any, secrets: Iterable[str]) -> str:
    """*notebook* as the text of a file of ours; nothing in it is, or looks like, a secret."""
    import nbformat

    secrets = list(secrets)
    notebook.metadata[MARK] = {"executed": True}

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return redact(value, secrets)
        if isinstance(value, dict):
            return type(value)((key, clean(inner)) for key, inner in value.items())
        if isinstance(value, list):
            return [clean(inner) for inner in value]
        return value

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text: str = nbformat.writes(clean(notebook))  # type: ignore[no-untyped-call]
    return text + "\n"
