"""`workbench tasks`: what there is."""

from __future__ import annotations

from typing import Any

from workbench.cli.output import say, say_json
from workbench.endpoints import configured_target
from workbench.redaction import display_target
from workbench.routes import Route
from workbench.settings import Settings, load_environment
from workbench.task import Task, discover


def list_tasks(*, as_json: bool) -> None:
    """Print every installed task with its parameters and its target."""
    settings = Settings.from_env(load_environment())
    facts = [_facts(task, settings) for task in discover().values()]
    if as_json:
        say_json(facts)
        return
    for fact in facts:
        say(f"{fact['name']:<22} {fact['summary']}")
        for target in fact["targets"]:
            said = f"{target['target']} ({target['target_from']})"
            own = target["task"] == fact["name"]
            say(f"{'':<22} {'target' if own else target['task']} {said}")
        for name, told in fact["parameters"].items():
            say(f"{'':<22} -p {name}: {told}")


def _facts(task: Task, settings: Settings) -> dict[str, Any]:
    return {
        "name": task.name,
        "title": task.title,
        "summary": task.summary,
        "targets": [_target(route, settings) for route in task.routes],
        "parameters": {parameter.name: parameter.help for parameter in task.parameters},
    }


def _target(route: Route, settings: Settings) -> dict[str, str]:
    target, source = configured_target(route, settings)
    return {
        "task": route.task,
        "target": display_target(target),
        "target_from": source,
        "variable": route.variable,
    }
