"""The settings of a picture as a form: laid out, read as a recipe, filled from one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import gradio as gr

from workbench.inputs import require_number
from workbench.recipes import Recipe
from workbench.ui import parts

SEEDS = 2**31
"""One of so many seeds is drawn: larger ones don't fit the integers of some services."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A slider: its ends, its steps, and where it stands at first."""

    label: str
    info: str
    least: int
    most: int
    step: float
    start: int

    def nearest(self, wanted: float | None) -> float:
        """Where the slider can stand that comes nearest; its start for None."""
        return self.start if wanted is None else min(max(wanted, self.least), self.most)


_SIDE = {"info": "Pixels.", "least": 64, "most": 1024, "step": 64, "start": 512}
SCALES = MappingProxyType(
    {
        "num_inference_steps": Scale(
            label="Steps",
            info="More take longer and show more detail.",
            least=1,
            most=100,
            step=1,
            start=25,
        ),
        "guidance_scale": Scale(
            label="Guidance",
            info="How closely to follow the prompt.",
            least=1,
            most=20,
            step=0.5,
            start=7,
        ),
        "width": Scale(label="Width", **_SIDE),  # type: ignore[arg-type]
        "height": Scale(label="Height", **_SIDE),  # type: ignore[arg-type]
    }
)
FIELDS = len(SCALES) + 3
"""How many boxes the form has: prompt, negative prompt, the scales, seed."""


def settings() -> list[gr.Component]:
    """Lay out what a recipe holds beside the prompt, in the order of `read_form`."""
    negative = gr.Textbox(
        label="Negative prompt", max_lines=3, placeholder="What should not be in the picture."
    )
    sliders = []
    for names in (("num_inference_steps", "guidance_scale"), ("width", "height")):
        with gr.Row():
            sliders += [_slider(SCALES[name]) for name in names]
    with gr.Row(elem_classes="wb-line"):
        seed = parts.whole_box("Seed", "The same seed makes the same picture. Empty: a new one.")
        draw = gr.Button("🎲 Draw a seed", scale=0, min_width=160)
    draw.click(new_seed, None, seed, queue=False, show_progress="hidden", api_visibility="private")
    return [negative, *sliders, seed]


def _slider(scale: Scale) -> gr.Slider:
    return gr.Slider(
        scale.least,
        scale.most,
        value=scale.start,
        step=scale.step,
        label=scale.label,
        info=scale.info,
        min_width=240,
    )


def new_seed() -> str:
    """A seed, as it is typed."""
    return str(secrets.randbelow(SEEDS))


def read_form(
    prompt: str,
    negative: str | None,
    steps: float | None,
    guidance: float | None,
    width: float | None,
    height: float | None,
    seed: str | None,
) -> Recipe:
    """The form as a recipe, with a seed drawn where none was typed, so that it can be told.

    Raises InvalidInputError for what is no number, or below its slider.

    >>> read_form("a dog", "", 25, 7, 512, 512, "42").seed
    42
    """
    chosen = parts.read_whole("Seed", seed)
    for name, value in zip(SCALES, (steps, guidance, width, height), strict=True):
        require_number(SCALES[name].label, value, at_least=SCALES[name].least)
    return Recipe(
        prompt=prompt,
        negative_prompt=(negative or "").strip() or None,
        num_inference_steps=_whole(steps),
        guidance_scale=guidance,
        width=_whole(width),
        height=_whole(height),
        seed=int(new_seed()) if chosen is None else chosen,
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def fill_form(recipe: Recipe) -> list[Any]:
    """Values for the form, prompt first, that ask for *recipe* as nearly as sliders can."""
    return [
        recipe.prompt,
        recipe.negative_prompt or "",
        *(scale.nearest(getattr(recipe, name)) for name, scale in SCALES.items()),
        "" if recipe.seed is None else str(recipe.seed),
    ]


def untold(recipe: Recipe) -> list[str]:
    """The labels of what *recipe* says nothing of.

    >>> untold(Recipe(prompt="", width=512, height=512, seed=1))
    ['Steps', 'Guidance']
    """
    known = {name: scale.label for name, scale in SCALES.items()} | {"seed": "Seed"}
    return [label for name, label in known.items() if getattr(recipe, name) is None]


def beyond(recipe: Recipe) -> list[str]:
    """The labels of the sliders that can't stand where *recipe* wants them.

    >>> beyond(Recipe(prompt="", width=2048, height=512))
    ['Width']
    """
    wanted = {name: getattr(recipe, name) for name in SCALES}
    return [
        scale.label
        for name, scale in SCALES.items()
        if wanted[name] not in (None, scale.nearest(wanted[name]))
    ]
