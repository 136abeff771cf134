"""How much of a conversation is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.chat import Message, fit, without_oldest
from workbench.errors import InvalidInputError

SYSTEM = Message("system", "Be kind.")


def talk(rounds, last="the newest"):
    """A conversation of a system message, *rounds* answered rounds and a new message."""
    said = [
        Message(role, f"{role} {number}")
        for number in range(rounds)
        for role in ("user", "assistant")
    ]
    return [SYSTEM, *said, Message("user", last)]


@pytest.mark.parametrize(("rounds", "kept"), [(1, 2), (2, 4), (3, 6), (9, 8)])
def test_rounds(rounds, kept):
    """So many rounds stay, the newest counted; the system message is none of them."""
    window = fit(talk(3), rounds=rounds)
    assert len(window.messages) == kept
    assert window.dropped == 8 - kept
    assert window.messages[0] == SYSTEM


@pytest.mark.parametrize(("tokens", "kept"), [(10, 2), (35, 2), (36, 4), (54, 6), (1000, 8)])
def test_tokens(tokens, kept):
    """Whole rounds are dropped, the oldest first, until the rest fits."""
    window = fit(talk(3), tokens=tokens, count=lambda _: 4)
    assert len(window.messages) == kept


def test_two_messages_in_a_row_are_one_round():
    """What was typed before and after a stop belongs together."""
    said = [*talk(1), Message("user", "and more")]
    assert [m.content for m in fit(said, rounds=1).messages][1:] == ["the newest", "and more"]


def test_newest_stays_whatever_it_costs():
    """A newest message beyond every budget is sent all the same."""
    assert fit(talk(3, "long " * 999), tokens=10).messages[-1].content.startswith("long")


def test_pictures_cost():
    """A picture takes the place of many words."""
    seen = [Message("user", "Look", ("data:image/png;base64,AAAA",)), Message("assistant", "Red.")]
    assert fit([*seen, Message("user", "Why?")], tokens=100).dropped == 2


def test_without_oldest():
    """The older half goes, until there is nothing to drop."""
    first = without_oldest(talk(3))
    assert [m.content for m in first.messages] == [
        "Be kind.",
        "user 2",
        "assistant 2",
        "the newest",
    ]
    assert first.dropped == 4
    second = without_oldest(first.messages)
    assert len(second.messages) == 2
    assert without_oldest(second.messages) is None


@pytest.mark.parametrize("messages", [[], [SYSTEM], [Message("assistant", "Hi")]])
def test_nothing_to_answer(messages):
    """A conversation in which the user said nothing is refused."""
    with pytest.raises(InvalidInputError, match="no message to answer"):
        fit(messages)


@given(
    st.lists(st.sampled_from(["user", "assistant", "system"]), max_size=12),
    st.none() | st.integers(1, 8),
    st.none() | st.integers(1, 200),
)
def test_window_keeps_its_promises(roles, rounds, tokens):
    """System messages and the newest message stay, the user begins, the count is true."""
    said = [Message(role, f"{role} {i}") for i, role in enumerate(roles)] + [Message("user", "now")]
    for window in (fit(said, rounds=rounds, tokens=tokens), without_oldest(said)):
        if window is None:
            continue
        kept = list(window.messages)
        assert [m for m in kept if m.role == "system"] == [m for m in said if m.role == "system"]
        spoken = [m for m in kept if m.role != "system"]
        assert spoken[0].role == "user"
        assert spoken[-1].content == "now"
        assert spoken == [m for m in said if m in spoken]
        assert window.dropped == len(said) - len(kept)
