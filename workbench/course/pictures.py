"""The three example pictures that the course's notebooks name: drawings of ours where they lack."""

from __future__ import annotations

import functools
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

SCENES: Mapping[str, str] = MappingProxyType(
    {
        "christmas_dog.jpeg": "a brown dog next to a pine tree in the snow",
        "bird_flight.jpeg": "a white bird flying over the sea at sunset",
        "cow.jpeg": "a cow on a green field under a blue sky",
    }
)
"""File -> what is on it."""
LESSON_ADDRESS = "https://free-images.com/sm/9596/dog_animal_greyhound_983023.jpg"
"""The picture that lesson 2 captions by its address: a dog at Christmas."""

_FILES = "|".join(map(re.escape, SCENES))
_NAMED = re.compile(rf"""(?P<quote>["'])(?P<path>[^"'\n]*?(?P<file>{_FILES}))(?P=quote)""")
_SIZE = (640, 480)
_MOST_BYTES = 60_000


@functools.cache
def draw(name: str) -> bytes:
    """The picture *name* of SCENES as a JPEG; always the same.

    >>> draw("cow.jpeg")[:3]
    b'\\xff\\xd8\\xff'
    """
    from workbench.engines.embedded.painter import paint
    from workbench.images import encode_image

    image = paint(SCENES[name], width=_SIZE[0], height=_SIZE[1], seed=1)
    return encode_image(image, max_bytes=_MOST_BYTES, format="jpeg").data


def supply(code: str, announce: Callable[[str], None]) -> str:
    """Put each picture that *code* names and that is not there in its place; return the code.

    Where the folder can't be written, the picture goes into one for temporary files, and the code
    that is returned names that. Nothing is ever written over.
    """

    def placed(found: re.Match[str]) -> str:
        path = Path(found["path"]).expanduser()
        if path.exists() or found["path"].startswith(("http:", "https:")):
            return found[0]
        data = draw(found["file"])
        try:
            with path.open("xb") as file:
                file.write(data)
        except OSError:
            path = _elsewhere(found["file"], data)
            announce(f"There is no {found['path']} here; a drawing of ours stands for it: {path}")
            return repr(str(path))
        announce(f"There was no {found['path']} here; a drawing of ours was put in its place.")
        return found[0]

    return _NAMED.sub(placed, code)


def _elsewhere(name: str, data: bytes) -> Path:
    path = Path(tempfile.mkdtemp(prefix="workbench-course-")) / name
    path.write_bytes(data)
    return path
