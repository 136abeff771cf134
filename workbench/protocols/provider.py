"""Text to image at Inference Providers: where each takes a prompt, in which shape, and what not.

A provider is reached through Hugging Face's router at `{router}/{name}/{route}`. Its models have
names of its own, which the mapping of a model tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

OPTIONS = (
    *("negative_prompt", "num_inference_steps", "guidance_scale"),
    *("width", "height", "seed"),
)
TASK = "text-to-image"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")


@dataclass(frozen=True)
class Provider:
    """How to ask one provider for a picture.

    *route* makes the path of its own name for a model; *payload* takes that name, the prompt and
    the options that are given. *ignores* are the options that it takes for none of its models; a
    single model may ignore more. *headers* are those that it needs besides the usual.
    """

    name: str
    route: Callable[[str], str]
    payload: Callable[[str, str, Mapping[str, object]], dict[str, object]]
    ignores: frozenset[str] = frozenset()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Served:
    """A provider that serves a model, under *provider_id*; *status* is live, staging or error.

    An *adapted* model is a small addition to another one, which the provider has to be told.
    """

    provider: str
    provider_id: str
    status: str
    adapted: bool = False


def read_mapping(document: object, *, task: str = TASK) -> list[Served]:
    """Who serves a model for *task*, in the order in which the owner of the token prefers them.

    Reads the Hub's answer to `expand=inferenceProviderMapping`, its list and its older object;
    empty when nobody serves it.

    >>> entry = {"providerId": "FLUX.1-schnell", "status": "live", "task": "text-to-image"}
    >>> read_mapping({"inferenceProviderMapping": [{"provider": "nscale", **entry}]})
    [Served(provider='nscale', provider_id='FLUX.1-schnell', status='live', adapted=False)]
    >>> read_mapping({"inferenceProviderMapping": {"nscale": entry}})[0].provider
    'nscale'
    """
    mapping = document.get("inferenceProviderMapping") if isinstance(document, Mapping) else None
    if isinstance(mapping, Mapping):
        mapping = [
            {"provider": name, **entry}
            for name, entry in mapping.items()
            if isinstance(entry, Mapping)
        ]
    if not isinstance(mapping, list):
        return []
    return [served for entry in mapping if (served := _served(entry, task))]


def _served(entry: object, task: str) -> Served | None:
    if not isinstance(entry, Mapping) or entry.get("task") != task:
        return None
    name, own = entry.get("provider"), entry.get("providerId")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    if not isinstance(own, str) or not own:
        return None
    adapted = bool(entry.get("adapter") or entry.get("adapterWeightsPath"))
    return Served(name, own, str(entry.get("status") or ""), adapted)


def _size(options: Mapping[str, object]) -> tuple[object, object] | None:
    """Width and height for those who want both; of one alone, a square."""
    width = options.get("width", options.get("height"))
    return None if width is None else (width, options.get("height", width))


def _without(options: Mapping[str, object], *names: str) -> dict[str, object]:
    return {
        name: value for name, value in options.items() if value is not None and name not in names
    }


def _nscale(model: str, prompt: str, options: Mapping[str, object]) -> dict[str, object]:
    own = _without(options, "width", "height", *_NSCALE_IGNORES)
    if size := _size(_without(options)):
        own["size"] = f"{size[0]}x{size[1]}"
    return {"model": model, "prompt": prompt, "response_format": "b64_json", **own}


def _together(model: str, prompt: str, options: Mapping[str, object]) -> dict[str, object]:
    own = _without(options)
    if "num_inference_steps" in own:
        own["steps"] = own.pop("num_inference_steps")
    return {"model": model, "prompt": prompt, "response_format": "base64", **own}


def _fal(_: str, prompt: str, options: Mapping[str, object]) -> dict[str, object]:
    own = _without(options, "width", "height")
    if size := _size(_without(options)):
        own["image_size"] = {"width": size[0], "height": size[1]}
    return {"prompt": prompt, **own}


def _replicate(model: str, prompt: str, options: Mapping[str, object]) -> dict[str, object]:
    asked: dict[str, object] = {"input": {"prompt": prompt, **_without(options)}}
    _, named, version = model.partition(":")
    return {**asked, "version": version} if named else asked


def _hf_inference(_: str, prompt: str, options: Mapping[str, object]) -> dict[str, object]:
    return {"inputs": prompt, "parameters": _without(options)}


def _replicate_route(model: str) -> str:
    return "v1/predictions" if ":" in model else f"v1/models/{model}/predictions"


def _generations(_: str) -> str:
    return "v1/images/generations"


_NSCALE_IGNORES = frozenset({"num_inference_steps", "guidance_scale"})

_WAIT = (("Prefer", "wait"),)  # else it answers before it is done

PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        provider.name: provider
        for provider in (
            Provider("nscale", _generations, _nscale, _NSCALE_IGNORES),
            Provider("together", _generations, _together),
            Provider("fal-ai", lambda model: model, _fal),
            Provider("replicate", _replicate_route, _replicate, headers=_WAIT),
            Provider("hf-inference", lambda model: f"models/{model}", _hf_inference),
        )
    }
)
"""The providers whose way of asking is known, by their names at Hugging Face."""
