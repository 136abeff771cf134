"""A person's own template, as it is written in `workbench.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.chat.conversation import Message
from workbench.chat.harmless import harmless, without_marks
from workbench.chat.templates import Template, apart
from workbench.errors import ConfigurationError

_PARTS = ("system", "user", "assistant")
_MAX_STOPS = 4  # what a TGI server takes


def read_template(name: str, table: Mapping[str, object]) -> Template:
    r"""A template of strings in which ``{text}`` stands for what is said.

    ``user`` and ``assistant`` are needed and begin with a mark of two visible characters or more,
    which can then be broken in what a person types; ``system``, ``suffix`` (what the reply is
    asked for with; the beginning of ``assistant`` unless it is given) and ``stops`` (the mark of
    ``user``) are not. Raises ConfigurationError listing all that is wrong.

    >>> table = {"user": "[Q] {text}\n", "assistant": "[A] {text}\n"}
    >>> template = read_template("quiz", table)
    >>> template.render([Message("user", "Why [A]?")]), template.stops
    ('[Q] Why [ A]?\n[A]', ('[Q]',))
    """
    problems = [f"{key} is no key of a template" for key in table if key not in _KEYS]
    parts = {role: _part(role, table.get(role), problems) for role in _PARTS if role in table}
    problems += [f"{role} is missing" for role in ("user", "assistant") if role not in table]
    suffix = table.get("suffix", parts.get("assistant", ("", ""))[0].rstrip())
    if not isinstance(suffix, str):
        problems.append("suffix must be text")
    stops = _stops(table.get("stops", [parts.get("user", ("", ""))[0].strip()]), problems)
    if problems:
        raise ConfigurationError(
            f"the template {name!r} can't be used: {'; '.join(problems)}",
            hint='Write it as in user = "Q: {text}\\n", assistant = "A: {text}\\n".',
        )
    marks = _marks([piece for part in parts.values() for piece in part] + [str(suffix), *stops])

    def clean(text: str) -> str:
        return without_marks(harmless(text), marks)

    def render(messages: Sequence[Message]) -> str:
        system, turns = apart(messages, clean)
        if system and "system" in parts:
            turns = [("system", system), *turns]
        elif system:  # it has no place of its own, and must not be lost
            turns[0] = (turns[0][0], f"{system}\n{turns[0][1]}")
        prompt = "".join(text.join(parts[role]) for role, text in turns)
        if turns[-1][0] == "assistant":
            return prompt.removesuffix(parts["assistant"][1])
        return prompt + str(suffix)

    return Template(name, render, stops)


_KEYS = (*_PARTS, "suffix", "stops")


def _part(role: str, value: object, problems: list[str]) -> tuple[str, str]:
    if not isinstance(value, str) or value.count("{text}") != 1:
        problems.append(f"{role} must be text that holds {{text}} once")
        return "", ""
    before, _, after = value.partition("{text}")
    if role != "system" and len(before.strip()) < 2:
        problems.append(f"{role} must begin with a mark, two characters or more before {{text}}")
    return before, after


def _stops(value: object, problems: list[str]) -> tuple[str, ...]:
    stops = tuple(value) if isinstance(value, list | tuple) else ("",)
    if not all(isinstance(stop, str) and stop for stop in stops):
        problems.append("stops must be a list of strings that aren't empty")
        return ()
    if len(stops) > _MAX_STOPS:
        problems.append(f"stops are at most {_MAX_STOPS}")
    return stops


def _marks(pieces: Sequence[str]) -> list[str]:
    """The lines of *pieces* that can be recognised in a text, the longest first."""
    lines = {line.strip() for piece in pieces for line in piece.splitlines()}
    return sorted((line for line in lines if len(line) > 1), key=len, reverse=True)
