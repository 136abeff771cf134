"""The local engine: which model a request is for, and the model lent to it while it is answered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.chat.conversation import Message
from workbench.engines.container import Container
from workbench.engines.generation.events import close
from workbench.engines.generation.rules import Wanted
from workbench.engines.generation.speech import Speech, Token
from workbench.engines.local.loaded import short_name
from workbench.engines.messages import Pause, Reply, Request
from workbench.engines.toolkit import Answer, Call
from workbench.local_options import LocalOptions

if TYPE_CHECKING:
    from workbench.engines.local.loaded import Loaded

_HANDLERS: Mapping[str, str] = MappingProxyType(
    {
        "summarization": "summarization:answer_summarization",
        "ner": "ner:answer_ner",
        "captioning": "captioning:answer_captioning",
        "text-to-image": "painting:answer_text_to_image",
    }
)
"""Task -> module and function, loaded with the first call: they bring torch along."""
_SPOKEN = ("chat", "completion")
TASKS = (*_HANDLERS, *_SPOKEN)
"""What a model in this process can be asked for."""


class Local:
    """Answers ``local://engine/…?model=NAME`` with the model called NAME."""

    def __init__(self, options: LocalOptions, token: str | None = None) -> None:
        self._options = options
        self._token = token

    def __call__(self, request: Request) -> Reply:
        name = request.query.get("model", "")
        query = {key: value for key, value in request.query.items() if key != "model"}
        served = Served(dict.fromkeys(TASKS, name), self._options, self._token)
        return Container(served)(replace(request, query=query))


class Served:
    """Models by the task that each does; what a container is put around."""

    name = "local"

    def __init__(
        self, models: Mapping[str, str], options: LocalOptions, token: str | None = None
    ) -> None:
        self._models = models
        self._options = options
        self._token = token
        self.tasks = tuple(task for task in _HANDLERS if task in models)
        names = _shown(models.values())
        self.model_tasks = {names[models[task]]: task for task in self.tasks}
        spoken = {task: models[task] for task in _SPOKEN if task in models}
        self.speaker = _Speaker(spoken, self._lend) if spoken else None

    def infer(self, task: str, call: Call) -> Answer:
        module, _, function = _HANDLERS[task].partition(":")
        with ExitStack() as until:
            loaded = self._lend(until, task, self._models[task], call)
            answer = getattr(import_module(f"{__package__}.{module}"), function)
            done: Answer = answer(loaded, call)
            return replace(done, compute="cpu" if loaded.device == "cpu" else "gpu")

    def load(self, tell: Callable[[str], None]) -> None:
        """Load every model now, so that the first caller need not wait. Raises Refusal."""
        for task, name in self._models.items():
            with ExitStack() as until:
                loaded = self._lend(until, task, name, Call(None, {}, tell=tell))
                if self.speaker is not None:
                    self.speaker.measure(task, loaded)

    def _lend(self, until: ExitStack, task: str, name: str, call: Call | Request) -> Loaded:
        """The model called *name*, for the caller alone until *until* is closed."""
        if "torch" not in sys.modules:
            call.tell("PyTorch is starting")
        from workbench.engines.local.failures import surviving
        from workbench.engines.local.shelf import SHELF

        borrowed = SHELF.use(
            name, task, self._options, token=self._token, tell=call.tell, gone=call.gone
        )
        loaded = until.enter_context(borrowed)
        until.enter_context(surviving(loaded))
        return loaded


_Lend = Callable[[ExitStack, str, str, Request], "Loaded"]


class _Speaker:
    """Says replies with the models for chat and for completion; one may do both."""

    def __init__(self, models: Mapping[str, str], lend: _Lend) -> None:
        self._by_task = models
        self._lend = lend
        self._shown = _shown(models.values())
        self.models: Sequence[str] = tuple(self._shown.values())
        self._main = "completion" if "completion" in models else "chat"
        self.name = self._shown[models[self._main]]
        self.max_total_tokens = 2048

    def measure(self, task: str, loaded: Loaded) -> None:
        """Note how long a prompt to *loaded* may be, if it is the one that continues them."""
        from workbench.engines.local.speech import max_total_tokens

        if task == self._main:
            self.max_total_tokens = max_total_tokens(loaded)

    def complete(self, prompt: str, wanted: Wanted, request: Request, model: str | None) -> Speech:
        from workbench.engines.local import speech

        with ExitStack() as until:
            loaded = self._lend(until, *self._chosen("completion", model), request)
            said = speech.complete(loaded, prompt, wanted, request.gone)
            return _held(said, wanted, until.pop_all())

    def reply(
        self, messages: Sequence[Message], wanted: Wanted, request: Request, model: str | None
    ) -> Speech:
        from workbench.engines.local import speech

        with ExitStack() as until:
            loaded = self._lend(until, *self._chosen("chat", model), request)
            said = speech.reply(loaded, messages, wanted, request.gone)
            return _held(said, wanted, until.pop_all())

    def _chosen(self, task: str, model: str | None) -> tuple[str, str]:
        """The model asked for by name, else the one for *task*, else the one there is."""
        for other, name in self._by_task.items():
            if model in (name, self._shown[name]):
                return other, name
        return task, self._by_task.get(task) or next(iter(self._by_task.values()))


def _shown(names: Iterable[str]) -> dict[str, str]:
    """Each name, once, and how callers know it: no path, unless two folders have one name."""
    each = dict.fromkeys(names)
    short = [short_name(name) for name in each]
    return {n: s if short.count(s) == 1 else n for n, s in zip(each, short, strict=True)}


def _held(speech: Speech, wanted: Wanted, until: ExitStack) -> Speech:
    """*speech* with its model lent until the last token, or until it is closed."""

    def tokens() -> Iterator[Token | Pause | None]:
        with until:
            try:
                yield from speech.tokens
            finally:
                close(speech.tokens)

    return replace(speech, tokens=tokens(), ignored=(*speech.ignored, *wanted.unused))
