"""`%load_ext workbench.course`: an old notebook runs as it is, offline and without a key."""

from __future__ import annotations

import os
import warnings
from types import ModuleType
from typing import Any

from workbench.course import client, hub_client, modules, pictures, pip, pipelines, serverless
from workbench.course.announcing import Announcer
from workbench.course.gradio_old import OldGradio
from workbench.course.gradio_old.launching import Sharing
from workbench.course.gradio_old.patches import Patches
from workbench.course.serving import BackgroundServer, CourseEngine
from workbench.course.variables import OLD_HOST, Variables
from workbench.ui.quiet import quiet_gradio

_loaded: Companion | None = None


class Companion:
    """Everything that stands behind one notebook, from `start` to `stop`."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.announcer = Announcer()
        self.sharing = Sharing(on=os.environ.get("WORKBENCH_SHARE") == "1")
        self._gradio = OldGradio(self.announcer, self.sharing)
        self._patches = Patches()
        targets: dict[str, tuple[str, str]] = {}
        self.server = BackgroundServer(CourseEngine(targets, self.announcer))
        self.variables = Variables(self.server.url, self.announcer)
        self.variables.targets = targets

    def start(self) -> None:
        """Set everything up; from now on each cell is looked at before it runs."""
        quiet_gradio()
        warnings.filterwarnings("ignore", module=r"gradio(\.|$)")
        warnings.filterwarnings("ignore", message="IProgress not found")
        self.variables.set_up()
        self.announcer(
            f"Answers come from the embedded engine in this kernel, at {self.server.url}: no key, "
            "no network. The variables of the course point there unless you set them."
        )
        client.install()
        pipelines.install(self.announcer)
        self._gradio.install()
        modules.watch("dotenv", self._mind_dotenv)
        modules.watch(hub_client.MODULE, self._mind_hub)
        self.shell.input_transformers_cleanup.append(self.transform)
        self.shell.events.register("post_run_cell", self._after_cell)
        self.shell.register_magic_function(self.magic, "line", "course")
        for code in self._code_so_far():
            self.transform(code.splitlines(keepends=True))

    def stop(self) -> None:
        """Take everything back; apps that were launched go on."""
        self.announcer.flush()
        if self.transform in self.shell.input_transformers_cleanup:
            self.shell.input_transformers_cleanup.remove(self.transform)
        self.shell.events.unregister("post_run_cell", self._after_cell)
        self.shell.magics_manager.magics["line"].pop("course", None)
        self._gradio.remove()
        modules.withdraw("dotenv")
        modules.withdraw(hub_client.MODULE)
        self._patches.undo()
        pipelines.uninstall()
        client.uninstall()
        self.variables.restore()
        self.server.stop()

    def transform(self, lines: list[str]) -> list[str]:
        """The cell as it is run: nothing is installed over what is here, what it names is there."""
        code = "".join(pip.spare(lines, self.announcer))
        if OLD_HOST in code:
            code = code.replace(OLD_HOST, self.server.url + serverless.PREFIX)
            self.announcer(
                f"{OLD_HOST} was switched off by Hugging Face; the embedded engine answers."
            )
        self.variables.provide(code)
        code = pictures.supply(code, self.announcer)
        return code.splitlines(keepends=True)

    def magic(self, line: str) -> None:
        """`%course` tells where answers come from; `%course share on` allows public links."""
        words = line.split()
        if words[:1] == ["share"] and words[1:] in (["on"], ["off"]):
            self.sharing.on = words[1] == "on"
            told = "from now on makes a public link" if self.sharing.on else "makes no public link"
            self.announcer(f"`share=True` {told}.")
        elif words:
            self.announcer("Write `%course`, `%course share on` or `%course share off`.")
        else:
            for name, value in self.variables.ours.items():
                print(f"{name}={value}")

    def _after_cell(self, *_: object) -> None:
        self.variables.set_up()
        self.announcer.flush()

    def _code_so_far(self) -> list[str]:
        """The cell that loads us may hold more than that."""
        history = getattr(self.shell, "history_manager", None)
        return list(history.input_hist_raw[-1:]) if history is not None else []

    def _mind_hub(self, module: ModuleType) -> None:
        hub_client.redirect(module, self.server.url, self.announcer, self._patches)

    def _mind_dotenv(self, dotenv: ModuleType) -> None:
        """A .env file that is read with `override=True` may bring back what is dead."""

        def load(original: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self.variables.set_up()
            return result

        for owner in (dotenv, dotenv.main):
            self._patches.wrap(owner, "load_dotenv", load)


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext workbench.course` runs."""
    global _loaded
    if _loaded is None:
        _loaded = Companion(shell)
        _loaded.start()


def unload_ipython_extension(_: Any) -> None:
    """What `%unload_ext workbench.course` runs."""
    global _loaded
    if _loaded is not None:
        _loaded.stop()
        _loaded = None
