"""A Space in Chromium, inside the frame that Hugging Face shows it in, by https."""

from __future__ import annotations

import os

import pages
import pytest
import spaces
from test_browser import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium on this machine"
    ),
]
SHOTS = os.environ.get("WORKBENCH_SHOTS")
"""Where to put pictures of the pages, to be looked at."""

NO_TROUBLE = ("autofocusing", "spaces/by-subdomain")
"""A field in a frame gets no focus, and Gradio isn't let ask the hub how this Space does."""


@pytest.fixture(scope="module")
def hub():
    """Hugging Face."""
    with spaces.Hub() as hub:
        yield hub


@pytest.fixture(scope="module")
def opened(tmp_path_factory, hub):
    """Open a Chromium to a running Space, whose name and the hub's lead to this machine."""
    from contextlib import ExitStack

    from playwright.sync_api import sync_playwright

    home = tmp_path_factory.mktemp("spaces")
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        doors = {spaces.HUB: stack.enter_context(spaces.Door(hub.port)).port}

        def start(visitors, env):
            folder = spaces.make(home / visitors, visitors)
            port, _ = stack.enter_context(spaces.running(folder, env))
            doors[spaces.HOST] = stack.enter_context(spaces.Door(port)).port
            rules = ", ".join(f"MAP {host}:443 127.0.0.1:{at}" for host, at in doors.items())
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", f"--host-resolver-rules={rules}"],
            )
            stack.callback(browser.close)
            return browser

        yield start


def context_of(browser, **options):
    """A new person at the browser, who takes the certificate of this machine."""
    context = browser.new_context(
        ignore_https_errors=True, viewport={"width": 1240, "height": 920}, **options
    )
    context.set_default_timeout(60_000)
    return context


def shot(page, name):
    """Keep a picture of *page*, if somebody wants to look at it."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_a_login_works_in_the_frame(opened, hub):
    """The page to sign in on is shown in the frame, and what signs in there stays signed in."""
    browser = opened("login", {"APP_PASSWORD": "rose"})
    context = context_of(browser)
    page, trouble = context.new_page(), []
    pages.note_trouble(page, trouble)
    page.goto(f"https://{spaces.HUB}/frame")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Password").fill("rose")
    shot(page, "login")
    frame.get_by_label("Password").press("Enter")
    text = frame.get_by_label("Text", exact=True)
    text.wait_for()
    page.reload()
    text.wait_for()
    pages.ready(page.frames[1])
    text.fill("Ada Lovelace lives in London")
    frame.get_by_role("button", name="Find entities").click()
    frame.get_by_text("London").nth(1).wait_for()
    shot(page, "frame")
    assert [cookie["sameSite"] for cookie in context.cookies(f"https://{spaces.HOST}")] == ["None"]
    frame.get_by_role("button", name="Sign out").click()
    frame.get_by_label("Password").wait_for()
    context.close()
    assert [told for told in trouble if not any(known in told for known in NO_TROUBLE)] == []


def test_visitors_sign_in_from_the_frame(opened, hub):
    """The link opens a page of its own, where models answer with the visitor's token."""
    browser = opened("own", hub.env)
    context = context_of(browser, locale="zh-CN")
    page = context.new_page()
    page.goto(f"https://{spaces.HUB}/frame")
    frame = page.frame_locator("iframe")
    link = frame.get_by_role("link", name="用 Hugging Face 登录")
    link.wait_for()
    shot(page, "own-frame-zh")
    with context.expect_page() as opening:
        link.click()
    own = opening.value
    own.get_by_text("ada", exact=False).first.wait_for()
    assert own.url == f"https://{spaces.HOST}/"
    pages.ready(own)
    before = len(hub.called)
    own.get_by_label("文本", exact=True).fill("Ada Lovelace lives in London")
    own.locator(".wb-buttons button.primary").click()
    own.locator(".wb-status.done").wait_for()
    assert hub.called[before:] == [f"Bearer {hub.token}"]
    shot(own, "own-signed-in-zh")
    own.get_by_role("tab", name="对话").click()
    own.get_by_label("模型").first.wait_for()
    assert own.get_by_label("模型").first.input_value().startswith("hf")
    shot(own, "own-chat-zh")
    own.get_by_role("button", name="退出登录").click()
    own.get_by_role("link", name="用 Hugging Face 登录").wait_for()
    assert [c["name"] for c in context.cookies(f"https://{spaces.HOST}")] == []
    context.close()
