"""`workbench local`: the models on this machine."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import asdict
from datetime import datetime, timezone

from workbench.cli.failures import harmless, told_as_errors
from workbench.cli.output import say, say_json
from workbench.cli.status import is_terminal, write
from workbench.engines.local import catalogue
from workbench.engines.local.hub import cache_folder, find
from workbench.engines.local.hub_errors import megabytes
from workbench.errors import ConfigurationError
from workbench.language import translate
from workbench.settings import Settings

NONE = "none of the tasks"
_LINES_S = 5.0


def list_models(*, as_json: bool) -> None:
    """Print the models in the cache, the tasks they serve and what they take."""
    options = Settings.load().local
    with told_as_errors():
        models = catalogue.cached(options)
    if as_json:
        say_json([_facts(model) for model in models])
        return
    cache = cache_folder(options)
    if not models:
        say(harmless(translate(f"No models in the cache at {cache}.")))
        say(translate("`workbench local suggest` names small ones."))
        return
    width = max(len(model.name) for model in models)
    for model in models:
        tasks = ", ".join(model.tasks) or translate(NONE)
        line = f"{model.name:<{width}}  {megabytes(model.size_bytes):>6} MB  {tasks}"
        if model.complete:
            told = f"last used {_day(model.last_used)}"
        else:
            told = f"incomplete: `workbench local fetch {model.name}` fetches the rest"
        say(harmless(f"{line}; {translate(told)}"))
    total = sum(model.size_bytes for model in models)
    say(harmless(translate(f"{megabytes(total)} MB in {cache}")))


def suggest_models(*, as_json: bool) -> None:
    """Print small models to begin with."""
    if as_json:
        say_json([asdict(model) for model in catalogue.SUGGESTED])
        return
    width = max(len(model.name) for model in catalogue.SUGGESTED)
    for model in catalogue.SUGGESTED:
        size = translate(f"about {model.about_mb} MB")
        say(f"{model.name:<{width}}  {size:>13}  {', '.join(model.tasks)}")
        say(f"{'':<{width}}  {translate(model.note)} ({model.licence})")
    say(
        translate(
            "`workbench local fetch MODEL` fetches one; then use it with --target local:MODEL."
        )
    )


def fetch_model(name: str) -> None:
    """Have a model in the cache; print its folder, and the target that uses it."""
    settings = Settings.load()
    with told_as_errors(), _Progress() as progress:
        source = find(
            name,
            settings.local,
            token=settings.token,
            tell=progress.tell,
            gone=threading.Event(),
        )
    say(harmless(str(source.folder)))
    say(harmless(f"--target local:{name}"))


def remove_model(name: str, *, yes: bool) -> None:
    """Remove a model from the cache, asking first on a terminal; print how much that freed."""
    options = Settings.load().local
    with told_as_errors():
        folder = catalogue.cached_folder(name, options)
        size = megabytes(catalogue.taken(folder))
        if not yes and not _agrees(f"Remove {name} ({size} MB) from {folder.parent}? [y/N] "):
            say(translate("Nothing was removed."))
            return
        freed = catalogue.remove(name, options)
    say(harmless(translate(f"Removed {name}: {megabytes(freed)} MB freed.")))


class _Progress:
    """One line on stderr that is written anew on a terminal; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._lively = is_terminal(sys.stderr)
        self._last = 0.0
        self._waiting = ""

    def __enter__(self) -> _Progress:
        return self

    def tell(self, text: str) -> None:
        """Show *text* in place of what was shown before."""
        text = translate(text)
        if self._lively:
            write(f"\r\x1b[K{harmless(text)}")
            self._last = time.monotonic()
            return
        self._waiting = text
        if time.monotonic() - self._last >= _LINES_S:
            self._flush()

    def __exit__(self, *problem: object) -> None:
        if not self._lively:
            self._flush()
        elif self._last:
            write("\n")

    def _flush(self) -> None:
        if self._waiting:
            write(f"{harmless(self._waiting)}\n")
            self._waiting, self._last = "", time.monotonic()


def _agrees(question: str) -> bool:
    if not is_terminal(sys.stdin):
        raise ConfigurationError(
            "nobody is there to be asked whether to remove it", hint="Add --yes to remove it."
        )
    write(harmless(translate(question)))
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _facts(model: catalogue.Cached) -> dict[str, object]:
    return {
        "name": model.name,
        "tasks": list(model.tasks),
        "size_bytes": model.size_bytes,
        "folder": str(model.folder),
        "last_used": datetime.fromtimestamp(model.last_used, timezone.utc).isoformat(),
        "complete": model.complete,
        "target": f"local:{model.name}",
    }


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).astimezone().date().isoformat()
