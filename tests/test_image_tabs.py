"""The tabs that read and make pictures, without a browser: their API, and what they refuse."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import launching
import pytest
import requests
from PIL import Image
from test_app import ask
from test_line import Peer, silent

from tasks.captioning import PICTURES
from tasks.tabs import made
from tasks.tabs.form import SCALES, beyond, fill_form, read_form
from tasks.tabs.restore import restore, restored
from tasks.text_to_image import Picture, make_picture
from workbench.errors import ConfigurationError, InvalidInputError
from workbench.images import load_image, png_bytes
from workbench.recipes import Recipe, read_recipe
from workbench.ui.pictures import keep_file, read_picture, source_of

DOG = PICTURES[0]
RED = Image.new("RGB", (48, 32), (200, 30, 30))


@pytest.fixture(scope="module")
def url():
    """The app with no settings."""
    with launching.app() as url:
        yield url


def call(url, name, **given):
    """What plain HTTP gets of an API name: the event, and its data."""
    base = f"{url}/gradio_api/call"
    event = requests.post(f"{base}/v2/{name}", json=given, timeout=10).json()["event_id"]
    lines = requests.get(f"{base}/{name}/{event}", timeout=30).text.splitlines()
    event, data = [line.partition(": ")[2] for line in lines if line][-2:]
    return event, json.loads(data)


@pytest.mark.server
def test_captions_by_gradio_client(url):
    """/caption takes an upload, a data URI and base64 alike, and options by name."""
    encoded = base64.b64encode(DOG.read_bytes()).decode()
    done = ask(
        url,
        "from gradio_client import handle_file\n"
        f"uri, file = 'data:image/jpeg;base64,{encoded}', handle_file({str(DOG)!r})\n"
        "for given in (file, uri, uri.partition(',')[2]):\n"
        "    print(client.predict(given, api_name='/caption'))\n"
        "print(client.predict(file, max_new_tokens=4, api_name='/caption'))\n",
    )
    *whole, short = done.stdout.splitlines()
    assert len(set(whole)) == 1, done.stderr
    assert len(whole) == 3
    assert len(short) < len(whole[0])


@pytest.mark.server
def test_caption_by_plain_http(url):
    """Anything that speaks HTTP gets a caption for base64."""
    encoded = base64.b64encode(DOG.read_bytes()).decode()
    event, data = call(url, "caption", image=encoded)
    assert event == "complete"
    assert data[0]


@pytest.mark.server
@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("/etc/passwd", "files aren't opened by name"),
        ("../x", "files aren't opened by name"),
        ("there.png", "files aren't opened by name"),
        ("HERE", "files aren't opened by name"),
        ("file:///etc/passwd", "files aren't opened by name"),
        ({"path": "/etc/passwd"}, "not uploaded here"),
        ({"path": "HERE"}, "not uploaded here"),
        ({"path": "HERE", "meta": {"_type": "gradio.FileData"}}, None),
        ({"path": "/tmp/gradio/../../etc/passwd"}, "not uploaded here"),  # noqa: S108
        ("INSIDE", "private network"),
        ({"path": "INSIDE", "meta": {"_type": "gradio.FileData"}}, None),
        ("data:image/png;base64,", "nothing"),
        (base64.b64encode(b"%PDF-1.4 x").decode(), "no picture"),
        (None, "no picture"),
        (7, "no picture"),
    ],
)
def test_caption_opens_no_file_and_no_inside_address(image, told, opened):
    """Neither a path on the server's disk nor an address of its network is a picture."""
    url, here, inside = opened
    words = {"HERE": str(here), "INSIDE": inside.url}
    if isinstance(image, dict):
        image = {**image, "path": words.get(image["path"], image["path"])}
    elif isinstance(image, str):
        image = words.get(image, image)
    event, data = call(url, "caption", image=image)
    assert event == "error"
    assert not inside.connected.is_set()
    if told:
        assert told in data["error"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """An app started in a folder with a picture, that picture, and a server that must stay idle."""
    folder = tmp_path_factory.mktemp("started-here")
    RED.save(folder / "there.png")
    peer = Peer(silent)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with launching.app() as url:
            yield url, folder / "there.png", peer
    peer.close()


@pytest.mark.server
def test_picture_by_gradio_client(url):
    """/text_to_image gives a PNG file, named after prompt and seed, with its recipe inside."""
    done = ask(
        url,
        "path = client.predict('a red boat', width=128, height=64, seed=42,"
        " api_name='/text_to_image')\n"
        "again = client.predict('a red boat', width=128, height=64, seed=42,"
        " api_name='/text_to_image')\n"
        "print(path); print(open(path, 'rb').read() == open(again, 'rb').read())\n"
        "try:\n    client.predict('x', width=0, api_name='/text_to_image')\n"
        "except Exception as error:\n    print(error)\n",
    )
    path, same, refused = done.stdout.splitlines()
    assert path.endswith("a-red-boat-42.png"), done.stderr
    data = Path(path).read_bytes()
    assert read_recipe(data).parameters() == {"width": 128, "height": 64, "seed": 42}
    assert load_image(data).size == (128, 64)
    assert same == "True"
    assert "Width is a whole number of 1 or more" in refused


@pytest.mark.server
def test_picture_by_plain_http(url):
    """The answer names where the file is served, and it is served as it was made."""
    event, data = call(url, "text_to_image", prompt="a red boat", width=64, height=64)
    assert event == "complete"
    served = requests.get(data[0]["url"], timeout=10)
    assert served.headers["content-type"] == "image/png"
    assert read_recipe(served.content).prompt == "a red boat"


SIMPLE = """
import gradio as gr
from tasks.tabs.text_to_image import lay_out
from workbench.client import EndpointClient
from workbench.settings import Settings

with gr.Blocks() as app:
    lay_out(EndpointClient(Settings()), simple=True)
parts = app.get_config_file()["components"]
hidden = any(part["type"] == "column" and not part["props"]["visible"] for part in parts)
print(hidden, sorted({part["props"].get("label") for part in parts if part["props"].get("label")}))
"""


@pytest.mark.server
def test_simple_form_is_a_prompt_and_a_picture():
    """The course's simple form shows neither settings nor gallery."""
    done = subprocess.run(
        [sys.executable, "-c", SIMPLE], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith("True"), done.stderr
    for label in ("Prompt", "Picture"):
        assert f"'{label}'" in done.stdout
    for label in ("Steps", "Seed", "Negative prompt", "Pictures of this visit"):
        assert label not in done.stdout


def test_form_makes_the_round_trip(client):
    """A picture's file fills the form with every setting it was made with, and nothing else."""
    asked = read_form("a red boat", " fog ", 12, 3.5, 128, 64, "42")
    picture = make_picture(asked.prompt, client=client, **asked.parameters())
    back = restore(picture.png())
    assert back.recipe == picture.recipe
    assert back.image.tobytes() == picture.image.tobytes()
    again = read_form(*fill_form(back.recipe))
    assert (again.prompt, again.parameters()) == ("a red boat", asked.parameters())
    assert asked.parameters() == {
        "negative_prompt": "fog",
        "num_inference_steps": 12,
        "guidance_scale": 3.5,
        "width": 128,
        "height": 64,
        "seed": 42,
    }


def test_form_draws_a_seed_to_tell():
    """Without a seed one is drawn, each time another."""
    seeds = {read_form("x", None, None, None, None, None, seed).seed for seed in ("", None, " ")}
    assert len(seeds) == 3
    assert all(0 <= seed < 2**31 for seed in seeds)


@pytest.mark.parametrize("value", ["abc", float("nan"), 0, -64, [5]])
def test_form_refuses_what_no_slider_sends(value):
    """A forged value is refused by the label of its slider."""
    with pytest.raises(InvalidInputError, match="Steps is a number of 1 or more"):
        read_form("x", None, value, 7, 512, 512, "")


def test_form_refuses_a_seed_that_is_no_number():
    """A seed of words is refused by its label."""
    with pytest.raises(InvalidInputError, match="Seed is a whole number"):
        read_form("x", None, 25, 7, 512, 512, "forty-two")


def test_form_stays_within_its_sliders():
    """What a file asks beyond a slider's end goes to the end, and is told."""
    recipe = Recipe(prompt="x", width=4096, num_inference_steps=500, guidance_scale=0)
    filled = dict(zip(SCALES, fill_form(recipe)[2:-1], strict=True))
    assert filled == {"num_inference_steps": 100, "guidance_scale": 1, "width": 1024, "height": 512}
    assert beyond(recipe) == ["Steps", "Guidance", "Width"]


def jpeg():
    """A JPEG, which holds no recipe."""
    file = io.BytesIO()
    RED.save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (png_bytes(RED), "tells no settings"),
        (jpeg(), "tells no settings"),
        (png_bytes(RED, {"workbench": "{"}), "damaged"),
        (b"Dear diary", "not a picture"),
        (b"", "nothing"),
    ],
    ids=["foreign", "jpeg", "damaged", "text", "empty"],
)
def test_restore_refuses_other_files(data, told):
    """A file that holds no settings is told so, whatever it is."""
    with pytest.raises(InvalidInputError, match=told):
        restore(data)


@pytest.fixture
def uploads(cache):
    """The folder in which Gradio keeps what visitors send."""
    from gradio.utils import get_upload_folder

    folder = Path(get_upload_folder())
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        (Recipe(prompt="x"), "doesn't tell Steps, Guidance, Width, Height, Seed"),
        (Recipe(prompt="x", width=4096), "No slider goes as far as its Width."),
    ],
)
def test_restoring_tells_what_it_could_not(uploads, recipe, told):
    """What the file doesn't hold, or the form can't, is said beside what was restored."""
    file = uploads / "a.png"
    file.write_bytes(Picture(RED, recipe).png())
    line, back = restored({"path": str(file)})
    assert told in line
    assert back.recipe == recipe


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A folder in place of Gradio's cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


RECIPE = Recipe(prompt="a red boat", seed=7, engine="host.example")
OTHER = "host.example made the picture before: another engine draws another one."
BLUE = Image.new("RGB", RED.size, (0, 0, 200))


@pytest.mark.parametrize(
    ("image", "recipe", "told"),
    [
        (RED, RECIPE, ()),
        (BLUE, RECIPE, (made.SAME_SEED,)),
        (BLUE, Recipe(prompt="a red boat", seed=7, engine="elsewhere.example"), (OTHER,)),
        (RED, Recipe(prompt="a red boat", seed=7, engine="elsewhere.example"), ()),
        (BLUE, Recipe(prompt="a red boat", engine="host.example"), ()),
    ],
    ids=["same", "other pixels", "other engine", "other engine, same pixels", "no seed"],
)
def test_other_pixels_are_told(cache, image, recipe, told):
    """Other pixels come from a seed that was ignored or from another engine; which, is told."""
    before = made.keep(Picture(RED, RECIPE if recipe.seed else recipe))
    assert made.keep_again(Picture(image, recipe), before).notes == told


@pytest.mark.parametrize(
    ("recipe", "name"),
    [
        (Recipe(prompt="A dog, in a park!", seed=42), "a-dog-in-a-park-42.png"),
        (Recipe(prompt="../../etc/passwd", seed=0), "etc-passwd-0.png"),
        (Recipe(prompt="ein Bär im Käfig"), "ein-bär-im-käfig.png"),
        (Recipe(prompt="狗 在 公园", seed=1), "狗-在-公园-1.png"),
        (Recipe(prompt="x" * 300), "picture.png"),
        (Recipe(prompt="word " * 60, seed=3), f"{'-'.join(['word'] * 9)}-3.png"),
        (Recipe(prompt="?!"), "picture.png"),
    ],
    ids=["words", "path", "umlauts", "chinese", "one long word", "many words", "no word"],
)
def test_file_name(recipe, name):
    """A file is named after what it shows, with nothing that a file system minds."""
    assert made.file_name(recipe) == name


def test_facts_are_text(cache):
    """Nothing that a prompt, an engine or a note says becomes markup."""
    attack = "<img src=x onerror=alert(1)>"
    recipe = Recipe(prompt=attack, negative_prompt=attack, engine=attack, model=attack)
    told = made.facts_html(made.keep(Picture(RED, recipe, (attack,))))
    assert "<img" not in told
    assert told.count("&lt;img") == 5


def test_disk_that_is_full_is_told(cache):
    """Where no file can be written, the cause and a way on are told."""
    cache.write_bytes(b"no folder")
    with pytest.raises(ConfigurationError, match="can't be kept") as caught:
        keep_file(png_bytes(RED), "red.png")
    assert "GRADIO_TEMP_DIR" in caught.value.hint


def test_upload_is_read_where_gradio_keeps_it(cache, client, tmp_path):
    """A file in the cache is a visitor's own; one beside it, or linked from it, is not."""
    path = keep_file(png_bytes(RED), "red.png")
    assert read_picture({"path": path}, client).getpixel((0, 0)) == (200, 30, 30)
    outside = tmp_path / "outside.png"
    outside.write_bytes(png_bytes(RED))
    (cache / "link.png").symlink_to(outside)
    for name in (outside, cache / "link.png", cache / "..", cache, cache / "gone.png", "\0"):
        with pytest.raises(InvalidInputError, match="not uploaded here"):
            source_of({"path": str(name)})
