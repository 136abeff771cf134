"""Draw docs/painter.jpg: what the embedded painter makes of a dozen prompts."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from workbench.engines.embedded.painter import paint

PROMPTS = (
    "a dog in a park",
    "a red car and a yellow bus on a road at sunset",
    "a lighthouse by the sea at night",
    "three white sheep on a hill",
    "a city in the rain",
    "a cup and a book on a table",
    "a boat on a river",
    "a snowy mountain village",
    "a castle on a mountain at dawn",
    "a purple cat with a green hat",
    "a robot and a rocket in the desert",
    "a horse under a rainbow",
)
COLUMNS, SIDE, GAP = 4, 256, 8
OUT = Path(__file__).parents[1] / "docs" / "painter.jpg"

rows = -(-len(PROMPTS) // COLUMNS)
step = SIDE + GAP
sheet = Image.new("RGB", (COLUMNS * step - GAP, rows * step - GAP), "white")
for place, prompt in enumerate(PROMPTS):
    picture = paint(prompt, seed=1).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    sheet.paste(picture, (place % COLUMNS * step, place // COLUMNS * step))
sheet.save(OUT, quality=88, optimize=True)
