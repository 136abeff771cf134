"""`workbench serve`: an engine on a port."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from workbench.cli.failures import told_as_errors
from workbench.cli.output import say
from workbench.cli.status import Status
from workbench.engines.messages import Respond
from workbench.errors import ConfigurationError
from workbench.language import translate
from workbench.settings import Settings

ENGINES = ("embedded", "local")


def serve_engine(
    host: str,
    port: int,
    *,
    engine: str,
    models: Sequence[str],
    print_only: bool,
    faults: bool,
) -> None:
    """Serve until interrupted, or print the `.env` lines that would point here."""
    from workbench.engines.embedded import respond
    from workbench.engines.server import print_env, serve

    if engine not in ENGINES:
        raise ConfigurationError(
            f"there is no engine {engine!r}", hint=f"There are: {', '.join(ENGINES)}."
        )
    if models and engine != "local":
        raise ConfigurationError("--model is for local models", hint="Add --engine local.")
    tasks = None
    if engine == "local":
        by_task = read_models(models)
        tasks = tuple(by_task)
    if print_only:
        shown = f"[{host}]" if ":" in host else host
        say(print_env(f"http://{shown}:{port}", tasks), end="")
        return
    warnings = logging.StreamHandler()
    warnings.setFormatter(_Translated())
    logging.basicConfig(handlers=[warnings])
    answering = respond if engine == "embedded" else _loaded(by_task)
    try:
        serve(answering, host=host, port=port, faults=faults, on_ready=_announce)
    except OSError as exc:
        raise ConfigurationError(str(exc), hint="") from exc


class _Translated(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return translate(super().format(record))


def read_models(written: Sequence[str]) -> dict[str, str]:
    """Task -> model, of ``--model TASK=MODEL``. Raises ConfigurationError.

    >>> read_models(["ner=dslim/bert-base-NER", "chat=./mine"])
    {'ner': 'dslim/bert-base-NER', 'chat': './mine'}
    """
    from workbench.engines.local import TASKS

    models: dict[str, str] = {}
    for each in written:
        task, is_pair, name = each.partition("=")
        if not is_pair or not name.strip() or task not in TASKS:
            raise ConfigurationError(
                f"--model takes TASK=MODEL, not {each!r}", hint=f"Tasks are {', '.join(TASKS)}."
            )
        if task in models:
            raise ConfigurationError(f"two models are given for {task}", hint="Keep one of them.")
        models[task] = name.strip()
    if not models:
        raise ConfigurationError(
            "no model is named to serve",
            hint="Add --model TASK=MODEL, as in --model ner=dslim/bert-base-NER; "
            "`workbench local suggest` lists small ones.",
        )
    return models


def _loaded(models: dict[str, str]) -> Respond:
    """A container around *models*, all of them in memory."""
    from workbench.engines.container import Container
    from workbench.engines.local import Served
    from workbench.engines.local.needs import INSTALL, missing

    for task in models:
        if told := missing(task):
            raise ConfigurationError(told, hint=f"Run: {INSTALL}")
    settings = Settings.load()
    served = Served(models, settings.local, settings.token)
    status = Status()
    try:
        with told_as_errors():
            served.load(status.work)
    finally:
        status.wipe()
    return Container(served)


def _announce(url: str) -> None:
    print(translate(f"Serving at {url} (Ctrl+C ends it)"), file=sys.stderr, flush=True)
