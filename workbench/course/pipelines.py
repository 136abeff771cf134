"""`pipeline` of transformers, for the tasks of the course: answered here, in its shapes.

transformers 5 dropped two of them, its models can't be had without a network, and often it is not
installed at all.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from workbench.client import EndpointClient
from workbench.course import diffusion, modules
from workbench.course.answering import Announce, answering
from workbench.course.completion import run_task
from workbench.engines.container import PIPELINES
from workbench.engines.parameters import SUMMARIZATION as _SUMMARY_OPTIONS
from workbench.errors import (
    ConfigurationError,
    EndpointTimeoutError,
    InvalidInputError,
    UnreachableError,
)
from workbench.routes import MODEL_TASKS, NER, SUMMARIZATION
from workbench.task import find_task

_OURS = frozenset({"summarization", "ner", "captioning"})
_CAPTION_OPTIONS = ("max_new_tokens", "prompt")
Make = Callable[..., Any]


def install(announce: Announce = print) -> None:
    """Let notebooks that import transformers or diffusers run whatever is installed.

    Where one is missing, importing it gives a module with `pipeline`, or `DiffusionPipeline`,
    alone; where it is there, these answer for the tasks of the course and are as they were for the
    rest. Nothing is imported before a notebook does. *announce* is told who answers, and why.
    """
    diffusion.install(announce)
    modules.provide("transformers", lambda: _stand_in(announce))
    modules.watch("transformers", lambda module: _take_over(module, announce))


def uninstall() -> None:
    """Take back what is not imported yet."""
    diffusion.uninstall()
    modules.withdraw("transformers")


def pipeline_over(real: Make | None, announce: Announce) -> Make:
    """The function `pipeline`, which leaves what the course does not use to *real*.

    >>> pipeline = pipeline_over(None, announce=lambda sentence: None)
    >>> ner = pipeline("ner", model="dslim/bert-base-NER", aggregation_strategy="simple")
    >>> [(each["entity_group"], each["word"]) for each in ner("Ada Lovelace lived in London.")]
    [('PER', 'Ada Lovelace'), ('LOC', 'London')]
    """

    def pipeline(task: str | None = None, model: Any = None, *others: Any, **options: Any) -> Any:
        named = model is None or isinstance(model, str)
        ours = PIPELINES.get(task, "") if task else MODEL_TASKS.get(str(model), "")
        if named and ours in _OURS:
            return Pipeline(ours, task or ours, answering(ours, model, announce), options, announce)
        if real is None:
            raise ConfigurationError(
                f"the pipeline {task or model!r} needs transformers, which is not installed",
                hint="Run: pip install transformers torch",
            )
        return real(task, model, *others, **options)

    return pipeline


class Pipeline:
    """Answers calls in the shape of transformers' pipelines: for a list, one answer each."""

    def __init__(
        self,
        kind: str,
        task: str,
        client: EndpointClient,
        options: Mapping[str, Any],
        announce: Announce,
    ) -> None:
        self.task = task
        self._client = client
        self._options = options
        self._announce = announce
        self._answer = {
            "summarization": self._summarize,
            "ner": self._find,
            "captioning": self._caption,
        }[kind]

    def __call__(self, inputs: Any, **options: Any) -> Any:
        return self._answer(inputs, {**self._options, **options})

    def __repr__(self) -> str:
        return f"<pipeline {self.task!r}, answered by {self._client.target}>"

    def _summarize(self, inputs: Any, options: Mapping[str, Any]) -> Any:
        """``[{"summary_text": …}]``, an object for each text."""
        given = {name: options[name] for name in _SUMMARY_OPTIONS if name in options}
        return self._client.call(self._client.endpoint(SUMMARIZATION), inputs, given)

    def _find(self, inputs: Any, options: Mapping[str, Any]) -> Any:
        """The tokens of a text, or with a strategy its entities; a list of these for a list."""
        grouped = "simple" if options.get("grouped_entities") else "none"
        given = {"aggregation_strategy": options.get("aggregation_strategy") or grouped}
        given = {name: str(getattr(value, "value", value)) for name, value in given.items()}
        labels = {name: options[name] for name in ("ignore_labels",) if name in options}
        return self._client.call(self._client.endpoint(NER), inputs, {**given, **labels})

    def _caption(self, inputs: Any, options: Mapping[str, Any]) -> Any:
        """``[{"generated_text": …}]``; a list of such lists for a list."""
        if isinstance(inputs, list | tuple):
            return [self._caption(each, options) for each in inputs]
        options = {**options, **(options.get("generate_kwargs") or {})}
        given = {name: options[name] for name in _CAPTION_OPTIONS if name in options}
        picture = self._open(inputs)
        said = run_task("captioning", picture, given, self._client)["caption"]
        return [{"generated_text": said}]

    def _open(self, source: Any) -> Any:
        """The picture; one of ours where its address can't be reached."""
        try:
            return self._client.open_image(source)
        except InvalidInputError as error:
            if not isinstance(error.__cause__, UnreachableError | EndpointTimeoutError):
                raise
            self._announce(f"{error}, so a picture of ours is captioned instead.")
            return self._client.open_image(find_task("captioning").probe)


def _stand_in(announce: Announce) -> ModuleType:
    return modules.stand_in("transformers", {"pipeline": pipeline_over(None, announce)})


def _take_over(module: ModuleType, announce: Announce) -> None:
    """Put ours before the `pipeline` of transformers, which comes when it is needed."""

    def real(*given: Any, **options: Any) -> Any:
        return importlib.import_module("transformers.pipelines").pipeline(*given, **options)

    module.pipeline = pipeline_over(real, announce)  # type: ignore[attr-defined]
