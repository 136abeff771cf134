"""Describe and generate as a person plays it, in a real Chromium."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import launching
import pages
import pytest
from PIL import Image
from test_browser import CONTRAST, NAMELESS, browser, pytestmark, seen  # noqa: F401 - fixtures

TAB = "describe-and-generate"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Studio:
    """A captioner and a painter that number what they make, fail or wait when told to."""

    def __init__(self):
        self.calm()
        studio = self

        class Answer(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, kind, data = studio.answer(self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                with contextlib.suppress(OSError):  # the other side may have hung up
                    self.end_headers()
                    self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def calm(self):
        """Begin anew: nothing made, nothing fails, nothing waits."""
        self.told, self.prompts = 0, []
        self.fails_at = self.waits_at = None
        self.tells_late = False
        self.reached, self.go_on = threading.Event(), threading.Event()

    def answer(self, path, body):
        if path == "/tell":
            self.told += 1
            if self.tells_late:
                self.reached.set()
                self.go_on.wait(20)
            said = json.dumps([{"generated_text": f"caption <b>{self.told}</b>"}])
            return 200, "application/json", said.encode()
        number = len(self.prompts) + 1
        if number == self.fails_at:
            return 402, "application/json", b'{"error": "out of credits"}'
        if number == self.waits_at:
            self.reached.set()
            self.go_on.wait(20)
            return 503, "application/json", b"{}"
        self.prompts.append(json.loads(body)["inputs"])
        file = io.BytesIO()
        picture = Image.linear_gradient("L").resize((128, 96)).rotate(number * 36)
        picture.convert("RGB").save(file, "PNG")
        return 200, "image/png", file.getvalue()


@pytest.fixture(scope="module")
def building():
    studio = Studio()
    yield studio
    studio.server.shutdown()
    studio.server.server_close()


@pytest.fixture
def studio(building):
    building.calm()
    yield building
    building.go_on.set()


@pytest.fixture(scope="module")
def url(building):
    """The app with the one tab, answered by the studio."""
    env = {"HF_API_ITT_BASE": f"{building.url}/tell", "HF_API_TTI_BASE": f"{building.url}/paint"}
    with launching.app(env, TAB) as url:
        yield url


@pytest.fixture
def open_tab(browser, url):  # noqa: F811
    """Open the tab with the picture of the dog in it; nothing may be logged as an error."""
    contexts, trouble = [], []

    def open_(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        pages.note_trouble(page, trouble)
        page.goto(f"{url}/?tab={TAB}")
        page.get_by_label("Caption", exact=True).wait_for()
        pages.ready(page)
        page.get_by_role("button", name="Dog in the snow").click()
        page.locator(".wb-picture img[src*='file=']").wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert trouble == []


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def ended(page, state="done"):
    """Wait for the end of a run; the status line then."""
    line = page.locator(f".wb-status.{state}:visible").first
    line.wait_for()
    return line.inner_text()


def choose_rounds(page, count):
    box = page.get_by_label("number input for Rounds")
    box.fill(str(count))
    box.press("Tab")


def film(page):
    """The lines below each picture of the film, and whether the picture is there."""
    return [
        (item.locator("figcaption").inner_text().split("\n")[0], item.locator("img").count())
        for item in page.locator(".wb-film li").all()
    ]


def heads(page):
    return [head.split(" · ")[0] for head, _ in film(page)]


def frames_of(page, name, kind="GIF"):
    """How many pictures are in the file behind a button."""
    with page.expect_download() as coming:
        press(page, name)
    with Image.open(coming.value.path()) as file:
        assert file.format == kind
        return getattr(file, "n_frames", 1)


def test_three_stages(open_tab, studio):
    """A caption can be changed before its picture is made; one button does both."""
    page = open_tab()
    press(page, "Caption")
    ended(page)
    box = page.get_by_label("Caption", exact=True)
    assert box.input_value() == "caption <b>1</b>"
    box.fill("a dog of my own")
    press(page, "Generate")
    page.locator(".wb-facts", has_text="a dog of my own").wait_for()
    assert studio.prompts == ["a dog of my own"]
    page.get_by_role("img", name="The picture generated from the caption").wait_for()
    press(page, "Do both")
    page.locator(".wb-facts", has_text="caption <b>2</b>").wait_for()
    assert box.input_value() == "caption <b>2</b>"
    assert studio.prompts[1:] == ["caption <b>2</b>"]
    page.get_by_role("button", name="Advanced options").click()
    request = page.get_by_label("Exact request").input_value()
    assert f"curl {studio.url}/paint" in request
    studio.waits_at = 3
    press(page, "Generate")
    assert seen(page, studio.reached, 10)
    press(page, "Stop")
    page.get_by_text("Stopped.").first.wait_for()
    page.wait_for_timeout(500)
    assert page.locator("[class*=toast-body]").count() == 0
    assert box.input_value() == "caption <b>2</b>"


def test_rounds_arrive_one_by_one_and_stop(open_tab, studio):
    """What is there is shown while the next is made; Stop keeps it, and Go on begins there."""
    studio.waits_at = 2
    page = open_tab()
    choose_rounds(page, 3)
    press(page, "Play rounds")
    assert seen(page, studio.reached, 10)
    page.locator(".wb-film li", has_text="Round 2").wait_for()
    assert [there for _, there in film(page)] == [1, 1, 0]
    assert heads(page) == ["The first picture", "Round 1", "Round 2"]
    assert "caption <b>2</b>" in page.locator(".wb-film").inner_text()
    press(page, "Stop")
    page.get_by_text("Stopped.").first.wait_for()
    page.locator("button:enabled", has_text="Contact sheet").wait_for()
    assert frames_of(page, "Animation (GIF)") == 2
    assert heads(page) == ["The first picture", "Round 1", "Round 2"]
    studio.waits_at = None
    studio.go_on.set()
    press(page, "Go on")
    ended(page)
    assert heads(page) == ["The first picture", "Round 1", "Round 2", "Round 3"]
    assert studio.told == 3
    assert studio.prompts == [f"caption <b>{number}</b>" for number in (1, 2, 3)]
    assert frames_of(page, "Animation (GIF)") == 4


def test_one_thing_at_a_time(open_tab, studio):
    """While something runs nothing else begins, and the words it will replace can't be typed."""
    studio.tells_late = True
    page = open_tab()
    press(page, "Caption")
    assert seen(page, studio.reached, 10)
    box = page.get_by_label("Caption", exact=True)
    page.wait_for_function("box => box.disabled", arg=box.element_handle())
    for name in ("Caption", "Generate", "Do both", "Play rounds", "Go on"):
        assert page.get_by_role("button", name=name, exact=True).is_disabled(), name
    press(page, "Stop")
    page.get_by_text("Stopped.").first.wait_for()
    assert box.is_enabled()
    for name in ("Caption", "Generate", "Do both", "Play rounds", "Go on"):
        assert page.get_by_role("button", name=name, exact=True).is_enabled(), name


def test_another_picture_ends_the_run(open_tab, studio):
    """A caption that comes late is not put beside another picture than its own."""
    studio.tells_late = True
    page = open_tab()
    press(page, "Caption")
    assert seen(page, studio.reached, 10)
    page.get_by_role("button", name="Cow in a field").click()
    page.get_by_text("Stopped.").first.wait_for()
    studio.go_on.set()
    page.wait_for_timeout(1000)
    assert page.get_by_label("Caption", exact=True).input_value() == ""
    assert "Stopped" in page.locator(".wb-bar .wb-status").inner_text()


def test_failure_keeps_the_game(open_tab, studio):
    """A picture that fails leaves every round, the picture and its caption; Go on needs no more."""
    studio.fails_at = 2
    page = open_tab()
    choose_rounds(page, 3)
    press(page, "Play rounds")
    toast = page.locator("[class*=toast-body]").first
    toast.wait_for()
    assert "credits" in toast.inner_text()
    assert "credits" in ended(page, "failed")
    assert [there for _, there in film(page)] == [1, 1, 0]
    assert page.locator(".wb-picture img[src*='file=']").is_visible()
    assert page.get_by_role("button", name="Contact sheet (PNG)").is_enabled()
    studio.fails_at = None
    press(page, "Go on")
    ended(page)
    assert [there for _, there in film(page)] == [1, 1, 1, 1]
    assert studio.told == 3
    press(page, "Go on")
    assert "all 3 rounds are played" in ended(page, "failed").lower()
    assert len(film(page)) == 4


def test_keepsakes_and_clear(open_tab, studio):
    """Each file comes at the first click; Clear empties the page."""
    page = open_tab()
    choose_rounds(page, 2)
    press(page, "Play rounds")
    ended(page)
    svg = page.get_by_role("img", name="Drift from the first picture")
    assert "round 2" in svg.locator("desc").text_content()
    for name, kind, frames in (
        ("Contact sheet (PNG)", "PNG", 1),
        ("Animation (GIF)", "GIF", 3),
        ("Animation (WebP)", "WEBP", 3),
    ):
        assert frames_of(page, name, kind) == frames
    press(page, "Clear")
    page.locator(".wb-film").wait_for(state="detached")
    page.locator(".wb-picture img[src*='file=']").wait_for(state="detached")
    assert page.get_by_label("Caption", exact=True).input_value() == ""
    assert page.get_by_role("button", name="Contact sheet (PNG)").is_disabled()
    press(page, "Play rounds")
    assert "there is no picture" in ended(page, "failed").lower()


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
        {"color_scheme": "dark"},
    ],
    ids=["phone", "dark"],
)
def test_page_can_be_read(open_tab, studio, options):
    """No sideways scrolling but in the film, names for all, contrast, status and Stop in sight."""
    page = open_tab(**options)
    press(page, "Play rounds")
    ended(page)
    assert page.evaluate(WIDE) == 0
    inside = page.evaluate(
        "(() => { const f = document.querySelector('.wb-film');"
        " return [f.scrollWidth > f.clientWidth, f.scrollLeft > 0] })()"
    )
    assert inside == [True, True]
    alts = [image.get_attribute("alt") for image in page.locator(".wb-film img").all()]
    assert alts == [
        "The first picture",
        *(f"Made from: caption <b>{number}</b>" for number in range(1, 6)),
    ]
    assert page.locator(".wb-bar").bounding_box()["y"] < page.viewport_size["height"] - 30
    page.get_by_role("button", name="Advanced options").click()
    page.wait_for_timeout(500)
    assert page.evaluate(WIDE) == 0
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(CONTRAST) == []
