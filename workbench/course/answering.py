"""Who answers where a notebook names a model to run: its weights on this machine, or `embedded`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.client import EndpointClient
from workbench.course import modules
from workbench.course.completion import shared_client
from workbench.engines.local.catalogue import cached
from workbench.engines.local.needs import INSTALL, missing
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

Announce = Callable[[str], object]
"""Takes one plain sentence for the person at the notebook."""
_RESPELLED = {"shleifer/distilbart-cnn-12-6": "sshleifer/distilbart-cnn-12-6"}
"""The course spells it so."""


def answering(task: str, model: str | None, announce: Announce) -> EndpointClient:
    """The client whose calls *model* answers, or the embedded engine for it; *announce* is told.

    >>> client = answering("ner", "dslim/bert-base-NER", print)
    Not dslim/bert-base-NER but the embedded engine answers...
    >>> client.target
    'embedded'
    """
    client = shared_client()
    if not model:
        announce("No model is named, so the embedded engine answers.")
        return client.using("embedded")
    model = _RESPELLED.get(model, model)
    lacking = _lacking(task)
    if is_here(task, model, client.settings.local) and not lacking:
        announce(f"{model} answers in this process: its weights are on this machine.")
        return client.using(f"local:{model}")
    fetch = f"`workbench local fetch {model}`"
    if lacking:
        announce(
            f"Not {model} but the embedded engine answers, for {lacking}: "
            f"`{INSTALL}` brings what is needed, {fetch} the model."
        )
    else:
        announce(
            f"Not {model} but the embedded engine answers, for its weights are not on this "
            f"machine: {fetch} brings them."
        )
    return client.using("embedded")


def is_here(task: str, model: str, options: LocalOptions) -> bool:
    """Whether the weights of *model* are here, in a folder or in the cache, and do *task*."""
    if Path(model).expanduser().is_dir():
        return True
    try:
        known = cached(options)
    except Refusal:
        return False
    return any(each.name == model and each.complete and task in each.tasks for each in known)


def _lacking(task: str) -> str | None:
    """As `missing`, which would take a module that we provide for one that is installed."""
    for package in ("transformers", "diffusers") if task == "text-to-image" else ("transformers",):
        if modules.is_provided(package):
            return f"models in this process need {package}, which is not installed"
    return missing(task)
