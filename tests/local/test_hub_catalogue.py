"""Which models are suggested, and which are in the cache."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_hub import FakeHub, Model, text_model
from looking import look, options

from workbench.engines.local.catalogue import SUGGESTED, cached, remove
from workbench.engines.local.hub import read_name
from workbench.engines.local.kinds import TASKS
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

TAGGER = b'{"model_type": "bert", "architectures": ["BertForTokenClassification"]}'
SORTER = b'{"model_type": "bert", "architectures": ["BertForSequenceClassification"]}'


@pytest.fixture
def hub(monkeypatch):
    """A Hub with three models."""
    models = {
        "org/writer": Model(text_model()),
        "org/Tagger": Model(text_model(100_000, **{"config.json": TAGGER})),
        "sorter": Model(text_model(50_000, **{"config.json": SORTER})),
    }
    with FakeHub(models) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def fetch(*names):
    for name in names:
        look(name)


def test_every_task_has_a_suggestion():
    """Each task that a model here can serve has one, with a name of the Hub, a size, a licence."""
    served = {task for tasks in TASKS.values() for task in tasks}
    assert {task for each in SUGGESTED for task in each.tasks} == served
    for each in SUGGESTED:
        assert str(read_name(each.name)) == each.name
        assert 0 < each.about_mb < 5000
        assert each.licence


def test_the_cache_is_listed(hub):
    """Models by name with the tasks they serve; one of another kind serves none."""
    fetch("sorter", "org/writer", "org/Tagger")
    listed = cached(options())
    assert [(each.name, each.tasks, each.complete) for each in listed] == [
        ("org/Tagger", ("ner",), True),
        ("org/writer", ("completion", "chat"), True),
        ("sorter", (), True),
    ]
    assert (listed[0].folder / "config.json").read_bytes() == TAGGER


def test_sizes_are_what_the_disk_holds(hub):
    """Names are those of huggingface_hub, and bytes as well, with the few it notes beside them."""
    import huggingface_hub

    fetch("sorter", "org/writer")
    scanned = huggingface_hub.scan_cache_dir(Path(os.environ["HF_HOME"]) / "hub").repos
    there = {repo.repo_id: repo.size_on_disk for repo in scanned}
    found = {each.name: each.size_bytes for each in cached(options())}
    assert set(found) == set(there)
    # The name of the commit, in refs/main, counts as well: it is on the disk.
    assert {name: size - 40 for name, size in found.items()} == there


def test_no_cache_is_an_empty_one():
    """Before the first download there is nothing, and that is no error."""
    assert cached(options()) == []


def test_a_download_that_broke_off_is_incomplete(hub):
    """What is there in part is listed so, with every byte that it takes, and can be removed."""
    hub.models["org/writer"].lost = ("model.safetensors",)
    with pytest.raises(Refusal):
        fetch("org/writer")
    (only,) = cached(options())
    assert (only.name, only.tasks) == ("org/writer", ("completion", "chat"))
    assert not only.complete
    blobs = only.folder.parents[1] / "blobs"
    (blobs / "0123.incomplete").write_bytes(b"x" * 1000)  # of a process that was killed
    assert cached(options())[0].size_bytes == only.size_bytes + 1000
    assert remove("org/writer", options()) == only.size_bytes + 1000


def test_a_file_that_was_taken_away(hub):
    """A model whose weights were deleted is listed, as incomplete."""
    fetch("org/writer")
    (only,) = cached(options())
    (only.folder / "model.safetensors").resolve().unlink()
    (only,) = cached(options())
    assert not only.complete


def test_a_model_is_removed_whole(hub):
    """Its files are gone, how many bytes is told, and the others stay."""
    fetch("org/writer", "sorter")
    before = {each.name: each.size_bytes for each in cached(options())}
    assert remove("org/writer", options()) == before["org/writer"]
    assert [each.name for each in cached(options())] == ["sorter"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("org/none", "is not in the cache"),
        ("sorter@main", "a model goes with all of them"),
        ("./mine", "a folder of yours"),
        ("../..", "neither a folder"),
        ("..", "a folder of yours"),
    ],
)
def test_what_can_not_be_removed(name, told, hub, tmp_path):
    """Only what is in the cache goes, never a folder elsewhere."""
    fetch("sorter")
    Path("mine").mkdir()
    if name == "../..":
        name = "../../none"
    with pytest.raises(Refusal, match=told) as caught:
        remove(name, options())
    assert caught.value.kind == "configuration"
    assert Path("mine").is_dir()
    assert [each.name for each in cached(options())] == ["sorter"]


def test_a_cache_that_is_no_folder(tmp_path):
    """A file where the cache should be is told as such."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="can't be read") as caught:
        cached(LocalOptions(cache=tmp_path / "file"))
    assert caught.value.kind == "configuration"


def test_boxes_offer_what_is_here(hub, monkeypatch, tmp_path):
    """A target box and the picker of models list what the cache has for their task."""
    from tasks.tabs.talk.picker import choices
    from workbench.client import EndpointClient
    from workbench.engines.local import needs
    from workbench.routes import NER
    from workbench.settings import Settings
    from workbench.ui.targets import target_choices

    fetch("org/writer", "org/Tagger")
    monkeypatch.setattr(needs.util, "find_spec", lambda name: name)
    monkeypatch.setattr(needs.metadata, "version", lambda _: "5.0.0")
    with EndpointClient(Settings(local=options())) as client:
        assert ("local:org/Tagger", "local:org/Tagger") in target_choices(client, NER, None)
        assert ("local:org/writer", "local:org/writer") in choices(client, None)
        assert not [name for name, _ in target_choices(client, NER, []) if "local:" in name]
        assert not [name for name, _ in choices(client, []) if "local:" in name]
        monkeypatch.setattr(needs.util, "find_spec", lambda _: None)
        assert not [name for name, _ in target_choices(client, NER, None) if "local:" in name]
