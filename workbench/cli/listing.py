"""`workbench tasks`: what there is."""

from __future__ import annotations

from typing import Any

from workbench.chat_endpoints import configured_chat
from workbench.cli.output import say, say_json
from workbench.endpoints import configured_target
from workbench.language import translate
from workbench.redaction import display_target
from workbench.routes import CHAT, Route
from workbench.settings import Settings
from workbench.task import Task, discover


def list_tasks(*, as_json: bool) -> None:
    """Print every installed task with its parameters and its target."""
    settings = Settings.load()
    facts = [_facts(task, settings) for task in discover().values()]
    if as_json:
        say_json(facts)
        return
    for fact in facts:
        say(f"{fact['name']:<22} {translate(fact['summary'])}")
        for target in fact["targets"]:
            said = f"{target['target']} ({translate(target['target_from'])})"
            own = target["task"] == fact["name"]
            say(f"{'':<22} {translate('target') if own else target['task']} {said}")
        for name, told in fact["parameters"].items():
            say(f"{'':<22} -p {name}: {translate(told)}")


def _facts(task: Task, settings: Settings) -> dict[str, Any]:
    return {
        "name": task.name,
        "title": task.title,
        "summary": task.summary,
        "targets": [_target(route, settings) for route in task.routes],
        "parameters": {parameter.name: parameter.help for parameter in task.parameters},
    }


def told_target(route: Route, settings: Settings) -> tuple[str, str]:
    """The target of a task, for the chat whom it talks to, and where that was named."""
    if route.task == CHAT.task:
        return configured_chat(settings)
    return configured_target(route, settings)


def _target(route: Route, settings: Settings) -> dict[str, str]:
    target, source = told_target(route, settings)
    return {
        "task": route.task,
        "target": display_target(target),
        "target_from": source,
        "variable": route.variable,
    }
