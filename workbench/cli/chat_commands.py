"""What a line that begins with a slash does in a chat."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.chat_endpoints import missing
from workbench.cli.chat_reply import take_reply
from workbench.cli.chat_screen import Screen
from workbench.cli.chat_talk import Talk
from workbench.cli.output import write_file
from workbench.errors import ConfigurationError
from workbench.language import translate
from workbench.routes import CHAT


@dataclass(frozen=True)
class Command:
    """*act* is given the rest of the line; *takes* is how that is told."""

    act: Callable[[Talk, Screen, str], None]
    told: str
    takes: str = ""


def obey(line: str, talk: Talk, screen: Screen) -> None:
    """Do what *line*, which begins with a slash, asks for.

    Raises EOFError when that is to leave, WorkbenchError for what can't be done.
    """
    parts = line[1:].split(maxsplit=1)
    name = parts[0] if parts else ""
    rest = parts[1].strip() if len(parts) > 1 else ""
    if name in COMMANDS:
        COMMANDS[name].act(talk, screen, rest)
        return
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    guess = f"Did you mean /{near[0]}? " if near else ""
    screen.tell(
        f"There is no command /{name}. {guess}/help lists them; "
        "begin a message with // to send it with one slash."
    )


def place(talk: Talk) -> str:
    """Whom one talks to and where, on one line. Raises ConfigurationError."""
    model, endpoint = talk.model, talk.client.endpoint(CHAT)
    if "://" in model.name:
        return model.name
    name = model.title if model.title == model.name else f"{model.title} ({model.name})"
    asked = f", {endpoint.model}" if endpoint.model and not endpoint.in_process else ""
    return f"{name}{asked}, {'in this process' if endpoint.in_process else f'at {endpoint}'}"


def _new(talk: Talk, screen: Screen, _: str) -> None:
    talk.turns.clear()
    screen.tell("A new conversation.")


def _system(talk: Talk, screen: Screen, text: str) -> None:
    if not text:
        now = talk.instructions
        screen.tell(f"The model is told: {now or 'nothing'}")
        return
    talk.system = "" if text == "-" else text
    talk.turns.clear()
    screen.tell(f"A new conversation. The model is told: {talk.system or 'nothing'}")


def _save(talk: Talk, screen: Screen, name: str) -> None:
    _write(talk, screen, name, over=False)


def _save_over(talk: Talk, screen: Screen, name: str) -> None:
    _write(talk, screen, name, over=True)


def _write(talk: Talk, screen: Screen, name: str, *, over: bool) -> None:
    if not name or not talk.turns:
        screen.tell("Name a file: /save talk.md" if talk.turns else "Nothing was said yet.")
        return
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1]
    try:
        path = Path(name).expanduser()
    except RuntimeError:
        screen.tell(f"{name} can't be written: there is no such home folder.")
        return
    if not over and os.path.lexists(path):
        screen.tell(f"{path} is there already. /save! {name} puts the talk in its place.")
        return
    try:
        write_file(path, talk.export(json=path.suffix.lower() == ".json"))
    except ConfigurationError as error:
        error.hint = "Name another file, in a folder that is there and has room."
        raise
    screen.tell(f"Written to {path}")


def _model(talk: Talk, screen: Screen, name: str) -> None:
    if name:
        talk.switch(name)
        screen.tell(f"Talking to {place(talk)}; the talk goes on.")
        return
    settings = talk.client.settings
    for each in settings.chat_models.values():
        needs = missing(each, settings)
        mark = "*" if each.name == talk.model.name else " "
        told = f"{each.title}. It can't answer yet: {needs}" if needs else each.title
        screen.tell(f"{mark} {each.name:<14} {translate(told)}")
    screen.tell("Choose with /model NAME, or any target.")


def _retry(talk: Talk, screen: Screen, _: str) -> None:
    before = list(talk.turns)
    talk.drop_reply()
    if not talk.turns:
        screen.tell("There is no message to send again.")
        return
    take_reply(talk, screen)
    if not talk.replied:
        talk.turns[:] = before  # the reply there was is better than none


def _undo(talk: Talk, screen: Screen, _: str) -> None:
    message = " ".join(talk.undo().split())
    screen.tell(f"Taken back: {message}" if message else "There is nothing to take back.")


def _go_on(talk: Talk, screen: Screen, _: str) -> None:
    if talk.replied:
        take_reply(talk, screen)
    else:
        screen.tell("There is no reply to go on with." + " /retry asks again." * bool(talk.turns))


def _help(_: Talk, screen: Screen, __: str) -> None:
    for name, command in COMMANDS.items():
        screen.tell(f"/{f'{name} {command.takes}':<14} {translate(command.told)}")
    screen.tell("A line that ends with \\ goes on in the next; // sends a slash at the start.")
    screen.tell("Ctrl-C stops a reply, Ctrl-D leaves, arrow up brings back what you wrote.")


def _quit(_: Talk, __: Screen, ___: str) -> None:
    raise EOFError


COMMANDS = {
    "new": Command(_new, "begin a new conversation"),
    "system": Command(_system, "tell the model how to behave, in a new conversation", "TEXT"),
    "model": Command(_model, "talk to another; without a name: whom there is", "NAME"),
    "retry": Command(_retry, "ask for the last reply again"),
    "continue": Command(_go_on, "go on with a reply that broke off"),
    "undo": Command(_undo, "take back the last message and its reply"),
    "save": Command(_save, "write the talk to a file, .md or .json", "FILE"),
    "save!": Command(_save_over, "the same, in the place of a file that is there", "FILE"),
    "help": Command(_help, "this list"),
    "quit": Command(_quit, "leave"),
}
