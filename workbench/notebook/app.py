"""An app that runs, as a person holds it: where it is, how it is shown, and its end."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from workbench.closing import Closing
from workbench.language import translate
from workbench.notebook.frame import frame_html, note_html
from workbench.notebook.place import Place, cell

if TYPE_CHECKING:
    from workbench.client import EndpointClient
    from workbench.ui.launch import Running

_CLOSED = "This app is closed. Run its cell again to open it."
_open: list[App] = []


class App(Closing):
    """An app that was launched: its `url`, and `close()`, which frees its port.

    It shows itself at the end of a cell. `wait()` keeps a script alive until Ctrl+C. *name* is
    what it shows: of two of the same name the later one takes the place of the other.
    """

    def __init__(
        self,
        running: Running,
        *,
        title: str,
        name: object,
        place: Place,
        width: int | str,
        height: int,
        own: EndpointClient | None = None,
    ) -> None:
        self.url = running.url
        self.title = title
        self._running = running
        self._name = name
        self._place = place
        self._width = width
        self._height = height
        self._own = own
        self._cell, self._run = cell()
        self._shown: dict[str, Any] = {}
        self._closed = threading.Event()
        _open.append(self)

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    @property
    def port(self) -> int:
        return int(self._running.app.server_port)

    def close(self) -> None:
        """Free the port, and say so where the app is shown. A second time does nothing."""
        if self.closed:
            return
        self._closed.set()
        _open.remove(self)
        self._running.close()
        if self._own:
            self._own.close()
        for output in self._shown.values():
            output.update(self._bundle(), raw=True)

    def wait(self) -> None:
        """Return when the app is closed; Ctrl+C closes it."""
        try:
            while not self._closed.wait(1):
                pass
        except KeyboardInterrupt:
            self.close()

    def show(self) -> None:
        """Show the app below the cell, or tell its address where there is no notebook."""
        if not self._place.inline:
            print(translate(self._place.note) or f"{self.title}: {self.url}", file=sys.stderr)
            return
        from IPython.display import display

        show: Any = display
        self._shown[cell()[1]] = show(self._bundle(), raw=True, display_id=True)

    def __repr__(self) -> str:
        return f"<App {self.title!r} {'closed' if self.closed else 'at ' + self.url}>"

    def _ipython_display_(self) -> None:
        if not self._place.inline:
            print(repr(self))
        elif cell()[1] not in self._shown:  # not again in the cell that launched it
            self.show()

    def _bundle(self) -> dict[str, str]:
        if self.closed:
            shown = note_html(translate(_CLOSED))
        elif self._place.note:
            shown = note_html(translate(self._place.note))
        else:
            shown = frame_html(self.url, title=self.title, width=self._width, height=self._height)
        return {"text/plain": repr(self), "text/html": shown}


def take_over(name: object) -> int:
    """Close what an app of this *name* replaces; returns the port to go on at, 0 for any.

    That is an app of the same name, and whatever this cell launched when it ran before.
    """
    here, run = cell()
    replaced = [
        app
        for app in _open
        if app._name == name or (here and app._cell == here and app._run != run)
    ]
    for app in replaced:
        app.close()
    return replaced[0].port if replaced else 0


def close() -> None:
    """Close every app that was launched from here.

    >>> close()
    """
    for app in list(_open):
        app.close()
