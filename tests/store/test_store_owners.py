"""Each owner for themselves, whatever ids they know."""

from __future__ import annotations

import pytest
from talking import ADA, BOB, ask

from workbench.errors import InvalidInputError
from workbench.store import Store

TALK, TURN = object(), object()
"""Stand for the ids of another's conversation and reply."""
ATTEMPTS = [
    ("open", [TALK], {}),
    ("say", [TALK, "user", "x"], {"parent": TURN}),
    ("begin", [TALK], {"parent": TURN}),
    ("show", [TALK, None], {}),
    ("path", [TALK], {}),
    ("path", [TALK, TURN], {}),
    ("turns", [TALK], {}),
    ("versions", [TALK], {}),
    ("rename", [TALK, "Mine"], {}),
    ("delete", [TALK], {}),
    ("rate", [TURN, "like"], {}),
    ("export_json", [TALK], {}),
    ("export_markdown", [TALK], {}),
]


@pytest.mark.parametrize(("method", "values", "options"), ATTEMPTS)
def test_others_reach_nothing(store, method, values, options):
    """Who knows the ids of another's conversation and messages can neither read nor write."""
    talk, _, reply = ask(store)
    before = store.export_json(ADA, talk)
    ids = {TALK: talk, TURN: reply}
    values = [ids.get(value, value) for value in values]
    options = {name: ids.get(value, value) for name, value in options.items()}
    with pytest.raises(InvalidInputError, match="there is no such") as caught:
        getattr(store, method)(BOB, *values, **options)
    assert caught.value.hint
    assert store.export_json(ADA, talk) == before
    assert store.conversations(BOB) == store.conversations(BOB, search="Hello") == []
    assert store.feedback(BOB) == []
    getattr(store, method)(ADA, *values, **options)


def test_others_do_not_grow_or_end(store):
    """A reply is neither grown nor ended for another owner, and by no other store."""
    talk, asked, _ = ask(store)
    reply = store.begin(ADA, talk, parent=asked).id
    assert store.grow(reply, "x", owner=BOB) is store.end(reply, "done", owner=BOB) is False
    with Store(store._db.file) as second:
        assert second.grow(reply, "x") is second.end(reply, "done") is False
    assert store.grow(reply, "Yes", owner=ADA) is store.end(reply, "done", owner=ADA) is True
    assert store.path(ADA, talk)[-1].content == "Yes"


@pytest.mark.parametrize("strange", [0, -1, 10**6, 2**80, "1; DROP TABLE turns"])
def test_messages_of_elsewhere_are_refused(store, strange):
    """A parent or head of another conversation, or of none, is refused."""
    talk, _, _ = ask(store)
    _, other, _ = ask(store)
    for turn in (strange, other):
        for attempt in (
            lambda turn=turn: store.say(ADA, talk, "user", "x", parent=turn),
            lambda turn=turn: store.begin(ADA, talk, parent=turn),
            lambda turn=turn: store.show(ADA, talk, turn),
            lambda turn=turn: store.path(ADA, talk, turn),
        ):
            with pytest.raises(InvalidInputError, match="no such message"):
                attempt()
    assert len(store.turns(ADA, talk)) == 2
