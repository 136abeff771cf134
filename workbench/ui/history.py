"""Where an app keeps conversations, and whose they are."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.language import translate
from workbench.settings import Settings
from workbench.ui.login import user_of
from workbench.ui.words import failure_text

if TYPE_CHECKING:
    from workbench.store import Store

FILE = "conversations.sqlite3"
OFF = "History is off: conversations are forgotten when the app ends."


@dataclass(frozen=True)
class History:
    """A store, and whether it outlives the app."""

    store: Store
    on: bool = True
    error: WorkbenchError | None = None
    """Why there is none on disk."""

    @property
    def told(self) -> str:
        """What a person should know, in the current language."""
        facts = [] if self.on else [translate(OFF)]
        return " ".join([*facts, *([failure_text(self.error)] if self.error else [])])


_opened: dict[str | None, History] = {}
_lock = threading.Lock()


def open_history(settings: Settings) -> History:
    """The store of the settings, opened once for all apps of this process.

    Where none can be opened, and with the history off, conversations are held in memory.
    """
    from workbench.store import Store, data_folder

    if not settings.history:
        return History(Store(None), on=False)
    with _lock:
        if settings.home not in _opened:
            try:
                env = {"WORKBENCH_HOME": settings.home} if settings.home else {}
                history = History(Store(data_folder(env) / FILE))
            except WorkbenchError as error:
                return History(Store(None), on=False, error=error)
            _opened[settings.home] = history
        return _opened[settings.home]


def owner_of(visitor: object, request: Any) -> str:
    """Whose conversations a page sees: those of who signed in, else those of its browser.

    *visitor* is the secret that the browser keeps; of it only a hash is stored.
    """
    if name := user_of(request):
        return f"user:{name}"
    known = visitor if isinstance(visitor, str) and visitor else request.session_hash
    # Callers without either are strangers to one another.
    secret = known or secrets.token_hex()
    return "browser:" + hashlib.sha256(secret.encode()).hexdigest()
