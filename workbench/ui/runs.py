"""The runs under way in a tab, so that each can be ended on the server."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.exchanges import Recording

if TYPE_CHECKING:
    import gradio as gr


class Runs:
    """The recordings of a tab's runs, by the visit they belong to.

    Gradio cancels a run by its number, which a page learns a moment after it asked for the run;
    what is pressed in that moment would stop nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_visit: dict[str, list[Recording]] = {}

    @contextlib.contextmanager
    def recording(self, request: gr.Request) -> Iterator[Recording]:
        """A recording that `stop` ends, for as long as the block lasts."""
        visit, recording = str(request.session_hash), Recording()
        with self._lock:
            self._by_visit.setdefault(visit, []).append(recording)
        try:
            yield recording
        finally:
            with self._lock:
                left = [each for each in self._by_visit.pop(visit) if each is not recording]
                if left:
                    self._by_visit[visit] = left

    def stop(self, request: gr.Request) -> None:
        """End every run of this visit."""
        with self._lock:
            recordings = list(self._by_visit.get(str(request.session_hash), ()))
        for recording in recordings:
            recording.stop()
