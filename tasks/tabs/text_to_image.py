"""The tab that makes pictures, and its name on the app's API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio import FileData

from tasks.tabs.form import FIELDS, fill_form, read_form, settings
from tasks.tabs.made import KEPT, Made, facts_html, keep, keep_again
from tasks.tabs.restore import restore_button, restored
from tasks.text_to_image import make_picture
from workbench.client import EndpointClient
from workbench.errors import InvalidInputError
from workbench.language import translate
from workbench.routes import TEXT_TO_IMAGE
from workbench.ui import api, parts
from workbench.ui.pictures import alt_text
from workbench.ui.streams import Done, Failed, follow
from workbench.ui.words import failure_text, status_html

EXAMPLES = (
    "a red boat on a lake",
    "a brown dog next to a pine tree in the snow",
    "two white sheep on a hill under a rainbow",
    "a lighthouse by the sea at night",
)


def lay_out(
    client: EndpointClient, *, targets: Sequence[str] | None = None, simple: bool = False
) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any.

    *simple* is a prompt, a button and a picture.
    """
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            prompt = gr.Textbox(
                label="Prompt",
                lines=2,
                max_lines=6,
                placeholder="What should the picture show? Shift + Enter runs it.",
            )
        with gr.Column(scale=2, min_width=280):
            buttons = parts.controls("Generate")
    if simple:
        _finish_simple(client, targets, prompt, buttons)
    else:
        _finish(client, targets, prompt, buttons)
    api.offer(_api(client, targets), "text_to_image")


def _finish_simple(
    client: EndpointClient,
    targets: Sequence[str] | None,
    prompt: gr.Textbox,
    buttons: parts.Controls,
) -> None:
    picture = _picture()
    with gr.Column(visible=False):
        settled = parts.options(client, TEXT_TO_IMAGE, targets)
    parts.wire(
        client=client,
        allowed=targets,
        controls=buttons,
        settled=settled,
        inputs=[prompt],
        outputs=[picture],
        submit=prompt,
        work=lambda prompt, *, client: keep(make_picture(prompt, client=client)),
        show=lambda made, *_: [_viewed(made)],
    )


def _finish(
    client: EndpointClient,
    targets: Sequence[str] | None,
    prompt: gr.Textbox,
    buttons: parts.Controls,
) -> None:
    with gr.Row(elem_classes="wb-examples"):
        parts.examples(prompt, EXAMPLES)
    with gr.Accordion("Advanced options", open=False):
        form = [prompt, *settings()]
        settled = parts.options(client, TEXT_TO_IMAGE, targets)
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            picture = _picture()
        with gr.Column(scale=2, min_width=280):
            card = _card()
    view = [picture, card.facts, card.again, card.save, card.current]

    def work(prompt: str, *values: Any, client: EndpointClient) -> Made:
        options: dict[str, Any] = read_form(prompt, *values[:-2]).parameters()
        return keep(make_picture(prompt, client=client, **options))

    def work_again(*values: Any, client: EndpointClient) -> Made:
        before: Made | None = values[-2]
        if before is None:
            raise InvalidInputError("there is no picture yet", hint="Generate one first.")
        options: dict[str, Any] = before.recipe.parameters()
        return keep_again(make_picture(before.recipe.prompt, client=client, **options), before)

    def show(made: Made, *values: Any) -> list[Any]:
        album = [made, *values[-1]][:KEPT]
        shown = [(each.path, each.recipe.prompt) for each in album]
        return [*_view(made), gr.Gallery(shown, selected_index=0), album]

    def choose(album: list[Made], chosen: gr.SelectData) -> list[Any]:
        return _view(album[chosen.index])

    parts.wire(
        client=client,
        allowed=targets,
        controls=buttons,
        settled=settled,
        inputs=[*form, card.current, card.album],
        outputs=[*view, card.gallery, card.album],
        submit=prompt,
        work=work,
        show=show,
        also=[(card.again, work_again)],
        cleared=[prompt],
    )
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    buttons.clear.click(
        lambda: [*_view(None), gr.Gallery(selected_index=None)],
        None,
        [*view, card.gallery],
        queue=False,
        **quiet,
    )
    card.gallery.select(choose, card.album, view, queue=False, **quiet)
    card.restore.upload(
        _on_file,
        card.restore,
        [buttons.status, *form, *view],
        preprocess=False,
        concurrency_limit=None,
        **quiet,
    )


async def _on_file(given: object) -> AsyncIterator[tuple[Any, ...]]:
    """Put prompt and settings of a PNG into the form; where it was made at stays out of it."""
    keep_all = [gr.skip()] * (FIELDS + len(_view(None)))
    try:
        async for news in follow(lambda: restored(given)):
            if isinstance(news, Failed):
                yield (status_html(failure_text(news.error), "failed"), *keep_all)
                raise parts.shown(news.error) from news.error
            if isinstance(news, Done):
                told, made = news.result
                yield (status_html(told, "done"), *fill_form(made.recipe), *_view(made))
    except gr.Error:
        raise
    except Exception as error:
        yield (status_html(parts.FAULT, "failed"), *keep_all)
        raise gr.Error(translate(parts.FAULT)) from error


@dataclass(frozen=True, kw_only=True)
class _Card:
    """What stands beside the picture; *current* is what is shown, *album* the visit's."""

    facts: gr.HTML
    again: gr.Button
    save: gr.DownloadButton
    restore: gr.UploadButton
    gallery: gr.Gallery
    current: gr.State
    album: gr.State


def _card() -> _Card:
    facts = gr.HTML(facts_html(None), padding=False)
    with gr.Row(elem_classes="wb-buttons"):
        again = gr.Button("Make again", interactive=False, min_width=96, elem_id="wb-again")
        save = gr.DownloadButton("Download PNG", interactive=False, min_width=96)
    restore = restore_button()
    gallery = gr.Gallery(
        label="Pictures of this visit",
        columns=4,
        fit_columns=False,
        height="auto",
        object_fit="cover",
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_classes="wb-gallery",
    )
    return _Card(
        facts=facts,
        again=again,
        save=save,
        restore=restore,
        gallery=gallery,
        current=gr.State(None),
        album=gr.State([]),
    )


def _picture() -> gr.Image:
    return gr.Image(
        label="Picture",
        type="filepath",
        interactive=False,
        buttons=["fullscreen"],
        elem_classes="wb-result",
    )


def _viewed(made: Made | None) -> Any:
    return gr.update(value=made.path, **alt_text(made.recipe.prompt)) if made else None


def _view(made: Made | None) -> list[Any]:
    """Values for picture, facts, both buttons and the current picture."""
    there = made is not None
    path = made.path if made else None
    return [
        _viewed(made),
        facts_html(made),
        gr.update(interactive=there),
        gr.update(interactive=there, value=path),
        made,
    ]


def _api(client: EndpointClient, targets: Sequence[str] | None) -> Any:
    async def text_to_image(
        prompt: str,
        negative_prompt: str | None = None,
        num_inference_steps: int | None = None,
        guidance_scale: float | None = None,
        width: int | None = None,
        height: int | None = None,
        seed: int | None = None,
        target: str | None = None,
    ) -> FileData:
        """Make a picture: a PNG with its settings inside. The model chooses what is left out."""
        make = partial(
            make_picture,
            prompt,
            negative_prompt=negative_prompt,
            num_inference_steps=num_inference_steps,
            guidance_scale=guidance_scale,
            width=width,
            height=height,
            seed=seed,
        )
        made: Made = await api.answer(
            client, targets, target, lambda client: keep(make(client=client))
        )
        return FileData(path=made.path, orig_name=made.name)

    return text_to_image
