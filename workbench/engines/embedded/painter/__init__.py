"""The embedded painter: a prompt becomes a picture of simple shapes, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["NAME", "paint"]

NAME = "painter of simple shapes"
_FULL = 25  # steps at which a drawing has all its parts


def paint(
    prompt: str,
    *,
    negative_prompt: str = "",
    width: int = 512,
    height: int = 512,
    num_inference_steps: int = 25,
    guidance_scale: float = 7.0,
    seed: int = 0,
) -> Image.Image:
    """Paint *prompt* as an RGB picture of *width* by *height* pixels.

    What *negative_prompt* names is left out. *num_inference_steps* (1 to 100) is the detail, from
    a flat sketch to a decorated picture; a low *guidance_scale* lets the painter add things, from
    10 on only what was said is there; *seed* moves everything that the prompt leaves open.

    >>> paint("a red house on a hill", width=96, height=64).size
    (96, 64)
    """
    from workbench.engines.embedded.painter.backdrop import paint_backdrop
    from workbench.engines.embedded.painter.composition import compose
    from workbench.engines.embedded.painter.drawings import render
    from workbench.engines.embedded.painter.freedom import colors_of, fill_in
    from workbench.engines.embedded.painter.scene import read_scene

    steps = num_inference_steps
    scene = fill_in(
        read_scene(prompt, negative_prompt=negative_prompt),
        seed=seed,
        guidance_scale=guidance_scale,
        steps=steps,
    )
    colors = [
        colors_of(item, scene, seed=seed, guidance_scale=guidance_scale) for item in scene.items
    ]
    picture = paint_backdrop(scene.setting, width, height, steps)
    for figure in compose(scene, width, height, seed=seed):
        tile = render(
            figure.noun,
            colors[figure.item][figure.number],
            figure.box.height,
            flip=figure.flip,
            detail=min(1.0, steps / _FULL),
        )
        picture.paste(tile, (figure.box.left, figure.box.top), tile)
    return picture
