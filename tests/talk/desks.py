"""A desk with a chat service whose replies a test writes down, and the tabs that people have."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading

from internet import Server

from tasks.tabs.talk.asking import Asker
from tasks.tabs.talk.place import Place

ADA, BOB = "user:ada", "browser:bob"


class Service:
    """Answers with one script after another, "Yes." when there is none left.

    A script is a list: texts are pieces, Events are waited for; "!" cuts the stream off, "?" tells
    an error in it, "…" says that the tokens are used up. A status and a message are an error.
    """

    def __init__(self):
        self.server = Server()
        self.server.paths["/v1/chat/completions"] = self._answer
        self.scripts = []
        self.gone = threading.Event()
        self.target = f"{self.server.url}/v1#m"

    @property
    def asked(self):
        """What was said in each request, as (role, content) pairs."""
        documents = [json.loads(body)["messages"] for body in self.server.bodies]
        return [[(each["role"], each["content"]) for each in said] for said in documents]

    def _answer(self, caller):
        script = self.scripts.pop(0) if self.scripts else ["Yes."]
        if isinstance(script[0], int):
            body = json.dumps({"error": {"message": script[1]}}).encode()
            caller.answer(script[0], body)
            return
        caller.send_response(200)
        caller.send_header("Content-Type", "text/event-stream")
        caller.send_header("Transfer-Encoding", "chunked")
        caller.end_headers()
        try:
            for piece in [*script, None]:
                if isinstance(piece, threading.Event):
                    piece.wait(10)
                    continue
                if piece != "!":
                    caller.wfile.write(_chunk(piece))
                if piece in ("!", "…"):
                    break
            caller.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.gone.set()


def _chunk(piece):
    if piece == "?":
        event = {"error": {"message": "it broke"}}
    else:
        reason = "stop" if piece is None else "length" if piece == "…" else None
        choice = {"delta": {"content": piece or ""}, "finish_reason": reason}
        event = {"choices": [{"index": 0, **choice}]}
    data = f"data: {json.dumps(event)}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


class Tab:
    """A page: what it shows, what is typed, and where it is."""

    def __init__(self, desk, owner=ADA, page="one", **asked):
        self.desk, self.owner, self.page = desk, owner, page
        self.place, self.asked = Place(), asked
        self.shown, self.state, self.box, self.last = [], "", "", None

    @property
    def asker(self):
        """What an action is told of the page."""
        return Asker(owner=self.owner, page=self.page, place=self.place, **self.asked)

    def take(self, view):
        """Change the page as an action says."""
        self.place = Place.read(view["place"]) if "place" in view else self.place
        self.shown = _texts(view["chat"]) if "chat" in view else self.shown
        self.state, self.box = view.get("state", self.state), view.get("box", self.box)
        return view

    def say(self, text, images=None):
        """Put a message into the conversation."""
        return self.take(self.desk.say(self.asker, text, images))

    async def read(self, frames):
        """Show a reply as it comes, and what the page learns after it."""
        async with contextlib.aclosing(frames):
            async for frame in frames:
                self.last = frame
                if frame is None:
                    continue
                growing = [frame.growing] if frame.growing else []
                self.shown, self.state = [*_texts(frame.said), *growing], frame.line
        return self.take(self.desk.settle(self.asker))

    def send(self, text, images=None):
        """Say something and read the reply."""
        self.say(text, images)
        asyncio.run(self.read(self.desk.answer(self.asker)))

    def again(self, **options):
        """Have the last message answered again."""
        asyncio.run(self.read(self.desk.again(self.asker, **options)))

    @property
    def turns(self):
        """(content, state) of what the store has of the conversation shown."""
        path = self.desk.store.path(self.owner, self.place.talk)
        return [(turn.content, turn.state) for turn in path]


def _texts(messages):
    return [each["content"] if isinstance(each["content"], str) else "[file]" for each in messages]


async def until(condition):
    """Wait until *condition* holds; a test's timeout is the end of patience."""
    while not condition():
        await asyncio.sleep(0.005)
