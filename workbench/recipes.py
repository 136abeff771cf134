"""How a picture was made, kept inside its PNG file, so that it can be made again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from PIL import Image

from workbench import __version__
from workbench.errors import InvalidInputError
from workbench.images import MAX_TEXT, png_bytes, png_text
from workbench.inputs import require_number, require_text, require_whole

KEY = "workbench"
_WHOLE = {"num_inference_steps": 1, "width": 1, "height": 1, "seed": 0}
_OPTIONS = ("negative_prompt", "num_inference_steps", "guidance_scale", "width", "height", "seed")
_TEXTS = ("prompt", "negative_prompt", "model", "engine", "version")
_CHUNK = 100  # bytes, more than what stands around a text in the file


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What was asked and who answered; None for what was left to the model."""

    prompt: str
    negative_prompt: str | None = None
    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    width: int | None = None
    height: int | None = None
    seed: int | None = None
    """The seed that was sent."""
    model: str | None = None
    engine: str | None = None
    """Who answered."""
    version: str = __version__
    """Of the workbench."""

    def parameters(self) -> dict[str, object]:
        """The options that were set, by the names that `generate_image` takes."""
        given = {name: getattr(self, name) for name in _OPTIONS}
        return {name: value for name, value in given.items() if value is not None}

    def as_dict(self) -> dict[str, object]:
        """JSON-ready facts, empty ones left out."""
        return {name: fact for name, fact in asdict(self).items() if fact is not None}


def write_png(image: Image.Image, recipe: Recipe) -> bytes:
    """*image* as PNG with its recipe inside, and nothing else about anyone.

    A recipe of more than 64 kB, which nobody would read back, is left out.

    >>> made = write_png(Image.new("RGB", (8, 8)), Recipe(prompt="night", seed=7))
    >>> read_recipe(made).seed
    7
    """
    text = json.dumps(recipe.as_dict(), ensure_ascii=False)
    fits = len(text.encode("utf-8", "replace")) + _CHUNK <= MAX_TEXT
    return png_bytes(image, {KEY: text} if fits else None)


def read_recipe(png: bytes) -> Recipe:
    """The recipe in a PNG of ours. Raises InvalidInputError when there is none to be had."""
    written = png_text(png).get(KEY)
    if written is None:
        raise InvalidInputError(
            "this picture tells no settings",
            hint="Choose a PNG that was downloaded here; programs that save it anew drop them.",
        )
    try:
        document = json.loads(written)
    except (ValueError, RecursionError) as exc:
        raise _damaged() from exc
    if not isinstance(document, Mapping):
        raise _damaged()
    return _checked(document)


def _checked(document: Mapping[str, object]) -> Recipe:
    """A file can come from anybody: each fact must be what it should be."""
    facts = {item.name: document.get(item.name) for item in fields(Recipe)}
    facts = {name: fact for name, fact in facts.items() if fact is not None}
    try:
        require_text(facts.get("prompt"), "prompt")
        require_number("guidance_scale", facts.get("guidance_scale"), at_least=0)
        for name, least in _WHOLE.items():
            require_whole(name, facts.get(name), at_least=least)
    except InvalidInputError as exc:
        raise _damaged() from exc
    if not all(_is_text(facts.get(name, "")) for name in _TEXTS):
        raise _damaged()
    return Recipe(**facts)  # type: ignore[arg-type]


def _is_text(fact: object) -> bool:
    """Whether *fact* is text that can be sent on: JSON may spell out half a character."""
    return isinstance(fact, str) and fact == fact.encode("utf-8", "replace").decode()


def _damaged() -> InvalidInputError:
    return InvalidInputError(
        "the settings in this picture are damaged", hint="Choose another PNG made here."
    )
