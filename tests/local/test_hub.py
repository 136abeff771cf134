"""Models are found in folders, in the cache and on the Hub."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_hub import Model, text_model
from looking import NAME, look, refusal, write

from workbench.engines.local.hub import read_name


@pytest.mark.parametrize("name", ["./own", "own", "~/own", "{}/own", "org/model"])
def test_a_folder_that_is_there_is_the_model(name, monkeypatch, tmp_path):
    """Every way to write a folder finds it, and one that looks like an id goes before the Hub."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    for folder in ("own", "org/model"):
        write(home / folder, text_model())
    source = look(name.format(home))
    assert source.folder.is_absolute()
    assert (source.folder / "config.json").is_file()
    assert source.size_bytes == len(text_model()["model.safetensors"])


@pytest.mark.parametrize(
    "name", ["./none", "/no/ne", "~/none", "..", ".\\none", "C:\\none", "a/b/c"]
)
def test_a_path_that_is_not_there_is_no_id(name, monkeypatch, tmp_path):
    """The refusal says where it was looked for, and the Hub is not asked."""
    if name == "..":
        name = "../none"
    error = refusal(name)
    assert (error.kind, error.status) == ("configuration", 404)
    assert "looked for the folder /" in str(error)
    assert "org/model" in error.hint


def test_a_folder_of_something_else(tmp_path):
    """A folder without the description of a model is refused, and told what one holds."""
    (tmp_path / "papers").mkdir()
    error = refusal(str(tmp_path / "papers"))
    assert error.kind == "configuration"
    assert "config.json" in str(error)
    assert "save_pretrained" in error.hint


def test_a_folder_without_weights(tmp_path):
    """A description alone is no model; what there is instead is named."""
    files = {"config.json": b"{}", "tokenizer.json": b"{}", "weights.gguf": b"GGUF"}
    error = refusal(str(write(tmp_path / "half", files)))
    assert error.kind == "configuration"
    assert "no weights" in str(error)
    assert "GGUF" in str(error)


def test_a_folder_of_pickles_must_be_allowed(tmp_path):
    """Pickled weights in a folder are used when the folder, as written, is in `pickle`."""
    folder = write(tmp_path / "own", {"config.json": b"{}", "pytorch_model.bin": b"pickle"})
    error = refusal(str(folder))
    assert error.kind == "configuration"
    assert "these weights are a pickle, which can run code when it is loaded" in str(error)
    assert look(str(folder), pickle=frozenset({str(folder)})).size_bytes == 6


@pytest.mark.parametrize(
    "name", ["", " ", "two words", "org/model@", "org/mo--del", "org/model@../x", "a\0b", "-x", "ö"]
)
def test_what_is_no_name(name):
    """Neither a folder nor a possible id: said so, with an example."""
    error = refusal(name)
    assert (error.kind, error.status) == ("configuration", 400)
    assert "org/model" in error.hint


def test_a_name_may_tell_a_revision():
    """What follows @ is the revision; without it, main."""
    assert read_name("org/model@refs/pr/1").revision == "refs/pr/1"
    assert read_name("gpt2").revision == "main"


def test_a_model_is_fetched_into_the_cache(hub, cache):
    """Its files arrive whole, where huggingface_hub looks for them too, and without its README."""
    source = look()
    files = hub.models[NAME].files
    assert source.folder == cache / "models--org--model/snapshots" / hub.models[NAME].commit
    arrived = {path.name: path.read_bytes() for path in source.folder.iterdir()}
    assert arrived == {name: data for name, data in files.items() if name != "README.md"}
    assert source.size_bytes == len(files["model.safetensors"])
    import huggingface_hub

    for name in arrived:
        found = huggingface_hub.try_to_load_from_cache(NAME, name, cache_dir=cache)
        assert Path(found) == source.folder / name
    (repo,) = huggingface_hub.scan_cache_dir(cache).repos
    assert repo.refs["main"].snapshot_path == source.folder.resolve()
    assert not huggingface_hub.scan_cache_dir(cache).warnings


def test_the_cache_is_used_without_asking(hub):
    """What is there whole needs no network: not a single request, nor a Hub that answers."""
    first = look()
    hub.requests.clear()
    assert look() == first
    assert look(fetch=False) == first
    assert look(offline=True) == first
    assert hub.requests == []


def test_what_huggingface_hub_fetched_is_found(hub, cache):
    """A model that its own library downloaded is used as it is."""
    import huggingface_hub

    with huggingface_hub.utils.disable_progress_bars():
        folder = huggingface_hub.snapshot_download(
            NAME, cache_dir=cache, endpoint=hub.url, token=False
        )
    hub.requests.clear()
    assert look().folder == Path(folder)
    assert hub.requests == []


def test_the_options_alone_count(hub, monkeypatch, tmp_path):
    """Cache and endpoint are those of the settings, which may have them from a `.env` file."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "other"))
    source = look(cache=tmp_path / "mine", endpoint=hub.url + "/")
    assert source.folder.is_relative_to(tmp_path / "mine")
    assert not (tmp_path / "other").exists()


def test_a_name_of_one_word(hub):
    """The old ids without an organisation are fetched as well."""
    hub.models["gpt2"] = Model(text_model())
    assert look("gpt2").folder.parts[-3] == "models--gpt2"


def test_a_revision_is_fetched_and_kept_apart(hub, cache):
    """A revision is asked for by its name and found again by it, by its commit too; main isn't."""
    hub.models[NAME].revisions = ("refs/pr/1",)
    source = look(f"{NAME}@refs/pr/1")
    hub.requests.clear()
    assert look(f"{NAME}@refs/pr/1").folder == source.folder
    assert look(f"{NAME}@{hub.models[NAME].commit}").folder == source.folder
    assert hub.requests == []
    error = refusal()
    assert (error.kind, error.status) == ("configuration", 404)
    assert "no revision 'main'" in str(error)


def test_a_commit_is_not_kept_as_a_reference(hub, cache):
    """A hash means itself: no file in refs/ says so."""
    look(f"{NAME}@{hub.models[NAME].commit}")
    assert not (cache / "models--org--model/refs").exists()


def test_a_revision_is_noted_when_it_is_whole(hub, cache):
    """A fetch that fails on the way leaves no reference to half a model."""
    hub.models[NAME].lost = ("model.safetensors",)
    assert "no longer there" in str(refusal())
    assert list(cache.glob("models--org--model/snapshots/*/config.json"))
    assert not (cache / "models--org--model/refs").exists()


def test_a_cache_that_lacks_a_file_is_completed(hub):
    """A blob that was deleted is fetched again, and nothing else."""
    source = look()
    (source.folder / "model.safetensors").resolve().unlink()
    hub.requests.clear()
    assert look() == source
    assert [path for kind, path, _ in hub.asked("/cdn/") if kind == "GET"] == [
        f"/cdn/{NAME}/model.safetensors"
    ]
    assert {path for kind, path, _ in hub.asked("/resolve/") if kind == "GET"} == set()
