"""Answers that come in pieces: at the end of a cell they are read, and shown as they grow."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, TypeVar

from workbench.closing import Closing
from workbench.notebook.place import has_kernel

T_co = TypeVar("T_co", covariant=True)
_EVERY_S = 0.1


class Live(Iterator[T_co], Closing):
    """Pieces of an answer. A notebook that is to show it reads what is left of it."""

    @abstractmethod
    def bundle(self) -> dict[str, str]:
        """What has arrived so far, by MIME type."""

    def _ipython_display_(self) -> None:
        from IPython import display

        if not has_kernel():  # a terminal can't change what stands there
            for _ in self:
                pass
            print(self.bundle()["text/plain"])
            return
        show: Any = display.display
        output = show(self.bundle(), raw=True, display_id=True)
        shown_at = time.monotonic()
        try:
            for _ in self:
                if time.monotonic() > shown_at + _EVERY_S:
                    output.update(self.bundle(), raw=True)
                    shown_at = time.monotonic()
        except KeyboardInterrupt:
            self.close()
        finally:
            output.update(self.bundle(), raw=True)
