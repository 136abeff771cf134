"""From a folder to a model in memory, whole or not at all."""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from workbench.engines.local import device, weights
from workbench.engines.local.checks import (
    check_code,
    check_report,
    check_vocabulary,
    check_weights,
)
from workbench.engines.local.failures import explained
from workbench.engines.local.kinds import read_json
from workbench.engines.local.loaded import Kind, Loaded
from workbench.local_options import LocalOptions

_AUTO: Mapping[Kind, str] = {
    "seq2seq": "AutoModelForSeq2SeqLM",
    "tagger": "AutoModelForTokenClassification",
    "captioner": "AutoModelForImageTextToText",
    "vision-chat": "AutoModelForImageTextToText",
    "writer": "AutoModelForCausalLM",
}
_SILENT = 50  # logging.CRITICAL


class Source(Protocol):
    """Where a model lies."""

    @property
    def name(self) -> str: ...
    @property
    def folder(self) -> Path: ...


def load(source: Source, kind: Kind, options: LocalOptions) -> Loaded:
    """The model of *source*, ready to use; raises Refusal with what is wrong otherwise.

    Weights that are missing or have other shapes are an error: what isn't learned is random.
    """
    name, folder = source.name, source.folder
    where, dtype = device.choose(options, kind=kind)
    check_weights(name, folder, pickle=name in options.pickle)
    trusted = name in options.remote_code
    check_code(name, folder, trusted=trusted)
    needed = weights.needed_bytes(folder, dtype)
    with explained(name, folder, where, needed):
        _silence(kind)
        device.bound_threads(options)
        wanted = {
            "local_files_only": True,
            "use_safetensors": None if name in options.pickle else True,
        }
        if kind == "painter":
            model, processor = _pipeline(name, folder, dtype, trusted, wanted), None
            modules = [part for part in model.components.values() if hasattr(part, "parameters")]
        else:
            processor = _processor(name, folder, kind, trusted=trusted)
            model = _model(name, folder, kind, dtype, trusted, wanted)
            modules = [model]
        for module in modules:
            _settle(module)
        model = model.to(where)
    size = sum(_size(module) for module in modules)
    return Loaded(
        name=name,
        kind=kind,
        model=model,
        processor=processor,
        device=where,
        dtype=dtype,
        size_bytes=size,
    )


def _model(
    name: str, folder: Path, kind: Kind, dtype: str, trusted: bool, wanted: Mapping[str, Any]
) -> Any:
    import torch
    import transformers

    auto: Any = getattr(transformers, _AUTO[kind])
    model, report = auto.from_pretrained(
        folder,
        dtype=getattr(torch, dtype),
        trust_remote_code=trusted,
        output_loading_info=True,
        ignore_mismatched_sizes=True,  # so that the report names them
        **wanted,
    )
    check_report(name, model, report)
    return model


def _pipeline(name: str, folder: Path, dtype: str, trusted: bool, wanted: Mapping[str, Any]) -> Any:
    """A diffusers pipeline whose parts are loaded one by one, as only they report what is amiss."""
    import diffusers
    import torch

    number: Any = getattr(torch, dtype)
    parts: dict[str, Any] = {}
    for part, made in read_json(folder / "model_index.json", name).items():
        maker = _maker(made) if (folder / part).is_dir() else None
        if maker is None or not issubclass(maker, torch.nn.Module):
            continue
        is_diffusers = issubclass(maker, diffusers.ModelMixin)
        parts[part], report = maker.from_pretrained(
            folder / part,
            variant=weights.variant(folder / part),
            output_loading_info=True,
            ignore_mismatched_sizes=not is_diffusers,  # diffusers raises by itself
            dtype=number,
            **wanted,
        )
        check_report(f"{name} ({part})", parts[part], report)
    pipeline: Any = diffusers.DiffusionPipeline
    made_whole = pipeline.from_pretrained(
        folder, dtype=number, trust_remote_code=trusted, **parts, **wanted
    )
    made_whole.set_progress_bar_config(disable=True)
    return made_whole


def _maker(made: object) -> Any:
    """The class that a pipeline's description names as ``[library, class]``, if it is known."""
    if not isinstance(made, list) or len(made) != 2 or not all(isinstance(x, str) for x in made):
        return None
    library, name = made
    inside = f"diffusers.pipelines.{library}"
    if library not in ("diffusers", "transformers"):
        if not library.isidentifier() or importlib.util.find_spec(inside) is None:
            return None
        library = inside
    return getattr(importlib.import_module(library), name, None)


def _processor(name: str, folder: Path, kind: Kind, *, trusted: bool) -> Any:
    transformers: Any = importlib.import_module("transformers")
    check_vocabulary(name, folder)
    options = {"local_files_only": True, "trust_remote_code": trusted}
    if kind not in ("captioner", "vision-chat"):
        return transformers.AutoTokenizer.from_pretrained(folder, **options)
    processor = transformers.AutoProcessor.from_pretrained(folder, **options)
    if hasattr(processor, "image_processor"):
        return processor
    images = transformers.AutoImageProcessor.from_pretrained(folder, **options)
    texts = transformers.AutoTokenizer.from_pretrained(folder, **options)
    return transformers.TrOCRProcessor(images, texts)  # two that were saved without their pair


def _settle(module: Any) -> None:
    """Ready to be used, not trained; and in memory of its own.

    What was read is mapped from the file, which kills the process when it is written anew.
    """
    module.eval().requires_grad_(False)
    for tensor in [*module.parameters(), *module.buffers()]:
        if tensor.device.type == "cpu":
            tensor.data = tensor.data.clone()


def _size(module: Any) -> int:
    tensors = [*module.parameters(), *module.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def _silence(kind: Kind) -> None:
    """No log, no warning, no progress bar: what matters is raised."""
    import transformers

    libraries = [transformers.utils.logging]
    if kind == "painter":
        import diffusers

        libraries.append(diffusers.utils.logging)
    for logging in libraries:
        logging.set_verbosity(_SILENT)
        logging.disable_progress_bar()
    # Many a pipeline's settings are older than diffusers. A filter for good, as one that is
    # taken back would take others' with it: threads share them.
    warnings.filterwarnings("ignore", module=r"(transformers|diffusers)(\.|$)")
