"""In which language the command line speaks."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence

from workbench.errors import ConfigurationError, WorkbenchError
from workbench.language import LANGUAGES, set_default
from workbench.settings import load_environment

_OPTION = "--lang"
chosen: str | None = None
"""The language that `--lang` named, in which an app is then shown to all its visitors."""


def speak(arguments: Sequence[str]) -> list[str]:
    """Set the language of this process; returns *arguments* without `--lang`, wherever it stood.

    Raises ConfigurationError for a language that isn't spoken here.
    """
    global chosen
    rest, told = _without_option(arguments)
    chosen = _language(told) if told else None
    if told is None:
        env: Mapping[str, str] = os.environ
        with contextlib.suppress(WorkbenchError):  # told again by the command, with its hint
            env = load_environment()
        told = env.get("WORKBENCH_LANG")
    set_default(_language(told) if told else None)
    return rest


def _without_option(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """What `--lang` says, last of all, and the arguments around it.

    >>> _without_option(["run", "--lang", "zh", "ner", "--", "--lang=en"])
    (['run', 'ner', '--', '--lang=en'], 'zh')
    """
    rest: list[str] = []
    told: str | None = None
    given = iter(arguments)
    for argument in given:
        name, equals, value = argument.partition("=")
        if argument == "--":
            return [*rest, argument, *given], told
        if name != _OPTION:
            rest.append(argument)
        else:
            told = value if equals else next(given, "")
            if not told:
                raise _no_language("")
    return rest, told


def _language(name: str) -> str:
    """The code of a language by what a person calls it.

    >>> _language("zh-CN"), _language("en")
    ('zh', 'en')
    """
    code = name.strip().replace("_", "-").partition("-")[0].lower()
    if code not in LANGUAGES:
        raise _no_language(name)
    return code


def _no_language(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"there is no language {name!r}", hint=f"There are: {', '.join(LANGUAGES)}."
    )
