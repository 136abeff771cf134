"""Who talks in the tests of the store, and a first question with its reply."""

from __future__ import annotations

ADA, BOB = "user:ada", "browser:5f2b"


def ask(store, owner=ADA, text="Hello", answer="Hi!", **options):
    """A conversation with a question and its finished reply: their ids."""
    talk = store.start(owner, **options)
    asked = store.say(owner, talk.id, "user", text, parent=None)
    reply = store.begin(owner, talk.id, parent=asked.id, model="falcon")
    store.grow(reply.id, answer)
    store.end(reply.id, "done")
    return talk.id, asked.id, reply.id
