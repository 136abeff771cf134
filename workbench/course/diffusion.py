"""`DiffusionPipeline` of diffusers, answered here where its model is not on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from workbench.client import EndpointClient
from workbench.course import modules
from workbench.course.answering import Announce, answering
from workbench.course.completion import run_task

if TYPE_CHECKING:
    from PIL.Image import Image

_NAMES = ("DiffusionPipeline", "StableDiffusionPipeline", "AutoPipelineForText2Image")
_OPTIONS = ("negative_prompt", "num_inference_steps", "guidance_scale", "width", "height")


def install(announce: Announce) -> None:
    """As `pipelines.install`, for diffusers alone."""
    modules.provide("diffusers", lambda: _stand_in(announce))
    modules.watch("diffusers", lambda module: _take_over(module, announce))


def uninstall() -> None:
    """Take back what is not imported yet."""
    modules.withdraw("diffusers")


@dataclass(frozen=True)
class Painted:
    """What a call returns: `images`, as PIL images."""

    images: list[Image]
    nsfw_content_detected: list[bool] | None = None

    def __getitem__(self, place: int) -> Any:
        return (self.images, self.nsfw_content_detected)[place]


class Painter:
    """A pipeline that paints. What only concerns a device or memory is taken and does nothing.

    >>> from workbench.course.completion import shared_client
    >>> pipeline = Painter(shared_client().using("embedded")).to("cuda")
    >>> pipeline("a red boat on a lake", width=96, height=64).images[0].size
    (96, 64)
    """

    def __init__(self, client: EndpointClient) -> None:
        self._client = client

    def to(self, *given: Any, **options: Any) -> Painter:
        """Itself: where it runs is settled."""
        del given, options
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("enable_", "disable_", "set_", "upcast_")):
            return lambda *given, **options: None  # noqa: ARG005
        raise AttributeError(f"this pipeline has no {name!r}: workbench.course stands in for it")

    def __call__(
        self,
        prompt: str | Sequence[str],
        *,
        num_images_per_prompt: int = 1,
        generator: Any = None,
        **options: Any,
    ) -> Painted:
        prompts = [prompt] if isinstance(prompt, str) else list(prompt)
        given = {name: options[name] for name in _OPTIONS if name in options}
        seeds = _seeds(generator, len(prompts) * num_images_per_prompt)
        images = []
        for number, seed in enumerate(seeds):
            wanted = {**given, "seed": seed}
            words = prompts[number // num_images_per_prompt]
            images.append(run_task("text-to-image", words, wanted, self._client).image)
        return Painted(images)


def _seeds(generator: Any, count: int) -> Sequence[int | None]:
    """A seed for each picture, from torch's generator or a list of them."""
    if generator is None:
        return [None] * count
    if isinstance(generator, list | tuple):
        return [int(each.initial_seed()) for each in generator][:count]
    return [int(generator.initial_seed()) + number for number in range(count)]


def _stand_in(announce: Announce) -> ModuleType:
    class DiffusionPipeline(Painter):
        @classmethod
        def from_pretrained(cls, model: Any, *others: Any, **options: Any) -> DiffusionPipeline:
            """A painter for *model*, wherever it is."""
            del others, options
            return cls(answering("text-to-image", str(model), announce))

    return modules.stand_in("diffusers", dict.fromkeys(_NAMES, DiffusionPipeline))


def _take_over(module: ModuleType, announce: Announce) -> None:
    """Put ours before the `from_pretrained` that notebooks load their model with.

    A path goes to diffusers itself: so our engine loads its models.
    """
    known: Any = module.DiffusionPipeline
    real = known.from_pretrained.__func__

    def from_pretrained(cls: type, model: Any, *others: Any, **options: Any) -> Any:
        if isinstance(model, os.PathLike) or cls.__name__ not in _NAMES:
            return real(cls, model, *others, **options)
        return Painter(answering("text-to-image", model, announce))

    known.from_pretrained = classmethod(from_pretrained)
