"""A kernel of this Python with a notebook in it: cells run one after another, and then it ends."""

from __future__ import annotations

import ast
import contextlib
import json
import math
import os
import queue
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.errors import ConfigurationError

PIP_LINE = "pip install 'hf-inference-workbench[notebook]'"
_START_S = 120
_ASK_S = 15.0


class Kernel:
    """A real kernel in a folder, whatever kernel the notebook names. Ends with its block.

    Raises ConfigurationError when the packages of the extra `notebook` are missing.
    """

    def __init__(self, notebook: Any, folder: Path) -> None:
        missing = [name for name in ("nbclient", "nbformat", "ipykernel") if not find_spec(name)]
        if missing:
            raise ConfigurationError(
                f"to run a notebook, {', '.join(missing)} must be installed", hint=PIP_LINE
            )
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient

        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        command.append("--log-level=ERROR")
        self._manager = AsyncKernelManager()
        self._manager._kernel_spec = KernelSpec(  # by name another may be found
            argv=command, display_name="Python", language="python"
        )
        self._folder = folder
        self._client = NotebookClient(
            notebook,
            km=self._manager,
            startup_timeout=_START_S,
            allow_errors=True,
            record_timing=False,
        )
        self._client.log.disabled = True
        self._pid: int | None = None

    def __enter__(self) -> Kernel:
        try:
            self._client.start_new_kernel(cwd=str(self._folder), stdout=subprocess.DEVNULL)
            self._pid = getattr(self._manager.provisioner, "pid", None)
            self._client.start_new_kernel_client()
        except RuntimeError as exc:
            self._end()
            raise ConfigurationError(
                f"the kernel does not start: {exc}", hint=f"Repair it: {PIP_LINE}"
            ) from exc
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        self._end()

    def run(self, cell: Any, index: int, *, timeout_s: float | None, numbered: bool = True) -> None:
        """Run *cell*, whose outputs are in it then; it gets a number, as `In [1]`, if *numbered*.

        Raises nbclient's CellTimeoutError and DeadKernelError.
        """
        self._client.timeout = math.ceil(timeout_s) if timeout_s else None
        self._client.execute_cell(cell, index, store_history=numbered)

    def ask(self, expression: str) -> Any:
        """What *expression*, which gives JSON text, is in the kernel; None when it can't tell.

        Nothing of it is left in the notebook's names, outputs or numbers.
        """
        from nbclient.util import run_sync

        return run_sync(self._ask)(expression)

    async def _ask(self, expression: str) -> Any:
        channels: Any = self._client.kc
        if not await self._manager.is_alive():
            return None
        sent = channels.execute("", silent=True, user_expressions={"it": expression})
        until = time.monotonic() + _ASK_S
        while (left := until - time.monotonic()) > 0:
            try:
                reply = await channels.shell_channel.get_msg(timeout=left)
            except queue.Empty:
                break
            if reply["parent_header"].get("msg_id") == sent:
                told = reply["content"].get("user_expressions", {}).get("it", {})
                text = told.get("data", {}).get("text/plain")
                return json.loads(ast.literal_eval(text)) if text else None
        return None

    def interrupt(self) -> None:
        """Interrupt the cell that runs, as the Stop button of a notebook does."""
        from nbclient.util import run_sync

        run_sync(self._manager.interrupt_kernel)()

    def _end(self) -> None:
        from nbclient.util import run_sync

        try:
            run_sync(self._shut)()
        finally:
            if self._pid and hasattr(os, "killpg"):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._pid, signal.SIGKILL)

    async def _shut(self) -> None:
        if self._manager.has_kernel:
            await self._manager.shutdown_kernel(now=sys.exc_info()[0] is not None)
        await self._manager.cleanup_resources()
        if self._client.kc is not None:
            self._client.kc.stop_channels()
