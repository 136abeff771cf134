"""`workbench tasks`: what there is."""

from __future__ import annotations

from typing import Any

from workbench.cli.output import say, say_json
from workbench.endpoints import configured_target
from workbench.redaction import display_target
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
        say(f"{fact['name']:<16} {fact['summary']}")
        say(f"{'':<16} target {fact['target']} ({fact['target_from']})")
        for name, told in fact["parameters"].items():
            say(f"{'':<16} -p {name}: {told}")


def _facts(task: Task, settings: Settings) -> dict[str, Any]:
    target, source = configured_target(task.route, settings)
    return {
        "name": task.name,
        "title": task.title,
        "summary": task.summary,
        "target": display_target(target),
        "target_from": source,
        "variable": task.route.variable,
        "parameters": {parameter.name: parameter.help for parameter in task.parameters},
    }
