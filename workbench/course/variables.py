"""The variables that the notebooks read: pointed at what answers, where they point nowhere."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, MutableMapping
from urllib.parse import urlsplit

from workbench import hosts
from workbench.errors import ConfigurationError
from workbench.redaction import display_target
from workbench.routes import COMPLETION, COURSE_ROUTES
from workbench.settings import PORT_VARIABLES, load_environment

KEY = "HF_API_KEY"
PLACEHOLDER = "not-needed"
"""In place of a key: nothing here needs one, and the notebooks only insist that there is one."""
OLD_HOST = f"https://{hosts.RETIRED_HOST}"

_READ = re.compile(
    r"""(?:environ\s*(?P<must>\[)|environ\.get\s*\(|getenv\s*\()\s*["'](?P<name>[A-Z][A-Z0-9_]*)["']"""
)
_PORT = re.compile(r"PORT_?\d{1,2}")
_SECRET = re.compile(r"(?:HF|HUGGING_?FACE(?:HUB)?|HUB|API)_?.*(?:TOKEN|KEY)")
_BASE = re.compile(r"(?:HF|HUGGING_?FACE|INFERENCE|API)_.*(?:BASE|URL|ENDPOINT)")
_SIGNS = (
    ("summarization", ("SUMM", "BART-LARGE-CNN", "DISTILBART", "PEGASUS", "T5")),
    ("ner", ("NER", "TOKEN-CLASS", "TOKEN_CLASS")),
    ("captioning", ("ITT", "CAPTION", "BLIP", "IMAGE-TO-TEXT", "IMAGE_TO_TEXT", "VIT-GPT2")),
    (
        "text-to-image",
        ("TTI", "DIFFUSION", "FLUX", "SDXL", "TEXT-TO-IMAGE", "TEXT_TO_IMAGE", "SD_"),
    ),
    (
        "completion",
        ("FALC", "LLM", "CHAT", "LLAMA", "MISTRAL", "GPT", "INSTRUCT", "ZEPHYR", "TEXT"),
    ),
)


def guess_task(name: str) -> str:
    """The task that a variable or a model is named after; empty where it can't be told.

    >>> [guess_task(name) for name in ("HF_API_CAPTION_BASE", "tiiuae/falcon-7b", "HF_API_X_BASE")]
    ['captioning', 'completion', '']
    """
    upper = name.upper()
    return next((task for task, signs in _SIGNS if any(sign in upper for sign in signs)), "")


class Variables:
    """Sets what is missing in the environment of this process, and takes it back.

    A target that is set and lives stays. One that is no address (`org/model`, `local:…`) is put
    behind an address of ours, since the notebooks call it with `requests`.
    """

    def __init__(
        self,
        base_url: str,
        announce: Callable[[str], None],
        environ: MutableMapping[str, str] = os.environ,
    ) -> None:
        self._base = base_url
        self._announce = announce
        self._environ = environ
        self._before: dict[str, str | None] = {}
        self.ours: dict[str, str] = {}
        """What was set, by name."""
        self.targets: dict[str, tuple[str, str]] = {}
        """Variable -> its task and target, where the target is no address."""

    def set_up(self) -> None:
        """Point every variable of the course somewhere, and set the ports and the key that lack."""
        env = self._read()
        for route in COURSE_ROUTES:
            names = [route.variable]
            if route is COMPLETION:
                names.append(route.variable.replace("FALCOM", "FALCON"))
                set_one = next((env[name] for name in names if env.get(name)), "")
                for name in names:
                    if set_one and not env.get(name):
                        env[name] = set_one
                        self._set(name, set_one)
            for name in names:
                self._point(name, route.task, env.get(name, "").strip())
        if not env.get(KEY, "").strip():
            self._set(KEY, env.get("HF_TOKEN", "").strip() or PLACEHOLDER)
            if "HF_API_CHAT_BASE" not in env and not env.get("HF_TOKEN"):
                self._set("HF_API_CHAT_BASE", "embedded")
        for name in PORT_VARIABLES:
            if not env.get(name, "").strip().isdecimal():
                self._set(name, str(free_port()))

    def provide(self, code: str) -> None:
        """Set what *code* reads from the environment by another name than the course's."""
        for found in _READ.finditer(code):
            name = found["name"]
            if self._environ.get(name):
                continue
            if _PORT.fullmatch(name):
                self._set(name, str(free_port()))
            elif _BASE.fullmatch(name) and (task := guess_task(name)):
                self._set(name, self.address(task))
            elif found["must"] and _SECRET.fullmatch(name):
                self._set(name, PLACEHOLDER)

    def address(self, task: str) -> str:
        """Where the background server answers for *task*."""
        return self._base if task == COMPLETION.task else f"{self._base}/{task}"

    def restore(self) -> None:
        """Take back what was set and has not been changed since."""
        for name, before in self._before.items():
            if self._environ.get(name) == self.ours.get(name):
                if before is None:
                    del self._environ[name]
                else:
                    self._environ[name] = before
        self._before.clear()
        self.ours.clear()

    def _read(self) -> dict[str, str]:
        try:
            return load_environment(self._environ)
        except ConfigurationError as exc:
            self._announce(f"{exc}. {exc.hint}")
            return dict(self._environ)

    def _point(self, name: str, task: str, value: str) -> None:
        if value.startswith(self._base):
            return
        if not value or value == "embedded":
            self._set(name, self.address(task))
        elif hosts.replacement(value):
            self._announce(
                f"{name} points to {hosts.RETIRED_HOST}, which Hugging Face switched off; the "
                "embedded engine answers instead. Put a living target into your .env file to "
                "have a model answer."
            )
            self._set(name, self.address(task))
        elif urlsplit(value).scheme not in ("http", "https"):
            self.targets[name] = (task, value)
            self._announce(f"{name} is answered by {display_target(value)}.")
            self._set(name, f"{self._base}/targets/{name}")

    def _set(self, name: str, value: str) -> None:
        if name not in self._before:
            self._before[name] = self._environ.get(name)
        self.ours[name] = self._environ[name] = value


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
