"""The tabs that read and make pictures as a person uses them, in a real Chromium."""

from __future__ import annotations

import base64
import io
import re
import struct
import time
import zlib

import launching
import pages
import pytest
from PIL import Image
from test_browser import (  # noqa: F401 - fixtures are found by name
    CONTRAST,
    NAMELESS,
    aim,
    browser,
    faults,
    pytestmark,
    seen,
    status,
)
from test_line import Peer, silent

from tasks.captioning import PICTURES
from workbench.images import png_bytes
from workbench.recipes import read_recipe

DOG = PICTURES[0]
LABELS = {"captioning": "Describe", "text-to-image": "Generate"}


def picture_on_the_web(connection):
    """Answer any request, also one to a proxy, with the picture of the dog."""
    data = DOG.read_bytes()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode() + data)


@pytest.fixture(scope="module")
def url():
    """The app with no settings but a proxy, which has one picture for every address."""
    proxy = Peer(picture_on_the_web)
    env = {"http_proxy": proxy.url.removesuffix("/ner"), "no_proxy": "127.0.0.1,localhost"}
    with launching.app(env) as url:
        yield url
    proxy.close()


@pytest.fixture(scope="module")
def profile(browser):  # noqa: F811
    """One visitor for most tests: pages load faster from a cache."""
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        yield context


@pytest.fixture
def open_tab(browser, profile, url):  # noqa: F811
    """Open a tab of the app; nothing may leave for another host, nothing may be logged."""
    opened, trouble = [], []

    def open_(tab, **options):
        context = browser.new_context(**options) if options else profile
        page = context.new_page()
        opened.append(context if options else page)
        page.set_default_timeout(15_000)
        pages.note_trouble(page, trouble)
        page.on("request", lambda request: None if inside(request.url) else trouble.append(request))
        page.goto(f"{url}/?tab={tab}")
        page.get_by_role("button", name=LABELS[tab], exact=True).wait_for()
        pages.ready(page)
        return page

    def inside(address):
        return address.startswith((url, "data:", "blob:"))

    yield open_
    for page in opened:
        page.close()
    assert trouble == []


def run(page, name):
    """Press the button of the tab."""
    page.get_by_role("button", name=name, exact=True).click()


def done(page):
    """Wait until the status line says who answered."""
    page.locator(".wb-status.done:visible").first.wait_for()


def toast(page):
    """The message box, once it is there."""
    box = page.locator("[class*=toast-body]").first
    box.wait_for()
    return box.inner_text()


def upload(page, data, name="picture.jpg"):
    """Choose a file in the picture box of the Caption tab."""
    kind = "image/png" if name.endswith(".png") else "image/jpeg"
    page.locator(".wb-picture input[type=file]").set_input_files(
        {"name": name, "mimeType": kind, "buffer": data}
    )


def generate(page, prompt, gallery=1):
    """Make a picture and wait until it is among the visit's."""
    page.get_by_label("Prompt", exact=True).fill(prompt)
    run(page, "Generate")
    page.locator(".wb-gallery img").nth(gallery - 1).wait_for()


def fact(page, name):
    """What the card beside the picture says under *name*."""
    return page.locator(f".wb-facts dt:has-text('{name}') + dd").inner_text()


def bytes_of(page, picture):
    """The file behind an image of the page."""
    return page.request.get(picture.get_attribute("src")).body()


def test_upload_to_copied_caption(open_tab):
    """A file becomes a caption, told where it is from, that the button copies."""
    page = open_tab("captioning")
    upload(page, DOG.read_bytes())
    page.locator(".wb-picture img").wait_for()
    run(page, "Describe")
    done(page)
    caption = page.get_by_label("Caption", exact=True).input_value()
    assert caption
    assert "embedded engine" in status(page).inner_text()
    page.get_by_role("button", name="Copy", exact=True).first.click()
    assert page.evaluate("navigator.clipboard.readText()") == caption


def test_example_question_and_request(open_tab):
    """An example is a button with a name; the exact request shows what is sent."""
    page = open_tab("captioning")
    for name in ("Dog in the snow", "Bird over the sea", "Cow in a field"):
        assert page.get_by_role("button", name=name).locator("img").get_attribute("alt")
    page.get_by_role("button", name="Cow in a field").click()
    page.locator(".wb-picture img").wait_for()
    page.get_by_role("button", name="Advanced options").click()
    page.get_by_label("Most tokens of the caption").fill("5")
    run(page, "Describe")
    done(page)
    assert '"max_new_tokens": 5' in page.get_by_label("Exact request").input_value()


COPY = """async data => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const item = new ClipboardItem({'image/png': new Blob([bytes], {type: 'image/png'})});
  await navigator.clipboard.write([item]);
}"""


def test_paste(open_tab):
    """A picture in the clipboard gets into the box."""
    page = open_tab("captioning")
    red = base64.b64encode(png_bytes(Image.new("RGB", (60, 40), "red"))).decode()
    page.evaluate(COPY, red)
    page.get_by_label("Paste from clipboard").click()
    page.locator(".wb-picture img").wait_for()
    run(page, "Describe")
    done(page)
    assert "red" in page.get_by_label("Caption", exact=True).input_value()


def test_address(open_tab):
    """An address shows its picture; one that leads inside is refused and leaves the picture."""
    page = open_tab("captioning")
    box = page.get_by_label("Or the address of a picture")
    box.fill("http://pictures.example/dog.jpg")
    page.get_by_role("button", name="Fetch").click()
    picture = page.locator(".wb-picture img")
    picture.wait_for()
    assert bytes_of(page, picture) == DOG.read_bytes()
    box.fill("http://127.0.0.1:9/dog.jpg")
    box.press("Enter")
    assert "private network" in toast(page)
    assert picture.is_visible()
    assert box.input_value() == "http://127.0.0.1:9/dog.jpg"


def photo(size, kind, mode="RGB", turn=1):
    """A green picture as a file; *turn* is the side that is up, as phones note it."""
    note = Image.Exif()
    note[274] = turn
    file = io.BytesIO()
    Image.new(mode, size, {"I;16": 40_000}.get(mode, "green")).save(file, kind, exif=note)
    return file.getvalue()


PHOTOS = (
    (photo((60, 40), "JPEG", turn=6), [40, 60]),
    (photo((60, 41), "TIFF"), [60, 41]),
    (photo((60, 42), "JPEG", "CMYK"), [60, 42]),
    (photo((60, 43), "PNG", "I;16"), [60, 43]),
)
SHOWS = """size => {
  const picture = document.querySelector('.wb-picture img');
  return picture?.naturalWidth == size[0] && picture.naturalHeight == size[1];
}"""


def test_photos_show_upright_and_all_formats_show(open_tab):
    """A rotated photo stands; a TIFF is seen although browsers know none; odd depths are too."""
    page = open_tab("captioning")
    for data, size in PHOTOS:
        upload(page, data)
        page.wait_for_function(SHOWS, arg=size)
        page.get_by_label("Remove Image").click()
        page.locator(".wb-picture img").wait_for(state="detached")


def bomb():
    """A PNG of 300 million pixels in few bytes."""
    head = struct.pack(">LLBBBBB", 20_000, 15_000, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(15_000 * (1 + 20_000 // 8)), 1)
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))
        for name, data in chunks
    )


UNREADABLE = (
    ("phone.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    ("notes.jpg", b"Dear diary", "This is text, not a picture"),
    ("cut.jpg", DOG.read_bytes()[:5000], "cut short"),
    ("empty.png", b"", "0 bytes"),
    ("huge.png", bomb(), "20000 × 15000 pixels"),
)


def test_what_is_no_picture_is_told_at_once(open_tab):
    """Each file that can't be read has its own words, in the line and in the box, and is gone."""
    page = open_tab("captioning")
    for name, data, told in UNREADABLE:
        upload(page, data, name)
        page.locator(".wb-status.failed", has_text=told).wait_for()
        page.locator("[class*=toast-body]", has_text=told).wait_for()
        page.locator(".wb-picture img").wait_for(state="detached")


def test_another_picture_ends_the_run(open_tab):
    """The run for one picture is hung up on when another is chosen; no caption of it appears."""
    there = Peer(silent)
    page = open_tab("captioning")
    page.get_by_role("button", name="Dog in the snow").click()
    aim(page, there.url)
    run(page, "Describe")
    assert seen(page, there.asked, 10)
    page.get_by_role("button", name="Cow in a field").click()
    page.get_by_text("Stopped.").first.wait_for()
    assert seen(page, there.hung_up, 10)
    assert page.get_by_label("Caption", exact=True).input_value() == ""
    there.close()


def test_failure_keeps_the_picture(open_tab, faults):  # noqa: F811
    """After a failed call picture and question are still there, and the next call works."""
    page = open_tab("captioning")
    page.get_by_role("button", name="Dog in the snow").click()
    page.locator(".wb-picture img").wait_for()
    aim(page, f"{faults}/credits/captioning")
    page.get_by_label("What to ask").fill("What is it?")
    run(page, "Describe")
    assert "credits" in toast(page)
    assert page.locator(".wb-picture img").is_visible()
    assert page.get_by_label("What to ask").input_value() == "What is it?"
    assert f"curl {faults}/credits" in page.get_by_label("Exact request").input_value()
    aim(page, "embedded")
    run(page, "Describe")
    done(page)


def test_generate_again_and_download(open_tab):
    """A picture tells its seed, is made again pixel by pixel, and downloads with its recipe.

    Sliders that never were on the page send what they stand at.
    """
    page = open_tab("text-to-image")
    generate(page, "a red boat on a lake")
    assert "painter" in fact(page, "Made by")
    assert fact(page, "Size") == "512 × 512 pixels"
    assert (fact(page, "Steps"), fact(page, "Guidance")) == ("25", "7")
    seed = int(fact(page, "Seed"))
    picture = page.locator(".wb-result img")
    assert picture.get_attribute("alt") in ("a red boat on a lake", "")
    first = bytes_of(page, picture)
    assert read_recipe(first).seed == seed
    run(page, "Make again")
    page.locator(".wb-gallery img").nth(1).wait_for()
    assert bytes_of(page, picture) == first
    assert page.locator(".wb-notes").count() == 0
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    assert download.value.suggested_filename == f"a-red-boat-on-a-lake-{seed}.png"
    assert download.value.path().read_bytes() == first

    generate(page, "a lighthouse by the sea at night", gallery=3)
    assert fact(page, "Prompt").startswith("a lighthouse")
    page.locator(".wb-gallery button").nth(2).click()
    page.locator(".wb-facts", has_text="a red boat").wait_for()
    assert bytes_of(page, picture) == first
    assert fact(page, "Seed") == str(seed)


def drop(page, data):
    """Drop a file onto the picture, which is no field for files."""
    page.locator(".wb-result").evaluate(
        """(element, data) => {
            const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], 'made.png', {type: 'image/png'}));
            const event = new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true});
            element.dispatchEvent(event);
            if (!event.defaultPrevented) throw 'the browser would open the file';
        }""",
        base64.b64encode(data).decode(),
    )


def test_settings_reach_the_request_and_come_back(open_tab, tmp_path):
    """What the form says is what is sent; a file of ours fills it again, the target apart."""
    page = open_tab("text-to-image")
    page.get_by_role("button", name="Advanced options").click()
    page.get_by_label("Negative prompt").fill("fog")
    page.get_by_label("number input for Steps").fill("12")
    page.get_by_label("number input for Width").fill("128")
    page.get_by_label("number input for Height").fill("64")
    page.get_by_role("button", name="Draw a seed").click()
    box = page.get_by_label("Seed").first
    page.wait_for_function("e => e.value > 0", arg=box.element_handle())
    seed = box.input_value()
    generate(page, "a red boat")
    sent = page.get_by_label("Exact request").input_value()
    asked = f'steps": 12, "guidance_scale": 7, "width": 128, "height": 64, "seed": {seed}'
    assert '"negative_prompt": "fog"' in sent
    assert asked in " ".join(sent.split())
    file = tmp_path / "made.png"
    file.write_bytes(bytes_of(page, page.locator(".wb-result img")))

    page.reload()
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Restore settings").click()
    choosing.value.set_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": png_bytes(Image.new("RGB", (9, 9)))}
    )
    assert "tells no settings" in toast(page)
    drop(page, file.read_bytes())
    page.get_by_text("Settings restored").first.wait_for()
    assert page.get_by_label("Prompt", exact=True).input_value() == "a red boat"
    assert fact(page, "Seed") == seed
    page.get_by_role("button", name="Advanced options").click()
    assert page.get_by_label("Negative prompt").input_value() == "fog"
    assert page.get_by_label("number input for Width").input_value() == "128"
    run(page, "Generate")
    page.locator(".wb-gallery img").wait_for()
    assert asked in " ".join(page.get_by_label("Exact request").input_value().split())


def test_stop_while_generating(open_tab):
    """Stop hangs up on the endpoint, whichever button ran; prompt and picture stay."""
    there = Peer(silent)
    page = open_tab("text-to-image")
    generate(page, "a red boat")
    aim(page, there.url)
    for button in ("Generate", "Make again"):
        run(page, button)
        assert seen(page, there.asked, 10)
        page.get_by_role("button", name="Stop").click()
        assert seen(page, there.hung_up, 10)
        page.get_by_text("Stopped.").first.wait_for()
        there.asked.clear()
        there.hung_up.clear()
    assert page.get_by_label("Prompt", exact=True).input_value() == "a red boat"
    assert page.locator(".wb-result img").is_visible()
    there.close()


def test_failure_keeps_the_form(open_tab, faults):  # noqa: F811
    """After a failed call prompt, settings and the last picture are still there."""
    page = open_tab("text-to-image")
    generate(page, "a red boat")
    aim(page, f"{faults}/credits/text-to-image")
    page.get_by_label("Seed").first.fill("77")
    page.get_by_label("Prompt", exact=True).fill("another boat")
    run(page, "Generate")
    assert "credits" in toast(page)
    assert page.get_by_label("Prompt", exact=True).input_value() == "another boat"
    assert page.get_by_label("Seed").first.input_value() == "77"
    assert page.locator(".wb-result img").is_visible()
    assert '"seed": 77' in page.get_by_label("Exact request").input_value()


@pytest.mark.parametrize("tab", LABELS)
@pytest.mark.parametrize("phone", [False, True], ids=["light", "dark phone"])
def test_seen_and_heard(open_tab, tab, phone):
    """Nothing scrolls sideways, text stands out from its background, every control has a name."""
    small = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    page = open_tab(tab, **(small if phone else {}))
    assert page.evaluate(TOO_WIDE) == 0
    use(page, tab)
    page.get_by_role("button", name="Advanced options").click()
    time.sleep(0.5)
    assert page.evaluate(TOO_WIDE) == 0
    assert page.evaluate(CONTRAST) == []
    nameless = [e for e in page.evaluate(NAMELESS) if not NAMED_BY_PICTURE.search(e)]
    assert phone or nameless == []  # on a phone, older Gradio has a nameless button of its own


TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMED_BY_PICTURE = re.compile(r'^<button[^>]*><div class="image-frame')


def use(page, tab):
    """Get a result in a tab by its first example."""
    if tab == "captioning":
        page.get_by_role("button", name="Dog in the snow").click()
        page.locator(".wb-picture img").wait_for()
    else:
        page.get_by_role("button", name="a red boat on a lake").click()
        page.wait_for_function("[...document.querySelectorAll('textarea')].some(e => e.value)")
    run(page, LABELS[tab])
    done(page)
