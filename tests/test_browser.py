"""The app as a person uses it, in a real Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import time

import launching
import pages
import pytest
from test_line import Peer, silent

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
COURSE = "My name is Andrew, I'm building DeepLearningAI and I live in California"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium on this machine"
    ),
]


@pytest.fixture(scope="module")
def url():
    """The app with no settings."""
    with launching.app() as url:
        yield url


@pytest.fixture(scope="module")
def faults():
    """The base of every fault."""
    with launching.server() as url:
        yield f"{url}/faults"


@pytest.fixture(scope="module")
def browser():
    """Chromium."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "CI needs Chromium"
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


LABELS = {"ner": "Text", "summarization": "Text to summarize", "completion": "Prompt"}


@pytest.fixture
def open_tab(browser, url):
    """Open a tab of the app; nothing may leave for another host, nothing may be logged."""
    contexts, trouble = [], []

    def open_(tab, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        own = (url, "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(own) else trouble.append(r.url))
        pages.note_trouble(page, trouble)
        page.goto(f"{url}/?tab={tab}")
        label = LABELS[tab]
        page.get_by_label(label, exact=True).wait_for()
        pages.ready(page)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert trouble == []


def status(page):
    """The status line of the tab that is shown."""
    return page.locator(".wb-status:visible").first


def find(page, text):
    """Type a text into the NER tab and run it."""
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name="Find entities").click()


def seen(page, event, seconds):
    """Whether *event* is set in time; the page goes on meanwhile."""
    deadline = time.monotonic() + seconds
    while not event.is_set() and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    return event.is_set()


def aim(page, target):
    """Type a target into the box of the tab."""
    box = page.get_by_label("Target", exact=False).first
    if not box.is_visible():
        page.get_by_role("button", name="Advanced options").first.click()
    box.fill(target)
    box.press("Enter")
    box.press("Tab")


def test_both_tabs(open_tab):
    """Summarize, then find entities, by role and label; each says which engine answered."""
    page = open_tab("summarization")
    page.get_by_text("The Eiffel Tower was built", exact=False).first.click()
    page.get_by_role("button", name="Summarize").click()
    page.get_by_label("Length").wait_for()
    page.wait_for_function("document.querySelector('.wb-status.done')")
    assert "→" in page.get_by_label("Length").input_value()
    assert "Eiffel" in page.get_by_label("Summary").input_value()
    assert "embedded engine" in status(page).inner_text()

    page.get_by_role("tab", name="Find entities").click()
    page.wait_for_url("**tab=ner")
    find(page, COURSE)
    page.get_by_role("cell", name="DeepLearningAI").wait_for()
    rows = page.get_by_role("row").all_inner_texts()
    assert [row.split()[:2] for row in rows[1:]] == [
        ["Andrew", "PER"],
        ["DeepLearningAI", "ORG"],
        ["California", "LOC"],
    ]
    page.locator(".textfield .highlighted", has_text="California").wait_for()
    page.get_by_role("button", name="JSON").click()
    page.get_by_text("entity_group").first.wait_for()
    page.reload()
    page.get_by_label("Text", exact=True).wait_for()


def test_keyboard(open_tab):
    """Shift+Enter runs; the button is reached with Tab and pressed with Enter."""
    page = open_tab("ner")
    box = page.get_by_label("Text", exact=True)
    box.fill("Ada lives in Paris.")
    box.press("Shift+Enter")
    page.get_by_role("cell", name="Paris").wait_for()
    box.fill("Ada lives in Rome.")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Find entities"
    page.keyboard.press("Enter")
    page.get_by_role("cell", name="Rome").wait_for()
    assert page.evaluate("document.activeElement.textContent").strip() == "Find entities"


def test_options_of_the_summary(open_tab):
    """With the options open, empty boxes mean the model's own lengths, and numbers count."""
    page = open_tab("summarization")
    page.get_by_role("button", name="Advanced options").click()
    page.get_by_label("Maximum length").wait_for()
    text = "The tower is tall. It stands in Paris by the river. Millions climb it every year. " * 9
    page.get_by_label("Text to summarize", exact=True).fill(text)
    page.get_by_role("button", name="Summarize").click()
    page.wait_for_function("document.querySelector('.wb-status.done')")
    assert '"parameters": {}' in page.get_by_label("Exact request").input_value()
    page.get_by_label("Maximum length").fill("ten")
    page.get_by_role("button", name="Summarize").click()
    toast = page.locator("[class*=toast-body]").first
    toast.wait_for()
    assert "Maximum length is a whole number" in toast.inner_text()
    page.get_by_label("Maximum length").fill("40")
    page.get_by_role("button", name="Summarize").click()
    page.wait_for_function("document.querySelector('.wb-status.done')")
    assert '"max_length": 40' in page.get_by_label("Exact request").input_value()


def test_clear_while_running(open_tab):
    """Clear ends a call under way, so that its result does not come after all."""
    there = Peer(silent)
    page = open_tab("ner")
    aim(page, there.url)
    find(page, COURSE)
    assert seen(page, there.asked, 10)
    page.get_by_role("button", name="Clear").click()
    assert seen(page, there.hung_up, 2)
    there.close()


def test_clear(open_tab):
    """Clear empties text and results."""
    page = open_tab("ner")
    find(page, COURSE)
    page.get_by_role("cell", name="Andrew").wait_for()
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("cell", name="Andrew").wait_for(state="detached")
    assert page.get_by_label("Text", exact=True).input_value() == ""


def test_target_is_checked_before_use(open_tab):
    """A target is judged as soon as it is typed, with the reason."""
    page = open_tab("ner")
    aim(page, "nonsense")
    page.get_by_text("none of the known forms").first.wait_for()
    aim(page, "org/model")
    page.get_by_text("no token is sent").first.wait_for()


@pytest.mark.parametrize(
    ("kind", "cause", "step"),
    [
        ("unauthorized", "wants a valid token", "Set HF_API_NER_BASE to this address"),
        ("credits", "credits", "Buy credits"),
        ("forbidden", "permission", "Give the token the permission"),
        ("not-served", "Not Found", "Choose another model"),
        ("retired", "no longer supported", "router.huggingface.co"),
        ("paused", "Invalid state", "Resume the endpoint"),
        ("too-large", "length limit", "Send less"),
        ("invalid", "validation", "Shorten the text"),
        ("html", "a web page", "doctor"),
        ("empty", "nothing", "doctor"),
        ("truncated", "closed the connection midway", "Try again"),
        ("error-in-200", "", "doctor"),
        ("redirect", "calls are not sent on", "use it as the target"),
    ],
)
def test_each_failure_is_a_toast(open_tab, faults, kind, cause, step):
    """Each fault shows its own cause and next step, and the text stays in its box."""
    page = open_tab("ner")
    aim(page, f"{faults}/{kind}/ner")
    find(page, COURSE)
    toast = page.locator("[class*=toast-body]").first
    toast.wait_for()
    told = toast.inner_text()
    assert cause.lower() in told.lower()
    assert step.lower() in told.lower()
    assert page.get_by_label("Text", exact=True).input_value() == COURSE
    assert page.get_by_role("button", name="Find entities").is_enabled()
    assert "failed" in status(page).get_attribute("class")
    assert f"curl {faults}/{kind}/ner" in page.get_by_label("Exact request").input_value()


def test_failure_keeps_the_last_result(open_tab, faults):
    """A failed call leaves the result of the call before it readable."""
    page = open_tab("ner")
    find(page, COURSE)
    page.get_by_role("cell", name="Andrew").wait_for()
    aim(page, f"{faults}/credits/ner")
    find(page, COURSE)
    page.locator("[class*=toast-body]").first.wait_for()
    assert page.get_by_role("cell", name="Andrew").is_visible()


def test_waking_endpoint_shows_progress_and_recovers(open_tab, faults):
    """While an endpoint wakes up the line says so, and the answer comes when it is there."""
    page = open_tab("ner")
    aim(page, f"{faults}/waking/ner?times=4&key=browser-{time.time_ns()}")
    find(page, COURSE)
    page.get_by_text(re.compile("waking up|Trying again")).first.wait_for()
    page.get_by_role("cell", name="Andrew").wait_for(timeout=30_000)
    assert "attempts" in status(page).inner_text()


def test_stop_reaches_the_server(open_tab):
    """Stop ends the call at once; the server sees the line go, and the text stays."""
    there = Peer(silent)
    page = open_tab("ner")
    aim(page, there.url)
    find(page, COURSE)
    assert seen(page, there.asked, 10)
    page.get_by_role("button", name="Stop").click()
    assert seen(page, there.hung_up, 0.5)
    page.get_by_text("Stopped.").first.wait_for()
    assert page.get_by_label("Text", exact=True).input_value() == COURSE
    assert page.get_by_role("button", name="Find entities").is_enabled()
    there.close()


def test_closing_the_page_hangs_up(open_tab):
    """A person who leaves no longer keeps the endpoint busy."""
    there = Peer(silent)
    page = open_tab("ner")
    aim(page, there.url)
    find(page, COURSE)
    assert seen(page, there.asked, 10)
    page.close()
    assert there.hung_up.wait(10)
    there.close()


ATTACK = "<img src=x onerror=window.pwned=1>"


def test_text_from_elsewhere_is_text(open_tab):
    """Neither the text, nor an entity, nor an endpoint's error can bring markup into the page."""
    entity = {"entity_group": "PER", "score": 0.9, "word": ATTACK, "start": 0, "end": len(ATTACK)}
    bodies = [
        (200, json.dumps([entity]).encode()),
        (400, json.dumps({"error": ATTACK}).encode()),
    ]

    def answer(connection):
        code, body = bodies.pop(0)
        head = f"HTTP/1.1 {code} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        engine = f"x-workbench-engine: {ATTACK}\r\n\r\n"
        connection.sendall((head + engine).encode() + body)

    there = Peer(answer)
    page = open_tab("ner")
    aim(page, there.url)
    find(page, ATTACK)
    page.get_by_role("cell", name=ATTACK).wait_for()
    find(page, ATTACK)
    page.locator("[class*=toast-body]").first.wait_for()
    assert ATTACK in page.locator("[class*=toast-body]").first.inner_text()
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("window.pwned") is None
    there.close()


@pytest.mark.parametrize("tab", ["summarization", "ner"])
def test_phone(open_tab, tab):
    """At 390 px nothing is cut off or scrolls sideways, before and after a result."""
    page = open_tab(tab, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    label = {"ner": "Text", "summarization": "Text to summarize"}[tab]
    page.get_by_label(label, exact=True).fill(COURSE * 3)
    page.get_by_role("button", name={"ner": "Find", "summarization": "Summarize"}[tab]).tap()
    page.wait_for_function("document.querySelector('.wb-status.done')")
    page.get_by_role("button", name="Advanced options").tap()
    assert page.evaluate(wide) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(open_tab, scheme):
    """Text stands out from its background by 4.5 to 1 at least, in both schemes."""
    page = open_tab("ner", color_scheme=scheme)
    find(page, COURSE)
    page.get_by_role("cell", name="Andrew").wait_for()
    page.get_by_role("button", name="Advanced options").click()
    time.sleep(0.5)
    weak = page.evaluate(CONTRAST)
    assert weak == []


@pytest.mark.parametrize("tab", ["summarization", "ner"])
def test_every_control_has_a_name(open_tab, tab):
    """Whoever hears the page instead of seeing it knows each control."""
    page = open_tab(tab)
    page.get_by_role("button", name="Advanced options").click()
    time.sleep(0.5)
    assert page.evaluate(NAMELESS) == []


NAMELESS = """() => [...document.querySelectorAll('button, input, textarea, select, [role=button]')]
  .filter(e => e.checkVisibility() && !e.closest('[aria-hidden=true]'))
  .filter(e => !(e.getAttribute('aria-label') || e.innerText.trim() || e.title
    || e.labels?.length || e.getAttribute('aria-labelledby') || e.closest('label')))
  .map(e => e.outerHTML.slice(0, 200))"""

CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const over = (top, below) => {
    const a = top[3] ?? 1;
    return [0, 1, 2].map(i => top[i] * a + below[i] * (1 - a));
  };
  const behind = e => {
    const layers = [];
    for (; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const light = c => {
    const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const weak = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    const skip = 'footer, [disabled], script, style, [aria-hidden=true]';
    if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest(skip)) continue;
    const ground = behind(e), ink = over(parse(getComputedStyle(e).color), ground);
    const [hi, lo] = [light(ground), light(ink)].sort((x, y) => y - x);
    const ratio = (hi + .05) / (lo + .05);
    if (ratio < 4.5) weak.push(walk.currentNode.data.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return weak;
}"""
