"""100 conversations streaming at once through the chat tab, against the time they take alone.

    python benchmarks/chat_load.py

`workbench serve` sends each reply at a steady pace; the app, the server and the pages that read
share this machine. A page speaks Gradio's own protocol, as a browser does. Meanwhile another
visitor summarizes, again and again. Exits with 1 over a budget.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

PAGES, TOKENS, DELAY_S = 100, 200, 0.02
IDEAL_S = TOKENS * DELAY_S
BUDGET, BUDGET_OTHERS_S = 1.5, 1.0
URL = re.compile(r"https?://\S+")


@contextlib.contextmanager
def running(*arguments, **env):
    """A command of the workbench that listens, in a process of its own; yields its address."""
    command = [sys.executable, "-m", "workbench", *arguments]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, **env}
    ) as process:
        line = ""
        while "Ctrl+C" not in line:
            line = process.stderr.readline()
        try:
            yield URL.search(line)[0].rstrip("/"), process.pid
        finally:
            process.terminate()


def cpu_s(pid):
    """Seconds of CPU that a process used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Tab:
    """The chat tab as its page knows it: what to send where."""

    def __init__(self, config):
        self.parts = {part["id"]: part for part in config["components"]}
        self.events = {event["id"]: event for event in config["dependencies"]}
        box, chat = self.one("multimodaltextbox"), self.one("chatbot")
        self.labels = {part["props"].get("label"): each for each, part in self.parts.items()}
        self.box, self.visitor, self.place = box, self.labels["Visitor"], self.labels["Place"]
        events = self.events.values()
        self.say = next(e for e in events if [box, "submit"] in e["targets"])
        self.answer = next(e for e in events if e["trigger_after"] == self.say["id"])
        self.settle = next(e for e in events if e["trigger_after"] == self.answer["id"])
        self.load = next(
            e
            for e in events
            if any(target[1] == "load" for target in e["targets"]) and chat in e["outputs"]
        )

    def one(self, kind):
        return next(each for each, part in self.parts.items() if part["type"] == kind)


class Page:
    """One browser's page: its session and the values of its parts."""

    def __init__(self, http, tab):
        self.http, self.tab = http, tab
        self.session = secrets.token_hex(6)
        self.values = {each: part["props"].get("value") for each, part in tab.parts.items()}
        self.values[tab.visitor] = secrets.token_hex(24)

    def body(self, event):
        data = [self.values[each] for each in event["inputs"]]
        return {"data": data, "fn_index": event["id"], "session_hash": self.session}

    async def at_once(self, event):
        """Run an event that is not queued, and take what it changes."""
        answer = await self.http.post("/gradio_api/run/predict", json=self.body(event))
        answer.raise_for_status()
        for each, value in zip(event["outputs"], answer.json()["data"], strict=True):
            if not (isinstance(value, dict) and value.get("__type__") == "update"):
                self.values[each] = value

    async def heard(self):
        """The events of this session, read as cheaply as can be: readers cost CPU, too."""
        url = self.http.base_url
        reader, writer = await asyncio.open_connection(url.host, url.port, limit=2**24)
        path = f"/gradio_api/queue/data?session_hash={self.session}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"data:"):
                    yield line.decode()
        finally:
            writer.close()

    async def talk(self, text):
        """Send a message and read to the end; returns seconds to the end and to the first text."""
        started, first, updates = time.monotonic(), None, 0
        self.values[self.tab.box] = {"text": text, "files": []}
        await self.at_once(self.tab.say)
        joined = await self.http.post("/gradio_api/queue/join", json=self.body(self.tab.answer))
        joined.raise_for_status()
        async for event in self.heard():
            if '"process_generating"' in event:
                updates += 1
                if updates == 2:  # the first one shows the question
                    first = time.monotonic() - started
            if '"process_completed"' in event:
                if '"success":true' not in event:
                    raise RuntimeError(event)
                break
        took = time.monotonic() - started
        await self.at_once(self.tab.settle)
        return took, first, updates


async def summaries(http, done):
    """The seconds that each call of another tab takes meanwhile."""
    took, session = [], secrets.token_hex(6)
    call = {"data": ["A text. " * 20], "session_hash": session}
    while not done.is_set():
        started = time.monotonic()
        answer = await http.post("/gradio_api/call/summarize", json=call)
        await http.get(f"/gradio_api/call/summarize/{answer.json()['event_id']}")
        took.append(time.monotonic() - started)
        await asyncio.sleep(0.3)
    return took[1:]  # the first opens the session


async def measure(url, pid, pages):
    """Results of the pages, seconds that others waited, and CPU of the app meanwhile."""
    limits = httpx.Limits(max_connections=None, keepalive_expiry=1)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as http:
        tab = Tab((await http.get("/config")).json())
        open_pages = [Page(http, tab) for _ in range(pages)]
        for page in open_pages:
            await page.at_once(tab.load)
        done = asyncio.Event()
        others = asyncio.create_task(summaries(http, done))
        await asyncio.sleep(1)
        before = cpu_s(pid)
        talks = (page.talk(f"Message {number}") for number, page in enumerate(open_pages))
        results = await asyncio.gather(*talks)
        done.set()
        return results, await others, cpu_s(pid) - before


def main():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        serve, server_pid = stack.enter_context(running("serve", "--port", "0"))
        target = f"chat+{serve}/v1?token_delay={DELAY_S}&tokens={TOKENS}#canned"
        arguments = ("launch", "--no-browser", "--port", "0", "-t", f"chat={target}")
        app, pid = stack.enter_context(running(*arguments, WORKBENCH_HOME=home))
        asyncio.run(measure(app, pid, 1))
        before = cpu_s(server_pid), time.process_time()
        results, others, used = asyncio.run(measure(app, pid, PAGES))
        rest = cpu_s(server_pid) - before[0], time.process_time() - before[1]
    slowest = max(total for total, _, _ in results)
    print(f"ideal {IDEAL_S:.1f} s; {PAGES} at once: slowest {slowest:.2f} s")
    print(f"first text after at most {max(first for _, first, _ in results):.2f} s")
    print(f"updates per reply: {min(u for *_, u in results)} to {max(u for *_, u in results)}")
    print(f"CPU: app {used:.1f} s, server of the model {rest[0]:.1f} s, pages {rest[1]:.1f} s")
    print(f"a summary meanwhile: at most {max(others):.2f} s over {len(others)} calls")
    print(f"ratio {slowest / IDEAL_S:.2f} (budget {BUDGET})")
    sys.exit(slowest / IDEAL_S > BUDGET or max(others) > BUDGET_OTHERS_S)


if __name__ == "__main__":
    main()
