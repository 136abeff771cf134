"""Models are loaded once, used in turns, and dropped to make room."""

from __future__ import annotations

import importlib.util
import json
import os
import struct
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("torch")

from workbench.engines.local import device
from workbench.engines.local.loaded import Loaded
from workbench.engines.local.shelf import Shelf
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

OPTIONS = LocalOptions(device="cpu")
SOON_S = 10  # what is waited for comes at once, or the test fails
MB = 10**6


class Weights:
    """What stands for the weights of a model."""


class World:
    """Models of so many bytes in folders, and how they are found and loaded."""

    def __init__(self, root):
        self.root = root
        self.found, self.loaded = [], []
        self.models = weakref.WeakSet()
        self.may_find, self.may_load = threading.Event(), threading.Event()
        self.finding, self.loading = threading.Event(), threading.Event()
        self.may_find.set()
        self.may_load.set()
        self.left = threading.Event()
        self.lines, self.errors = [], []
        self.shelf = Shelf(self.find, self.load)

    def add(self, name, size=MB, made="LlamaForCausalLM"):
        folder = self.root / name.replace("/", "--")
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({"architectures": [made]}))
        tensor = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
        header = json.dumps({"w": tensor}).encode()
        (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
        return folder

    def find(self, name, options, *, token, tell, gone):
        self.found.append((name, token))
        for line in self.lines:
            tell(line)
        self.finding.set()
        while not self.may_find.wait(0.01):
            if gone.is_set():
                self.left.set()
                raise ConnectionAbortedError("the caller has left")
        return SimpleNamespace(name=name, folder=self.root / name.replace("/", "--"), size_bytes=0)

    def load(self, source, kind, options):
        self.loading.set()
        assert self.may_load.wait(SOON_S)
        if self.errors:
            raise self.errors.pop(0)
        self.loaded.append(source.name)
        model = Weights()
        self.models.add(model)
        header = (source.folder / "model.safetensors").read_bytes()[8:]
        size = json.loads(header)["w"]["data_offsets"][1]
        return Loaded(name=source.name, kind=kind, model=model, size_bytes=size)

    def use(self, name="org/a", task="completion", options=OPTIONS, **more):
        return self.shelf.use(name, task, options, **more)

    def names(self):
        return [held.name for held in self.shelf.loaded()]


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.add("org/a")
    return world


@pytest.fixture
def pool():
    with ThreadPoolExecutor(16) as pool:
        yield pool


@pytest.fixture
def memory(monkeypatch, world):
    """A machine whose memory is what is set here, less what the shelf holds."""
    machine = SimpleNamespace(total=100 * MB, other=0)

    def free(_):
        return machine.total - machine.other - sum(h.size_bytes for h in world.shelf.loaded())

    monkeypatch.setattr(device, "total_bytes", lambda _: machine.total)
    monkeypatch.setattr(device, "free_bytes", free)
    return machine


class Caller:
    """Someone who uses a model in a thread, until told to stop."""

    def __init__(self, pool, world, name="org/a", task="completion", options=OPTIONS, **more):
        self.gone, self.stop, self.has = threading.Event(), threading.Event(), threading.Event()
        self.lines, self.heard = [], threading.Event()
        self.done = pool.submit(self._use, world, name, task, options, more)

    def _use(self, world, name, task, options, more):
        with world.shelf.use(
            name, task, options, tell=self._tell, gone=self.gone, **more
        ) as loaded:
            self.has.set()
            assert self.stop.wait(SOON_S)
            return loaded.name, weakref.ref(loaded.model)

    def _tell(self, line):
        self.lines.append(line)
        self.heard.set()

    def waits(self):
        """Once this caller was told that it waits, which is once it stands in the queue."""
        assert self.heard.wait(SOON_S)
        return self

    def result(self):
        return self.done.result(SOON_S)


def test_a_model_is_loaded_once(world):
    """The second call uses the model of the first, without looking for it."""
    with world.use() as first:
        pass
    with world.use(task="chat") as second:
        assert second.model is first.model
    assert world.loaded == ["org/a"]
    assert len(world.found) == 1


def test_first_callers_share_a_load(world, pool):
    """Who comes while a model is being loaded waits for that load, and gets that model."""
    world.may_load.clear()
    callers = [Caller(pool, world) for _ in range(5)]
    for caller in callers:
        caller.stop.set()
        caller.waits()
    world.may_load.set()
    assert len({caller.result()[1] for caller in callers}) == 1
    assert world.loaded == ["org/a"]


def test_progress(world, pool):
    """Each caller is told each line of the fetching, then that the model is being loaded."""
    world.lines = ["org/a: 1 of 2 files", "org/a: 2 of 2 files"]
    world.may_load.clear()
    caller = Caller(pool, world)
    caller.stop.set()
    while len(caller.lines) < 3:
        caller.heard.clear()
        assert caller.heard.wait(SOON_S)
    assert caller.lines == [*world.lines, "org/a: loading, 0 s"]
    late = Caller(pool, world).waits()
    late.stop.set()
    assert late.lines[0].startswith(("org/a: 2 of 2 files", "org/a: loading"))
    world.may_load.set()
    caller.result(), late.result()


def test_an_error_reaches_all_and_is_tried_again(world, pool):
    """What goes wrong is told to all who wait, each with its own refusal; the next call tries."""
    world.errors = [Refusal("org/a is damaged.", 500, kind="failed", hint="Fetch it again.")]
    world.may_load.clear()
    callers = [Caller(pool, world).waits() for _ in range(3)]
    world.may_load.set()
    errors = [caller.done.exception(SOON_S) for caller in callers]
    assert {(str(e), e.status, e.kind, e.hint) for e in errors} == {
        ("org/a is damaged.", 500, "failed", "Fetch it again.")
    }
    assert len(set(map(id, errors))) == 3
    with world.use() as loaded:
        assert loaded.name == "org/a"


def test_bugs_reach_the_caller(world):
    """An error that isn't a refusal is raised as it is, and nobody hangs."""
    world.errors = [ZeroDivisionError("bug"), SystemExit(3)]
    with pytest.raises(ZeroDivisionError, match="bug"), world.use():
        pass
    with pytest.raises(SystemExit), world.use():
        pass


def test_leaving_while_it_is_fetched(world, pool):
    """A caller who leaves is let go at once; the fetching ends when all have left."""
    world.may_find.clear()
    first, second = Caller(pool, world), Caller(pool, world)
    assert world.finding.wait(SOON_S)
    while len(next(iter(world.shelf._jobs.values())).tickets) < 2:
        pass
    first.gone.set()
    assert isinstance(first.done.exception(SOON_S), ConnectionAbortedError)
    assert not world.left.is_set()
    second.gone.set()
    assert isinstance(second.done.exception(SOON_S), ConnectionAbortedError)
    assert world.left.wait(SOON_S)
    world.may_find.set()
    with world.use() as loaded:
        assert loaded.name == "org/a"
    assert len(world.found) == 2


def test_leaving_while_it_is_loaded(world, pool):
    """Reading from the disk ends even when all have left: the next caller has it."""
    world.may_load.clear()
    caller = Caller(pool, world)
    assert world.loading.wait(SOON_S)
    caller.gone.set()
    assert isinstance(caller.done.exception(SOON_S), ConnectionAbortedError)
    late = Caller(pool, world)
    world.may_load.set()
    late.stop.set()
    late.result()
    assert world.loaded == ["org/a"]


def test_one_at_a_time_in_order(world, pool):
    """Callers take turns in the order in which they came, and know how many are ahead."""
    order = []
    first = Caller(pool, world)
    assert first.has.wait(SOON_S)
    waiting = [Caller(pool, world).waits() for _ in range(4)]
    assert [caller.lines[0] for caller in waiting] == [
        "org/a: waiting for 1 other",
        *[f"org/a: waiting for {ahead} others" for ahead in (2, 3, 4)],
    ]
    assert not any(caller.has.is_set() for caller in waiting)
    assert world.shelf.loaded()[0].callers == 5
    first.stop.set()
    for number, caller in enumerate(waiting):
        assert caller.has.wait(SOON_S)
        order.append(number)
        assert not any(other.has.is_set() for other in waiting[number + 1 :])
        caller.stop.set()
        caller.result()
    assert order == [0, 1, 2, 3]


def test_leaving_the_queue(world, pool):
    """Who leaves the queue is let go at once, and those behind move up."""
    first = Caller(pool, world)
    assert first.has.wait(SOON_S)
    second, third = Caller(pool, world).waits(), Caller(pool, world).waits()
    third.heard.clear()
    second.gone.set()
    assert isinstance(second.done.exception(SOON_S), ConnectionAbortedError)
    assert third.heard.wait(SOON_S)
    assert third.lines == ["org/a: waiting for 2 others", "org/a: waiting for 1 other"]
    first.stop.set()
    assert third.has.wait(SOON_S)
    third.stop.set()


def test_gone_before(world):
    """Who has left before coming gets nothing."""
    gone = threading.Event()
    gone.set()
    with pytest.raises(ConnectionAbortedError), world.use(gone=gone):
        pytest.fail("was lent a model")


def test_an_error_of_the_caller_ends_the_turn(world):
    """A generation that fails passes the model on."""
    with pytest.raises(KeyError), world.use():
        raise KeyError
    with world.use() as loaded:
        assert loaded.name == "org/a"


def test_models_run_side_by_side(world, pool):
    """Another model can be used meanwhile."""
    world.add("org/b")
    first, second = Caller(pool, world), Caller(pool, world, "org/b")
    assert first.has.wait(SOON_S)
    assert second.has.wait(SOON_S)
    first.stop.set(), second.stop.set()


def test_the_wrong_kind_is_not_loaded(world, pool):
    """A task that a model doesn't serve is refused before its weights are read, and after."""
    with pytest.raises(Refusal, match="summarization needs a model that rewrites"):
        with world.use(task="summarization"):
            pass
    assert world.loaded == []
    world.may_find.clear()
    right, wrong = Caller(pool, world), Caller(pool, world, task="ner")
    while not world.shelf._jobs or len(next(iter(world.shelf._jobs.values())).tickets) < 2:
        pass
    world.may_find.set()
    assert isinstance(wrong.done.exception(SOON_S), Refusal)
    assert right.has.wait(SOON_S)
    right.stop.set()
    right.result()
    with pytest.raises(Refusal, match="ner needs"), world.use(task="ner"):
        pass


def test_least_recently_used_goes_first(world):
    """What was used longest ago is dropped when the sum would exceed the limit."""
    options = LocalOptions(device="cpu", memory_gb=0.0035)
    for name in ("org/b", "org/c", "org/d"):
        world.add(name)
    for name in ("org/a", "org/b", "org/c", "org/a", "org/d"):
        with world.use(name, options=options):
            pass
    assert world.names() == ["org/c", "org/a", "org/d"]
    assert len(world.models) == 3


def test_free_memory_decides_without_a_limit(world, memory):
    """Models go when free memory would run short; a tenth of all memory stays free."""
    world.add("org/b", 40 * MB)
    world.add("org/c", 50 * MB)
    world.add("org/d", 50 * MB)
    for name in ("org/a", "org/b", "org/d"):
        with world.use(name):
            pass
    assert world.names() == ["org/b", "org/d"]
    with world.use("org/c"):
        assert world.names() == ["org/c"]


def test_a_model_in_use_is_not_dropped(world, memory, pool):
    """Where only a model in use could make room, its caller may finish first."""
    world.add("org/b", 60 * MB)
    world.add("org/c", 60 * MB)
    user = Caller(pool, world, "org/b")
    assert user.has.wait(SOON_S)
    other = Caller(pool, world, "org/c").waits()
    assert "waiting until another model" in other.lines[0]
    assert not other.has.is_set()
    user.stop.set()
    assert other.has.wait(SOON_S)
    assert world.names() == ["org/c"]
    other.stop.set()


def test_leaving_while_waiting_for_memory(world, memory, pool):
    """Who waits for memory may leave too, and then nothing is dropped or loaded."""
    world.add("org/b", 60 * MB)
    world.add("org/c", 60 * MB)
    user = Caller(pool, world, "org/b")
    assert user.has.wait(SOON_S)
    other = Caller(pool, world, "org/c").waits()
    other.gone.set()
    assert isinstance(other.done.exception(SOON_S), ConnectionAbortedError)
    user.stop.set()
    user.result()
    with world.use("org/a"):
        assert "org/c" not in world.names()


def test_too_big_for_the_limit(world):
    """A model beyond the limit is refused with both sizes, and others stay."""
    world.add("org/b", 3_000 * MB)
    with world.use():
        pass
    with pytest.raises(Refusal) as caught:
        with world.use("org/b", options=LocalOptions(device="cpu", memory_gb=2.5)):
            pass
    assert "org/b needs about 3 GB of memory; `memory_gb` allows 2.5 GB" in str(caught.value)
    assert (caught.value.status, caught.value.kind) == (507, "refused")
    assert "memory_gb" in caught.value.hint
    assert world.names() == ["org/a"]


def test_too_big_for_the_machine(world, memory):
    """A model that wouldn't fit with all others gone is refused, and they stay."""
    memory.other = 70 * MB
    world.add("org/b", 30 * MB)
    with world.use():
        pass
    with pytest.raises(Refusal) as caught, world.use("org/b"):
        pass
    assert "org/b needs about 30 MB of memory; cpu has 20 MB to give" in str(caught.value)
    assert (caught.value.status, caught.value.kind) == (507, "refused")
    assert "bfloat16" in caught.value.hint
    assert world.names() == ["org/a"]


def test_half_the_numbers_take_half_the_room(world, memory):
    """The dtype counts in what is needed."""
    world.add("org/b", 120 * MB)
    with pytest.raises(Refusal), world.use("org/b"):
        pass
    with world.use("org/b", options=LocalOptions(device="cpu", dtype="bfloat16")):
        pass


def test_a_folder_that_changed_is_loaded_anew(world, pool):
    """A model that was trained on replaces the old one, which its user keeps until the end."""
    user = Caller(pool, world)
    assert user.has.wait(SOON_S)
    config = world.root / "org--a" / "config.json"
    os.utime(config, ns=(1, config.stat().st_mtime_ns + 1))
    with world.use():
        assert len(world.models) == 2
    assert world.loaded == ["org/a", "org/a"]
    user.stop.set()
    user.result()
    assert len(world.shelf.loaded()) == 1
    assert len(world.models) == 1


def test_a_folder_that_vanished_is_looked_for(world):
    """A model whose folder is gone is found anew, which says what is wrong."""
    with world.use():
        pass
    for path in (world.root / "org--a").iterdir():
        path.unlink()
    with pytest.raises(Refusal, match=r"no config\.json"), world.use():
        pass
    assert len(world.found) == 2


def test_names_of_one_folder_share_a_model(world, tmp_path):
    """A folder written in another way is the same model, under the name that was asked for."""
    (world.root / "b").symlink_to(world.root / "org--a")
    with world.use() as first:
        model = first.model
    with world.use("b") as second:
        assert second.model is model
        assert second.name == "b"
    assert world.loaded == ["org/a"]
    assert world.shelf.drop("b")
    assert world.names() == []


def test_device_dtype_and_trust_make_another(world):
    """The same folder with other numbers or more trust is loaded for itself."""
    for options in (
        OPTIONS,
        LocalOptions(device="cpu", dtype="bfloat16"),
        LocalOptions(device="cpu", remote_code=frozenset({"org/a"})),
        LocalOptions(device="cpu", remote_code=frozenset({"org/other"})),
        LocalOptions(),
    ):
        with world.use(options=options):
            pass
    assert len(world.loaded) == 3


def test_tokens_are_not_kept(world):
    """A token is used to find a model, and is in nothing that stays."""
    with world.use(token="hf_secret"):
        pass
    assert world.found == [("org/a", "hf_secret")]
    shelf = world.shelf
    assert "hf_secret" not in repr([vars(shelf), *map(vars, shelf._slots)])


def test_drop(world, pool):
    """A model is freed at once, or once its user is done; what isn't there can't be."""
    with world.use():
        assert len(world.models) == 1
    assert world.shelf.drop("org/a")
    assert not world.shelf.drop("org/a")
    assert (len(world.models), world.shelf.loaded()) == (0, [])
    user = Caller(pool, world)
    assert user.has.wait(SOON_S)
    world.shelf.clear()
    assert [held.callers for held in world.shelf.loaded()] == [1]
    user.stop.set()
    assert user.result()[1]() is None
    assert world.shelf.loaded() == []


def test_what_is_loaded(world):
    """The list says what each model is and takes."""
    with world.use():
        (held,) = world.shelf.loaded()
    assert (held.name, held.kind, held.device, held.dtype) == (
        "org/a",
        "writer",
        "cpu",
        "float32",
    )
    assert (held.size_bytes, held.callers) == (MB, 1)


@pytest.fixture(scope="module")
def ten_models(tmp_path_factory):
    """The models of the benchmark, with next to no weights."""
    path = Path(__file__).parents[2] / "benchmarks" / "local_memory.py"
    spec = importlib.util.spec_from_file_location("local_memory", path)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    folder = tmp_path_factory.mktemp("ten")
    return benchmark, folder, benchmark.build(folder, benchmark.TINY)


@pytest.mark.filterwarnings("ignore::UserWarning:transformers")
def test_nothing_holds_on_to_ten_models(ten_models):
    """Real models of six kinds, used and dropped, are gone: no cache, trace or queue has them."""
    benchmark, folder, tasks = ten_models
    *_, models = benchmark.measure(folder, tasks, warm=0)
    assert [model() for model in models] == [None] * 10
