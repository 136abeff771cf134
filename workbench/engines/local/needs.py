"""What has to be installed before a model can run here."""

from __future__ import annotations

from importlib import metadata, util

INSTALL = "pip install 'hf-inference-workbench[local]'"
"""What installs it all."""

_FLOOR = 5  # of transformers, whose loading was rewritten there


def missing(task: str) -> str | None:
    """Why *task* can't run in this process, which INSTALL mends; None when it can.

    Looks at what is installed without importing it.
    """
    wanted = ["torch", "transformers", "psutil"]
    if task == "text-to-image":
        wanted.append("diffusers")
    absent = [package for package in wanted if not _is_installed(package)]
    if absent:
        named = " and ".join([", ".join(absent[:-1]), absent[-1]] if absent[1:] else absent)
        verb = "are" if absent[1:] else "is"
        return f"models in this process need {named}, which {verb} not installed"
    version = metadata.version("transformers")
    if int(version.partition(".")[0]) < _FLOOR:
        return f"models in this process need transformers {_FLOOR} or newer; here is {version}"
    return None


def _is_installed(package: str) -> bool:
    """Whether *package* itself is there, and not a module of ours that stands in for it."""
    if util.find_spec(package) is None:
        return False
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
