"""The five lessons, as a reader of 2023 and one of 2024 has them, run and give what they should."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from driving import call, client_of, run_old, texts
from gradio_client import handle_file
from PIL import Image

pytestmark = pytest.mark.notebook
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
STORY = (
    "Marie Curie was born in Warsaw in 1867. She moved to Paris to study physics. She found two "
    "new elements with her husband Pierre. She won the Nobel Prize twice. Her notebooks are still "
    "kept in boxes of lead, since they are radioactive to this day."
)


@pytest.fixture(scope="module")
def runs(old_notebook):
    """Both courses, run; the apps that their readers left open are open."""
    with run_old(old_notebook, "course_2023", "course_2024") as runs:
        yield runs


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    """A green picture."""
    path = tmp_path_factory.mktemp("picture") / "green.png"
    Image.new("RGB", (96, 64), (20, 160, 40)).save(path)
    return handle_file(str(path))


def size_of(path):
    """Width and height of the picture at *path*."""
    with Image.open(path) as image:
        return image.size


@pytest.mark.parametrize("year", ["course_2023", "course_2024"])
def test_all_cells_run_and_all_apps_answer(runs, year):
    """Without a key, without a network, without a change."""
    run = runs[year]
    assert [(cell.number, cell.why) for cell in run.cells if cell.state != "ran"] == []
    assert len(run.launched) >= 7
    assert all(app.answered for app in run.launched)
    assert all("127.0.0.1" in app.url for app in run.launched)


def test_a_summary_is_shorter_and_taken_from_the_text(runs):
    """Lesson 1, by the length that was asked for."""
    summary = call(runs["course_2024"], "Summaries", "/predict", STORY, 20)
    assert 0 < len(summary) < len(STORY)
    assert "Curie" in summary or "She" in summary


def test_names_are_found(runs):
    """Lesson 1: the names come marked, in the order of the text."""
    found = call(runs["course_2023"], "Names", "/predict", "Ada Lovelace lived in London")
    marked = [(part["token"], part["class_or_confidence"]) for part in found]
    assert [token for token, label in marked if label] == ["Ada Lovelace", "London"]


def test_a_picture_is_described(runs, picture):
    """Lesson 2: the caption names the color."""
    told = call(runs["course_2023"], "Captions", "/predict", picture)
    assert "green" in told


def test_the_examples_are_there(runs):
    """Lesson 2 shows three pictures that the reader does not have; they are captioned ahead."""
    with client_of(runs["course_2024"], "Describe") as client:
        shown = client.config["components"]
    samples = [part["props"]["samples"] for part in shown if part["type"] == "dataset"]
    assert len(samples[0]) == 2


def test_a_picture_is_painted_as_large_as_asked(runs):
    """Lesson 3: the parameters reach the painter."""
    made = call(runs["course_2023"], "Pictures", "/paint", "a lighthouse", "", 5, 7, 128, 192)
    assert size_of(made) == (128, 192)


def test_the_game_goes_from_picture_to_words_to_picture(runs, picture):
    """Lesson 4: both results come at once."""
    told, made = call(runs["course_2023"], "Game", "/play", picture)
    assert "green" in told
    assert size_of(made) == (256, 192)


def test_a_chat_of_pairs_streams(runs):
    """Lesson 5: what is streamed grows, and both turns are there in the end."""
    with client_of(runs["course_2023"], "Talk") as client:
        pieces = [history for _, history in client.submit("Hello", [], "Be kind", api_name="/talk")]
    assert len(pieces) > 2
    (user, asked), (bot, answered) = texts(pieces[-1])
    assert (user, asked, bot) == ("user", "Hello", "assistant")
    assert answered
    assert len(texts(pieces[0])[-1][1]) < len(answered)


def test_a_chat_interface_answers(runs):
    """Lesson 5 in one call; the second turn knows of the first."""
    with client_of(runs["course_2024"], "Talk") as client:
        assert all(client.predict("Hello", "Be kind", api_name="/chat") for _ in range(2))


@pytest.mark.browser
@pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium on this machine"
)
def test_a_chat_of_pairs_is_talked_to_in_a_browser(runs, tmp_path):
    """Typed and sent twice, both turns are seen."""
    (url,) = [app.url for app in runs["course_2024"].apps if app.title == "Chat in blocks"]
    script = f"""
from playwright.sync_api import expect, sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path={CHROMIUM!r}, args=["--no-sandbox", "--disable-gpu"]
    )
    page = browser.new_page()
    page.goto({url!r})
    page.wait_for_load_state("networkidle")
    for number, said in enumerate(["first", "second"]):
        box = page.get_by_label("Prompt")
        box.fill(said)
        box.press("Enter")
        expect(page.get_by_test_id("bot").nth(number)).to_contain_text(f"{{number}} turns before")
        expect(page.get_by_test_id("user").nth(number)).to_contain_text(said)
    page.screenshot(path={str(tmp_path / "chat.png")!r})
    browser.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
