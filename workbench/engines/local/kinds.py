"""What a model is, read from the folder it lies in, and which tasks it serves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from workbench.engines.local.loaded import Kind
from workbench.engines.toolkit import Refusal

TASKS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        "seq2seq": ("summarization",),
        "tagger": ("ner",),
        "captioner": ("captioning",),
        "vision-chat": ("captioning", "chat"),
        "painter": ("text-to-image",),
        "writer": ("completion", "chat"),
    }
)
"""The tasks that each kind of model serves."""

DOES: Mapping[Kind, str] = {
    "seq2seq": "rewrites texts",
    "tagger": "labels tokens",
    "captioner": "describes pictures",
    "vision-chat": "chats about pictures",
    "painter": "makes pictures",
    "writer": "writes texts on",
}
_NEEDED = {
    "summarization": "a model that rewrites texts, such as BART or T5",
    "ner": "a model that labels tokens, such as a BERT trained for named entities",
    "captioning": "a model that describes pictures, such as BLIP or SmolVLM",
    "text-to-image": "a model that makes pictures, such as Stable Diffusion",
    "completion": "a model that writes texts on, such as GPT-2 or Qwen",
    "chat": "a model that chats, such as Qwen or SmolLM in their Instruct versions",
}
_SUGGESTED = "`workbench local suggest` names a small model for each task."


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_CAPTIONERS = _set("blip blip-2 git instructblip pix2struct vision-encoder-decoder")
_REWRITERS = _set(
    "bart bigbird_pegasus blenderbot blenderbot-small encoder-decoder fsmt led longt5 m2m_100 "
    "marian mbart mt5 mvp nllb-moe pegasus pegasus_x plbart prophetnet switch_transformers t5 "
    "t5gemma umt5"
)
_SPEECH = _set(
    "clap encodec hubert moonshine musicgen parler_tts seamless_m4t seamless_m4t_v2 "
    "speech-encoder-decoder speech_to_text speecht5 vits wav2vec2 wavlm whisper"
)
_WRITERS = _set(
    "bloom falcon gemma gemma2 gpt2 gpt_neo gpt_neox gptj llama mistral mpt olmo opt phi phi3 "
    "qwen2 qwen3 smollm3 stablelm"
)
_OTHERS = {
    "ForMaskedLM": "fills in masked words",
    "ForPreTraining": "fills in masked words",
    "ForSequenceClassification": "sorts whole texts",
    "ForQuestionAnswering": "finds answers in a text",
    "ForMultipleChoice": "chooses among answers",
    "ForImageClassification": "sorts pictures",
    "ForObjectDetection": "finds things in pictures",
    "ForSemanticSegmentation": "cuts pictures into parts",
    "ForAudioClassification": "works on sound",
    "ForCTC": "writes down speech",
    "Model": "turns its input into vectors",
}
_OTHER_PIPELINES = {
    "Img2Img": "changes pictures",
    "Inpaint": "changes pictures",
    "Pix2Pix": "changes pictures",
    "Depth2Img": "changes pictures",
    "ControlNet": "makes pictures after other pictures",
    "Upscale": "enlarges pictures",
    "Video": "makes videos",
    "Audio": "makes sounds",
    "Music": "makes sounds",
}


def kind_of(folder: Path, name: str | None = None) -> Kind:
    """What the model in *folder* is; *name* is how people know it.

    Raises Refusal for what is no whole model, for one that no task here can use, and for a
    damaged description.
    """
    name = name or folder.name
    if (folder / "adapter_config.json").is_file():
        raise _adapter(read_json(folder / "adapter_config.json", name), name)
    if (folder / "model_index.json").is_file():
        return _painter(read_json(folder / "model_index.json", name), name)
    if _only_gguf(folder):
        raise _unusable(
            f"{name} holds GGUF files, which llama.cpp and its relatives read.",
            "Choose the model in its original form (safetensors), or serve the file with "
            "llama.cpp and use that address: `chat+http://localhost:8080/v1`.",
        )
    if not (folder / "config.json").is_file():
        if (folder / "pytorch_lora_weights.safetensors").is_file():
            raise _adapter({}, name)
        raise _unusable(
            f"{name} has no config.json or model_index.json, so it is not a model of "
            "transformers or diffusers.",
            "Name the folder that `save_pretrained` wrote.",
        )
    return _from_config(read_json(folder / "config.json", name), name)


def check_kind(kind: Kind, task: str, name: str) -> None:
    """Raise Refusal unless models of *kind* serve *task*."""
    if task in TASKS[kind]:
        return
    serves = " and ".join(TASKS[kind])
    needed = _NEEDED.get(task, "another model")
    raise _unusable(f"{name} {DOES[kind]} ({serves}); {task} needs {needed}.", _SUGGESTED)


def read_json(path: Path, name: str) -> dict[str, object]:
    """The object in a JSON file of the model *name*; raises Refusal where it is damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        value = exc
    if not isinstance(value, dict):
        raise Refusal(
            f"{path.name} of {name} is damaged: it is not a JSON object.",
            500,
            kind="failed",
            hint="Remove the model and fetch it again, or write the folder anew.",
        )
    return value


def _from_config(config: dict[str, object], name: str) -> Kind:
    kind_name = str(config.get("model_type", ""))
    listed = config.get("architectures")
    made = str(listed[0]) if isinstance(listed, list) and listed else ""
    sees = any(key in config for key in ("vision_config", "vision_tower", "img_processor"))
    kind: Kind | None = None
    if kind_name in _SPEECH or ("audio_config" in config and not sees):
        raise _unusable(f"{name} works on sound, which no task here uses.", _SUGGESTED)
    if made.endswith("ForTokenClassification"):
        kind = "tagger"
    elif kind_name in _CAPTIONERS and _generates(made):
        kind = "captioner"
    elif sees and _generates(made):
        kind = "vision-chat"
    elif _rewrites(kind_name, made, whole=bool(config.get("is_encoder_decoder"))):
        kind = "seq2seq"
    elif made.endswith(("ForCausalLM", "LMHeadModel")) or (not made and kind_name in _WRITERS):
        kind = "writer"
    if kind:
        return kind
    raise _other(config, kind_name, made, name)


def _generates(made: str) -> bool:
    """Whether an architecture writes text; one that isn't named may."""
    ends = ("ForConditionalGeneration", "ForCausalLM", "Text2Text", "EncoderDecoderModel")
    return not made or made.endswith(ends)


def _rewrites(kind_name: str, made: str, *, whole: bool) -> bool:
    if kind_name in _REWRITERS:
        bare = not made or (whole and made.endswith("Model") and "Encoder" not in made)
        return bare or made.endswith(
            ("ForConditionalGeneration", "MTModel", "WithLMHeadModel", "EncoderDecoderModel")
        )
    return whole and made.endswith("ForConditionalGeneration")


def _painter(index: dict[str, object], name: str) -> Kind:
    made = str(index.get("_class_name", ""))
    for part, does in _OTHER_PIPELINES.items():
        if part in made:
            raise _unusable(f"{name} {does} ({made}), which no task here uses.", _SUGGESTED)
    return "painter"


def _other(config: Mapping[str, object], kind_name: str, made: str, name: str) -> Refusal:
    if "_diffusers_version" in config or "_class_name" in config:
        return _unusable(
            f"{name} is one part of a diffusers pipeline, not the whole of it.",
            "Name the folder above it, which has model_index.json.",
        )
    does = next((does for end, does in _OTHERS.items() if made.endswith(end)), None)
    if does:
        return _unusable(f"{name} {does} ({made}), which no task here uses.", _SUGGESTED)
    said = made or kind_name or "its config.json does not say what it is"
    return _unusable(f"{name} is of a kind that no task here uses ({said}).", _SUGGESTED)


def _adapter(config: Mapping[str, object], name: str) -> Refusal:
    base = config.get("base_model_name_or_path")
    whose = f" to {base}" if base else ""
    return _unusable(
        f"{name} is an adapter (LoRA){whose}, not a whole model.",
        "Merge it into its model with peft (`merge_and_unload`), save that, and name its folder.",
    )


def _only_gguf(folder: Path) -> bool:
    weights = any(any(folder.glob(f"*.{ending}")) for ending in ("safetensors", "bin", "pt"))
    return not weights and any(folder.glob("*.gguf"))


def _unusable(message: str, hint: str) -> Refusal:
    return Refusal(message, kind="configuration", hint=hint)
