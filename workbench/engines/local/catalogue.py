"""Models to begin with, and those that are in the cache."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from workbench.engines.local.hub import (
    Named,
    cache_folder,
    is_complete,
    read_name,
    snapshot,
    storage,
)
from workbench.engines.local.hub_errors import configuration, unwritable
from workbench.engines.local.kinds import TASKS, kind_of
from workbench.engines.local.needs import missing
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

_MODELS = "models--"


@dataclass(frozen=True)
class Suggested:
    """A small model. *about_mb* is what is fetched, in 10**6 bytes, and only roughly known."""

    name: str
    tasks: tuple[str, ...]
    about_mb: int
    licence: str
    note: str


SUGGESTED = (
    Suggested(
        "Falconsai/text_summarization",
        ("summarization",),
        250,
        "apache-2.0",
        "T5 small, trained to summarize English",
    ),
    Suggested(
        "dslim/distilbert-NER",
        ("ner",),
        260,
        "apache-2.0",
        "DistilBERT; people, places, organisations in English",
    ),
    Suggested(
        "microsoft/git-base-coco",
        ("captioning",),
        710,
        "mit",
        "one sentence about a picture, in English",
    ),
    Suggested(
        "Salesforce/blip-image-captioning-base",
        ("captioning",),
        990,
        "bsd-3-clause",
        "the course's model; its weights are a pickle: list it under `pickle` in workbench.toml",
    ),
    Suggested(
        "HuggingFaceTB/SmolVLM-256M-Instruct",
        ("captioning", "chat"),
        520,
        "apache-2.0",
        "chats about pictures; needs more: pip install torchvision num2words",
    ),
    Suggested(
        "nota-ai/bk-sdm-tiny",
        ("text-to-image",),
        3400,
        "creativeml-openrail-m",
        "Stable Diffusion with a smaller U-Net; mind the licence's rules of use",
    ),
    Suggested(
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        ("completion", "chat"),
        270,
        "apache-2.0",
        "quick on any machine; what it says is simple",
    ),
    Suggested(
        "Qwen/Qwen2.5-0.5B-Instruct",
        ("completion", "chat"),
        1000,
        "apache-2.0",
        "slower, and a better talker in many languages",
    ),
)
"""Small models for every task, the smallest of a task first."""


@dataclass(frozen=True)
class Cached:
    """A model in the cache. *last_used* is in seconds since 1970, as exact as the disk keeps it."""

    name: str
    tasks: tuple[str, ...]
    """Which tasks it serves: none when it is of another kind."""
    size_bytes: int
    folder: Path
    last_used: float
    complete: bool = True
    """False while files are missing."""


def cached(options: LocalOptions) -> list[Cached]:
    """The models in the cache by name, every revision of one together. Raises Refusal.

    Those that are there in part are among them, and those whose files were taken away; the
    `scan_cache_dir` of huggingface_hub leaves these out, and the bytes of unfinished files.
    """
    cache = cache_folder(options)
    try:
        folders = [each for each in cache.iterdir() if each.name.startswith(_MODELS)]
        models = [_cached(cache, each) for each in folders if each.is_dir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise configuration(
            f"the cache at {cache} can't be read: {error.strerror}",
            "Set HF_HOME to the folder that has your models.",
        ) from error
    return sorted(models, key=lambda model: model.name.lower())


def targets_here(task: str, options: LocalOptions) -> list[str]:
    """The targets that do *task* with what is in the cache; none where it can't be read.

    None either where they could not run.
    """
    if missing(task):
        return []
    try:
        models = cached(options)
    except Refusal:
        return []
    return [f"local:{model.name}" for model in models if model.complete and task in model.tasks]


def remove(name: str, options: LocalOptions) -> int:
    """Remove a model from the cache with all its revisions; how many bytes that freed.

    Files that huggingface_hub shares between models stay. Raises Refusal.
    """
    folder = cached_folder(name, options)
    freed = taken(folder)
    try:
        shutil.rmtree(folder)
        shutil.rmtree(folder.parent / ".locks" / folder.name, ignore_errors=True)
    except OSError as error:
        raise unwritable(folder.parent, error) from error
    return freed


def cached_folder(name: str, options: LocalOptions) -> Path:
    """The folder in the cache of all that is kept of *name*. Raises Refusal when there is none."""
    if Path(name).expanduser().is_dir():
        raise configuration(
            f"{name} is a folder of yours, not a model in the cache", "Delete it yourself."
        )
    model, revision, _ = name.partition("@")
    if revision:
        raise configuration(
            f"{name} names one revision, and a model goes with all of them",
            f"Leave the revision out: {model}",
        )
    folder = storage(cache_folder(options), read_name(name).model)
    if not folder.is_dir():
        raise configuration(
            f"{name} is not in the cache at {folder.parent}",
            "`workbench local` lists what is.",
            404,
        )
    return folder


def taken(folder: Path) -> int:
    """The bytes of all files under *folder*, links not followed."""
    return sum(path.stat().st_size for path in _files(folder))


def _cached(cache: Path, kept: Path) -> Cached:
    model = kept.name.removeprefix(_MODELS).replace("--", "/")
    folder = _folder(cache, kept, model)
    uses = [path.stat().st_atime for path in (kept, *_files(kept))]
    return Cached(
        name=model,
        tasks=_tasks(folder),
        size_bytes=taken(kept),
        folder=folder,
        last_used=max(uses[1:] or uses),
        complete=is_complete(folder),
    )


def _folder(cache: Path, kept: Path, model: str) -> Path:
    """The snapshot of main, else the newest, else the folder of it all."""
    main = snapshot(cache, Named(model))
    if main is not None:
        return main
    snapshots = kept / "snapshots"
    found = [each for each in snapshots.iterdir() if each.is_dir()] if snapshots.is_dir() else []
    return max(found, key=lambda each: each.stat().st_mtime, default=kept)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _tasks(folder: Path) -> tuple[str, ...]:
    try:
        return TASKS[kind_of(folder)]
    except (Refusal, OSError):
        return ()
