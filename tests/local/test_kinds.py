"""What a folder holds, read from its description alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from workbench.engines.local.kinds import TASKS, check_kind, kind_of
from workbench.engines.toolkit import Refusal

VISION = {"vision_config": {}}
KINDS = {
    "bart": ("seq2seq", {"model_type": "bart", "architectures": ["BartForConditionalGeneration"]}),
    "bare bart": (
        "seq2seq",
        {"model_type": "bart", "architectures": ["BartModel"], "is_encoder_decoder": True},
    ),
    "t5": ("seq2seq", {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"]}),
    "old t5": ("seq2seq", {"model_type": "t5", "architectures": ["T5WithLMHeadModel"]}),
    "marian": ("seq2seq", {"model_type": "marian", "architectures": ["MarianMTModel"]}),
    "two berts": (
        "seq2seq",
        {"model_type": "encoder-decoder", "architectures": ["EncoderDecoderModel"]},
    ),
    "new": (
        "seq2seq",
        {"architectures": ["NewForConditionalGeneration"], "is_encoder_decoder": True},
    ),
    "bert ner": ("tagger", {"model_type": "bert", "architectures": ["BertForTokenClassification"]}),
    "blip": (
        "captioner",
        {"model_type": "blip", "architectures": ["BlipForConditionalGeneration"]},
    ),
    "blip, vision": (
        "captioner",
        {"model_type": "blip", "architectures": ["BlipForConditionalGeneration"], **VISION},
    ),
    "git": ("captioner", {"model_type": "git", "architectures": ["GitForCausalLM"], **VISION}),
    "vit-gpt2": (
        "captioner",
        {"model_type": "vision-encoder-decoder", "architectures": ["VisionEncoderDecoderModel"]},
    ),
    "qwen-vl": (
        "vision-chat",
        {"model_type": "qwen2_vl", "architectures": ["Qwen2VLForConditionalGeneration"], **VISION},
    ),
    "smolvlm": (
        "vision-chat",
        {"model_type": "idefics3", "architectures": ["Idefics3ForConditionalGeneration"], **VISION},
    ),
    "gemma3": (
        "vision-chat",
        {
            "model_type": "gemma3n",
            "architectures": ["Gemma3nForConditionalGeneration"],
            "audio_config": {},
            **VISION,
        },
    ),
    "llama": ("writer", {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}),
    "gpt2": ("writer", {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}),
    "unnamed gpt2": ("writer", {"model_type": "gpt2"}),
    "unnamed t5": ("seq2seq", {"model_type": "t5"}),
    "own code": ("writer", {"model_type": "mine", "architectures": ["MineForCausalLM"]}),
}
OTHERS = {
    "fills in masked words": {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
    "turns its input into vectors": {"model_type": "bert", "architectures": ["BertModel"]},
    "(T5EncoderModel)": {"model_type": "t5", "architectures": ["T5EncoderModel"]},
    "works on sound": {
        "model_type": "whisper",
        "architectures": ["WhisperForConditionalGeneration"],
        "is_encoder_decoder": True,
    },
    "on sound, which": {
        "model_type": "voxtral",
        "architectures": ["VoxtralForConditionalGeneration"],
        "audio_config": {},
    },
    "sorts whole texts": {
        "model_type": "bart",
        "architectures": ["BartForSequenceClassification"],
        "is_encoder_decoder": True,
    },
    "(CLIPModel)": {"model_type": "clip", "architectures": ["CLIPModel"], **VISION},
    "BlipForQuestionAnswering": {
        "model_type": "blip",
        "architectures": ["BlipForQuestionAnswering"],
        **VISION,
    },
    "does not say": {},
    "one part of a diffusers pipeline": {"_class_name": "UNet2DConditionModel"},
}


def saved(folder, config, file="config.json"):
    (folder / file).write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(("kind", "config"), KINDS.values(), ids=KINDS)
def test_kinds(tmp_path, kind, config):
    """Each architecture is known as what it does."""
    assert kind_of(saved(tmp_path, config)) == kind


def test_pipelines(tmp_path):
    """A diffusers pipeline that makes pictures out of text is a painter."""
    index = {"_class_name": "StableDiffusionPipeline"}
    assert kind_of(saved(tmp_path, index, "model_index.json")) == "painter"


@pytest.mark.parametrize(
    ("made", "does"),
    [
        ("StableDiffusionInpaintPipeline", "changes pictures"),
        ("StableDiffusionUpscalePipeline", "enlarges pictures"),
        ("TextToVideoSDPipeline", "makes videos"),
    ],
)
def test_other_pipelines(tmp_path, made, does):
    """Pipelines for other work are refused by what they do."""
    with pytest.raises(Refusal, match=f"org/model {does}") as caught:
        kind_of(saved(tmp_path, {"_class_name": made}, "model_index.json"), "org/model")
    assert (caught.value.status, caught.value.kind) == (400, "configuration")


@pytest.mark.parametrize(("said", "config"), OTHERS.items(), ids=OTHERS)
def test_models_of_no_task(tmp_path, said, config):
    """A model that no task uses is refused with what it does, and the next step."""
    with pytest.raises(Refusal) as caught:
        kind_of(saved(tmp_path, config), "org/model")
    assert said in str(caught.value)
    assert str(caught.value).startswith("org/model ")
    assert caught.value.kind == "configuration"
    assert caught.value.hint


def test_adapters(tmp_path):
    """An adapter is no model, even beside one: the model that it belongs to is named."""
    saved(tmp_path, KINDS["llama"][1])
    saved(tmp_path, {"base_model_name_or_path": "org/base"}, "adapter_config.json")
    with pytest.raises(Refusal, match=r"adapter \(LoRA\) to org/base") as caught:
        kind_of(tmp_path)
    assert "merge_and_unload" in caught.value.hint


def test_loras_of_diffusers(tmp_path):
    """A LoRA for a painter is an adapter too."""
    (tmp_path / "pytorch_lora_weights.safetensors").touch()
    with pytest.raises(Refusal, match="adapter"):
        kind_of(tmp_path)


@pytest.mark.parametrize("config", [None, {"model_type": "llama"}])
def test_gguf(tmp_path, config):
    """A folder of GGUF files is refused with what reads it, unless other weights are there."""
    (tmp_path / "model.Q4.gguf").touch()
    if config:
        saved(tmp_path, config)
    with pytest.raises(Refusal, match="GGUF") as caught:
        kind_of(tmp_path)
    assert "chat+http://" in caught.value.hint
    (tmp_path / "model.safetensors").touch()
    assert kind_of(saved(tmp_path, {"model_type": "llama"})) == "writer"


def test_empty_folders(tmp_path):
    """A folder that is no model says which file is missing."""
    with pytest.raises(Refusal, match=r"config\.json or model_index\.json"):
        kind_of(tmp_path)


@pytest.mark.parametrize("content", ["{", "[1]", "\udcff"], ids=["cut", "list", "bytes"])
def test_damaged_descriptions(tmp_path, content):
    """A description that is no JSON object is damage, not a bug."""
    (tmp_path / "config.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(Refusal, match="damaged") as caught:
        kind_of(tmp_path)
    assert (caught.value.status, caught.value.kind) == (500, "failed")


ALL_TASKS = sorted({task for tasks in TASKS.values() for task in tasks})


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("task", ALL_TASKS)
def test_every_kind_and_task(kind, task):
    """A kind serves its tasks; for any other, both and a model to choose are named."""
    if task in TASKS[kind]:
        check_kind(kind, task, "org/model")
        return
    with pytest.raises(Refusal) as caught:
        check_kind(kind, task, "org/model")
    does, _, needs = str(caught.value).partition("; ")
    assert does.startswith("org/model ")
    assert all(served in does for served in TASKS[kind])
    assert needs.startswith(f"{task} needs a model that ")
    assert ", such as " in needs
    assert (caught.value.status, caught.value.kind) == (400, "configuration")


def test_without_transformers():
    """Kinds are told where neither torch nor transformers is installed."""
    code = (
        "import sys; sys.modules['torch'] = sys.modules['transformers'] = None;"
        "import pathlib; from workbench.engines.local.kinds import kind_of;"
        "pathlib.Path('config.json').write_text('{\"model_type\": \"gpt2\"}');"
        "assert kind_of(pathlib.Path()) == 'writer'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
