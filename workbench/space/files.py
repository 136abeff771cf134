"""What a Space is made of: its own few files, and a copy of the packages that it runs."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from importlib.metadata import Distribution, EntryPoint, distribution, entry_points
from pathlib import Path

from workbench.errors import ConfigurationError
from workbench.space.card import Plan, readme
from workbench.task import GROUP

OURS = "hf-inference-workbench"
_LEFT_OUT = ("cli", "course", "__main__.py")
"""Parts of `workbench` that no Space needs."""
_SUFFIXES = (".css", ".gz", ".jpg", ".json", ".py", ".txt", ".typed")
"""What our packages consist of; anything else in their folders is somebody's own."""
_NOT_TEXT = (".gz", ".jpeg", ".jpg", ".npz", ".png", ".webp")


def files_of(plan: Plan) -> dict[str, bytes]:
    """Path -> content of every file. A Space installs nothing of ours, so it carries it along."""
    ours, others = _entries(plan.tasks)
    dist = distribution(OURS)
    packages = sorted({"workbench", *(entry.value.partition(".")[0] for entry in ours)})
    copied = {path: data for package in packages for path, data in _package(package)}
    suffixes = sorted({Path(path).suffix for path in copied} & set(_NOT_TEXT))
    info = f"{OURS.replace('-', '_')}-{dist.version}.dist-info"
    written = {
        "README.md": readme(plan),
        "app.py": app_file(plan),
        "requirements.txt": "".join(f"{line}\n" for line in requirements(dist, others)),
        ".gitignore": ".env\n.gradio/\n__pycache__/\n",
        ".gitattributes": "".join(
            f"*{suffix} filter=lfs diff=lfs merge=lfs -text\n" for suffix in suffixes
        ),
        # Tasks are found by what a package says of itself when it is installed.
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {OURS}\nVersion: {dist.version}\n",
        f"{info}/entry_points.txt": "".join(
            [f"[{GROUP}]\n", *(f"{entry.name} = {entry.value}\n" for entry in ours)]
        ),
    }
    texts = {path: text.encode() for path, text in written.items()}
    return {**texts, **{name: _legal(dist, name) for name in ("LICENSE", "NOTICE")}, **copied}


def app_file(plan: Plan) -> str:
    """The app.py, which a person may edit."""
    targets = "".join(f"    {_quoted(task)}: {_quoted(at)},\n" for task, at in plan.targets.items())
    limit = f"    daily={plan.daily},  # calls a visitor; ten times that all together\n"
    return f'''"""This Space: which tasks it shows, where models answer, and who pays for that."""

from workbench.space import open_space

TASKS = [{", ".join(map(_quoted, plan.tasks))}]  # all if empty
# Where a task is answered, as in "ner": "org/model".
TARGETS = {{{targets and chr(10) + targets}}}

open_space(
    TASKS,
    visitors={_quoted(plan.visitors)},  # "own" (their account), "login" or "limit" (yours)
{limit if plan.visitors == "limit" else ""}    targets=TARGETS,
)
'''


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def requirements(dist: Distribution, others: Sequence[EntryPoint] = ()) -> list[str]:
    """What our package needs, without extras, and the packages that other tasks come from."""
    needed = _needed_of_checkout()
    if needed is None:
        needed = [line for line in dist.requires or () if "extra ==" not in line]
    found = {entry.dist for entry in others if entry.dist}
    return needed + sorted(f"{other.name}=={other.version}" for other in found)


def _needed_of_checkout() -> list[str] | None:
    """What setup.cfg beside the package says by now, if this is a checkout of it."""
    config = ConfigParser(interpolation=None)
    config.read(_folder("workbench").parent / "setup.cfg", encoding="utf-8")
    if config.get("metadata", "name", fallback="") != OURS:
        return None
    return config.get("options", "install_requires").split("\n")[1:]


def _entries(tasks: Sequence[str]) -> tuple[list[EntryPoint], list[EntryPoint]]:
    """All entry points of ours; those of *tasks* that come from others."""
    entries = sorted(entry_points(group=GROUP))
    ours = [entry for entry in entries if entry.dist and _name(entry.dist) == OURS]
    names = {entry.name for entry in ours}
    others = [entry for entry in entries if entry.name in tasks and entry.name not in names]
    return ours, others


def _name(dist: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", dist.name).lower()


def _package(name: str) -> Iterator[tuple[str, bytes]]:
    root = _folder(name)
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        left_out = parts[0] in _LEFT_OUT or path.suffix not in _SUFFIXES
        if path.is_file() and not left_out:
            yield "/".join((name, *parts)), path.read_bytes()


def _folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.origin:
        raise ConfigurationError(f"the package {name} has no folder", hint="Install it again.")
    return Path(spec.origin).parent


def _legal(dist: Distribution, name: str) -> bytes:
    """LICENSE or NOTICE: beside the package in a checkout, else among what was installed."""
    places = [_folder("workbench").parent / name]
    places += [Path(str(dist.locate_file(file))) for file in dist.files or () if file.name == name]
    for place in places:
        if place.is_file():
            return place.read_bytes()
    raise ConfigurationError(f"the {name} of {OURS} is missing", hint="Install it again.")
