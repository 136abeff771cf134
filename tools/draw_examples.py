"""Draw the example pictures of the Caption tab with the embedded painter.

Run `python tools/draw_examples.py` from the root of the repository; the same code draws the
same pictures, into `tasks/pictures/`.
"""

from __future__ import annotations

from pathlib import Path

from workbench.engines.embedded.painter import paint
from workbench.images import encode_image

FOLDER = Path(__file__).parents[1] / "tasks" / "pictures"
MOST_BYTES = 60_000
SCENES = {
    "dog": ("a brown dog next to a pine tree in the snow", 1),
    "bird": ("a white bird flying over the sea at sunset", 1),
    "cow": ("a cow on a green field under a blue sky", 1),
}


def draw() -> None:
    """Write each scene, 4:3, as a JPEG that a repository can carry."""
    FOLDER.mkdir(exist_ok=True)
    for name, (prompt, seed) in SCENES.items():
        image = paint(prompt, width=640, height=480, seed=seed)
        encoded = encode_image(image, max_bytes=MOST_BYTES, format="jpeg")
        (FOLDER / f"{name}.jpg").write_bytes(encoded.data)
        print(f"{name}.jpg: {prompt} ({len(encoded.data):,} bytes)")


if __name__ == "__main__":
    draw()
