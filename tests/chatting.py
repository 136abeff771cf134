"""A chat tab in a real Chromium: its app, and a page as a person handles it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading

import pages
import requests

TALK = "one two three four five six seven eight nine ten " * 5
TALK = TALK.strip()
NOT_BUSY = "!document.querySelector('.wb-chat-line .busy')"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class App:
    """The app in a process of its own, which can be killed and started again where it was."""

    def __init__(self, home, target):
        self.env = {**os.environ, "WORKBENCH_HOME": str(home), "HF_API_CHAT_BASE": target}
        self.port = 0
        self.start()

    def start(self):
        command = ["launch", "--no-browser", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "workbench", *command],
            stderr=subprocess.PIPE,
            text=True,
            env=self.env,
        )
        told = []
        for line in self.process.stderr:
            told.append(line)
            if "Ctrl+C" in line:
                break
        else:
            raise AssertionError("".join(told))
        # The pipe is read on, or a talkative process would block on it.
        self.reader = threading.Thread(target=self.process.stderr.read, daemon=True)
        self.reader.start()
        self.url, self.port = re.search(r"(http://\S+:(\d+))", told[-1]).groups()

    def end(self, how):
        how(self.process)
        self.process.wait(20)
        self.reader.join()
        self.process.stderr.close()


@contextlib.contextmanager
def app(home, server, pace=0.05):
    """The app, talking to an echo at *server* that takes *pace* seconds for a token."""
    running = App(home, f"{server}/v1?token_delay={pace}#echo")
    try:
        yield running
    finally:
        running.end(subprocess.Popen.terminate)


def stats(server):
    return requests.get(f"{server}/stats", timeout=10).json()


class Chat:
    """A page with the tab open."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.asked = []
        page.on("request", lambda r: self.asked.append(r) if "/gradio_api/run/" in r.url else None)
        page.on("requestfinished", self.heard)
        page.on("requestfailed", self.heard)
        self.page.goto(f"{url}/?tab=chat")
        self.settled()
        self.box = page.get_by_role("textbox", name="Message", exact=True)
        self.bots = page.locator("[data-testid=bot]")
        self.users = page.locator("[data-testid=user]")
        self.state = page.locator(".wb-chat-line .wb-status")
        self.listed = page.get_by_role("navigation", name="Conversations").get_by_role("button")

    def settled(self):
        """Wait until the page is there, with the conversation it had before, if any."""
        self.page.get_by_role("textbox", name="Message", exact=True).wait_for()
        pages.ready(self.page)
        while self.asked:  # the conversation it had before
            self.page.wait_for_timeout(50)
        pages.ready(self.page)

    def heard(self, request):
        if request in self.asked:
            self.asked.remove(request)

    def reload(self):
        self.page.reload()
        self.settled()

    def anew(self):
        """Begin a new conversation with the model that the app is set to."""
        if self.page.get_by_role("button", name="Stop", exact=True).is_visible():
            self.press("Stop")
        self.press("New conversation")
        self.page.wait_for_function(f"!document.querySelector('.message-row') && {NOT_BUSY}")
        self.box.fill("")
        self.choose("")
        return self

    def choose(self, target):
        """Talk to another model, whose name is typed."""
        self.page.get_by_role("combobox", name="Model, or any target").fill(target)
        self.page.keyboard.press("Tab")

    def send(self, text):
        """Type a message and send it."""
        self.box.fill(text)
        self.box.press("Enter")

    def say(self, text):
        """Send a message and wait for the end of the reply; returns what is shown of it."""
        shown = self.replies.count()
        self.send(text)
        return self.answered(shown + 1)

    @property
    def replies(self):
        """What is shown of each reply, notes on its end included."""
        return self.page.locator(".message-row.bot-row")

    def answered(self, count):
        """Wait until *count* replies are there and none is coming; returns the last."""
        self.page.wait_for_function(
            f"document.querySelectorAll('.message-row.bot-row').length == {count} && {NOT_BUSY}"
        )
        return self.replies.last.inner_text() if count else ""

    def begun(self, count=1):
        """Wait until the reply that is to come as number *count* has begun."""
        self.page.wait_for_function(
            f"document.querySelectorAll('.message-row.bot-row')[{count - 1}]?.innerText.length > 10"
        )
        return self.replies.last.inner_text()

    def press(self, name):
        """Press the last button of that name."""
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def unfold(self, title):
        """Open a part that is folded."""
        self.page.locator("button.label-wrap:visible", has_text=title).click()
        self.page.wait_for_timeout(300)

    def told(self, text):
        """Wait until the status line says so."""
        self.state.filter(has_text=text).wait_for()


@contextlib.contextmanager
def browsing(browser, url):
    """A function that opens the tab in a browser of its own; nothing may leave for elsewhere."""
    contexts, trouble = [], []

    def open_(context=None, **options):
        if context is None:
            context = browser.new_context(**options)
            context.set_default_timeout(15_000)
            contexts.append(context)
        page = context.new_page()
        own = (url, "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(own) else trouble.append(r.url))
        page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
        pages.note_trouble(page, trouble)
        return Chat(page, url)

    open_.trouble = trouble
    yield open_
    for context in contexts:
        context.close()
    assert not trouble, trouble
