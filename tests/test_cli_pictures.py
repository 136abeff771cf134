"""`workbench run` with pictures in and out, one and several, in processes of its own."""

from __future__ import annotations

import base64
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tasks.captioning import PICTURES
from tasks.text_to_image import make_picture
from workbench.cli import main
from workbench.errors import BusyError
from workbench.recipes import read_recipe

DOG, BIRD, COW = (str(picture) for picture in PICTURES)
SIZE = ["-p", "width=128", "-p", "height=96"]


def workbench(*arguments, **options):
    """Run the command; bytes in and out."""
    return subprocess.run(
        [sys.executable, "-m", "workbench", "run", *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        **{"env": {**os.environ, "PYTHONUTF8": "1"}, **options},
    )


def said(done):
    """What was told on stderr."""
    return done.stderr.decode()


def opened(data):
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def test_photo_is_captioned():
    """One picture gives one line on stdout, and nothing else anywhere."""
    done = workbench("captioning", DOG)
    assert "dog" in done.stdout.decode()
    assert len(done.stdout.decode().splitlines()) == 1
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("given", [["-"], [], ["@" + DOG]])
def test_picture_from_a_pipe_or_file(given):
    """A picture may come from standard input, and its file be marked as one."""
    with PICTURES[0].open("rb") as file:
        assert b"dog" in workbench("captioning", *given, stdin=file).stdout


def test_several_pictures_give_several_captions():
    """Each line begins with its picture."""
    done = workbench("captioning", DOG, BIRD, COW)
    lines = done.stdout.decode().splitlines()
    for line, picture in zip(lines, (DOG, BIRD, COW), strict=True):
        assert line.startswith(f"{picture}: ")
    assert done.returncode == 0


def test_one_bad_picture_leaves_the_others(tmp_path):
    """The rest is done, the bad one told, and the exit code says that some failed."""
    (tmp_path / "notes.jpg").write_text("not a picture")
    done = workbench("captioning", DOG, "notes.jpg", COW, cwd=tmp_path)
    assert len(done.stdout.splitlines()) == 2
    assert "notes.jpg" in said(done)
    assert done.returncode == 3


def test_all_bad_is_a_failure(tmp_path):
    """When none could be done, the run failed."""
    done = workbench("captioning", "a.jpg", "b.jpg", cwd=tmp_path)
    assert done.stdout == b""
    assert done.returncode == 1


def test_json_of_several(tmp_path):
    """--json gives a list in which each has its input, its result or its error."""
    done = workbench("captioning", DOG, "nowhere.jpg", "--json", cwd=tmp_path)
    first, second = json.loads(done.stdout)
    assert first["input"] == DOG
    assert "dog" in first["result"]["caption"]
    assert second["input"] == "nowhere.jpg"
    assert second["error"]["kind"] == "invalid-input"


def test_several_texts_give_several_results():
    """Tasks on text take several inputs as well."""
    done = workbench("ner", "Ada lives in Paris.", "Nobody here.", "Bob lives in Rome.")
    text = done.stdout.decode()
    assert "==> Ada lives in Paris. <==" in text
    assert text.index("Paris") < text.index("Rome")


def test_picture_goes_to_a_file(tmp_path):
    """-o writes a PNG with its recipe inside; stderr tells what it is."""
    done = workbench(
        "text-to-image", "a dog in a park", *SIZE, "-p", "seed=4", "-o", "dog.png", cwd=tmp_path
    )
    data = (tmp_path / "dog.png").read_bytes()
    assert done.stdout == b""
    assert opened(data).size == (128, 96)
    assert read_recipe(data).parameters() == {"width": 128, "height": 96, "seed": 4}
    assert "128 × 96 pixels, embedded" in said(done)


def test_ending_chooses_the_type(tmp_path):
    """A name that ends in .jpg gets a JPEG."""
    workbench("text-to-image", "a dog", *SIZE, "-o", "dog.jpg", cwd=tmp_path)
    assert opened((tmp_path / "dog.jpg").read_bytes()).format == "JPEG"


def test_picture_goes_down_a_pipe():
    """Without -o a pipe gets the PNG's bytes and nothing else."""
    done = workbench("text-to-image", "a dog in a park", *SIZE)
    assert opened(done.stdout).size == (128, 96)


def test_picture_through_a_pipe_of_two():
    """What one command makes, the next describes."""
    made = workbench("text-to-image", "a red boat on a lake", "-p", "seed=2").stdout
    assert b"boat" in workbench("captioning", "-", input=made).stdout


def test_terminal_shows_no_picture():
    """At a terminal it is refused with the reason, before anything is made."""
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "workbench", "run", "text-to-image", "a dog"],
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 2
    assert "a terminal shows no pictures" in said(done)
    assert "-o" in said(done)


def test_several_pictures_go_to_a_folder(tmp_path):
    """Each prompt gets a file called after it; equal names get numbers."""
    prompts = ["a dog", "a dog", "Ein Hund im Park / 42"]
    done = workbench("text-to-image", *prompts, *SIZE, "-o", "out", cwd=tmp_path)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["Ein-Hund-im-Park-42.png", "a-dog-2.png", "a-dog.png"]
    assert done.returncode == 0


def test_folder_keeps_what_is_in_it(tmp_path):
    """A second run, and a game about a picture of the folder, get names of their own."""
    for _ in range(2):
        workbench("text-to-image", "a dog", *SIZE, "-o", ".", cwd=tmp_path)
    first = (tmp_path / "a-dog.png").read_bytes()
    workbench("describe-and-generate", "a-dog.png", "-o", ".", cwd=tmp_path)
    names = sorted(path.name for path in tmp_path.glob("*.png"))
    assert names == ["a-dog-2.png", "a-dog-3.png", "a-dog.png"]
    assert (tmp_path / "a-dog.png").read_bytes() == first


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_name_of_the_file_is_told_harmlessly(tmp_path, monkeypatch, capsys, form):
    """A name with control characters is spelled out."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as over:
        main(["run", "captioning", DOG, "-o", "a\x1b[31m.txt", *form])
    assert over.value.code == 0
    assert (tmp_path / "a\x1b[31m.txt").exists()
    assert capsys.readouterr().err == "Written to a\\x1b[31m.txt\n"


def test_result_is_rescued(tmp_path, monkeypatch, capsys):
    """When the place turns bad after the call, the picture is put elsewhere, and that is told."""
    monkeypatch.setattr("workbench.cli.output._replace", lambda *_: (_ for _ in ()).throw(OSError))
    with pytest.raises(SystemExit):
        main(["run", "text-to-image", "a dog", *SIZE, "-o", str(tmp_path / "dog.png")])
    found = re.search(r"The result is in (\S+\.png)", capsys.readouterr().err)
    saved = Path(found[1])
    assert opened(saved.read_bytes()).size == (128, 96)
    saved.unlink()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["text-to-image", "a dog", "-o", "dog.txt"], ".png, .jpg, .jpeg"),
        (["text-to-image", "a dog", "-o", "nowhere/dog.png"], "nowhere/dog.png can't be written"),
        (["text-to-image", "a dog", "a cat"], "-o FOLDER"),
        (["text-to-image", "a dog", "a cat", "-o", "file"], "file can't be written"),
        (["text-to-image", "a dog", "-o", "file"], "no ending of a picture"),
        (["text-to-image", "a dog", "-o", "x" * 300 + ".png"], "can't be written"),
        (["text-to-image", "a dog", "--json", "-o", "."], "can't be written"),
        (["captioning", DOG, "-o", "."], "can't be written"),
        (["captioning", DOG, "-t", "captioning="], "is empty"),
        (["captioning", DOG, "-t", "caption=a/b"], "captioning, text-to-image"),
        (["text-to-image", "", "-o", "x.png"], "there is no prompt"),
        (["text-to-image", "a dog", "-o", "x.png", "-p", "width=0"], "width"),
        (["text-to-image", "a dog", "-o", "x.png", "-p", "seed=abc"], "seed is a whole number"),
        (["captioning", "nowhere.jpg"], "nowhere.jpg"),
        (["captioning", "file"], "this is text, not a picture"),
        (["captioning", "."], "folder"),
        (["captioning", "-", "-"], "standard input can be read once"),
        (["captioning", "http://127.0.0.1:1/x.png"], "127.0.0.1"),
        (["captioning", DOG, "-t", "a/b", "-t", "c/d"], "TASK=TARGET"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_usage_is_explained(tmp_path, arguments, told):
    """What can't be done ends with 2, the cause and the next step, and leaves no file."""
    (tmp_path / "file").write_text("text")
    done = workbench(*arguments, cwd=tmp_path)
    assert done.returncode == 2, said(done)
    assert told in said(done)
    assert [path.name for path in tmp_path.iterdir() if path.suffix] == []


def test_target_of_one_task_alone(tmp_path):
    """TASK=TARGET leaves other tasks where they are."""
    elsewhere = ["-t", "text-to-image=http://127.0.0.1:9/x"]
    assert workbench("captioning", DOG, *elsewhere).returncode == 0
    done = workbench("text-to-image", "a dog", "-o", "x.png", *elsewhere, cwd=tmp_path)
    assert "127.0.0.1:9" in said(done)
    assert done.returncode == 1


def test_json_holds_the_picture():
    """--json prints everything, the PNG itself in base64."""
    done = workbench("text-to-image", "a dog", *SIZE, "--json")
    result = json.loads(done.stdout)["result"]
    assert result["prompt"] == "a dog"
    assert opened(base64.b64decode(result["image"])).size == (128, 96)


def test_game_is_kept(tmp_path):
    """The game writes its strip of pictures, as a sheet or moving."""
    options = ["-p", "rounds=2", "-p", "seed=1"]
    done = workbench("describe-and-generate", DOG, *options, "-o", "strip.png", cwd=tmp_path)
    assert done.returncode == 0, said(done)
    assert opened((tmp_path / "strip.png").read_bytes()).format == "PNG"
    done = workbench("describe-and-generate", DOG, *options, "-o", "strip.gif", cwd=tmp_path)
    assert opened((tmp_path / "strip.gif").read_bytes()).n_frames >= 3


def test_game_as_text(tmp_path):
    """--json tells each round with its caption, its picture and how far it drifted."""
    done = workbench("describe-and-generate", DOG, "-p", "rounds=2", "--json", cwd=tmp_path)
    rounds = json.loads(done.stdout)["result"]
    assert [one["number"] for one in rounds] == [1, 2]
    assert all(0 <= one["drift"] <= 1 for one in rounds)
    assert all(opened(base64.b64decode(one["image"])).format == "PNG" for one in rounds)


def test_game_that_fails_tells_its_caption(tmp_path):
    """The caption of a round that got no picture is not lost."""
    options = ["-t", "text-to-image=http://127.0.0.1:9/x", "-o", "strip.png"]
    done = workbench("describe-and-generate", DOG, *options, cwd=tmp_path)
    assert done.returncode == 1
    assert re.search(r"The caption was: .*dog", said(done))


@pytest.mark.parametrize("ended", [BusyError("too busy"), KeyboardInterrupt()], ids=["error", "^C"])
@pytest.mark.parametrize("form", ["file", "json"])
def test_game_that_ends_early_keeps_its_rounds(tmp_path, monkeypatch, capsys, ended, form):
    """A failure and Ctrl+C leave the rounds that there were, and end with their own codes."""
    kept = make_picture
    asked = []

    def fail_at_third(text, **options):
        asked.append(text)
        if len(asked) == 3:
            raise ended
        return kept(text, **options)

    monkeypatch.setattr("tasks.describe_and_generate.make_picture", fail_at_third)
    place = ["-o", str(tmp_path / "strip.gif")] if form == "file" else ["--json"]
    with pytest.raises(SystemExit) as over:
        main(["run", "describe-and-generate", DOG, "-p", "rounds=3", *SIZE, *place])
    assert over.value.code == (130 if isinstance(ended, KeyboardInterrupt) else 1)
    if form == "file":
        assert opened((tmp_path / "strip.gif").read_bytes()).n_frames == 3
    else:
        document = json.loads(capsys.readouterr().out)
        assert [one["number"] for one in document["result"]] == [1, 2]
        assert document["engine"].count("embedded") == 2
        assert ("error" in document) == isinstance(ended, BusyError)
