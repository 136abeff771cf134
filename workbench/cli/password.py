"""`workbench password`: the line of a file of users."""

from __future__ import annotations

import getpass
import sys

from workbench.cli.output import say
from workbench.errors import InvalidInputError
from workbench.language import translate
from workbench.users import check_name, hash_password

_AGAIN = "Run the command again."


def print_user(name: str) -> None:
    """Ask for a password, twice and unseen, or read it from a pipe; print ``name:hash``."""
    name = check_name(name)
    password = _ask() if sys.stdin is not None and sys.stdin.isatty() else _piped()
    if not password:
        raise InvalidInputError("there is no password", hint=_AGAIN)
    say(f"{name}:{hash_password(password)}")


def _ask() -> str:
    try:
        password = getpass.getpass(translate("Password: "))
        if password and getpass.getpass(translate("Once more: ")) != password:
            raise InvalidInputError("the two passwords differ", hint=_AGAIN)
    except EOFError:
        return ""
    return password


def _piped() -> str:
    try:
        return sys.stdin.readline().rstrip("\r\n") if sys.stdin is not None else ""
    except UnicodeDecodeError as exc:
        raise InvalidInputError("the password is not UTF-8 text", hint=_AGAIN) from exc
    except OSError as exc:
        raise InvalidInputError(f"standard input can't be read: {exc.strerror}", hint="") from exc
