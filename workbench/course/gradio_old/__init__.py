"""Old Gradio on today's: code written for Gradio 3, 4 or 5 runs, in this process only.

Everything rests on tables: arguments in `table.py`, names in `names.py`. A new one is one line.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import ModuleType

from workbench.course import modules
from workbench.course.announcing import Announcer
from workbench.course.gradio_old import (
    chats,
    components,
    events,
    interfaces,
    launching,
    names,
)
from workbench.course.gradio_old.calls import Translator
from workbench.course.gradio_old.launching import Sharing
from workbench.course.gradio_old.patches import Patches

logger = logging.getLogger(__name__)


class OldGradio:
    """Translates from the import of Gradio on, until it is removed."""

    def __init__(self, announcer: Announcer, sharing: Sharing | None = None) -> None:
        self._announcer = announcer
        self._sharing = sharing or Sharing()
        self._patches = Patches()

    def install(self) -> None:
        """Translate now if Gradio is imported, else as soon as it is."""
        modules.watch("gradio", self._translate)

    def remove(self) -> None:
        """Leave Gradio as it was."""
        modules.withdraw("gradio")
        self._patches.undo()

    def _translate(self, gradio: ModuleType) -> None:
        translator = Translator(self._announcer)
        parts: tuple[Callable[[], None], ...] = (
            lambda: events.install(gradio, self._patches, translator),
            lambda: components.install(gradio, self._patches, translator),
            lambda: chats.install(gradio, self._patches, translator),
            lambda: interfaces.install(gradio, self._patches),
            lambda: launching.install(gradio, self._patches, translator, self._sharing),
            lambda: names.install(gradio, self._patches, self._announcer),
        )
        for part in parts:
            try:
                part()
            except Exception:  # a later Gradio, and importing it must work all the same
                logger.exception("Not everything of old Gradio could be translated")
                version = getattr(gradio, "__version__", "")
                self._announcer(
                    f"Gradio {version} is newer than this translation, and part of it is off."
                )
