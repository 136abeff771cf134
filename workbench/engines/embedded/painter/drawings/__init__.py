"""Everything the painter can draw, by noun, and the call that draws it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image

from workbench.engines.embedded.painter.drawings.animals import ANIMALS
from workbench.engines.embedded.painter.drawings.buildings import BUILDINGS
from workbench.engines.embedded.painter.drawings.drawing import Drawing, Place
from workbench.engines.embedded.painter.drawings.people import PEOPLE
from workbench.engines.embedded.painter.drawings.plants import PLANTS
from workbench.engines.embedded.painter.drawings.ships import SHIPS
from workbench.engines.embedded.painter.drawings.sky import SKY
from workbench.engines.embedded.painter.drawings.structures import STRUCTURES
from workbench.engines.embedded.painter.drawings.things import THINGS
from workbench.engines.embedded.painter.drawings.vehicles import VEHICLES
from workbench.engines.embedded.painter.drawings.winged import WINGED
from workbench.engines.embedded.painter.pen import Color, Pen

__all__ = ["DRAWINGS", "Drawing", "Place", "render"]

_GROUPS = (
    *(ANIMALS, WINGED, PLANTS, BUILDINGS, STRUCTURES),
    *(SKY, VEHICLES, SHIPS, PEOPLE, THINGS),
)
DRAWINGS: Mapping[str, Drawing] = MappingProxyType(
    {drawing.name: drawing for group in _GROUPS for drawing in group}
)


def render(
    name: str,
    color: Color | None = None,
    height_px: int = 200,
    *,
    flip: bool = False,
    detail: float = 1.0,
) -> Image.Image:
    """Draw *name* on a clear RGBA tile, *height_px* high and as wide as its aspect says.

    Without a colour, or where a colour means nothing, the natural one is used. What has a face
    or a front looks to the right, with *flip* to the left. *detail* below 1 leaves small parts
    out, never the outline. Raises KeyError for a noun that is not in DRAWINGS.

    >>> render("dog", (200, 30, 30), 50).size
    (60, 50)
    """
    drawing = DRAWINGS[name]
    pen = Pen(drawing.aspect, height_px, detail=detail)
    drawing.draw(pen, color if color and drawing.recolor else drawing.color)
    tile = pen.picture()
    return tile.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flip else tile
