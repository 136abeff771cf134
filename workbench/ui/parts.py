"""What every tab is made of: run, stop and clear, a status line, the exact request."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.client import EndpointClient
from workbench.errors import InvalidInputError, WorkbenchError
from workbench.language import translate
from workbench.routes import Route
from workbench.ui.runs import Runs
from workbench.ui.streams import Done, Failed, Piece, Progress, follow
from workbench.ui.targets import choose_target, target_box
from workbench.ui.words import (
    done_text,
    failure_text,
    is_busy,
    progress_text,
    request_text,
    status_html,
)

if TYPE_CHECKING:
    import gradio as gr

FAULT = "This is a fault of the workbench; its terminal tells more. Your input is kept."
STOPPED = "Stopped. Your input is kept."
EXAMPLE_NAME = 64
Work = Callable[..., object]
"""`work(*inputs, client=…)` makes the call of a tab."""


@dataclass(frozen=True, kw_only=True)
class Controls:
    """The parts below a tab's inputs, laid out by `controls`."""

    run: gr.Button
    stop: gr.Button
    clear: gr.ClearButton
    status: gr.HTML


def controls(run_label: str) -> Controls:
    """Lay out the buttons and the status line."""
    import gradio as gr

    with gr.Row(elem_classes="wb-buttons"):
        run = gr.Button(run_label, variant="primary", scale=3, min_width=120)
        stop = gr.Button("Stop", interactive=False, scale=1, min_width=64)
        clear = gr.ClearButton(value="Clear", scale=1, min_width=64)
    return Controls(run=run, stop=stop, clear=clear, status=gr.HTML(status_html("Ready.")))


def examples(box: gr.Textbox, texts: Sequence[str]) -> None:
    """Lay out a button for each text, named by its beginning, that puts it into *box*."""
    import gradio as gr

    gr.HTML('<p class="wb-heading">Examples</p>', padding=False)
    for text in texts:
        name = text if len(text) <= EXAMPLE_NAME else text[: EXAMPLE_NAME - 1].rstrip() + "…"
        button = gr.Button(name, size="sm", elem_classes="wb-example")
        button.click(
            lambda text=text: translate(text),
            None,
            box,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )


def copy_button(text: gr.Textbox) -> None:
    """Lay out a button that copies *text*: Gradio's own one takes the label from the box."""
    import gradio as gr

    button = gr.Button("Copy", size="sm", min_width=64, elem_classes="wb-copy")
    button.click(None, text, None, js=_COPY)


_COPY = """text => {
  const button = document.activeElement;
  if (text) navigator.clipboard.writeText(text).then(() => {
    const copied = /*say*/'Copied', said = button.textContent;
    if (said === copied) return;
    button.textContent = copied;
    setTimeout(() => { button.textContent = said }, 1500);
  });
}"""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Where a tab's calls go, and the exact request of the last one, laid out by `options`."""

    target: gr.Dropdown
    request: gr.Textbox


def options(client: EndpointClient, route: Route, allowed: Sequence[str] | None) -> Settled:
    """Lay out the target box and the exact request, inside the tab's accordion."""
    import gradio as gr

    target = target_box(client, route, allowed)
    request = gr.Textbox(
        label="Exact request",
        placeholder="Run something to see it here.",
        interactive=False,
        lines=2,
        max_lines=10,
        elem_classes="wb-mono",
    )
    copy_button(request)
    return Settled(target=target, request=request)


def wire(
    *,
    client: EndpointClient,
    allowed: Sequence[str] | None,
    controls: Controls,
    settled: Settled,
    inputs: Sequence[gr.Component],
    outputs: Sequence[gr.Component],
    work: Work,
    show: Callable[..., Sequence[Any]],
    submit: gr.Textbox | None = None,
    also: Sequence[tuple[gr.Button, Work]] = (),
    cleared: Sequence[gr.Component] | None = None,
    subject: gr.Image | None = None,
    preprocess: bool = True,
) -> None:
    """Connect a tab: *work* answers *inputs*, `show(result, *inputs)` fills *outputs*.

    Where *work* returns a generator of texts, the first output grows by each as it comes.

    *also* are further buttons, known by `elem_id`, with work of their own on the same inputs.
    Clear empties *cleared*, the first input and all outputs unless told otherwise. A change of
    *subject* stops the run, whose result would stand beside something else. Without *preprocess*
    the inputs arrive as the browser sent them.
    """
    import gradio as gr

    keep = [gr.skip()] * len(outputs)
    idle, busy = gr.update(interactive=False), gr.update(interactive=True)
    runs = Runs()

    async def on_run(
        event: gr.EventData, request: gr.Request, target: str | None, *values: object
    ) -> AsyncIterator[tuple[Any, ...]]:
        # Once a button was changed, Gradio's target is a copy of it with another number.
        pressed = getattr(event.target, "elem_id", None)
        do = next((other for button, other in also if button.elem_id == pressed), work)
        text = ""
        yield (busy, status_html("Working", "busy"), gr.skip(), *keep)
        try:
            with runs.recording(request) as recording:
                async for news in follow(
                    lambda: do(*values, client=choose_target(client, target, allowed)),
                    recording=recording,
                ):
                    if isinstance(news, Progress):
                        line = progress_text(news.elapsed_s, news.waiting)
                        yield (busy, status_html(line, "busy"), gr.skip(), *keep)
                    if isinstance(news, Piece):
                        text += news.item
                        yield (busy, gr.skip(), gr.skip(), text, *keep[1:])
                    if isinstance(news, Failed) and recording.stopped:
                        yield (idle, status_html(STOPPED), gr.skip(), *keep)
                    elif isinstance(news, Failed):
                        line = status_html(failure_text(news.error), "failed")
                        yield (idle, line, request_text(news.recording) or gr.skip(), *keep)
                        raise shown(news.error) from news.error
                    if isinstance(news, Done):
                        line = status_html(done_text(news.recording), "done")
                        yield (
                            idle,
                            line,
                            request_text(news.recording),
                            *show(news.result, *values),
                        )
        except gr.Error:
            raise
        except Exception as error:
            yield (idle, status_html(FAULT, "failed"), gr.skip(), *keep)
            raise gr.Error(translate(FAULT)) from error

    def on_stop(request: gr.Request, status: str) -> tuple[Any, ...]:
        runs.stop(request)
        return idle, stopped(status, STOPPED)

    def on_clear(request: gr.Request) -> tuple[Any, ...]:
        runs.stop(request)
        return idle, status_html("Ready.")

    # Gradio looks the types up, and can't find a module that was imported inside a function.
    on_run.__annotations__["event"] = gr.EventData
    for handler in (on_run, on_stop, on_clear):
        handler.__annotations__["request"] = gr.Request
    buttons = [controls.run, *(button for button, _ in also)]
    running = gr.on(
        [*(button.click for button in buttons), *([submit.submit] if submit else [])],
        on_run,
        [settled.target, *inputs],
        [controls.stop, controls.status, settled.request, *outputs],
        preprocess=preprocess,
        show_progress="hidden",
        api_visibility="private",
        concurrency_limit=None,
    )
    gr.on(
        [controls.stop.click, *([subject.change] if subject else [])],
        on_stop,
        controls.status,
        [controls.stop, controls.status],
        cancels=[running],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    emptied = [*inputs[:1], *outputs] if cleared is None else cleared
    controls.clear.add([*emptied, settled.request])
    controls.clear.click(
        on_clear,
        None,
        [controls.stop, controls.status],
        cancels=[running],
        queue=False,
        api_visibility="private",
    )


def stopped(status: str, line: str) -> Any:
    """*line* as the status in place of *status*, if that one told of something under way."""
    import gradio as gr

    return status_html(line) if is_busy(status) else gr.skip()


def shown(error: WorkbenchError) -> Exception:
    """*error* as Gradio's message box, whose text is HTML."""
    import gradio as gr

    return gr.Error(
        html.escape(failure_text(error), quote=False), print_exception=False, title=error.kind
    )


def whole_box(label: str, info: str) -> gr.Textbox:
    """Lay out a box for a whole number; Gradio's own sends 0 for an empty one."""
    import gradio as gr

    return gr.Textbox(label=label, info=info, max_lines=1)


def read_whole(label: str, text: str | None) -> int | None:
    """The number in a `whole_box`, None for an empty or unopened one. Raises InvalidInputError.

    >>> read_whole("Maximum length", " 60 "), read_whole("Maximum length", "")
    (60, None)
    """
    written = (text or "").strip()
    try:
        return int(written) if written else None
    except ValueError:
        raise InvalidInputError(
            f"{label} is a whole number, not {written[:20]!r}", hint="Or leave it empty."
        ) from None
