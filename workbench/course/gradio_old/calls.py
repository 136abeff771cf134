"""Turn the arguments of an old call into today's, and tell each change."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from workbench.course.announcing import Announcer
from workbench.course.gradio_old.table import ARGUMENTS, GONE, SHOWN, SHOWN_BEFORE, Old

_LONGEST = 24


@functools.cache
def known(function: Callable[..., Any]) -> tuple[str, ...]:
    """The arguments that *function* takes by name."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(function).parameters.values()
    return tuple(parameter.name for parameter in parameters if parameter.kind in kinds)


class Translator:
    """Translates arguments, and tells what it did in the words of the table."""

    def __init__(self, announcer: Announcer) -> None:
        self.announcer = announcer

    def arguments(
        self,
        given: Mapping[str, Any],
        known_today: Iterable[str],
        names: Iterable[str],
        *,
        said: str,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Today's arguments, and what is to be kept on the object.

        *names* are the entries of the table to look in, the nearest first; *said* is how the call
        is shown to a person, as `gr.Chatbot`.
        """
        known_today = set(known_today)
        names = tuple(names)
        today = dict(given)
        kept: dict[str, Any] = {}
        self._buttons(today, known_today, names, said)
        for name, value in list(today.items()):
            rule = _rule(names, name)
            old = rule.when(value) if rule and rule.when else name not in known_today
            if not old:
                continue
            del today[name]
            rule = rule or Old(GONE)
            self.announcer.translated(f"{said}({name}={_short(value)})", rule.today)
            for other, changed in rule.change(value).items():
                if other.startswith("."):
                    kept[other[1:]] = changed
                elif other in known_today:
                    today.setdefault(other, changed)
        return today, kept

    def _buttons(
        self, today: dict[str, Any], known_today: set[str], names: tuple[str, ...], said: str
    ) -> None:
        """Old switches become one list of buttons."""
        switches = {
            name: today.pop(name) for name in SHOWN if name in today and name not in known_today
        }
        if not switches:
            return
        before = next((SHOWN_BEFORE[name] for name in names if name in SHOWN_BEFORE), ())
        wanted = dict.fromkeys(before, True)
        wanted.update({SHOWN[name]: bool(value) for name, value in switches.items()})
        buttons = [button for button, shown in wanted.items() if shown]
        for name, value in switches.items():
            self.announcer.translated(f"{said}({name}={_short(value)})", f"buttons={buttons}")
        if "buttons" in known_today:
            today.setdefault("buttons", buttons)


def _rule(names: tuple[str, ...], argument: str) -> Old | None:
    found = (ARGUMENTS[name][argument] for name in names if argument in ARGUMENTS.get(name, ()))
    return next(found, None)


def _short(value: object) -> str:
    """*value* as it was written, where that is short.

    >>> _short("never"), _short([("user", "x" * 50)])
    ("'never'", '…')
    """
    shown = repr(value) if isinstance(value, str | int | float | tuple | list | None) else "…"
    return shown if len(shown) <= _LONGEST else "…"
