"""The rounds of a game, one by one and together, and as a notebook shows them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.text_to_image import Picture
from workbench.language import translate
from workbench.notebook import rich
from workbench.notebook.live import Live

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, eq=False)
class Caption:
    """The first half of a round: what the picture *before* shows."""

    number: int
    """Of the round, from 1."""
    before: Image
    text: str


@dataclass(frozen=True, eq=False)
class Round:
    """A picture, its caption, and the picture made from that."""

    number: int
    """From 1."""
    before: Image
    caption: str
    picture: Picture
    """With its recipe, and what the endpoint did otherwise than it was asked."""
    drift: float
    """From the first picture, 0.0 to 1.0, as `workbench.drift.drift` measures it."""

    @property
    def image(self) -> Image:
        return self.picture.image

    def __str__(self) -> str:
        line = f"{self.number:>2}  {self.drift:.2f}  {' '.join(self.caption.split())}"
        return "\n".join((line, *self.picture.notes))

    def _repr_html_(self) -> str:
        return Rounds([self])._repr_html_()


class Rounds(list[Round]):
    """Rounds in a list; a notebook shows the picture they began with, and each that was made."""

    def _repr_html_(self) -> str:
        first = [rich.small(made.before) for made in self[:1]]
        begun = [rich.figure_html(source, [], width=rich.SMALL) for source in first]
        return rich.strip_html([*begun, *map(_figure, self)])


def _figure(made: Round) -> str:
    told = translate(f"Round {made.number} · drift {made.drift:.2f}")
    lines = (made.caption, told, *map(translate, made.picture.notes))
    return rich.figure_html(rich.small(made.image), lines, alt=made.caption, width=rich.SMALL)


class Game(Live[Round]):
    """The rounds as they are made; `rounds` keeps those that were.

    At the end of a notebook's cell it is played to its end, and shown as it goes.
    """

    def __init__(
        self,
        steps: Generator[Caption | Round, None, None],
        on_caption: Callable[[Caption], object] | None = None,
    ) -> None:
        self.rounds = Rounds()
        self._steps = steps
        self._on_caption = on_caption

    def __next__(self) -> Round:
        for step in self._steps:
            if isinstance(step, Round):
                self.rounds.append(step)
                return step
            if self._on_caption is not None:
                self._on_caption(step)
        raise StopIteration

    def close(self) -> None:
        self._steps.close()

    def bundle(self) -> dict[str, str]:
        told = "\n".join(map(str, self.rounds))
        return {"text/plain": told, "text/html": self.rounds._repr_html_()}
