"""Signing in and out in a real Chromium."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import launching
import pages
import pytest
from test_browser import CHROMIUM, browser  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium on this machine"
    ),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The app with one person and a shared password."""
    env = {"APP_PASSWORD": "rose", "WORKBENCH_HOME": str(tmp_path_factory.mktemp("home"))}
    with launching.app(env, "--auth", "ann:tulip") as url:
        yield url


@pytest.fixture
def page(browser, url):  # noqa: F811
    """A page in a new browser; nothing may leave for another host."""
    context = browser.new_context()
    context.set_default_timeout(15_000)
    page, gone, own = context.new_page(), [], (url, "data:", "blob:")
    page.on("request", lambda r: gone.append(r.url) if not r.url.startswith(own) else None)
    yield page
    context.close()
    assert gone == []


def fill(page, name, password):
    """Fill in the form and send it by Enter, as a person does."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_label("Password").press("Enter")


def test_in_and_out(page, url):
    """A deep link, a wrong password, the right one, a reload, an entity, out, and no way back."""
    page.goto(f"{url}/?tab=ner&__theme=light")
    assert urlsplit(page.url).path == "/login"
    assert page.evaluate("document.activeElement.id") == "username"
    fill(page, "ann", "daisy")
    assert page.get_by_role("alert").inner_text() == "Wrong name or password."
    assert page.get_by_label("Name").input_value() == "ann"
    assert page.evaluate("document.activeElement.id") == "password"
    fill(page, "ann", "tulip")
    page.get_by_label("Text", exact=True).wait_for()
    assert page.url == f"{url}/?tab=ner&__theme=light"
    page.reload()
    page.get_by_label("Text", exact=True).wait_for()
    page.locator(".wb-out span", has_text="ann").wait_for()
    pages.ready(page)
    page.get_by_label("Text", exact=True).fill("Ada Lovelace lives in London")
    page.get_by_role("button", name="Find entities").click()
    page.get_by_text("London").nth(1).wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Password").wait_for()
    assert page.context.cookies() == []
    page.go_back()
    page.get_by_label("Password").wait_for()


def test_signed_out_elsewhere_is_told(page, url):
    """When the session ends under an open page, the next call says what to do."""
    page.goto(f"{url}/?tab=ner")
    fill(page, "", "rose")
    page.get_by_label("Text", exact=True).wait_for()
    assert page.locator(".wb-out span").count() == 0
    pages.ready(page)
    page.context.clear_cookies()
    page.get_by_label("Text", exact=True).fill("Ada")
    page.get_by_role("button", name="Find entities").click()
    page.get_by_text("Sign in first: reload the page.").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_fits_a_phone(browser, url, theme):  # noqa: F811
    """At 390 pixels nothing runs over the edge, neither the form nor the head with its button."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=theme)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{url}/?tab=ner")
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == {"light": "rgb(248, 250, 252)", "dark": "rgb(10, 15, 30)"}[theme]
    for step in ("form", "app"):
        if step == "app":
            fill(page, "ann", "tulip")
            page.get_by_role("button", name="Sign out").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()
