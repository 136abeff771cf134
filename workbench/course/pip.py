"""`!pip install gradio==3.37` and its kin: not run for what is here, as the kernel would break."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROVIDED = frozenset({"text-generation", "transformers", "diffusers"})
"""What notebooks find without installing it: `workbench.course` answers in its place."""
_COMMAND = re.compile(
    r"""(?P<indent>\s*)(?P<result>\w+\s*=\s*)?(?P<sign>!{1,2}|%)?\s*
    (?P<tool>(?:\{?sys\.executable\}?\s+-m\s+|python3?\s+-m\s+)?pip3?|uv\s+pip|conda|mamba)
    \s+install(?P<rest>\s.*|)""",
    re.VERBOSE | re.DOTALL,
)
_SHELL_CELL = re.compile(r"\s*%%(?:bash|sh|cmd|script|!|system|sx)\b")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_TAIL = re.compile(r"\s*(&&|;|\|\|?|#)\s*")
_TAKES_VALUE = frozenset(
    {"-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t"}
    | {"--target", "--root", "--prefix", "--channel", "-n", "--name", "--timeout", "--proxy"}
    | {"--trusted-host", "--platform", "--python-version"}
)


def spare(lines: Sequence[str], announce: Callable[[str], None]) -> list[str]:
    """The *lines* of a cell without what installs packages that are here; others stay.

    >>> spare(["!pip install -q gradio==3.37\\n", "import gradio\\n"], print)
    gradio is here already (6...), and installing another would break this kernel: not done.
    ['pass\\n', 'import gradio\\n']
    >>> spare(["!pip install -q gradio no-such-package\\n"], lambda sentence: None)
    ['!pip install -q no-such-package\\n']
    """
    shell = bool(lines) and _SHELL_CELL.match(lines[0]) is not None
    spared: list[str] = []
    waiting = ""
    for line in lines:
        waiting += line
        if line.rstrip("\n").endswith("\\"):
            continue
        spared.append(_spare(waiting, announce, shell=shell))
        waiting = ""
    return [*spared, waiting] if waiting else spared


def _spare(line: str, announce: Callable[[str], None], *, shell: bool) -> str:
    found = _COMMAND.fullmatch(line.rstrip("\n"))
    if found is None or (found["result"] and not found["sign"]):
        return line
    asked, *tail = _TAIL.split(found["rest"].replace("\\\n", " "), maxsplit=1)
    try:
        kept, left_out = _sorted(shlex.split(asked))
    except ValueError:
        return line
    if not left_out:
        return line
    for name in left_out:
        announce(_sentence(name))
    command = f"{found['tool']} install {shlex.join(kept)}" if _packages(kept) else ""
    if tail and tail[0] in ("&&", ";"):
        command = f"{command} {tail[0]} {tail[1]}" if command else tail[1]
    nothing = ":" if shell else "pass"
    if found["result"]:
        nothing = f"{found['result']}[]"
        command = command and found["result"] + (found["sign"] or "!") + command
    elif command and not shell:
        command = (found["sign"] or "%") + command
    return found["indent"] + (command or nothing) + "\n" * line.endswith("\n")


def _sentence(name: str) -> str:
    there = _version(name)
    if there:
        return (
            f"{name} is here already ({there}), and installing another would break this kernel: "
            "not done."
        )
    return f"{name} need not be installed: workbench.course answers in its place."


def _sorted(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words to keep, and the packages among them that are here."""
    kept: list[str] = []
    here: list[str] = []
    value_next = ""
    for word in words:
        if value_next:
            if value_next in ("-r", "--requirement"):
                more, already = _sorted(_listed(word) or ["-r=" + word])
                kept += [
                    f"--requirement={part[3:]}" if part[:3] == "-r=" else part for part in more
                ]
                here += already
            else:
                kept += [value_next, word]
            value_next = ""
        elif word in ("-r", "--requirement") or word in _TAKES_VALUE:
            value_next = word
        elif (name := _name(word)) and (name in PROVIDED or _version(name)):
            here.append(name)
        else:
            kept.append(word)
    return kept, here


def _listed(path: str) -> list[str]:
    """The packages of a requirements file; none when it can't be read."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    wanted = (line.partition("#")[0].partition(";")[0].strip() for line in lines)
    return [line.replace(" ", "") for line in wanted if line and not line.startswith("-")]


def _packages(words: Sequence[str]) -> list[str]:
    """Those of *words* that name something to install."""
    named = []
    value_next = False
    for word in words:
        if value_next:
            value_next = False
        elif word in _TAKES_VALUE:
            value_next = True
        elif not re.match(r"\d?>|-(?!-requirement=|e)", word):
            named.append(word)
    return named


def _name(word: str) -> str:
    """The package that a requirement names, as package lists spell it; empty for no package."""
    found = _NAME.match(word)
    if word.startswith("-") or found is None or "/" in word or word.endswith((".whl", ".txt")):
        return ""
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
