"""Finding the installed tasks, the broken ones among them."""

from __future__ import annotations

import logging
import textwrap

import pytest

from workbench.errors import ConfigurationError
from workbench.task import broken_tasks, discover, find_task

WORKING = """
    from dataclasses import replace
    from tasks.ner import TASK as NER
    TASK = replace(NER, name="{name}", aliases=("{name}-alias",))
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution with one task: the name of its entry point, and its module's code."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(entry, code):
        module = "plugin_" + entry.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[workbench.tasks]\n{entry} = {module}:TASK\n")

    return install


BROKEN = {
    "raises": ("raise RuntimeError('no luck')", "RuntimeError: no luck"),
    "exits": ("import sys; sys.exit('bye')", "SystemExit: bye"),
    "syntax": ("def", "SyntaxError"),
    "empty": ("", "AttributeError"),
    "no-task": ("TASK = 1", "it is not a Task"),
    "no-order": (
        WORKING.format(name="no-order") + "    TASK = replace(TASK, order=None)",
        "order no whole number",
    ),
    "again": (WORKING.format(name="ner"), "there is a task 'ner' already"),
}


@pytest.mark.parametrize("entry", BROKEN)
def test_broken_plugin_leaves_the_rest(install, caplog, entry):
    """A plugin that can't be had is logged and told of by name; every other task is there."""
    ours = discover()
    code, why = BROKEN[entry]
    install(entry, code)
    install("fine", WORKING.format(name="fine"))
    with caplog.at_level(logging.WARNING, "workbench"):
        assert set(discover()) == {*ours, "fine"}
    assert why in caplog.text
    assert [*broken_tasks()] == [entry]
    assert why in str(broken_tasks()[entry])
    assert broken_tasks()[entry].hint == "Repair or uninstall the package it comes from."


@pytest.mark.parametrize("entry", BROKEN)
def test_broken_plugin_is_said_when_asked_for(install, entry):
    """Asking for a broken task tells what is wrong with it, and no other task suffers."""
    code, why = BROKEN[entry]
    install(entry, code)
    install("fine", WORKING.format(name="fine"))
    with pytest.raises(ConfigurationError, match=entry) as caught:
        find_task(entry)
    assert why in str(caught.value)
    assert find_task("fine-alias").name == "fine"
    with pytest.raises(ConfigurationError, match="there is no task 'nerr'"):
        find_task("nerr")


def test_no_plugin_takes_our_place(install):
    """A plugin that is found earlier and calls itself `ner` is the second, not the first."""
    install("ner", WORKING.format(name="ner"))
    assert find_task("ner").aliases != ("ner-alias",)
    assert discover()["ner"].aliases != ("ner-alias",)
    assert "already" in str(broken_tasks()["ner"])


def test_interrupt_is_no_broken_plugin(install):
    """Ctrl+C while a plugin loads ends the search."""
    install("slow", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        discover()


def test_nothing_installed_is_broken():
    """Our own tasks load."""
    assert broken_tasks() == {}
