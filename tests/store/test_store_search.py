"""Finding conversations by their words, with the index and without one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talking import ADA, BOB

from workbench.store import Store, index

TALKS = {
    "bread": ["How do I bake bread?", 'Use rye AND water; it\'s 100% "easy".'],
    "cjk": ["北京今天的天气怎么样?", "今天晴朗。東京は雨です。"],
    "emoji": ["🎉 party 👩‍🚀", "C++ and f(x) = x*2, a_b, Straße, ÄRGER"],
    "plain": ["hello", "andere worte"],
}
NO_INDEX = {
    "index": index.PROBE,
    "no trigrams": index.PROBE.replace("trigram", "missing"),
    "no FTS5": index.PROBE.replace("fts5", "fts9"),
}


def fill(store, owner=ADA, talks=TALKS):
    """Each talk as a conversation: ids by name."""
    ids = {}
    for name, (question, answer) in talks.items():
        talk = ids[name] = store.start(owner).id
        asked = store.say(owner, talk, "user", question, parent=None)
        reply = store.begin(owner, talk, parent=asked.id)
        store.grow(reply.id, answer[:3])
        store.grow(reply.id, answer[3:])
        store.end(reply.id, "done")
    return ids


@pytest.fixture(scope="module", params=NO_INDEX.values(), ids=NO_INDEX)
def talks(request):
    """A store with TALKS, with SQLite's index and with builds of SQLite that have none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "PROBE", request.param)
        store = Store(None)
    with store:
        assert store._db.indexed is (request.param == NO_INDEX["index"])
        yield store, fill(store)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("bread", ["bread"]),
        ("BREAD bak", ["bread"]),
        ("bake wate", ["bread"]),
        ("bread hello", []),
        ("AND", ["plain", "emoji", "bread"]),
        ("rye AND", ["bread"]),
        ("rye OR", []),
        ("NOT bread", []),
        ("NEAR(rye", []),
        ('"easy"', ["bread"]),
        ('"', ["bread"]),
        ("100%", ["bread"]),
        ("%", ["bread"]),
        ("x*2", ["emoji"]),
        ("bak*", []),
        ("*", ["emoji"]),
        ("a_b", ["emoji"]),
        ("_", ["emoji"]),
        ("C++", ["emoji"]),
        ("content:hello", []),
        ("f(x)", ["emoji"]),
        ("^hello", []),
        ("straße", ["emoji"]),
        ("ärger", ["emoji"]),
        ("北京", ["cjk"]),
        ("天气怎", ["cjk"]),
        ("雨", ["cjk"]),
        ("🎉", ["emoji"]),
        ("👩‍🚀", ["emoji"]),
        ("it's", ["bread"]),
        ("hel\0lo", ["plain"]),
        ("\ud83d", []),
        ("  ", ["plain", "emoji", "cjk", "bread"]),
    ],
)
def test_words_are_found(talks, search, found):
    """Every word must occur, whatever signs it has; none of them is an operator."""
    store, ids = talks
    names = {name: talk for talk, name in ids.items()}
    assert [names[one.id] for one in store.conversations(ADA, search=search)] == found
    if search.strip():
        assert store.conversations(BOB, search=search) == []


@pytest.fixture(scope="module")
def indexed():
    """A store with its index, for many searches."""
    with Store(None) as store:
        fill(store)
        yield store


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=20) | st.text('"*^:(){}-+ANDORNEAR ', max_size=20))
def test_no_search_is_an_error(indexed, search):
    """Whatever is typed is searched for."""
    indexed.conversations(ADA, search=search)


def test_given_titles_are_found_and_limits_hold(talks):
    """A word of a given title finds its conversation, also beside words of its messages."""
    store, ids = talks
    store.rename(ADA, ids["plain"], "Überraschung")
    for search in ("überRASCH", "üb", "überraschung worte"):
        assert [one.id for one in store.conversations(ADA, search=search)] == [ids["plain"]]
    store.rename(ADA, ids["plain"], "")
    assert len(store.conversations(ADA, search="a", limit=2)) == 2


def test_a_snippet_shows_where(talks):
    """The snippet has the word that was found with what is around, on one line."""
    store, _ = talks
    long = "Once\nupon a time. " * 30 + "There was a DRAGON." + " The end." * 30
    fill(store, "user:cy", {"tale": ["Tell me", long]})
    (one,) = store.conversations("user:cy", search="dragon")
    assert "There was a DRAGON. The end." in one.snippet
    assert one.snippet[0] == one.snippet[-1] == "…"
    assert len(one.snippet) <= 102
    assert "\n" not in one.snippet
    assert store.conversations("user:cy")[0].snippet == ""


def test_new_and_deleted_messages(tmp_path):
    """What was said after a search is found by the next, what was deleted is not."""
    with Store(tmp_path / "h") as store:
        ids = fill(store)
        assert len(store.conversations(ADA, search="bread")) == 1
        more = fill(store, talks={"more": ["more bread", "sure"]})
        assert [one.id for one in store.conversations(ADA, search="bread")] == [
            more["more"],
            ids["bread"],
        ]
        store.delete(ADA, ids["bread"])
        assert [one.id for one in store.conversations(ADA, search="bread")] == [more["more"]]


def test_a_python_without_fts5_may_use_the_same_file(tmp_path, monkeypatch):
    """What it adds is found later by the index, what it deletes is forgotten there."""
    path = tmp_path / "h"
    with Store(path) as store:
        ids = fill(store)
        store.conversations(ADA, search="bread")
    with monkeypatch.context() as patch:
        patch.setattr(index, "PROBE", NO_INDEX["no FTS5"])
        with Store(path) as store:
            assert not store._db.indexed
            store.delete(ADA, ids["bread"])
            fill(store, talks={"new": ["a new loaf", "good"]})
            assert len(store.conversations(ADA, search="loaf")) == 1
    with Store(path) as store:
        assert len(store.conversations(ADA, search="loaf")) == 1
        assert store.conversations(ADA, search="bread") == []
        with store._db.reading() as conn:
            known = conn.execute("SELECT count(*) FROM search WHERE search MATCH 'bread'")
            assert known.fetchone()[0] == 0


def test_a_file_first_made_without_fts5_gets_its_index(tmp_path, monkeypatch):
    """The index is made as soon as a Python that has FTS5 opens the file."""
    with monkeypatch.context() as patch:
        patch.setattr(index, "PROBE", NO_INDEX["no trigrams"])
        with Store(tmp_path / "h") as store:
            ids = fill(store)
    with Store(tmp_path / "h") as store:
        assert store._db.indexed
        assert [one.id for one in store.conversations(ADA, search="bread")] == [ids["bread"]]
