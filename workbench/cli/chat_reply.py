"""One reply: shown as it comes, stopped by Ctrl-C, kept however it ends."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping

from workbench.cli.chat_screen import Screen
from workbench.cli.chat_talk import Talk
from workbench.cli.failures import tell
from workbench.errors import InterruptedStreamError, WorkbenchError
from workbench.store.records import State
from workbench.task import TextPieces

_AGAIN = "/retry sends your message again, /undo takes it back."
_FURTHER = "/continue goes on from there, /retry begins again."


def take_reply(talk: Talk, screen: Screen, *, hints: bool = True) -> State:
    """Ask for the reply to *talk*, show it piece by piece and keep it; returns how it ended.

    Errors are told, not raised. *hints* name the commands that help.
    """
    pieces: TextPieces | None = None
    error: WorkbenchError | None = None
    shown: list[str] = []
    state: State = "done"
    with talk.client.recording(screen.wait), _one_interrupt() as hold_others:
        try:
            screen.begin()
            pieces = talk.ask()
            for piece in pieces:
                shown.append(piece)
                screen.piece(piece)
        except KeyboardInterrupt:
            state = "stopped"
        except WorkbenchError as exc:
            error = exc
            state = "interrupted" if isinstance(exc, InterruptedStreamError) else "failed"
        finally:
            hold_others()
            if pieces is not None:
                pieces.close()
        facts = pieces.result if pieces is not None else None
        facts = facts if isinstance(facts, dict) else {}
        text = str(facts.get("reply") or "")
        if text:
            talk.hear(text, state)
        screen.piece(text[len("".join(shown)) :])  # what was held back when it broke off
        screen.end()
    if state == "stopped":
        screen.tell("[stopped]")
    if error is not None:
        tell(error)
    if error is not None and hints:
        screen.tell(_FURTHER if talk.replied else _AGAIN)
    _tell_facts(facts, screen, hints=hints)
    return state


def _tell_facts(facts: Mapping[str, object], screen: Screen, *, hints: bool) -> None:
    if dropped := facts.get("dropped_messages"):
        told = "the oldest message was" if dropped == 1 else f"the {dropped} oldest messages were"
        screen.tell(f"[the talk is long: {told} not sent]")
    if facts.get("finish_reason") == "length":
        further = "[the tokens are used up; /continue goes on]"
        screen.tell(further if hints else "[the tokens are used up]")


@contextlib.contextmanager
def _one_interrupt() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C interrupt once; what it yields lets none do so any more.

    A second one would end the program while the first is dealt with.
    """
    usual = signal.getsignal(signal.SIGINT)
    if usual is not signal.default_int_handler:  # ignored, as for a job in the background
        yield lambda: None
        return

    def hold() -> None:
        signal.signal(signal.SIGINT, lambda *_: None)

    def interrupt(*_: object) -> None:
        hold()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield hold
    finally:
        signal.signal(signal.SIGINT, usual)
