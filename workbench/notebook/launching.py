"""`launch`: tasks, tabs or Blocks as an app below the cell; a cell run again replaces its app."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from workbench.errors import ConfigurationError
from workbench.language import ENGLISH, speaking
from workbench.notebook.app import App, take_over
from workbench.notebook.place import find_place
from workbench.task import Task, discover, find_task

if TYPE_CHECKING:
    import gradio as gr

    from workbench.client import EndpointClient

HEIGHT = 640
"""Of the frame, in pixels."""


def launch(
    *what: object,
    client: EndpointClient | None = None,
    target: str | None = None,
    targets: Sequence[str] | None = None,
    language: str | None = None,
    port: int = 0,
    height: int = HEIGHT,
    width: int | str = "100%",
    public_url: str | None = None,
    frames: Sequence[str] = (),
    inline: bool | None = None,
) -> App:
    """Launch an app on this machine alone, and show it below the cell. Returns at once.

    *what* is the names of tasks (`"ner"`), their modules (`tasks.ner`) or tabs (`tasks.ner.tab`),
    or one Blocks with whatever a person laid out in it; with nothing, every task. *client* (one of
    the settings, unless given) is answered at *target*, if that is named; visitors may choose any
    other, or with *targets* among these alone. The same launched again, or another in the same
    cell, replaces the app that was there, at its port if none is named. A port of 0 is any free
    one. Nothing is ever shared at gradio.live.

    Jupyter at localhost, VS Code and Colab reach the app by themselves. Where the kernel runs on
    another machine, forward the port, or say in *public_url* where a proxy shows it, with
    `{port}` for the port: `https://hub.example/user/ann/proxy/{port}/` where a JupyterHub has
    jupyter-server-proxy. Visitors from there may choose among *targets* alone. A notebook of
    another origin is allowed to frame the app by *frames*, as in `https://notebooks.example`.
    *inline* False prints the address instead, as in a terminal, where `launch(…).wait()` keeps a
    script alive.

    A Blocks that `demo.launch()` opens works without any of this, and lacks it: our colours, the
    refusal of foreign pages, the policy that keeps pictures in a model's text from being fetched,
    and Gradio keeps every input in the browser. Raises ConfigurationError for what is no task.
    """
    from workbench.client import EndpointClient
    from workbench.ui.launch import free_port, launch_app

    place = find_place()
    if inline is not None:
        place = replace(place, inline=inline)
    if public_url and targets is None:
        targets = ()
    used = EndpointClient() if client is None else client
    blocks, title, made_of = _blocks_of(what, used.using(target) if target else used, targets)
    name = (made_of, target, targets, language)
    before = take_over(name)
    port = _free_again(before) if not port else free_port("127.0.0.1", port)
    if public_url is not None:
        public_url = public_url.format(port=port)
    elif place.address is not None:
        public_url = place.address(port)
    running = launch_app(
        blocks,
        port=port,
        public_url=public_url,
        frames=[*place.frames, *frames],
        language=language,
    )
    app = App(
        running,
        title=title,
        name=name,
        place=place if public_url is None else replace(place, note=""),
        width=width,
        height=height,
        own=used if client is None else None,
    )
    app.show()
    return app


def _free_again(port: int) -> int:
    """*port* where it can be had again, else any free one."""
    from workbench.ui.launch import free_port

    try:
        return free_port("127.0.0.1", port)
    except ConfigurationError:
        return free_port("127.0.0.1", 0)


def _blocks_of(
    what: Sequence[object], client: EndpointClient, targets: Sequence[str] | None
) -> tuple[gr.Blocks, str, object]:
    """What to launch, its title, and the name under which it is replaced."""
    from workbench.ui.app import build_app

    gr = _gradio()
    if any(isinstance(each, gr.Blocks) for each in what):
        (blocks,) = what if len(what) == 1 else (None,)
        if not isinstance(blocks, gr.Blocks):
            raise ConfigurationError(
                "a Blocks is launched alone", hint="Lay out the other tabs inside it."
            )
        blocks.close(verbose=False)
        return blocks, str(blocks.title), id(blocks)
    tasks = [_task_of(each) for each in what] or list(discover().values())
    title = ", ".join(task.title for task in tasks)
    names = tuple((task.name, str(getattr(task.tab, "keywords", ""))) for task in tasks)
    if len(what) != 1 or not callable(what[0]):
        return build_app(client, tasks, targets=targets), title, names
    alone = gr.Blocks(title=title, analytics_enabled=False)
    with alone, speaking(ENGLISH):  # pages are translated as they are sent
        tasks[0].tab(client, targets=targets)
    return alone, title, (names, "alone")


def _gradio() -> ModuleType:
    """Gradio, without the warning that it has no bars of progress for notebooks."""
    from workbench.ui.quiet import quiet_gradio

    quiet_gradio()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IProgress not found")
        import gradio
    return gradio


def _task_of(thing: Any) -> Task:
    """The task that *thing* is, names or holds, or whose tab it is."""
    if isinstance(thing, str):
        return find_task(thing)
    if isinstance(thing, ModuleType):
        thing = getattr(thing, "TASK", None)
    if isinstance(thing, Task):
        return thing
    if not callable(thing):
        raise ConfigurationError(
            f"a {type(thing).__name__} can't be launched",
            hint="Name a task, or give its module, its tab, or a Blocks of your own.",
        )
    tab = thing.func if isinstance(thing, partial) else thing
    for task in discover().values():
        if task.tab is tab:
            return replace(task, tab=thing)
    name = tab.__name__
    title = name.replace("_", " ").strip().capitalize()
    nothing: dict[str, Any] = {"summary": "", "order": 0, "routes": (), "probe": ""}
    return Task(name=name, title=title, run=tab, show=str, tab=thing, **nothing)
