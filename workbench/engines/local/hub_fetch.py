"""Fetch the files of a model into the cache of the Hub, with huggingface_hub.

File by file, and not by its `snapshot_download`: the threads of that hold up the end of the
process, and it notes a revision as there before the first file has come.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.engines.local.hub import Named, cache_folder, endpoint, is_commit, storage
from workbench.engines.local.hub_errors import explained, no_room, unreadable
from workbench.engines.local.hub_files import INDEX, choose, read_components
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

TIMEOUT_S = 10.0
"""For the listing; the files have the timeouts of huggingface_hub."""
_LOOK_S = 0.05
_TELL_S = 0.25
_GRACE_S = 1.0


def fetch_model(
    named: Named,
    options: LocalOptions,
    *,
    token: str | None,
    tell: Callable[[str], None],
    gone: threading.Event,
) -> Path:
    """Fetch what is needed of *named*; the folder of its snapshot.

    *tell* hears in this thread how far it is, four times a second at most. Another thread does
    the work: once *gone* is set this one returns at once, and that one ends when more of a file
    has come. Raises Refusal, and ConnectionAbortedError when *gone* is set.
    """
    course = _Course(str(named))
    future: Future[Path] = Future()

    def work() -> None:
        try:
            future.set_result(_fetch(named, options, token, course))
        except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
            future.set_exception(error)

    threading.Thread(target=work, name="workbench-fetch", daemon=True).start()
    told, last = "", 0.0
    try:
        while not wait([future], timeout=_LOOK_S).done:
            if gone.is_set():
                raise ConnectionAbortedError("the caller has left")
            if course.told != told and time.monotonic() - last >= _TELL_S:
                told, last = course.told, time.monotonic()
                tell(told)
    except KeyboardInterrupt:
        course.stop.set()
        wait([future], timeout=_GRACE_S)  # else the end of the process leaves half a file behind
        raise
    finally:
        course.stop.set()
    try:
        folder = future.result()
    except Refusal:
        raise
    except Exception as error:
        cache, site = cache_folder(options), endpoint(options)
        raise explained(error, named, cache, site, token, course.left) from error
    if course.told != told:
        tell(course.told)
    return folder


class _Left(Exception):  # noqa: N818 - nothing went wrong
    """The work was told to stop."""


class _Course:
    """How far a fetch is, in bytes; setting *stop* ends it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stop = threading.Event()
        self.total = self.whole = self.come = 0

    @property
    def left(self) -> int:
        return max(0, self.total - self.come)

    @property
    def told(self) -> str:
        if not self.total:
            return ""
        digits = 0 if self.total >= 10_000_000 else 1
        done, total = (self.total - self.left) / 1e6, self.total / 1e6
        return f"{self.name}: {done:.{digits}f} of {total:.{digits}f} MB fetched"

    def bar(self) -> type[Any]:
        """A progress bar that draws nothing, and counts here."""
        from huggingface_hub.utils import tqdm  # type: ignore[attr-defined]

        course = self

        class Bar(tqdm):
            monitor_interval = 0  # no thread that redraws it

            def __init__(self, *given: Any, **named: Any) -> None:
                super().__init__(*given, **{**named, "disable": True})  # type: ignore[no-untyped-call]

            def update(self, n: float | None = 1) -> None:
                if course.stop.is_set():
                    raise _Left
                # With Xet a file has two bars: for what has come, and for what is written.
                self.n += n or 0
                course.come = max(course.come, course.whole + int(self.n))

        return Bar


def _fetch(named: Named, options: LocalOptions, token: str | None, course: _Course) -> Path:
    from huggingface_hub import HfApi
    from huggingface_hub.utils import logging as hub_logging

    # No log and no warning: what matters is raised.
    hub_logging.set_verbosity(logging.CRITICAL)
    warnings.filterwarnings("ignore", module=r"huggingface_hub(\.|$)")
    cache, site, model = cache_folder(options), endpoint(options), named.model
    agent = "hf-inference-workbench"
    api = HfApi(site, token=token or False, library_name=agent, library_version=__version__)
    info = api.model_info(model, revision=named.revision, files_metadata=True, timeout=TIMEOUT_S)
    if not is_commit(info.sha or ""):
        raise unreadable(site)
    sizes = {each.rfilename: each.size or 0 for each in info.siblings or ()}
    folder = storage(cache, model) / "snapshots" / str(info.sha)
    get = partial(api.hf_hub_download, model, cache_dir=cache, tqdm_class=course.bar())
    if INDEX in sizes:
        get(INDEX, revision=info.sha)
    pickle, code = named.is_in(options.pickle), named.is_in(options.remote_code)
    choice = choose(str(named), sizes, read_components(folder), pickle=pickle, code=code)
    # The small ones first: what is refused is refused before the large ones are fetched.
    files = sorted(choice.files, key=sizes.__getitem__)
    missing = [file for file in files if not (folder / file).is_file()]
    total = max(1, sum(sizes[file] for file in files))
    course.whole = course.come = total - sum(sizes[file] for file in missing)
    course.total = total
    cache.mkdir(parents=True, exist_ok=True)
    if course.left > shutil.disk_usage(cache).free:
        raise no_room(named, cache, course.left)
    for file in missing:
        if course.stop.is_set():
            raise _Left
        get(file, revision=info.sha)
        course.whole = course.come = course.whole + sizes[file]
    if not is_commit(named.revision):
        get(files[0], revision=named.revision)  # notes which commit that is, now that it is whole
    return folder
