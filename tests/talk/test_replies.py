"""A reply while it comes: stopped, failed, left alone; whatever happens, its text is kept."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest
from desks import ADA, Tab, until

from tasks.tabs.talk import replies
from tasks.tabs.talk.desk import BUSY, Desk
from workbench.errors import ConfigurationError, InvalidInputError
from workbench.ui.parts import FAULT


def during(tab, act, service, *, after="Well"):
    """Say something, do *act* once *after* is shown of the reply, and let the reply end."""
    go_on = threading.Event()
    service.scripts = [[after, go_on, " then."]] if after else [[go_on, "Well then."]]

    async def run():
        tab.say("Hi")
        reading = asyncio.create_task(tab.read(tab.desk.answer(tab.asker)))
        await until(lambda: tab.shown == ["Hi", after] if after else len(service.asked))
        try:
            result = act(reading)
            if asyncio.iscoroutine(result):
                await result
        finally:
            go_on.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(reading, 10)

    asyncio.run(run())


@pytest.mark.parametrize("after", ["Well", ""], ids=["midway", "before a piece"])
def test_stop(tab, service, after):
    """What came stays, marked; the conversation goes on."""
    during(tab, lambda _: tab.take(tab.desk.stop(tab.asker)), service, after=after)
    assert tab.turns == [("Hi", "done"), (after, "stopped")]
    assert "Stopped. What came is kept." in tab.state
    assert ("wb-can-go-on" in tab.state) == bool(after)
    assert tab.shown[-1] == ("Well\n\n*Stopped here.*" if after else "Stopped here.")
    tab.send("Why?")
    said = [("user", "Hi"), ("assistant", after), ("user", "Why?")] if after else None
    assert service.asked[1] == (said or [("user", "Hi\nWhy?")])


def test_stop_where_nothing_runs(tab):
    """The page is shown what there is: it may have missed the end."""
    tab.send("Hi")
    assert tab.desk.stop(tab.asker)["chat"]


async def at_once(act):
    """An action that is no reply."""
    return act()


BUSY_ACTIONS = {
    "say": lambda tab: at_once(lambda: tab.say("More")),
    "edit": lambda tab: at_once(lambda: tab.desk.edit(tab.asker, 0, "Other")),
    "undo": lambda tab: at_once(lambda: tab.desk.undo(tab.asker)),
    "version": lambda tab: at_once(lambda: tab.desk.version(tab.asker, 1)),
    "again": lambda tab: tab.read(tab.desk.again(tab.asker)),
    "go on": lambda tab: tab.read(tab.desk.again(tab.asker, going_on=True)),
    "answer": lambda tab: tab.read(tab.desk.answer(tab.asker)),
}


@pytest.mark.parametrize("act", BUSY_ACTIONS.values(), ids=BUSY_ACTIONS)
def test_one_reply_at_a_time(tab, service, act):
    """While a reply comes, what would cross it is refused, and changes nothing."""

    async def refused(_):
        with pytest.raises(InvalidInputError) as caught:
            await act(tab)
        assert (str(caught.value), caught.value.hint) == (BUSY, "")

    during(tab, refused, service)
    assert tab.turns == [("Hi", "done"), ("Well then.", "done")]
    assert len(tab.desk.store.versions(ADA, tab.place.talk)) == 1


def test_unseen_reply(tab, service):
    """A page that shows something else meanwhile isn't disturbed; the reply is kept whole."""
    talks = []

    def leave(_):
        talks.append(tab.place.talk)
        tab.take(tab.desk.anew(tab.asker))

    during(tab, leave, service)
    assert (tab.shown, tab.last) == ([], None)
    assert tab.place.talk == ""
    path = tab.desk.store.path(ADA, talks[0])
    assert [turn.content for turn in path] == ["Hi", "Well then."]


def test_back_at_a_reply_that_comes(tab, service):
    """Opened again before its end, the conversation shows the reply to the end."""

    def leave_and_return(_):
        talk = tab.place.talk
        tab.take(tab.desk.anew(tab.asker))
        view = tab.take(tab.desk.open(tab.asker, talk))
        assert "busy" in view["state"]

    during(tab, leave_and_return, service)
    assert tab.shown == ["Hi", "Well then."]
    assert "done" in tab.state


def test_two_conversations_at_once(tab, service):
    """A second page talks while the first one waits."""
    other = Tab(tab.desk, page="two")

    async def talk(_):
        other.say("Ho")
        await other.read(tab.desk.answer(other.asker))

    during(tab, talk, service)
    assert (other.shown, tab.shown) == (["Ho", "Yes."], ["Hi", "Well then."])


@pytest.mark.parametrize("how", ["closed", "cancelled"])
def test_page_that_is_gone(tab, service, how):
    """What came until then is kept as stopped, and the service sees that nobody listens."""
    go_on = threading.Event()
    service.scripts = [["Well", go_on, *["x" * 65536] * 200]]

    async def run():
        tab.say("Hi")
        if how == "cancelled":
            reading = asyncio.create_task(tab.read(tab.desk.answer(tab.asker)))
            await until(lambda: tab.shown[-1] == "Well")
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading
        else:
            async with contextlib.aclosing(tab.desk.answer(tab.asker)) as frames:
                async for frame in frames:
                    if frame.growing:
                        break

    asyncio.run(run())
    go_on.set()
    assert tab.turns == [("Hi", "done"), ("Well", "stopped")]
    assert service.gone.wait(5)
    service.scripts = []
    tab.again()
    assert tab.turns[-1] == ("Yes.", "done")


@pytest.mark.parametrize(
    ("script", "kept", "told"),
    [
        ([400, "wrong [x](http://h)"], "", "Wrong"),
        (["Well", "?"], "Well", "It broke"),
        (["Well", "!"], "Well", "broke off midway"),
    ],
    ids=["at once", "midway", "cut"],
)
def test_failure(tab, service, script, kept, told):
    """A failed reply keeps message and text, says why, and a retry answers."""
    service.scripts = [script]
    tab.send("Hi")
    assert tab.turns == [("Hi", "done"), (kept, "failed")]
    assert "failed" in tab.state
    reply = tab.desk.store.path(ADA, tab.place.talk)[-1]
    assert told.lower() in reply.error.lower()
    assert tab.shown[1:] == [kept, reply.error][not kept :]
    tab.again()
    assert tab.shown == ["Hi", "Yes."]
    assert len(tab.desk.store.versions(ADA, tab.place.talk)) == 2


def test_fault_of_ours(tab, service, monkeypatch):
    """A bug is raised for the log; the text is kept, and the conversation isn't blocked."""
    service.scripts = [["Well"]]

    def told(*_):
        raise KeyError("bug")

    monkeypatch.setattr(replies, "_told", told)
    with pytest.raises(KeyError):
        tab.send("Hi")
    assert tab.turns == [("Hi", "done"), ("Well", "done")]
    monkeypatch.setattr(replies, "choose_model", told)
    with pytest.raises(KeyError):
        tab.again()
    assert tab.turns[-1] == ("", "failed")
    assert tab.desk.store.path(ADA, tab.place.talk)[-1].error == FAULT
    monkeypatch.undo()
    tab.again()
    assert tab.turns[-1] == ("Yes.", "done")


def test_store_that_fails(tab, monkeypatch):
    """A disk that is full is told, and doesn't leave the conversation busy for good."""

    def full(*_, **__):
        raise ConfigurationError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(tab.desk.store, "grow", full)
        patched.setattr(tab.desk.store, "end", full)
        with pytest.raises(ConfigurationError, match="disk is full"):
            tab.send("Hi")
    tab.again()
    assert tab.turns[-1] == ("Yes.", "done")


def test_deleted_while_it_comes(tab, service):
    """The reply ends, the page is empty, and nothing of the conversation is left."""
    during(tab, lambda _: tab.take(tab.desk.delete(tab.asker)), service)
    assert (tab.shown, tab.place.talk) == ([], "")
    assert tab.desk.store.conversations(ADA) == []


def test_deleted_elsewhere_while_it_comes(tab, service):
    """A page that still shows it is told that it is gone."""
    other = Tab(tab.desk, page="two")

    def delete(_):
        other.place = tab.place
        other.take(tab.desk.delete(other.asker))

    with pytest.raises(InvalidInputError, match="no such conversation"):
        during(tab, delete, service)
    tab.send("Hi")
    assert tab.shown == ["Hi", "Yes."]


def test_left_out_messages_are_told(tab, service):
    """Where the service found the talk too long, the person reads what was dropped."""
    for text in ("One", "Two", "Three"):
        tab.send(text)
    service.scripts = [[400, "This model's maximum context length is 9 tokens."], ["Yes."]]
    tab.send("Four")
    assert "4 older messages left out to fit." in tab.state
    assert service.asked[-1] == [("user", "Three"), ("assistant", "Yes."), ("user", "Four")]


def test_option_that_is_wrong(tab, service):
    """It is told beside the message, which stays; the next try may be right."""

    def options():
        raise InvalidInputError("seed is a whole number", hint="Empty it.")

    tab.asked["options"] = options
    tab.send("Hi")
    assert tab.turns == [("Hi", "done"), ("", "failed")]
    assert "Empty it." in tab.state
    tab.asked["options"] = lambda: {"seed": 7, "max_new_tokens": 9}
    tab.again()
    assert tab.turns[-1] == ("Yes.", "done")
    assert b'"seed": 7' in service.server.bodies[0]


def test_model_of_the_page(tab):
    """Who is chosen on the page answers, and is kept with the reply."""
    tab.asked["model"] = "canned"
    tab.send("Hi")
    assert tab.desk.store.path(ADA, tab.place.talk)[-1].model == "canned"


@pytest.mark.parametrize("model", ["gpt", "org/model", "https://h.example/v1", "nobody"])
def test_model_that_visitors_may_not_choose(client, service, model):
    """On a public app the message stays, with what one may choose; nothing is sent."""
    tab = Tab(Desk(client, []), model=model)
    tab.send("Hi")
    assert tab.turns == [("Hi", "done"), ("", "failed")]
    assert "its owner listed" in tab.state
    assert service.asked == []
    tab.asked["model"] = "mine"
    tab.again()
    assert tab.turns[-1] == ("Yes.", "done")


def test_model_that_lacks_its_key(client):
    """The reply says what to set."""
    tab = Tab(Desk(client, None), model="qwen")
    tab.send("Hi")
    assert "DASHSCOPE_API_KEY" in tab.desk.store.path(ADA, tab.place.talk)[-1].error


def test_thoughts_are_kept_apart(tab, service):
    """What a model thought is shown folded, and never sent back."""
    service.scripts = [["<think>Hm.</think>", "Yes"]]
    tab.send("Hi")
    assert tab.shown == ["Hi", "Hm.", "Yes"]
    tab.send("Why?")
    assert service.asked[1][1] == ("assistant", "Yes")


def test_interrupted_reply(tab):
    """What a server that went away had kept of a reply is shown so, and goes on from there."""
    tab.say("Hi")
    turn = tab.desk.store.begin(ADA, tab.place.talk, parent=tab.place.head)
    tab.desk.store.grow(turn.id, "Well")
    tab.desk.store.end(turn.id, "interrupted")
    tab.take(tab.desk.open(tab.asker, tab.place.talk))
    assert tab.shown == ["Hi", "Well\n\n*The reply broke off here.*"]
    tab.again(going_on=True)
    assert tab.turns[-1] == ("Well Yes.", "done")
