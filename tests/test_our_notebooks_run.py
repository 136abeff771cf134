"""The notebooks of examples/ run in a real kernel, offline, and print what their texts say."""

from __future__ import annotations

import ast
import asyncio
import base64
import itertools
import os
import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import launching
import nbclient
import nbformat
import pytest
import requests
from gradio_client import Client
from PIL import Image

FOLDER = Path(__file__).parents[1] / "examples" / "notebooks" / "en"
pytestmark = [pytest.mark.notebook, pytest.mark.timeout(300)]
TEXT = "Ada Lovelace lived in London."
# What is asked of the app that a notebook launches, while it runs.
ASKED = {
    "1_nlp_tasks": ("/mark", TEXT),
    "3_image_generation": ("/paint", "a red boat", 256, 1),
    "4_describe_and_generate": ("/paint", "a red boat"),
    "5_chat": ("/mine", "My name is Ada.", None, 0),
    "7_one_app": ("/ner", TEXT),
}
NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))


class Run:
    """A notebook that was run: the outputs of its cells, and what its app answered."""

    def __init__(self, name, folder, **env):
        self.name = name
        self.folder = folder
        self.url = self.answer = None
        self.notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
        client = nbclient.NotebookClient(
            self.notebook, timeout=180, kernel_name="python3", on_cell_executed=self._look
        )
        asyncio.run(client.async_execute(cwd=str(folder), env=environment(folder, **env)))

    def _look(self, cell, **_):
        """Ask the app below a cell, if one was launched there."""
        for output in cell.get("outputs", ()):
            page = output.get("data", {}).get("text/html", "")
            if "<iframe" in page:
                self.url = re.search(r"http://127\.0\.0\.1:\d+", page)[0]
                assert requests.get(self.url, timeout=20).status_code == 200
                if self.name in ASKED:
                    api, *inputs = ASKED[self.name]
                    client = Client(self.url, verbose=False, download_files=self.folder)
                    self.answer = client.predict(*inputs, api_name=api)

    @property
    def cells(self):
        """(source, what it printed and shows as text) of each cell of code."""
        return [
            (cell.source, "".join(map(text_of, cell.outputs)))
            for cell in self.notebook.cells
            if cell.cell_type == "code"
        ]

    def told(self, part):
        """What the cell with *part* in its source printed and shows."""
        (text,) = [told for source, told in self.cells if part in source]
        return text

    def page(self, part):
        """What the cell with *part* in its source shows as HTML."""
        (cell,) = [cell for cell in self.notebook.cells if part in cell.source]
        return "".join(each.get("data", {}).get("text/html", "") for each in cell.outputs)

    @property
    def pictures(self):
        """The pictures below the cells."""
        found = [
            output.data["image/png"]
            for cell in self.notebook.cells
            for output in cell.get("outputs", ())
            if "image/png" in output.get("data", {})
        ]
        return [Image.open(BytesIO(base64.b64decode(each))) for each in found]


def text_of(output):
    return output.get("text") or output.get("data", {}).get("text/plain", "")


def environment(folder, **env):
    """No settings of the machine, and no way out of it: everything but loopback is a dead proxy."""
    dead = "http://127.0.0.1:9"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "http_proxy": dead,
        "https_proxy": dead,
        "no_proxy": "127.0.0.1,localhost",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "PYTHONWARNINGS": "ignore:IProgress",  # tqdm asks for ipywidgets, which few need
        **env,
    }


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A function that gives the run of a notebook; two run at a time."""
    with launching.server() as base, ThreadPoolExecutor(2) as pool:
        folders = {name: tmp_path_factory.mktemp("notebook") for name in (*NAMES, "hosted")}
        hosted = {"HF_API_NER_BASE": f"{base}/ner", "HF_API_SUMMARY_BASE": f"{base}/summarization"}
        futures = {name: pool.submit(Run, name, folders[name]) for name in NAMES}
        futures["hosted"] = pool.submit(Run, "1_nlp_tasks", folders["hosted"], **hosted)
        yield lambda name: futures[name].result()
        for future in futures.values():
            future.cancel()


@pytest.mark.parametrize("name", NAMES)
def test_runs(runs, name):
    """It runs to its end; its app answered meanwhile, and is gone with the kernel."""
    run = runs(name)
    shown = any("workbench.launch(" in source for source, _ in run.cells)
    assert (run.url is not None) == shown
    assert (run.answer is not None) == (name in ASKED)
    if run.url:
        with pytest.raises(requests.ConnectionError):
            requests.get(run.url, timeout=5)
    assert [told for _, told in run.cells if "Warning" in told] == []


def test_nlp_tasks(runs):
    """A shorter text comes, pieces of names come, and are joined by hand and by us alike."""
    run = runs("1_nlp_tasks")
    before, after, shortest = map(int, re.findall(r"\d+", run.told("shorter =").split("|")[0]))
    assert before > after > shortest > 0
    assert "embedded" in run.told("shorter =")
    assert len(re.findall(r"^[BI]-", run.told("pieces = find"), re.MULTILINE)) > 6
    glued, *joined = run.told("def join").splitlines()
    assert glued == "NgoziOkonjo-Iweala"
    assert [*map(ast.literal_eval, joined)] == [
        ("PER", "Ngozi Okonjo-Iweala"),
        ("LOC", "Nigeria"),
        ("ORG", "World Trade Organization"),
        ("LOC", "Geneva"),
    ]
    for name in ("Ngozi Okonjo-Iweala", "World Trade Organization"):
        assert name in run.told("find_entities(sentence, client=client)")
    assert "PER" in str(run.answer)


def test_hosted(runs):
    """With targets in the environment and no other change, a server answers the same cells."""
    here, there = runs("1_nlp_tasks"), runs("hosted")
    assert "http://127.0.0.1" in there.told("shorter =")
    assert "http" not in here.told("shorter =")
    assert there.told("def join") == here.told("def join")
    assert "PER" in str(there.answer)


def test_image_captioning(runs):
    """Every form has the same caption; the photo that is sent is upright, small and bare."""
    run = runs("2_image_captioning")
    said = run.told("caption(picture, client=client)").strip("'")
    assert "bird" in said
    assert re.findall(r"^\w+ +(.*)$", run.told("for name, form"), re.MULTILINE) == [said] * 3
    photo, sent = run.told("exif.get_ifd").splitlines()
    assert photo.startswith("(1500, 2000) My phone {2: (")
    assert sent.startswith("(1024, 768) None {} ")
    assert "brown dog" in run.told("painted =")
    assert "<img" in run.page("caption(picture, client=client)")
    assert len(run.pictures) == 1


def test_image_generation(runs):
    """Pictures of three seeds differ; the recipe in the file paints the same picture again."""
    run = runs("3_image_generation")
    first, strip, again = run.pictures
    assert first.size == again.size == (480, 320)
    parts = {strip.crop((at, 0, at + 256, 192)).tobytes() for at in (0, 256, 512)}
    assert len(parts) == 3
    recipe, notes, *_ = run.told("print(made.recipe").splitlines()
    assert ast.literal_eval(recipe)["seed"] == 4
    assert notes == "as asked"
    assert run.told("read_recipe").startswith("True")
    with Image.open(run.answer) as painted:
        assert painted.size == (256, 320)


def test_describe_and_generate(runs):
    """The octopus isn't found again, the boat is; rounds are shown, and their captions settle."""
    run = runs("4_describe_and_generate")
    said = run.told("words = caption").splitlines()[0]
    assert "boat" in said
    assert "octopus" not in said
    told = run.told("for made in played").splitlines()
    assert [line[0] for line in told] == ["1", "2", "3"]
    assert all(0 < float(line.split()[1]) < 1 for line in told)
    assert "octopus" not in "".join(told)
    assert told[1].split("  ")[2] == told[2].split("  ")[2]
    assert run.page("played = describe").count("<img") == 4
    assert len(run.pictures) == 2
    with Image.open(run.answer) as painted:
        assert painted.size == (384, 256)


def test_chat(runs):
    """Text streams, repeats at 0, stops; the talk is the memory; no turn is forged."""
    run = runs("5_chat")
    stream, reply = run.told("stream = complete").splitlines()
    assert stream.count("|") > 10
    assert reply.startswith(f"{stream.count('|')} tokens, ")
    cold = [line for line in run.told("for temperature in").splitlines() if line.startswith("0 ")]
    warm = [line for line in run.told("for temperature in").splitlines() if line.startswith("1.0")]
    assert len({line[3:] for line in cold}) == 1 < len({line[5:] for line in warm})
    stopped, left = run.told("as story").splitlines()
    assert "." not in stopped
    assert 30 < len(left) < 60
    talk = run.told("talk.append").split("> ")
    assert "Ada" in talk[2]
    assert "Ada" in talk[3]
    assert "Ada" not in talk[4]
    _, chinese, pirate = re.split(r"^\[", run.told("Answer in Chinese."), flags=re.MULTILINE)[1:]
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert "Ahoy" in pirate
    starchat = run.told("find_template").split("--- starchat")[1]
    assert starchat.count("<|system|>") == 1
    assert "Ada" in run.answer


def test_real_endpoint(runs):
    """Targets are told apart, a call is a curl command, waiting and failing look as is said."""
    run = runs("6_real_endpoint")
    assert run.told("token_source") == "no token\n"
    targets = run.told("for target in")
    assert "router.huggingface.co/hf-inference/models/dslim" in targets
    assert "retired-host: " in targets
    assert "not a usable target" in targets
    base = run.told("Thread(target=serve").strip()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{base}/faults", timeout=5)
    assert f"curl {base}/ner" in run.told("as_curl")
    assert "Ada Lovelace" in run.told("as_curl")
    loading = run.told("loading = client.using")
    assert loading.count("trying again") == 2
    assert re.search(r"^3 attempts, [1-9]", loading, re.MULTILINE)
    failures = run.told("for fault in")
    for kind in ("Authentication", "PermissionDenied", "Credits", "Paused", "NotServed"):
        assert f"{kind}Error" in failures
    assert failures.count("→") == 7
    assert run.told("InterruptedStreamError").startswith("' ")


def test_one_app(runs):
    """Our tabs and the reader's are on one API, and the reader's task is one of the workbench's."""
    run = runs("7_one_app")
    names = run.told("view_api")
    assert {"/brief", "/ner", "/caption", "/text_to_image", "/chat"} <= {*names.split()}
    assert "PER" in names
    assert len(run.pictures) == 1
    said = run.told("remote.submit").splitlines()
    assert said
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(said))
    assert run.told("TASK = Task(") == f"{TEXT}\n"
    assert run.answer[0]["word"] == "Ada Lovelace"
