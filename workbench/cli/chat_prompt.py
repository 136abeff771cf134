"""The line a person types: edited, remembered, completed with Tab."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output

from workbench.cli.chat_commands import COMMANDS
from workbench.cli.status import is_terminal
from workbench.errors import WorkbenchError
from workbench.language import translate

_FILE = "chat-history"


class Prompt:
    """Reads messages from the terminal; what it shows goes to stderr if that is one too."""

    def __init__(self, models: Iterable[str], history: Path | None) -> None:
        shows = sys.stderr if is_terminal(sys.stderr) or not is_terminal(sys.stdout) else sys.stdout
        self._session: PromptSession[str] = PromptSession(
            "> ",
            multiline=True,
            prompt_continuation="  ",
            history=_Kept(history) if history else InMemoryHistory(),
            completer=_Words(models),
            complete_while_typing=False,
            key_bindings=_keys(),
            enable_suspend=True,
            output=create_output(stdout=shows),
        )

    def read(self) -> str:
        """The next message. Raises EOFError for Ctrl-D, KeyboardInterrupt for Ctrl-C."""
        return self._session.prompt()

    @property
    def typed(self) -> str:
        """What stood there when Ctrl-C was pressed."""
        return self._session.default_buffer.text


def history_file() -> Path | None:
    """Where messages are remembered; None where no file can be."""
    from workbench.settings import load_environment
    from workbench.store.folder import data_folder

    try:
        path = data_folder(load_environment()) / _FILE
        path.touch(mode=0o600)
        with path.open("ab"):
            return path
    except (WorkbenchError, OSError):
        return None


class _Kept(FileHistory):
    """A file that fills its disk ends no conversation."""

    def store_string(self, string: str) -> None:
        with contextlib.suppress(OSError):
            super().store_string(string.encode("utf-8", "replace").decode())


class _Words(Completer):
    """Commands, and the names of models after ``/model``."""

    def __init__(self, models: Iterable[str]) -> None:
        self._models = tuple(models)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        del complete_event
        typed = document.text_before_cursor
        if typed.startswith("/model "):
            begun = typed.removeprefix("/model ").lstrip()
            words = dict.fromkeys(self._models, "")
        elif typed.startswith("/"):
            begun = typed[1:]
            words = {
                name + " " * bool(command.takes): translate(command.told)
                for name, command in COMMANDS.items()
            }
        else:
            return
        for word, told in words.items():
            if word.startswith(begun):
                yield Completion(word, start_position=-len(begun), display_meta=told)


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter", filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        """Send, unless the line says that it goes on."""
        buffer = event.current_buffer
        if buffer.document.is_cursor_at_the_end and buffer.text.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter", filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        """A new line, as most terminals send it for Alt-Enter."""
        event.current_buffer.insert_text("\n")

    return keys
