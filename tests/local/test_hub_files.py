"""Of a model, what is needed is fetched, once, and nothing else."""

from __future__ import annotations

import json

import pytest
from fake_hub import FakeHub, Model, text_model
from looking import NAME, look, refusal


@pytest.fixture
def hub(monkeypatch):
    """A Hub with one small model, which HF_ENDPOINT points at."""
    with FakeHub({NAME: Model(text_model())}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def fetched(hub, files, name=NAME, **options):
    hub.models[name] = Model(files)
    source = look(name, **options)
    return {
        path.relative_to(source.folder).as_posix()
        for path in source.folder.rglob("*")
        if path.is_file()
    }


def test_weights_come_once(hub):
    """Safetensors alone, out of a model that has its weights seven times."""
    others = ("pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "rust_model.ot")
    more = dict.fromkeys((*others, "model.fp16.safetensors", "training_args.bin"), b"x")
    more |= {"onnx/model.onnx": b"x", "onnx/config.json": b"{}", "model.gguf": b"x"}
    more |= {"openvino/openvino_model.bin": b"x", "consolidated.safetensors": b"x"}
    more |= {"modeling_own.py": b"raise SystemExit", "chat_template.jinja": b"{{ x }}"}
    more |= {"spiece.model": b"s", "vocab.txt": b"v", "logo.png": b"p"}
    more |= {"pytorch_model.bin.index.json": b"{}"}
    assert fetched(hub, text_model(**more)) == {
        *("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"),
        *("chat_template.jinja", "spiece.model", "vocab.txt"),
    }


def test_weights_in_shards(hub):
    """Every shard comes, with the index that tells them."""
    files = text_model()
    whole = files.pop("model.safetensors")
    shards = {f"model-0000{n}-of-00002.safetensors": whole for n in (1, 2)}
    index = {"model.safetensors.index.json": b'{"weight_map": {}}'}
    assert fetched(hub, files | shards | index) >= {*shards, *index}


def test_shards_that_are_missing_are_fetched(hub):
    """A model with one of two shards is not taken for whole."""
    files = text_model()
    whole = files.pop("model.safetensors")
    files |= {f"model-0000{n}-of-00002.safetensors": whole[n:] for n in (1, 2)}
    files["model.safetensors.index.json"] = b'{"weight_map": {}}'
    hub.models[NAME] = Model(files)
    source = look()
    (source.folder / "model-00002-of-00002.safetensors").unlink()
    assert "as a whole" in str(refusal(fetch=False))
    look()
    assert (source.folder / "model-00002-of-00002.safetensors").is_file()


def diffusion(**more):
    """The files of a small pipeline of diffusers."""
    index = {
        "_class_name": "StableDiffusionPipeline",
        "unet": ["diffusers", "UNet2DConditionModel"],
    }
    index |= {"text_encoder": ["transformers", "CLIPTextModel"], "safety_checker": [None, None]}
    index |= {"tokenizer": ["transformers", "CLIPTokenizer"], "requires_safety_checker": False}
    return {
        "model_index.json": json.dumps(index).encode(),
        "unet/config.json": b"{}",
        "unet/diffusion_pytorch_model.safetensors": b"u" * 1000,
        "text_encoder/config.json": b"{}",
        "text_encoder/model.safetensors": b"t" * 500,
        "tokenizer/vocab.json": b"{}",
        "tokenizer/merges.txt": b"#",
        **more,
    }


def test_a_pipeline_of_diffusers(hub):
    """Its components come once: no variants, no checkpoint in one file, no other folders."""
    more = {"unet/diffusion_pytorch_model.fp16.safetensors": b"x", "v1-5-pruned.ckpt": b"x"}
    more |= {"unet/diffusion_pytorch_model.non_ema.safetensors": b"x", "v1.safetensors": b"x"}
    more |= {"unet/diffusion_pytorch_model.bin": b"x", "safety_checker/model.safetensors": b"x"}
    more |= {"vae_decoder/model.onnx": b"x", "text_encoder/flax_model.msgpack": b"x"}
    assert fetched(hub, diffusion(**more)) == set(diffusion())
    assert look().size_bytes == 1500


def test_a_component_that_is_missing_is_fetched(hub):
    """A pipeline without the weights of one component is not taken for whole."""
    hub.models[NAME] = Model(diffusion())
    folder = look().folder
    (folder / "text_encoder/model.safetensors").unlink()
    assert "as a whole" in str(refusal(fetch=False))
    assert (look().folder / "text_encoder/model.safetensors").is_file()


def test_a_component_in_variants_alone(hub):
    """A component whose weights are there only in half precision is named."""
    files = diffusion()
    files["unet/diffusion_pytorch_model.fp16.safetensors"] = files.pop(
        "unet/diffusion_pytorch_model.safetensors"
    )
    hub.models[NAME] = Model(files)
    assert "unet" in str(refusal())


def test_pickles_must_be_allowed(hub):
    """Pickled weights aren't fetched until the model is in `pickle`; the refusal says how."""
    files = text_model()
    files["pytorch_model.bin"] = files.pop("model.safetensors")
    hub.models[NAME] = Model(files)
    error = refusal()
    assert (error.kind, error.status) == ("configuration", 400)
    assert "these weights are a pickle, which can run code when it is loaded" in str(error)
    assert 'pickle = ["org/model"]' in error.hint
    assert "[local]" in error.hint
    assert not hub.asked("/resolve/")
    source = look(pickle=frozenset({NAME}))
    assert (source.folder / "pytorch_model.bin").is_file()
    assert refusal().kind == "configuration"  # in the cache by now, and still not allowed
    assert "pickle" in str(refusal(offline=True))


def test_code_must_be_allowed(hub):
    """Python comes along for models in `remote_code` only."""
    files = text_model(**{"modeling_own.py": b"raise SystemExit"})
    hub.models["org/other"] = Model(files)
    assert "modeling_own.py" not in fetched(hub, files)
    allowed = frozenset({"org/other"})
    assert "modeling_own.py" in fetched(hub, files, "org/other", remote_code=allowed)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"model.gguf": b"x"}, "neither config.json nor model_index.json"),
        ({"adapter_config.json": b"{}", "adapter_model.safetensors": b"x"}, "adapter (LoRA)"),
        (
            {"config.json": b"{}", "model.gguf": b"x", "tf_model.h5": b"x"},
            "loaded here: GGUF, TensorFlow",
        ),
    ],
)
def test_a_repository_of_something_else(files, told, hub):
    """What can't be loaded here is refused before anything is fetched."""
    hub.models[NAME] = Model(files)
    error = refusal()
    assert error.kind == "configuration"
    assert told in str(error)
    assert error.hint
    assert not hub.asked("/resolve/")


def test_files_stay_in_their_folder(hub, tmp_path):
    """A listing that names a file elsewhere gets nothing written there, with code allowed too."""
    evil = {"../../../../evil.json": b"{}", "../evil.py": b"", "x/../../evil.py": b""}
    assert "config.json" in fetched(hub, text_model(**evil))
    hub.models["org/evil"] = Model(text_model(**evil))
    error = refusal("org/evil", remote_code=frozenset({"org/evil"}))
    assert (error.kind, error.status) == ("failed", 502)
    assert "org/evil can't be fetched: Invalid filename" in str(error)
    assert not [path for path in tmp_path.rglob("*evil*") if path.is_file()]
    assert not hub.asked("evil.")
