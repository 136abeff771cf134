"""From the name of a model to a folder with its files: here, in the cache, or off the Hub."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.engines.local.hub_errors import configuration, not_a_model, not_cached
from workbench.engines.local.hub_files import (
    CONFIG,
    INDEX,
    choose,
    files_in,
    is_whole,
    read_components,
)
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions
from workbench.redaction import printable

CACHE = Path("~/.cache/huggingface/hub")
ENDPOINT = "https://huggingface.co"
MAIN = "main"
_MODEL = re.compile(r"(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*", re.ASCII)
_REVISION = re.compile(r"\w[\w.+-]*(?:/\w[\w.+-]*)*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_PATH = re.compile(r"[./~]|.*\\|[A-Za-z]:|[^/@]*/[^/@]*/")


@dataclass(frozen=True)
class Source:
    """Where a model's files are. *size_bytes* is what its weights take on disk."""

    name: str
    folder: Path
    size_bytes: int


@dataclass(frozen=True)
class Named:
    """A model of the Hub as a person writes it: `org/model`, perhaps with `@revision`."""

    model: str
    revision: str = MAIN

    def __str__(self) -> str:
        return self.model if self.revision == MAIN else f"{self.model}@{self.revision}"

    def is_in(self, names: frozenset[str]) -> bool:
        """Whether *names* allow it, as written."""
        return str(self) in names


def find(
    name: str,
    options: LocalOptions,
    *,
    token: str | None,
    tell: Callable[[str], None],
    gone: threading.Event,
    fetch: bool = True,
) -> Source:
    """The files of *name*: a folder, or a model of the Hub, which is asked when the cache lacks it.

    What the cache has whole is used as it is, without a look at the network. Without *fetch* the
    network is never asked. Raises Refusal, and ConnectionAbortedError soon after *gone* is set.
    """
    folder = _folder(name)
    if folder is not None:
        return _in_folder(name, folder, options)
    named = read_name(name)
    cache = cache_folder(options)
    folder = snapshot(cache, named)
    if folder is not None and is_complete(folder):
        try:
            return _source(name, folder, pickle=named.is_in(options.pickle))
        except Refusal:
            # The Hub may have the same weights as safetensors.
            if not fetch or options.offline:
                raise
    if options.offline or not fetch:
        why = "and HF_HUB_OFFLINE is set" if options.offline else "and nothing is fetched now"
        whole = "as a whole, " if folder is not None else ""
        raise not_cached(named, cache, whole + why)
    from workbench.engines.local.hub_fetch import fetch_model

    folder = fetch_model(named, options, token=token, tell=tell, gone=gone)
    return _source(name, folder, pickle=named.is_in(options.pickle))


def read_name(name: str) -> Named:
    """The model and revision that *name* tells. Raises Refusal.

    >>> str(read_name("org/model@v1.0")), str(read_name("gpt2"))
    ('org/model@v1.0', 'gpt2')
    """
    model, at, revision = name.partition("@")
    if not _MODEL.fullmatch(model) or "--" in model or ".." in model or model.endswith((".", "-")):
        raise not_a_model(name)
    if at and (not _REVISION.fullmatch(revision) or ".." in revision):
        raise not_a_model(name)
    return Named(model, revision or MAIN)


def cache_folder(options: LocalOptions) -> Path:
    """The cache of the Hub, which huggingface_hub has too."""
    return (options.cache or CACHE).expanduser().absolute()


def endpoint(options: LocalOptions) -> str:
    """The address of the Hub, without a slash at its end."""
    return (options.endpoint or ENDPOINT).rstrip("/")


def storage(cache: Path, model: str) -> Path:
    """The folder in *cache* of all that is kept of *model*."""
    return cache / "--".join(("models", *model.split("/")))


def snapshot(cache: Path, named: Named) -> Path | None:
    """The folder of a revision in *cache*, which may lack files; None when there is none."""
    kept = storage(cache, named.model)
    commit = named.revision
    if not is_commit(commit):
        try:
            commit = (kept / "refs" / named.revision).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
    folder = kept / "snapshots" / commit
    return folder if is_commit(commit) and folder.is_dir() else None


def is_commit(revision: str) -> bool:
    """Whether *revision* is the hash of a commit, which never changes what it means."""
    return bool(_COMMIT.fullmatch(revision))


def is_complete(folder: Path) -> bool:
    """Whether *folder* has every file that a model needs, as far as the files tell."""
    try:
        return is_whole(files_in(folder), read_components(folder))
    except OSError:
        return False


def _folder(name: str) -> Path | None:
    """The folder that *name* is; None for a name of the Hub. Raises Refusal."""
    if not name.strip() or "\0" in name:
        raise not_a_model(name)
    path = _expanded(name)
    try:
        if path.is_dir():
            return path
    except (OSError, ValueError):
        raise not_a_model(name) from None
    if _PATH.match(name):
        raise configuration(
            f"{printable(name)} is not there: looked for the folder {path}",
            "Correct the path, or write org/model for one of the Hub.",
            404,
        )
    return None


def _expanded(path: str) -> Path:
    try:
        return Path(os.path.expandvars(path)).expanduser().absolute()
    except RuntimeError:  # a home of nobody
        return Path(path).absolute()


def _in_folder(name: str, folder: Path, options: LocalOptions) -> Source:
    try:
        files = files_in(folder)
    except OSError as error:
        raise configuration(
            f"{folder} can't be read: {error.strerror}", "Make it readable, or choose another."
        ) from error
    if CONFIG not in files and INDEX not in files:
        from workbench.engines.local.kinds import kind_of

        kind_of(folder, name)  # knows what else it may be
    return _source(name, folder, pickle=name in options.pickle)


def _source(name: str, folder: Path, *, pickle: bool) -> Source:
    files = files_in(folder)
    choice = choose(name, files, read_components(folder), pickle=pickle)
    return Source(name, folder, sum(files[file] for file in choice.weights))
