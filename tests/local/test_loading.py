"""A folder becomes a model, whole or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from safetensors.torch import load_file, save_file  # noqa: E402
from tiny_pictures import (  # noqa: E402
    tiny_blip,
    tiny_diffusion,
    tiny_encoder_decoder,
    tiny_vision_chat,
)
from tiny_text import tiny_bart, tiny_bert_ner  # noqa: E402

from workbench.engines.local import device, loading, weights  # noqa: E402
from workbench.engines.local.failures import is_out_of_memory, surviving  # noqa: E402
from workbench.engines.local.kinds import kind_of  # noqa: E402
from workbench.engines.toolkit import Refusal  # noqa: E402
from workbench.local_options import LocalOptions  # noqa: E402

NAME = "org/model"
WEIGHTS = "model.safetensors"
OPTIONS = LocalOptions(threads=1)
TRUSTED = LocalOptions(threads=1, remote_code=frozenset({NAME}))
UNPICKLED = LocalOptions(threads=1, pickle=frozenset({NAME}))


def tiny_llama(folder):
    """A writer that shares the tagger's vocabulary."""
    from transformers import LlamaConfig, LlamaForCausalLM

    tiny_bert_ner(folder)
    config = LlamaConfig(
        vocab_size=300,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


MAKERS = {
    "seq2seq": tiny_bart,
    "tagger": tiny_bert_ner,
    "captioner": tiny_blip,
    "pair": tiny_encoder_decoder,
    "vision-chat": tiny_vision_chat,
    "painter": tiny_diffusion,
    "writer": tiny_llama,
}


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Models that are built when they are first asked for."""
    folders = {}

    def make(kind):
        if kind not in folders:
            folders[kind] = MAKERS[kind](tmp_path_factory.mktemp(kind))
        return folders[kind]

    return make


@pytest.fixture
def copy(made, tmp_path):
    """A model's folder of the test's own."""
    return lambda kind: Path(shutil.copytree(made(kind), tmp_path / "model"))


def load(folder, options=OPTIONS):
    source = SimpleNamespace(name=NAME, folder=folder)
    return loading.load(source, kind_of(folder, NAME), options)


def refused(folder, options=OPTIONS):
    with pytest.raises(Refusal) as caught:
        load(folder, options)
    assert caught.value.hint
    return caught.value


def change(folder, tensors, file=WEIGHTS):
    """Weights saved anew as *tensors* makes them."""
    kept = load_file(folder / file)
    tensors(kept)
    save_file(kept, folder / file, {"format": "pt"})


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind(made, kind, capfd):
    """Each kind is loaded to be used, not trained, and without a word on the terminal."""
    made(kind)
    capfd.readouterr()
    loaded = load(made(kind))
    assert capfd.readouterr() == ("", "")
    assert loaded.kind == ("captioner" if kind == "pair" else kind)
    assert (loaded.name, loaded.device, loaded.dtype) == (NAME, "cpu", "float32")
    assert (loaded.processor is None) == (kind == "painter")
    parts = loaded.model.components.values() if kind == "painter" else [loaded.model]
    modules = [part for part in parts if isinstance(part, torch.nn.Module)]
    assert modules
    assert not any(module.training for module in modules)
    numbers = [number for module in modules for number in module.parameters()]
    assert not any(number.requires_grad for number in numbers)
    needed = weights.needed_bytes(made(kind), "float32")
    assert needed <= loaded.size_bytes <= 1.3 * needed


def test_processors_of_pictures(made):
    """Whatever sees pictures has a processor that takes them, though none was saved with it."""
    for kind in ("captioner", "pair", "vision-chat"):
        processor = load(made(kind)).processor
        assert processor.image_processor
        assert processor.tokenizer


def test_the_weights_that_were_saved(made):
    """What is in memory is what is in the file."""
    saved = load_file(made("tagger") / WEIGHTS)
    model = load(made("tagger")).model
    assert all(torch.equal(model.state_dict()[name], tensor) for name, tensor in saved.items())


def test_ties_are_kept(made):
    """Weights that a model uses twice are in memory once."""
    model = load(made("writer")).model
    assert model.lm_head.weight.data_ptr() == model.model.embed_tokens.weight.data_ptr()


def test_memory_of_its_own(copy):
    """A file that is written anew doesn't reach into a model that was read from it."""
    folder = copy("tagger")
    model = load(folder).model
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    size = (folder / WEIGHTS).stat().st_size
    with (folder / WEIGHTS).open("r+b") as file:
        file.seek(size // 4)
        file.write(b"\x11" * (size - size // 4))
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


def test_dtype(made):
    """Numbers are halved for who asks, and so is what is foreseen."""
    loaded = load(made("tagger"), LocalOptions(threads=1, dtype="bfloat16"))
    assert {number.dtype for number in loaded.model.parameters()} == {torch.bfloat16}
    whole = weights.needed_bytes(made("tagger"), "float32")
    assert weights.needed_bytes(made("tagger"), "bfloat16") == whole // 2


def test_missing_weights_are_no_random_ones(copy):
    """A weight that the file lacks is an error that names it."""
    folder = copy("tagger")
    change(folder, lambda kept: kept.pop("classifier.weight"))
    error = refused(folder)
    assert "org/model do not fit its config.json: they lack classifier.weight" in str(error)
    assert (error.status, error.kind) == (500, "failed")


def test_weights_of_another_shape(copy):
    """A weight with another shape is an error that names it."""
    folder = copy("tagger")
    change(folder, lambda kept: kept.update({"classifier.bias": torch.zeros(3)}))
    assert "of another shape is classifier.bias" in str(refused(folder))


def test_weights_of_another_model(copy, made):
    """The weights of another architecture don't fit."""
    folder = copy("tagger")
    shutil.copy(made("writer") / WEIGHTS, folder)
    assert "do not fit" in str(refused(folder))
    assert "more." in str(refused(folder))


def test_weights_too_many(copy, capfd):
    """A weight that the model has no place for does no harm."""
    folder = copy("tagger")
    change(folder, lambda kept: kept.update({"other.bias": torch.zeros(3)}))
    capfd.readouterr()
    assert load(folder).kind == "tagger"
    assert capfd.readouterr() == ("", "")


def test_a_pooler_may_be_missing(copy):
    """What no task uses may be missing, as it is in many captioners."""
    folder = copy("pair")
    kept = load_file(folder / WEIGHTS)
    pooler = [name for name in kept if ".pooler." in name]
    if pooler:
        change(folder, lambda kept: [kept.pop(name) for name in pooler])
    assert load(folder).kind == "captioner"
    assert pooler


@pytest.mark.parametrize("part", ["unet/diffusion_pytorch_model", "text_encoder/model"])
@pytest.mark.parametrize("what", ["missing", "shape"])
def test_painters_are_whole(copy, part, what):
    """A painter with a part of it missing or of another shape is refused, by any of its parts."""
    folder = copy("painter")
    name = sorted(load_file(folder / f"{part}.safetensors"))[0]
    if what == "missing":
        change(folder, lambda kept: kept.pop(name), f"{part}.safetensors")
    else:
        change(folder, lambda kept: kept.update({name: torch.zeros(2)}), f"{part}.safetensors")
    error = refused(folder)
    assert error.kind == "failed"
    assert part.partition("/")[0] in str(error) or name in str(error)


def test_painters_in_the_half_variant(copy):
    """A painter of which only the fp16 variant was fetched is loaded from it."""
    folder = copy("painter")
    for path in folder.glob("*/*.safetensors"):
        path.rename(path.with_suffix(".fp16.safetensors"))
    assert load(folder).kind == "painter"


def test_old_settings(copy, capfd):
    """A painter whose settings are older than diffusers is loaded without a word on that."""
    folder = copy("painter")
    path = folder / "scheduler" / "scheduler_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "steps_offset": 0}))
    capfd.readouterr()
    assert load(folder).kind == "painter"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("keep", [0, 4, 0.5, 0.99])
def test_cut_files(copy, keep):
    """Weights that were cut off while they were fetched are called damaged."""
    folder = copy("tagger")
    content = (folder / WEIGHTS).read_bytes()
    size = int(keep * len(content)) if keep < 1 else keep
    (folder / WEIGHTS).write_bytes(content[:size])
    error = refused(folder)
    assert "The weights of org/model are damaged" in str(error)
    assert (error.status, error.kind) == (500, "failed")
    assert str(folder) not in str(error)


def test_a_missing_shard(copy):
    """A piece of the weights that isn't there is named."""
    folder = copy("tagger")
    (folder / WEIGHTS).rename(folder / "model-00001-of-00002.safetensors")
    index = {"metadata": {}, "weight_map": {"a": "model-00002-of-00002.safetensors"}}
    (folder / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    error = refused(folder)
    assert error.kind == "failed"
    assert "model-00002-of-00002.safetensors" in str(error)


def test_no_weights(copy):
    """A folder with a description alone says what is missing."""
    folder = copy("tagger")
    (folder / WEIGHTS).unlink()
    error = refused(folder)
    assert "model.safetensors" in str(error)
    assert (error.status, error.kind) == (404, "configuration")


@pytest.mark.parametrize("kind", ["tagger", "seq2seq"])
def test_no_tokenizer(copy, kind):
    """A model without its vocabulary is refused, where transformers makes up an empty one."""
    folder = copy(kind)
    for path in folder.iterdir():
        if path.name not in ("config.json", WEIGHTS, "tokenizer_config.json"):
            path.unlink()
    assert "no tokenizer" in str(refused(folder))


class Evil:
    """Unpickling it would leave a file."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))


def pickled(folder, **more):
    kept = load_file(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    torch.save({**kept, **more}, folder / "pytorch_model.bin")
    return folder


def test_pickles(copy):
    """Pickles are refused, with what would allow them; then they are read."""
    folder = pickled(copy("tagger"))
    error = refused(folder)
    assert "pickle can run code" in str(error)
    assert error.kind == "configuration"
    assert f'pickle = ["{NAME}"]' in error.hint
    assert load(folder, UNPICKLED).kind == "tagger"


def test_pickles_of_one_part(copy):
    """One part of a painter that is a pickle is enough to refuse it."""
    folder = copy("painter")
    part = folder / "vae"
    torch.save({}, part / "diffusion_pytorch_model.bin")
    (part / "diffusion_pytorch_model.safetensors").unlink()
    assert "pickle" in str(refused(folder))


def test_pickles_that_run_code(copy, tmp_path):
    """Even where pickles are allowed, one that is more than tensors isn't run."""
    mark = tmp_path / "mark"
    error = refused(pickled(copy("tagger"), evil=Evil(mark)), UNPICKLED)
    assert error.kind == "failed"
    assert not mark.exists()


CODE = """
import pathlib
from transformers import {base}Config, {base}ForCausalLM
pathlib.Path({mark!r}).touch()
class MineConfig({base}Config):
    model_type = "mine"
class MineForCausalLM({base}ForCausalLM):
    config_class = MineConfig
"""


def test_code_of_a_model(copy, tmp_path):
    """A model's own code is refused, with what would allow it; then it runs."""
    folder, mark = copy("writer"), tmp_path / "mark"
    (folder / "mine.py").write_text(CODE.format(base="Llama", mark=str(mark)))
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "mine", "architectures": ["MineForCausalLM"]}
    config["auto_map"] = {
        "AutoConfig": "mine.MineConfig",
        "AutoModelForCausalLM": "mine.MineForCausalLM",
    }
    (folder / "config.json").write_text(json.dumps(config))
    error = refused(folder)
    assert "code of its own" in str(error)
    assert error.kind == "configuration"
    assert f'remote_code = ["{NAME}"]' in error.hint
    assert not mark.exists()
    assert type(load(folder, TRUSTED).model).__name__ == "MineForCausalLM"
    assert mark.exists()


def test_code_that_is_not_needed(copy, tmp_path):
    """A model that transformers has built in is loaded without the code beside it."""
    folder, mark = copy("writer"), tmp_path / "mark"
    (folder / "mine.py").write_text(CODE.format(base="Llama", mark=str(mark)))
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForCausalLM": "mine.MineForCausalLM"}
    (folder / "config.json").write_text(json.dumps(config))
    words = json.loads((folder / "tokenizer_config.json").read_text())
    words["auto_map"] = {"AutoTokenizer": ["mine.Words", None]}
    (folder / "tokenizer_config.json").write_text(json.dumps(words))
    assert type(load(folder).model).__name__ == "LlamaForCausalLM"
    assert not mark.exists()


def test_unknown_types(copy):
    """A model that is too new for this transformers says so."""
    folder = copy("writer")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "newer"}))
    error = refused(folder)
    assert "does not know models of the type 'newer'" in str(error)
    assert "pip install -U transformers" in error.hint


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    ],
)
def test_no_memory_while_loading(made, monkeypatch, error):
    """Running out of memory while loading is a refusal with sizes."""

    def full(*_, **__):
        raise error

    monkeypatch.setattr("transformers.AutoModelForTokenClassification.from_pretrained", full)
    refusal = refused(made("tagger"))
    assert (refusal.status, refusal.kind) == (507, "refused")
    assert "needs about 56 kB of memory" in str(refusal)
    assert "cpu has " in str(refusal)


def test_bugs_stay_bugs(made, monkeypatch):
    """An error that no folder explains isn't put down to the model."""

    def bug(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(loading, "_settle", bug)
    with pytest.raises(ZeroDivisionError):
        load(made("tagger"))


def test_packages_that_are_missing(made, monkeypatch):
    """A package that a model needs and that isn't installed is named."""

    def need(*_, **__):
        raise ImportError("SiglipTokenizer requires the SentencePiece library.\nInstall it")

    monkeypatch.setattr("transformers.AutoTokenizer.from_pretrained", need)
    error = refused(made("tagger"))
    assert "requires the SentencePiece library." in str(error)
    assert "\n" not in str(error)
    assert error.kind == "configuration"


def test_surviving_a_full_memory(made, monkeypatch):
    """Running out while a model works frees what was computed, and the model works again."""
    loaded = load(made("tagger"))
    freed = []
    monkeypatch.setattr(device, "give_back", lambda: freed.append(1))
    with pytest.raises(Refusal) as caught, surviving(loaded):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
    assert (caught.value.status, caught.value.kind) == (507, "refused")
    assert freed == [1]
    tokens = loaded.processor("Ada", return_tensors="pt")
    with surviving(loaded), torch.inference_mode():
        assert loaded.model(**tokens).logits.shape[-1] == loaded.model.config.num_labels


def test_surviving_lets_go(made):
    """What the frames of the error held is free before the refusal is raised."""
    import weakref

    class Big:
        pass

    held = []

    def compute():
        big = Big()
        held.append(weakref.ref(big))
        raise MemoryError

    with pytest.raises(Refusal) as caught, surviving(load(made("tagger"))):
        compute()
    assert held[0]() is None
    assert isinstance(caught.value.__context__, MemoryError)


def test_other_errors_pass():
    """Only a full memory is told as one."""
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))


def test_stamps(copy):
    """Any file of a model that changes, comes or goes, a pipeline's parts too, makes it another."""
    folder = copy("painter")
    seen = {weights.stamp(folder)}
    assert weights.stamp(folder) in seen
    (folder / "unet" / "config.json").write_text("{}")
    seen.add(weights.stamp(folder))
    (folder / "new.txt").touch()
    seen.add(weights.stamp(folder))
    assert len(seen) == 3


def test_damaged_headers_are_guessed(tmp_path):
    """What weights need is at least foreseen from their size when nothing else can be read."""
    (tmp_path / WEIGHTS).write_bytes(b"\xff" * 40)
    assert weights.needed_bytes(tmp_path, "float32") == 40
