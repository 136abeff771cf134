"""The pictures of a visit to the Generate tab: their files, and what is told of them."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, replace
from pathlib import Path

from tasks.text_to_image import Picture
from workbench.language import translate, translate_facts
from workbench.recipes import Recipe
from workbench.ui.pictures import keep_file

KEPT = 24
"""How many pictures a visit shows; the files go when Gradio clears its cache."""
SAME_SEED = "The seed is the same, the picture is not: the endpoint ignores the seed."
_NAME = 48


@dataclass(frozen=True, kw_only=True)
class Made:
    """A picture as the page shows it: its PNG file, how it was made, what its pixels are."""

    path: str
    recipe: Recipe
    size: tuple[int, int]
    pixels: str
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its file."""
        return Path(self.path).name


def keep(picture: Picture) -> Made:
    """Write *picture*, with its recipe inside, where the page can show it."""
    image = picture.image
    return Made(
        path=keep_file(picture.png(), file_name(picture.recipe)),
        recipe=picture.recipe,
        size=image.size,
        pixels=hashlib.sha256(image.tobytes()).hexdigest(),
        notes=picture.notes,
    )


def keep_again(picture: Picture, before: Made) -> Made:
    """`keep` a picture made with the seed and settings of *before*, telling whether they count."""
    made = keep(picture)
    if made.pixels == before.pixels:
        return made
    if maker(made.recipe) != maker(before.recipe):
        told = f"{maker(before.recipe)} made the picture before: another engine draws another one."
        return replace(made, notes=(*made.notes, told))
    if made.recipe == before.recipe and made.recipe.seed is not None:
        return replace(made, notes=(*made.notes, SAME_SEED))
    return made


def file_name(recipe: Recipe) -> str:
    """A name that tells pictures apart in a folder, of letters and digits that any system takes.

    >>> file_name(Recipe(prompt="A dog in a park!", seed=42))
    'a-dog-in-a-park-42.png'
    >>> file_name(Recipe(prompt="…"))
    'picture.png'
    """
    words = re.findall(r"[^\W_]+", recipe.prompt.lower())
    name = ""
    for word in words:
        if len(name) + len(word) >= _NAME:
            break
        name = f"{name}-{word}" if name else word
    seed = "" if recipe.seed is None else f"-{recipe.seed}"
    return f"{name or 'picture'}{seed}.png"


def maker(recipe: Recipe) -> str:
    """Who made a picture: model and engine.

    >>> maker(Recipe(prompt="", engine="embedded; painter"))
    'embedded engine, painter'
    """
    engine = (recipe.engine or "").replace("; ", " engine, ", 1)
    return " · ".join(filter(None, (recipe.model, engine))) or "Another engine"


def facts_html(made: Made | None) -> str:
    """How a picture was made, as HTML; prompt, engine and notes come from anywhere: escaped."""
    if made is None:
        told = translate("Who made the picture, and how, is told here.")
        return f'<p class="wb-empty">{told}</p>'
    recipe = made.recipe
    facts = {
        "Prompt": recipe.prompt,
        "Without": recipe.negative_prompt,
        "Made by": translate_facts(maker(recipe)),
        "Seed": translate("the model's own") if recipe.seed is None else recipe.seed,
        "Size": translate(f"{made.size[0]} × {made.size[1]} pixels"),
        "Steps": recipe.num_inference_steps,
        "Guidance": recipe.guidance_scale and f"{recipe.guidance_scale:g}",
    }
    rows = "".join(
        f'<dt>{translate(name)}</dt><dd dir="auto">{html.escape(str(fact))}</dd>'
        for name, fact in facts.items()
        if fact not in (None, "")
    )
    notes = "".join(f"<li>{html.escape(translate(note))}</li>" for note in made.notes)
    return f'<dl class="wb-facts">{rows}</dl>' + (
        f'<ul class="wb-notes">{notes}</ul>' if notes else ""
    )
