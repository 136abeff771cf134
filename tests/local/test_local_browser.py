"""Every tab on models in this process, in a real Chromium."""

from __future__ import annotations

import re

import launching
import pages
import pytest
from fake_hub import FakeHub, Model
from test_browser import aim, browser, pytestmark  # noqa: F401

TEXT = "Ada Lovelace lived in London and wrote programs for Charles Babbage."
VARIABLES = {
    "HF_API_SUMMARY_BASE": "bart",
    "HF_API_NER_BASE": "tagger",
    "HF_API_ITT_BASE": "blip",
    "HF_API_TTI_BASE": "painter",
    "HF_API_FALCOM_BASE": "llama",
    "HF_API_CHAT_BASE": "llama",
}


@pytest.fixture(scope="module")
def hub(models):
    """The Hub, with one model that comes slowly."""
    files = {path.name: path.read_bytes() for path in models("tagger").iterdir()}
    with FakeHub({"org/tagger": Model(files)}, pause_s=0.3) as hub:
        yield hub


@pytest.fixture(scope="module")
def url(models, hub, tmp_path_factory):
    """The app, each task aimed at a tiny model in a folder."""
    targets = {name: f"local:{models(model)}" for name, model in VARIABLES.items()}
    home = tmp_path_factory.mktemp("home")
    places = {"WORKBENCH_HOME": f"{home}/kept", "HF_HOME": f"{home}/hf", "HF_ENDPOINT": hub.url}
    with launching.app({**targets, **places, "WORKBENCH_THREADS": "1"}) as url:
        yield url


@pytest.fixture
def page(browser, url):  # noqa: F811
    """A page that may ask no other host; nothing may be logged."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(60_000)
    page, trouble = context.new_page(), []

    def admit(route):
        if route.request.url.startswith((url, "data:", "blob:")):
            route.continue_()
        else:
            trouble.append(route.request.url)
            route.abort()

    page.route("**/*", admit)
    pages.note_trouble(page, trouble)
    yield page
    context.close()
    assert trouble == []


def opened(page, url, tab, label):
    page.goto(f"{url}/?tab={tab}")
    box = page.get_by_label(label, exact=True).first
    box.wait_for()
    pages.ready(page)
    return box


def done(page):
    """The status line once the tab is done."""
    line = page.locator(".wb-status.done:visible").first
    line.wait_for()
    return line.inner_text()


def press(page, button):
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize(
    ("tab", "label", "button", "model"),
    [
        ("summarization", "Text to summarize", "Summarize", "bart"),
        ("ner", "Text", "Find entities", "tagger"),
        ("completion", "Prompt", "Complete", "llama"),
    ],
)
def test_a_text(page, url, tab, label, button, model):
    """A text is answered by the model in the folder, and the line names it and its device."""
    opened(page, url, tab, label).fill(TEXT)
    press(page, button)
    assert re.fullmatch(rf"{model} on cpu, float32 · [\d,]+ ms.*", done(page), re.DOTALL)


def test_a_caption(page, url):
    """A picture that is dropped is described by a local BLIP."""
    page.goto(f"{url}/?tab=captioning")
    page.locator("input[type=file]").first.wait_for(state="attached")
    pages.ready(page)
    page.get_by_role("button", name="dog", exact=False).first.click()
    page.wait_for_timeout(1000)
    press(page, "Describe")
    assert done(page).startswith("blip on cpu")


def test_a_picture_and_stop(page, url):
    """A local painter tells its steps; Stop ends it between two of them, and it paints again."""
    opened(page, url, "text-to-image", "Prompt").fill("a red boat")
    press(page, "Generate")
    page.get_by_text(re.compile(r"step \d+ of \d+")).first.wait_for()
    press(page, "Stop")
    page.get_by_text("Stopped.").first.wait_for()


def test_a_chat(page, url):
    """A reply streams from a local model, and who answers is told before anything is sent."""
    opened(page, url, "chat", "Model, or any target")
    page.get_by_text("Answered by a model on this machine").first.wait_for()
    page.locator("textarea:visible").last.fill("Are you there?")
    page.keyboard.press("Enter")
    page.locator(".message.bot").first.wait_for()
    page.wait_for_function("!document.querySelector('.wb-chat-line .busy')")
    assert "llama on cpu" in page.locator(".wb-chat-line").inner_text()


def test_a_model_is_fetched(page, url, hub):
    """A model that isn't here is fetched from the Hub while the line tells how far it is."""
    opened(page, url, "ner", "Text").fill(TEXT)
    aim(page, "local:org/tagger")
    press(page, "Find entities")
    page.get_by_text(re.compile(r"org/tagger: .* fetched")).first.wait_for()
    assert "org/tagger on cpu" in done(page)
    assert hub.asked("model.safetensors")


def test_another_kind_is_refused(page, url, models):
    """A model that does something else is named in the status line with what to do."""
    opened(page, url, "ner", "Text").fill(TEXT)
    aim(page, f"local:{models('painter')}")
    press(page, "Find entities")
    line = page.locator(".wb-status.failed:visible").last
    line.wait_for()
    assert "makes pictures" in line.inner_text()
