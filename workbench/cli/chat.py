"""`workbench chat`: a conversation in the terminal, or a reply to each line of a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from workbench.cli.chat_commands import obey, place
from workbench.cli.chat_reply import take_reply
from workbench.cli.chat_screen import Screen, unechoed
from workbench.cli.chat_talk import Talk
from workbench.cli.failures import FAILED, SOME_FAILED, tell
from workbench.cli.status import is_terminal
from workbench.client import EndpointClient
from workbench.errors import ConfigurationError, InvalidInputError, WorkbenchError


def chat(
    model: str | None,
    *,
    target: str | None,
    system: str | None,
    options: Mapping[str, float | None],
    history: bool,
) -> None:
    """Talk until the person leaves, or the lines of a pipe end.

    Options that are None are the model's own.
    """
    if model and target:
        raise ConfigurationError(
            "a model and a target are given", hint="They mean the same here: give one of them."
        )
    if sys.stdin is None:
        raise InvalidInputError("there is no input", hint="Run it in a terminal, or pipe lines in.")
    given = {name: value for name, value in options.items() if value is not None}
    with EndpointClient() as client:
        talk = Talk(client, system=system, options=given)
        talk.switch(model or target)
        if is_terminal(sys.stdin):
            with unechoed():
                _converse(talk, Screen(), history=history)
        else:
            _answer_lines(talk, Screen())


def _converse(talk: Talk, screen: Screen, *, history: bool) -> None:
    from workbench.cli.chat_prompt import Prompt, history_file

    prompt = Prompt(talk.client.settings.chat_models, history_file() if history else None)
    screen.tell(f"Talking to {place(talk)}.")
    screen.tell("/help lists the commands, Ctrl-C stops a reply, Ctrl-D leaves.")
    while True:
        screen.tell("")
        try:
            line = prompt.read()
        except KeyboardInterrupt:
            if not prompt.typed.strip():
                screen.tell("Ctrl-D or /quit leaves.")
            continue
        except EOFError:
            return
        try:
            take_line(line.strip(), talk, screen)
        except KeyboardInterrupt:
            screen.tell("[stopped]")
        except EOFError:
            return


def take_line(line: str, talk: Talk, screen: Screen) -> None:
    """Do the command, or answer the message, that *line* is; EOFError when that is to leave."""
    try:
        if line.startswith("/") and not line.startswith("//"):
            obey(line, talk, screen)
        elif line:
            talk.say(line.removeprefix("/") if line.startswith("//") else line)
            take_reply(talk, screen)
    except WorkbenchError as error:
        tell(error)


def _answer_lines(talk: Talk, screen: Screen) -> None:
    """Each line is a message as it stands, a slash is a slash: a pipe may carry anybody's text."""
    states = []
    for line in _lines():
        talk.say(line)
        states.append(take_reply(talk, screen, hints=False))
        if states[-1] == "stopped":
            raise KeyboardInterrupt
        if not talk.replied:
            talk.undo()
    if failed := [state for state in states if state != "done"]:
        sys.exit(FAILED if len(failed) == len(states) else SOME_FAILED)


def _lines() -> Iterator[str]:
    """The lines of standard input that say something. Raises InvalidInputError."""
    try:
        for number, data in enumerate(sys.stdin.buffer, 1):
            line = data.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            if line:
                yield line
    except UnicodeDecodeError as exc:
        raise InvalidInputError(
            f"line {number} of standard input is not UTF-8 text", hint="Convert it to UTF-8."
        ) from exc
    except OSError as exc:
        raise InvalidInputError(
            f"standard input can't be read: {exc.strerror or exc}", hint="Pipe lines in."
        ) from exc
