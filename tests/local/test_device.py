"""Where models run, with which numbers, threads and memory."""

from __future__ import annotations

import pytest

from workbench.engines.local import device
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

torch = pytest.importorskip("torch")


@pytest.fixture
def hardware(monkeypatch):
    """Pretends that a machine has these."""

    def there(*, cuda=0, mps=False, bf16=True):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(cuda))
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bf16)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    there()
    return there


CHOICES = [
    ({}, {}, "writer", ("cpu", "float32")),
    ({}, {"dtype": "bfloat16"}, "writer", ("cpu", "bfloat16")),
    ({"cuda": 1}, {}, "writer", ("cuda", "bfloat16")),
    ({"cuda": 1, "bf16": False}, {}, "writer", ("cuda", "float16")),
    ({"cuda": 1}, {}, "painter", ("cuda", "float16")),
    ({"cuda": 1}, {}, "tagger", ("cuda", "float32")),
    ({"cuda": 2, "mps": True}, {"device": "cuda:1"}, "writer", ("cuda:1", "bfloat16")),
    ({"mps": True}, {}, "painter", ("mps", "float16")),
    ({"mps": True}, {}, "seq2seq", ("mps", "float32")),
    ({"cuda": 1}, {"device": "cpu"}, "writer", ("cpu", "float32")),
]


@pytest.mark.parametrize(("there", "wanted", "kind", "chosen"), CHOICES)
def test_choice(hardware, there, wanted, kind, chosen):
    """CUDA comes before MPS before the CPU, numbers suit the device, a person's word wins."""
    hardware(**there)
    assert device.choose(LocalOptions(**wanted), kind=kind) == chosen


@pytest.mark.parametrize(
    ("there", "wanted", "said"),
    [
        ({}, {"device": "cuda"}, "no device 'cuda' here; there is: cpu"),
        ({"cuda": 2}, {"device": "cuda:2"}, "there is: cuda, cpu, cuda:0, cuda:1"),
        ({}, {"device": "tpu"}, "no device 'tpu'"),
        ({}, {"dtype": "int4"}, "no dtype 'int4'; there is: float32, float16, bfloat16"),
    ],
)
def test_wrong_names(hardware, there, wanted, said):
    """A device or dtype that isn't there is refused with those that are."""
    hardware(**there)
    with pytest.raises(Refusal) as caught:
        device.choose(LocalOptions(**wanted), kind="writer")
    assert said in str(caught.value)
    assert caught.value.kind == "configuration"
    assert "workbench.toml" in caught.value.hint


@pytest.fixture
def threads(monkeypatch):
    """The numbers of threads that torch was told, without telling it."""
    told = []
    monkeypatch.setattr(torch, "set_num_threads", told.append)
    monkeypatch.setattr(device, "_threads", None)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    return told


@pytest.mark.parametrize(("cores", "bound"), [(2, 2), (64, 8)])
def test_threads(threads, monkeypatch, cores, bound):
    """There is a thread for each core, but at most 8; torch is told once."""
    monkeypatch.setattr(device, "_cores", lambda: cores)
    device.bound_threads(LocalOptions())
    device.bound_threads(LocalOptions())
    assert threads == [bound]


def test_threads_of_the_environment(threads, monkeypatch):
    """OMP_NUM_THREADS stays as it is, but for options that say otherwise."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    device.bound_threads(LocalOptions())
    assert threads == []
    device.bound_threads(LocalOptions(threads=5))
    assert threads == [5]


def test_memory_of_the_machine():
    """What is free is a part of what there is."""
    assert 0 < device.free_bytes("cpu") <= device.total_bytes("cpu")


def test_memory_of_a_container(tmp_path, monkeypatch):
    """A container's limit counts, and what it only caches is free."""
    monkeypatch.setattr(device, "_CGROUP", tmp_path)
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 400\ninactive_file 200\n")
    assert device.free_bytes("cpu") == 500
    assert device.total_bytes("cpu") == 1000
    (tmp_path / "memory.max").write_text("max\n")
    assert device.total_bytes("cpu") > 1000


def test_memory_of_a_card(monkeypatch):
    """A card is asked for its own memory."""
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (3, 8))
    assert (device.free_bytes("cuda:0"), device.total_bytes("cuda:0")) == (3, 8)
