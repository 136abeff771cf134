"""What the tab of describe and generate shows: three stages down the page, then the rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from tasks.captioning import PICTURES, PROMPT
from tasks.describe_and_generate import MOST_ROUNDS
from tasks.tabs import form
from tasks.tabs.captioning import NAMES
from tasks.tabs.game import Game, film_html, keep_files, plot_html
from tasks.tabs.made import Made, facts_html
from workbench.client import EndpointClient
from workbench.routes import CAPTIONING, TEXT_TO_IMAGE
from workbench.ui import parts, pictures
from workbench.ui.targets import target_box
from workbench.ui.words import status_html

SEED = -3
"""Where the seed is among the settings."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the events of the tab read and fill, laid out by `_page`."""

    box: pictures.PictureBox
    caption: gr.Textbox
    made: gr.Image
    facts: gr.HTML
    rounds: gr.Slider
    film: gr.HTML
    plot: gr.HTML
    game: gr.State
    files: Sequence[gr.DownloadButton]
    settings: Sequence[gr.Component]
    """Question, the settings of a picture (the seed last), both targets: see `SEED`."""
    request: gr.Textbox
    status: gr.HTML
    stop: gr.Button
    clear: gr.Button
    runs: Sequence[gr.Button]
    """Caption, Generate, Do both, Play rounds, Go on."""

    @property
    def outputs(self) -> list[gr.Component]:
        return [
            *(self.box.image, self.caption, self.made, self.facts, self.film, self.plot),
            *(self.game, *self.files, self.request, self.status, self.stop, *self.runs),
        ]

    def ready(self, there: bool) -> dict[Any, Any]:
        """Buttons for when nothing runs, or something does: one thing at a time."""
        runs = dict.fromkeys(self.runs, gr.update(interactive=there))
        caption = {self.caption: gr.update(interactive=True)} if there else {}
        return {**runs, **caption, self.stop: gr.update(interactive=not there)}

    def saved(self, game: Game | None) -> dict[Any, Any]:
        """The files to keep of a game, ready to be downloaded; nothing new where they are."""
        if game is None or game.saved or not game.rounds:
            return dict.fromkeys((self.game, *self.files), gr.skip())
        files = {
            button: gr.update(value=path, interactive=True)
            for button, path in zip(self.files, keep_files(game), strict=True)
        }
        return {self.game: replace(game, saved=True), **files}

    def unsaved(self) -> dict[Any, Any]:
        """No files yet."""
        return {button: gr.update(value=None, interactive=False) for button in self.files}

    def played(self, game: Game | None) -> dict[Any, Any]:
        return {self.game: game, self.film: film_html(game), self.plot: plot_html(game)}

    def painted(self, made: Made | None) -> dict[Any, Any]:
        return {self.made: made.path if made else None, self.facts: facts_html(made)}


def build_page(client: EndpointClient, targets: Sequence[str] | None) -> Page:
    """Lay out everything; visitors may choose among *targets*, if any."""
    _heading("1", "A picture")
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            box = pictures.picture_box("Picture")
        with gr.Column(scale=2, min_width=280):
            pictures.picture_examples(box.image, dict(zip(NAMES, PICTURES, strict=True)))
            describe = gr.Button("Caption", variant="primary")
    _heading("2", "Its caption")
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            told = gr.Textbox(
                label="Caption",
                lines=3,
                max_lines=8,
                placeholder="Comes from the picture. Change it as you like, or write your own.",
            )
        with gr.Column(scale=2, min_width=280):
            generate = gr.Button("Generate", variant="primary")
    _heading("3", "A picture of the caption")
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            made = gr.Image(
                label="Generated picture",
                type="filepath",
                interactive=False,
                height=340,
                buttons=["download", "fullscreen"],
                elem_classes="wb-result",
                **pictures.alt_text("The picture generated from the caption"),
            )
        with gr.Column(scale=2, min_width=280):
            both = gr.Button("Do both", variant="primary")
            facts = gr.HTML(facts_html(None), padding=False)
    _heading("∞", "And again: rounds")
    with gr.Row(elem_classes="wb-line"):
        rounds = gr.Slider(
            1,
            MOST_ROUNDS,
            value=5,
            step=1,
            label="Rounds",
            info="Each describes the last picture and makes the next one.",
            scale=3,
            min_width=280,
        )
        play = gr.Button("Play rounds", variant="primary", scale=1, min_width=120)
        more = gr.Button("Go on", scale=1, min_width=96)
    film, plot = gr.HTML(film_html(None), padding=False), gr.HTML("", padding=False)
    film.change(None, None, None, js=TO_THE_END, api_visibility="private")
    with gr.Row(elem_classes="wb-buttons"):
        files = [
            gr.DownloadButton(name, interactive=False, size="sm", min_width=96)
            for name in ("Contact sheet (PNG)", "Animation (GIF)", "Animation (WebP)")
        ]
    with gr.Accordion("Advanced options", open=False):
        question = gr.Textbox(
            label="What to ask about a picture", placeholder=PROMPT, info="For chat models."
        )
        settings = form.settings()
        captions = target_box(client, CAPTIONING, targets)
        captions.label = "Target of captions"
        settled = parts.options(client, TEXT_TO_IMAGE, targets)
        settled.target.label = "Target of pictures"
    with gr.Row(elem_classes="wb-bar"):
        status = gr.HTML(status_html("Ready."), padding=False)
        stop = gr.Button("Stop", interactive=False, scale=0, min_width=72)
        clear = gr.Button("Clear", scale=0, min_width=72)
    return Page(
        box=box,
        caption=told,
        made=made,
        facts=facts,
        rounds=rounds,
        film=film,
        plot=plot,
        game=gr.State(None),
        files=files,
        settings=[question, *settings, captions, settled.target],
        request=settled.request,
        status=status,
        stop=stop,
        clear=clear,
        runs=[describe, generate, both, play, more],
    )


def _heading(number: str, text: str) -> None:
    gr.HTML(f'<h2 class="wb-step"><span>{number}</span> {text}</h2>', padding=False)


TO_THE_END = """() => requestAnimationFrame(() => {
  const film = document.querySelector('.wb-film');
  if (!film) return;
  film.scrollLeft = film.scrollWidth;
  film.scrollIntoView({block: 'nearest'});
})"""
