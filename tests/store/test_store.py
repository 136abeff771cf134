"""Conversations: said, grown, ended, shown, rated and removed."""

from __future__ import annotations

import base64
import hashlib
import threading

import pytest
from talking import ADA, BOB, ask

from workbench.errors import InvalidInputError
from workbench.store import Store
from workbench.store import store as module
from workbench.store.records import default_title

DOT = "data:image/png;base64," + base64.b64encode(b"a red dot").decode()
DASH = "data:image/webp;base64," + base64.b64encode(b"a dash").decode()


def said(turns):
    """Who said what, for comparing."""
    return [(turn.role, turn.content, turn.state) for turn in turns]


def test_a_conversation_is_kept_with_its_settings(store):
    """Model, system message and options come back; an empty conversation isn't listed."""
    talk = store.start(ADA, model="falcon", system="Be brief.", options={"seed": 7, "top_p": 0.9})
    assert store.open(ADA, talk.id) == talk
    assert (talk.model, talk.system, talk.head, talk.title) == (
        *("falcon", "Be brief.", None, "Untitled"),
    )
    assert talk.options == {"seed": 7, "top_p": 0.9}
    assert store.conversations(ADA) == store.path(ADA, talk.id) == []


def test_a_reply_grows_and_ends_once(store):
    """While it is written it reads as streaming; the first end counts, later pieces don't."""
    talk = store.start(ADA)
    asked = store.say(ADA, talk.id, "user", "Hello", parent=None)
    reply = store.begin(ADA, talk.id, parent=asked.id, model="falcon")
    assert (reply.state, reply.content, reply.parent) == ("streaming", "", asked.id)
    assert store.grow(reply.id, "Hi") is store.grow(reply.id, " Ada 🎉") is True
    assert said(store.path(ADA, talk.id))[1] == ("assistant", "Hi Ada 🎉", "streaming")
    assert store.end(reply.id, "stopped", facts={"tokens": 3, "way": {1}}, error="") is True
    assert store.end(reply.id, "done") is store.grow(reply.id, "late") is False
    shown = store.path(ADA, talk.id)[1]
    assert (shown.content, shown.state, shown.model) == ("Hi Ada 🎉", "stopped", "falcon")
    assert shown.facts == {"tokens": 3, "way": "{1}"}


def test_a_failure_keeps_its_words(store):
    """A failed reply keeps what had come, and why it failed."""
    talk, asked, _ = ask(store)
    reply = store.begin(ADA, talk, parent=asked)
    store.grow(reply.id, "Half of")
    store.end(reply.id, "failed", error="the endpoint is paused", facts={"speed": float("nan")})
    turn = store.path(ADA, talk)[-1]
    assert (turn.content, turn.error) == ("Half of", "the endpoint is paused")
    assert turn.facts == {"speed": None}


def test_retry_and_edit_add_versions(store):
    """A retry and an edit become siblings; every version can be shown and nothing is gone."""
    talk, asked, first = ask(store)
    second = store.begin(ADA, talk, parent=asked).id
    store.end(second, "done")
    edited = store.say(ADA, talk, "user", "Hello there", parent=None).id
    assert store.open(ADA, talk).head == edited
    assert [turn.id for turn in store.path(ADA, talk)] == [edited]
    assert store.versions(ADA, talk) == [first, second, edited]
    assert [turn.id for turn in store.path(ADA, talk, first)] == [asked, first]
    store.show(ADA, talk, first)
    assert [turn.content for turn in store.path(ADA, talk)] == ["Hello", "Hi!"]
    store.show(ADA, talk, None)
    assert store.path(ADA, talk) == []
    assert [turn.id for turn in store.turns(ADA, talk)] == [asked, first, second, edited]


def test_pictures_are_kept_once(tmp_path):
    """Pictures come back as they were sent, whoever sends them the bytes are kept once."""
    with Store(tmp_path / "h") as store:
        talks = [store.start(owner).id for owner in (ADA, BOB)]
        for owner, talk in zip((ADA, BOB), talks, strict=True):
            turn = store.say(owner, talk, "user", "", parent=None, images=[DOT, DASH, DOT])
            assert turn.images == (DOT, DASH, DOT)
        with store._db.reading() as conn:
            kept = {row[0] for row in conn.execute("SELECT sha256 FROM pictures")}
        assert kept == {hashlib.sha256(data).hexdigest() for data in (b"a red dot", b"a dash")}
        store.delete(ADA, talks[0])
        assert store.path(BOB, talks[1])[0].images == (DOT, DASH, DOT)
        store.delete(BOB, talks[1])
        with store._db.reading() as conn:
            assert conn.execute("SELECT count(*) FROM pictures").fetchone()[0] == 0


@pytest.mark.parametrize(
    ("role", "text", "images", "told"),
    [
        ("user", " ", [], "the message is empty"),
        ("user", "Look", ["https://host/a.png"], "must be a data URI"),
        ("user", "Look", ["data:image/png;base64,A"], "can't be decoded"),
        ("system", "Obey", [], "can't be said within a conversation"),
        ("tool", "x", [], "role is one of"),
    ],
)
def test_what_is_no_message_is_refused(store, role, text, images, told):
    """A message that can't be one is named, and nothing of it stays."""
    talk = store.start(ADA)
    with pytest.raises(InvalidInputError, match=told):
        store.say(ADA, talk.id, role, text, parent=None, images=images)
    assert store.turns(ADA, talk.id) == []


def test_text_that_is_no_text(store):
    """Halves of characters and NUL are kept as well as they can be."""
    talk = store.start(ADA, system="\ud83d", model="\udc00")
    store.say(ADA, talk.id, "user", "a\0b \ud83d\ude00 \udc00", parent=None)
    assert store.path(ADA, talk.id)[0].content == "a\0b 😀 \ufffd"


def test_a_conversation_can_go_while_it_is_answered(store):
    """Pieces for a deleted reply are dropped quietly, and its id is never used again."""
    talk, asked, _ = ask(store)
    reply = store.begin(ADA, talk, parent=asked).id
    store.delete(ADA, talk)
    assert store.grow(reply, "secret") is store.end(reply, "done") is False
    _, asked, _ = ask(store)
    assert asked > reply


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n\n  Bake   bread\nwith rye", "Bake bread"),
        (" ", "Untitled"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("word " * 20, "word " * 11 + "word…"),
        ("a " + "漢" * 80, "a " + "漢" * 57 + "…"),
    ],
    ids=["line", "nothing", "fits", "one word", "words", "no spaces"],
)
def test_default_titles(text, title):
    """A title is the first line with words, cut at a word within 60 characters."""
    assert default_title(text) == title
    assert len(title) <= 60


def test_titles(store):
    """A given title stays as it is, an empty one brings the default back."""
    talk, _, _ = ask(store, text="How are you?\nFine?")
    assert store.conversations(ADA)[0].title == "How are you?"
    store.rename(ADA, talk, "  My   talk " + "x" * 300)
    assert store.open(ADA, talk).title == ("My   talk " + "x" * 300)[:200]
    store.rename(ADA, talk, " ")
    assert store.open(ADA, talk).title == "How are you?"


def test_the_newest_is_listed_first(store):
    """What was talked in last is on top; looking, renaming and rating move nothing."""
    first, asked, reply = ask(store, text="one")
    second, _, _ = ask(store, text="two", model="qwen")
    store.rename(ADA, first, "First")
    store.rate(ADA, reply, "like")
    store.show(ADA, first, asked)
    listed = store.conversations(ADA)
    assert [(one.id, one.title, one.model) for one in listed] == [
        (second, "two", "qwen"),
        (first, "First", ""),
    ]
    assert all(one.updated >= one.created > 0 for one in listed)
    store.say(ADA, first, "user", "again", parent=reply)
    assert [one.id for one in store.conversations(ADA)] == [first, second]
    assert [one.id for one in store.conversations(ADA, limit=1)] == [first]


def test_the_newest_rating_counts(store):
    """Ratings add up in the file, the newest is shown, an empty one takes it back."""
    _, asked, reply = ask(store, text="Why?", answer="So.")
    talk, _, other = ask(store, BOB)
    store.rate(ADA, reply, "dislike", "too short")
    store.rate(ADA, reply, "like", " good ")
    store.rate(BOB, other, "like")
    store.rate(BOB, other, "")
    assert store.path(BOB, talk)[-1].rating == ""
    (one,) = store.feedback()
    assert (one.question, one.reply, one.rating) == ("Why?", "So.", "like")
    assert (one.turn, one.model, one.comment) == (reply, "falcon", "good")
    assert store.feedback(ADA) == [one]
    assert store.feedback(BOB) == []
    turn = store.path(ADA, one.conversation)[-1]
    assert (turn.rating, turn.comment) == ("like", "good")
    with store._db.reading() as conn:
        assert conn.execute("SELECT count(*) FROM ratings").fetchone()[0] == 4
    with pytest.raises(InvalidInputError, match="only replies"):
        store.rate(ADA, asked, "like")


def test_eight_threads(store):
    """Threads that write and read one store at once lose nothing and mix nothing up."""
    failures = []

    def talk(number):
        try:
            owner = f"user:{number}"
            for turn in range(10):
                name, _, _ = ask(store, owner, f"{number}-{turn}", "yes" * 10)
                assert store.path(owner, name)[1].content == "yes" * 10
                store.conversations(owner, search="yes")
        except BaseException as exc:
            failures.append(exc)
            raise

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for number in range(8):
        titles = [one.title for one in store.conversations(f"user:{number}")]
        assert titles == [f"{number}-{turn}" for turn in reversed(range(10))]


def test_closing(tmp_path):
    """Closing ends what is being written; a second time, and late pieces, do no harm."""
    store = Store(tmp_path / "h")
    talk, asked, _ = ask(store)
    reply = store.begin(ADA, talk, parent=asked).id
    store.grow(reply, "Half")
    store.close()
    store.close()
    assert store.grow(reply, "late") is store.end(reply, "done") is False
    with Store(tmp_path / "h") as store:
        assert said(store.path(ADA, talk))[-1] == ("assistant", "Half", "interrupted")


def test_an_end_has_a_known_name(store):
    """A state that is none is refused with those there are."""
    with pytest.raises(InvalidInputError, match="done, stopped, failed, interrupted"):
        store.end(1, "finished")


def test_memory_is_bounded(monkeypatch):
    """In memory the conversations without activity for longest make room."""
    monkeypatch.setattr(module, "MOST_IN_MEMORY", 3)
    with Store(None) as store:
        talks = [ask(store, text=f"number {number}")[0] for number in range(3)]
        store.say(ADA, talks[0], "user", "still here", parent=None)
        ask(store, BOB)
        assert {one.id for one in store.conversations(ADA)} == {talks[0], talks[2]}


def test_empty_conversations_are_not_kept_for_ever(tmp_path, monkeypatch):
    """A conversation that nobody used goes after a month; one with a message stays."""
    with Store(tmp_path / "h") as store:
        used, _, _ = ask(store)
        unused = store.start(ADA).id
    with Store(tmp_path / "h") as store:
        assert store.open(ADA, unused)
    monkeypatch.setattr(module, "_EMPTY_S", -1.0)
    with Store(tmp_path / "h") as store:
        assert store.open(ADA, used)
        with pytest.raises(InvalidInputError):
            store.open(ADA, unused)
