"""The house: imports point down, faces load late, every error and option is documented."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from workbench import errors
from workbench.task import discover

ROOT = Path(__file__).parents[1]
LAYERS = [
    {"errors", "redaction", "hosts", "inputs", "sentences", "chunks", "entities"}
    | {"images", "recipes", "drift", "keepsakes", "lettering", "addresses", "network", "users"}
    | {"closing", "language"},
    {"aggregation", "targets", "routes", "chat", "config", "local_options", "store"},
    {"settings"},
    {"endpoints", "chat_endpoints", "engines", "protocols", "transport"},
    {"answers", "deadlines", "exchanges", "retry"},
    {"calls", "fetching", "hub"},
    {"streaming"},
    {"client"},
    {"task", "providers"},
    {"ui"},
    {"notebook", "course", "space"},
    {"cli"},
    {"__main__", "__init__"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}


def parts_of(path):
    """The part of the house that a file of workbench/ belongs to."""
    return path.relative_to(ROOT / "workbench").with_suffix("").parts[0]


def imported(path):
    """Every module of ours that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "workbench").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_imports_point_down(path):
    """A module imports from its own part or from parts below, and no task by name."""
    own = parts_of(path)
    for module in imported(path):
        names = module.split(".")
        assert names[0] != "tasks"
        if names[0] == "workbench" and len(names) > 1 and names[1] in RANK:
            part = names[1]
            assert part == own or RANK[part] <= RANK[own], f"{own} imports {part}"


def test_every_part_has_its_place():
    """No module of workbench/ is missing from the picture above."""
    assert {parts_of(path) for path in (ROOT / "workbench").rglob("*.py")} == set(RANK)


@pytest.mark.parametrize(
    "code",
    [
        "import tasks.ner, tasks.summarization, workbench.client, workbench.engines.server",
        "import tasks.captioning, tasks.text_to_image, tasks.describe_and_generate",
        "import workbench.cli.commands, workbench.cli.run, workbench.cli.doctor",
    ],
)
def test_core_works_without_gradio(code):
    """Tasks, client, server and command line never need Gradio, so the CLI starts quickly."""
    code = f"import sys; sys.modules['gradio'] = None; {code}"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_run_loads_no_face(tmp_path):
    """`workbench run` imports neither Gradio nor the server."""
    code = (
        "import sys\nfrom workbench.cli import main\n"
        "try:\n    main(['run', 'ner', 'Ada lives in Paris.'])\n"
        "except SystemExit as e:\n    assert not e.code, e.code\n"
        "heavy = {'gradio', 'uvicorn', 'starlette', 'huggingface_hub', 'numpy', 'PIL'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, capture_output=True)


def kinds():
    """Every class of the error family."""
    return [value for _, value in inspect.getmembers(errors, inspect.isclass)]


def test_the_tree_shows_every_error():
    """The tree on top of errors.py names each class, and each has a kind of its own."""
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in kinds())
    names = [kind.kind for kind in kinds()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("task", discover().values(), ids=lambda task: task.name)
def test_task_is_documented(task):
    """Every task has its line in the README, its variables in .env.example and an example."""
    assert f"`{task.name}`" in (ROOT / "README.md").read_text()
    env = (ROOT / ".env.example").read_text()
    for route in task.routes:
        assert f"{route.variable}=" in env
        assert f"{route.key_variable}=" in env
    assert (ROOT / "examples" / f"{task.name}.py").exists()


def test_tasks_are_in_tab_order():
    """Tasks are found by entry point, in the order of their tabs."""
    assert list(discover()) == [
        "summarization",
        "ner",
        "captioning",
        "text-to-image",
        "describe-and-generate",
        "completion",
        "chat",
    ]
