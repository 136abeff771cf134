"""What a conversation does at the desk: said, answered, versions kept, and nothing lost."""

from __future__ import annotations

import asyncio

import pytest
from desks import ADA, BOB, Tab

from tasks.tabs.talk.desk import ANEW, BRANCHED, GONE
from tasks.tabs.talk.place import Place
from workbench.errors import InvalidInputError

PIXEL = "data:image/png;base64,AAAA"


def test_first_message(tab, service):
    """It begins a conversation, leaves the box, is shown at once and then answered."""
    service.scripts = [["Hel", "lo!"]]
    view = tab.say("Hi <b>")
    assert (tab.shown, tab.box, view["list"]) == (["Hi &lt;b>"], "", True)
    assert "busy" in tab.state
    assert service.asked == []
    settled = asyncio.run(tab.read(tab.desk.answer(tab.asker)))
    assert tab.shown == ["Hi &lt;b>", "Hello!"]
    assert tab.turns == [("Hi <b>", "done"), ("Hello!", "done")]
    assert "done" in tab.state
    assert settled["request"].startswith("curl ")
    assert tab.place.head == tab.desk.store.open(ADA, tab.place.talk).head


def test_conversation_goes_along(tab, service):
    """The next message is sent with what was said before, in its conversation."""
    tab.send("Hi")
    talk = tab.place.talk
    tab.send("Why?")
    assert tab.place.talk == talk
    assert service.asked[1] == [("user", "Hi"), ("assistant", "Yes."), ("user", "Why?")]


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_is_no_message(tab, text):
    """An empty box begins no conversation."""
    with pytest.raises(InvalidInputError, match="no message"):
        tab.say(text)
    assert tab.desk.store.conversations(ADA) == []


def test_pictures(tab, service):
    """A message may be pictures alone; they are shown, and sent."""
    tab.send("", lambda: [PIXEL])
    assert tab.shown == ["[file]", "Yes."]
    ((said,),) = service.asked
    assert said[1] == [{"type": "image_url", "image_url": {"url": PIXEL}}]


def test_picture_that_can_not_be_read(tab):
    """A file that is no picture leaves everything as it is."""

    def images():
        raise InvalidInputError("no picture")

    with pytest.raises(InvalidInputError, match="no picture"):
        tab.say("Look", images)
    assert (tab.place, tab.desk.store.conversations(ADA)) == (Place(), [])


def test_system_message(tab, service):
    """The conversation keeps the one it began with, and sends it."""
    tab.asked["system"] = "Be kind."
    tab.send("Hi")
    assert service.asked[0][0] == ("system", "Be kind.")
    assert tab.desk.open(tab.asker, tab.place.talk)["system"] == "Be kind."


@pytest.mark.parametrize("undone", [False, True], ids=["said", "undone"])
def test_changed_system_message(tab, service, undone):
    """It begins a new conversation and says so; the other one stays in the list."""
    tab.send("Hi")
    first = tab.place.talk
    if undone:
        tab.take(tab.desk.undo(tab.asker))
    tab.asked["system"] = "Be brief."
    tab.send("Why?")
    assert tab.place.talk != first
    assert service.asked[1] == [("system", "Be brief."), ("user", "Why?")]
    assert ANEW in tab.state
    assert len(tab.desk.store.conversations(ADA)) == 2


def test_system_message_in_the_box(tab):
    """Leaving the box shows an empty page when the text changed, and else changes nothing."""
    assert tab.desk.new_system(tab.asker, "Be brief.") == {}
    tab.asked["system"] = "Be kind."
    tab.send("Hi")
    assert tab.desk.new_system(tab.asker, "Be kind.") == {}
    view = tab.take(tab.desk.new_system(tab.asker, "Be brief."))
    assert (view["chat"], tab.place) == ([], Place())
    assert ANEW in tab.state


def test_deleted_conversation(tab, service):
    """What is said to one that is gone begins a new one, and says so."""
    tab.send("Hi")
    other = Tab(tab.desk, page="two")
    other.place = tab.place
    assert other.take(tab.desk.delete(other.asker))["chat"] == []
    tab.send("Why?")
    assert service.asked[1] == [("user", "Why?")]
    assert GONE in tab.state


def test_open(tab):
    """A conversation is shown as it is; one that isn't there makes room for a new one."""
    tab.asked["model"] = "mine"
    tab.send("Hi")
    other = Tab(tab.desk, page="two")
    view = other.take(tab.desk.open(other.asker, tab.place.talk))
    assert (other.shown, other.place, view["model"]) == (["Hi", "Yes."], tab.place, "mine")
    assert other.take(tab.desk.open(other.asker, "gone"))["chat"] == []
    assert other.place == Place()


def test_edit(tab, service):
    """Another wording gets an answer of its own; the first stays as a version."""
    tab.send("Hi")
    tab.send("Why?")
    first = tab.place
    tab.take(tab.desk.edit(tab.asker, 2, "How?"))
    asyncio.run(tab.read(tab.desk.answer(tab.asker)))
    assert tab.shown == ["Hi", "Yes.", "How?", "Yes."]
    assert service.asked[2][-1] == ("user", "How?")
    assert "Version 2 of 2" in tab.state
    tab.take(tab.desk.version(tab.asker, -1))
    assert (tab.shown[2], tab.place) == ("Why?", first)
    assert "Version 1 of 2" in tab.state


def test_edit_keeps_the_pictures(tab, service):
    """Words are edited, a picture beside them goes with the new ones."""
    tab.send("Look", lambda: [PIXEL])
    tab.take(tab.desk.edit(tab.asker, 1, "See"))
    asyncio.run(tab.read(tab.desk.answer(tab.asker)))
    assert service.asked[1][0][1][1]["image_url"]["url"] == PIXEL


@pytest.mark.parametrize(
    ("index", "text"),
    [(1, "x"), (2, "x"), (-1, "x"), (0, " ")],
    ids=["reply", "none", "-1", "empty"],
)
def test_edit_refused(tab, index, text):
    """A reply, a message that isn't there and an empty wording change nothing."""
    tab.send("Hi")
    before = tab.desk.store.turns(ADA, tab.place.talk)
    with pytest.raises(InvalidInputError):
        tab.desk.edit(tab.asker, index, text)
    assert tab.desk.store.turns(ADA, tab.place.talk) == before


def test_retry(tab, service):
    """Another reply to the same message; both can be looked at, round and round."""
    service.scripts = [["One."], ["Two."]]
    tab.send("Hi")
    tab.again()
    assert service.asked[0] == service.asked[1]
    assert tab.shown == ["Hi", "Two."]
    for step, shown in ((1, "One."), (1, "Two."), (-1, "One."), (-1, "Two.")):
        tab.take(tab.desk.version(tab.asker, step))
        assert tab.shown == ["Hi", shown]


def test_nothing_to_answer(tab):
    """A retry where all was taken back says so."""
    tab.send("Hi")
    tab.take(tab.desk.undo(tab.asker))
    with pytest.raises(InvalidInputError, match="nothing to answer"):
        tab.again()


def test_go_on(tab, service):
    """A reply that broke off goes on where it ended; the broken one stays as a version."""
    service.scripts = [["Well", "!"], ["I think so."]]
    tab.send("Hi")
    assert "wb-can-go-on" in tab.state
    tab.again(going_on=True)
    assert service.asked[1][1] == ("assistant", "Well")
    assert tab.turns == [("Hi", "done"), ("Well I think so.", "done")]
    assert "wb-can-go-on" not in tab.state
    assert len(tab.desk.store.versions(ADA, tab.place.talk)) == 2


def test_going_on_that_fails(tab, service):
    """What there was is in the new version too."""
    service.scripts = [["Well", "!"], [400, "no"]]
    tab.send("Hi")
    tab.again(going_on=True)
    assert tab.turns[-1] == ("Well", "failed")


def test_used_up_tokens(tab, service):
    """A reply that ran out of tokens says so, and may go on."""
    service.scripts = [["Well", "…"]]
    tab.send("Hi")
    assert "used up its tokens" in tab.state
    assert "wb-can-go-on" in tab.state


def test_undo(tab):
    """The last message goes back into the box; what was said is a version still."""
    tab.send("Hi")
    tab.send("Why?")
    tab.take(tab.desk.undo(tab.asker))
    assert (tab.shown, tab.box) == (["Hi", "Yes."], "Why?")
    tab.take(tab.desk.undo(tab.asker))
    assert (tab.shown, tab.box) == ([], "Hi")
    assert tab.desk.undo(tab.asker) == {}
    tab.send("Hello")
    assert tab.shown == ["Hello", "Yes."]
    assert len(tab.desk.store.versions(ADA, tab.place.talk)) == 2


def test_stale_tab_branches(tab, service):
    """A tab that missed what was said elsewhere goes on from what it shows; both are kept."""
    tab.send("Hi")
    other = Tab(tab.desk, page="two")
    other.place = tab.place
    tab.send("Here")
    other.send("There")
    assert service.asked[2] == [("user", "Hi"), ("assistant", "Yes."), ("user", "There")]
    assert BRANCHED in other.state
    assert other.shown == ["Hi", "Yes.", "There", "Yes."]
    other.take(tab.desk.version(other.asker, -1))
    assert other.shown == ["Hi", "Yes.", "Here", "Yes."]


def test_tab_that_missed_its_own_reply(tab, service):
    """A page reloaded before the reply ended goes on after the reply, without a branch."""
    tab.say("Hi")
    place = tab.place
    asyncio.run(tab.read(tab.desk.answer(tab.asker)))
    tab.place = place
    tab.send("Why?")
    assert service.asked[1] == [("user", "Hi"), ("assistant", "Yes."), ("user", "Why?")]
    assert BRANCHED not in tab.state


def test_message_without_an_answer(tab, service):
    """A conversation whose last message was never answered goes on with both."""
    tab.say("Hi")
    tab.send("Are you there?")
    assert service.asked == [[("user", "Hi\nAre you there?")]]


def test_rating(tab):
    """A reply is rated, and nothing else; the newest rating is shown."""
    tab.send("Hi")
    assert tab.desk.rate(tab.asker, 0, "Like") is None
    assert tab.desk.rate(tab.asker, 7, "Like") is None
    turn = tab.desk.rate(tab.asker, 1, "Like")
    assert turn == tab.place.head
    assert tab.desk.open(tab.asker, tab.place.talk)["ratings"] == ["Like"]
    tab.desk.rate(tab.asker, 1, "")
    assert tab.desk.open(tab.asker, tab.place.talk)["ratings"] == [None]


ACTIONS = {
    "edit": lambda desk, asker: desk.edit(asker, 0, "x"),
    "undo": lambda desk, asker: desk.undo(asker),
    "stop": lambda desk, asker: desk.stop(asker),
    "version": lambda desk, asker: desk.version(asker, 1),
    "delete": lambda desk, asker: desk.delete(asker),
    "rate": lambda desk, asker: desk.rate(asker, 1, "Like"),
    "system": lambda desk, asker: desk.new_system(asker, "x"),
    "settle": lambda desk, asker: desk.settle(asker),
    "answer": lambda desk, asker: asyncio.run(anext(desk.answer(asker))),
    "again": lambda desk, asker: asyncio.run(anext(desk.again(asker))),
}


@pytest.mark.parametrize("act", ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_conversations_of_others(tab, act, whose):
    """Who knows the name of another's conversation can neither see nor change it."""
    tab.send("Hi")
    before = tab.desk.store.turns(ADA, tab.place.talk)
    bob = Tab(tab.desk, BOB, "bob's")
    bob.place = tab.place if whose == "another's" else Place("0" * 32, 1)
    with pytest.raises(InvalidInputError):
        act(tab.desk, bob.asker)
    assert tab.desk.store.turns(ADA, tab.place.talk) == before
    assert tab.desk.open(bob.asker, tab.place.talk)["chat"] == []


def test_saying_to_anothers_conversation(tab, service):
    """It begins one of one's own, with nothing of theirs."""
    tab.send("Secret")
    bob = Tab(tab.desk, BOB, "bob's")
    bob.place = tab.place
    bob.send("Hi")
    assert service.asked[1] == [("user", "Hi")]
    assert bob.place.talk != tab.place.talk
    assert tab.turns == [("Secret", "done"), ("Yes.", "done")]


def test_a_message_of_another_conversation(tab):
    """A place that was made up leads nowhere."""
    tab.send("Hi")
    other = Tab(tab.desk, page="two")
    other.send("Ho")
    other.place = Place(other.place.talk, tab.place.head)
    with pytest.raises(InvalidInputError):
        other.say("Why?")
