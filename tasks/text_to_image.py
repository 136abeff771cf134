"""Text to image: a prompt in, a picture out, with what it takes to make it again."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.errors import InvalidInputError
from workbench.images import encode_image, open_answer
from workbench.inputs import require_number, require_text, require_whole
from workbench.language import translate
from workbench.notebook import rich
from workbench.notebook.tabs import alone
from workbench.protocols import hf
from workbench.protocols.payload import Payload
from workbench.protocols.pictures import read_picture
from workbench.recipes import Recipe, write_png
from workbench.routes import TEXT_TO_IMAGE
from workbench.task import Parameter, Task

if TYPE_CHECKING:
    from PIL.Image import Image

    from workbench.client import EndpointClient
    from workbench.endpoints import Endpoint


@dataclass(frozen=True)
class Picture:
    """A picture, how it was made, and what the endpoint did otherwise than it was asked."""

    image: Image
    recipe: Recipe
    notes: tuple[str, ...] = ()

    def png(self) -> bytes:
        """The picture as PNG, with the recipe inside."""
        return write_png(self.image, self.recipe)

    def _repr_html_(self) -> str:
        source = base64.b64encode(self.png()).decode("ascii")
        recipe = self.recipe
        asked = [f"{name} {value}" for name, value in recipe.parameters().items()]
        facts = " · ".join(filter(None, (*asked, recipe.model, recipe.engine)))
        lines = (recipe.prompt, facts, *map(translate, self.notes))
        return rich.figure_html(f"data:image/png;base64,{source}", lines, alt=recipe.prompt)


def generate_image(
    prompt: str,
    *,
    client: EndpointClient,
    negative_prompt: str | None = None,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    width: int | None = None,
    height: int | None = None,
    seed: int | None = None,
) -> Image:
    """A picture of *prompt* as a PIL image in RGB; what is None is left to the model.

    *width* and *height* are pixels; *guidance_scale* is how closely the prompt is followed. The
    same seed makes the same picture where the model heeds it. Raises InvalidInputError for an
    empty prompt or impossible numbers, and what the call raises.

    >>> from workbench.client import EndpointClient
    >>> from workbench.settings import Settings
    >>> client = EndpointClient(Settings())
    >>> generate_image("a red boat on a lake", client=client, width=96, height=64).size
    (96, 64)
    """
    return make_picture(
        prompt,
        client=client,
        negative_prompt=negative_prompt,
        num_inference_steps=num_inference_steps,
        guidance_scale=guidance_scale,
        width=width,
        height=height,
        seed=seed,
    ).image


def make_picture(
    prompt: str,
    *,
    client: EndpointClient,
    negative_prompt: str | None = None,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    width: int | None = None,
    height: int | None = None,
    seed: int | None = None,
) -> Picture:
    """As `generate_image`, with the recipe of the picture and what the endpoint ignored."""
    require_text(prompt, "prompt")
    if negative_prompt is not None and not isinstance(negative_prompt, str):
        raise InvalidInputError("the negative prompt must be text, or None")
    require_whole("num_inference_steps", num_inference_steps, at_least=1)
    require_number("guidance_scale", guidance_scale, at_least=0)
    require_whole("width", width, at_least=1)
    require_whole("height", height, at_least=1)
    require_whole("seed", seed, at_least=0)
    recipe = Recipe(
        prompt=prompt,
        negative_prompt=(negative_prompt or "").strip() or None,
        num_inference_steps=num_inference_steps,
        guidance_scale=guidance_scale,
        width=width,
        height=height,
        seed=seed,
    )
    endpoint = client.endpoint(TEXT_TO_IMAGE)
    with client.recording() as exchanges:
        image, ignored = _ask(recipe, client, endpoint)
    last = exchanges[len(exchanges) - 1]
    recipe = replace(recipe, model=endpoint.model, engine=last.engine)
    return Picture(image, recipe, _notes(recipe, image, (*last.ignored, *ignored)))


def _ask(recipe: Recipe, client: EndpointClient, endpoint: Endpoint) -> tuple[Image, Sequence[str]]:
    """The picture, and the options that the service is known to drop."""
    if endpoint.protocol == "provider":
        from workbench import providers

        made = providers.make_picture(client, endpoint, recipe.prompt, recipe.parameters())
        return open_answer(made.data, max_pixels=endpoint.limits.max_pixels), made.ignored

    def read(answer: object) -> Image:
        found = read_picture(answer)
        data = client.fetch(found, answered=endpoint) if isinstance(found, str) else found
        return open_answer(data, max_pixels=endpoint.limits.max_pixels)

    payload = Payload(hf.encode(recipe.prompt, recipe.parameters()), accept="image/png")
    return client.send(endpoint, payload, read=read), ()


def _notes(recipe: Recipe, image: Image, ignored: Sequence[str]) -> tuple[str, ...]:
    """What a person should know of a picture that isn't as it was asked for.

    >>> from PIL import Image
    >>> _notes(Recipe(prompt="", width=64, height=64, seed=1), Image.new("RGB", (32, 64)), ["seed"])
    ('The endpoint ignored seed.', 'Asked for width 64, it made 32 × 64 pixels.')
    """
    asked = recipe.parameters()
    names = [name for name in dict.fromkeys(ignored) if name in asked]
    notes = [f"The endpoint ignored {', '.join(names)}."] if names else []
    sides = (("width", recipe.width, image.width), ("height", recipe.height, image.height))
    missed = [f"{name} {wanted}" for name, wanted, made in sides if wanted not in (None, made)]
    if missed:
        made = f"{image.width} × {image.height}"
        notes.append(f"Asked for {' and '.join(missed)}, it made {made} pixels.")
    return tuple(notes)


def show(result: object) -> str:
    """A picture in words, for where none can be shown."""
    if not isinstance(result, Picture):
        return str(result)
    size = f"{result.image.width} × {result.image.height} pixels, {result.recipe.engine}"
    return "\n".join([size, *result.notes])


def facts(result: object) -> object:
    """The picture as JSON-ready facts, the PNG itself in base64."""
    if not isinstance(result, Picture):
        return result
    return {
        **result.recipe.as_dict(),
        "width": result.image.width,
        "height": result.image.height,
        "notes": list(result.notes),
        "image": base64.b64encode(result.png()).decode("ascii"),
    }


def draw(result: object, suffix: str) -> bytes:
    """The picture as a file: PNG with its recipe, or what *suffix* says, without."""
    if not isinstance(result, Picture):
        raise TypeError("not a picture")
    return (
        result.png()
        if suffix == ".png"
        else encode_image(result.image, longest=max(result.image.size), format="jpeg").data
    )


@alone
def tab(
    client: EndpointClient, *, targets: Sequence[str] | None = None, simple: bool = False
) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any.

    *simple* is the form of the course's first lesson on pictures: a prompt and a picture.
    """
    from tasks.tabs.text_to_image import lay_out

    lay_out(client, targets=targets, simple=simple)


TASK = Task(
    name="text-to-image",
    title="Generate",
    summary="Make a picture of what a prompt says.",
    order=40,
    routes=(TEXT_TO_IMAGE,),
    run=make_picture,
    show=show,
    facts=facts,
    draw=draw,
    suffixes=(".png", ".jpg", ".jpeg"),
    tab=tab,
    probe="a red boat on a lake",
    paid=True,
    aliases=("text_to_image", "image", "generate"),
    parameters=(
        Parameter(name="negative_prompt", help="What should not be in the picture."),
        Parameter(name="num_inference_steps", kind="whole number", help="Steps, often 1 to 100."),
        Parameter(name="guidance_scale", kind="number", help="How closely to follow the prompt."),
        Parameter(name="width", kind="whole number", help="Pixels."),
        Parameter(name="height", kind="whole number", help="Pixels."),
        Parameter(name="seed", kind="whole number", help="The same seed, the same picture."),
    ),
)
