"""Stop strings are cut and thoughts kept apart, however the text is split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.protocols.stops import StopFilter, cut
from workbench.protocols.thoughts import ThoughtFilter

FALCON = ["\nUser:", "<|endoftext|>", "User:"]


def plainly_cut(text, stops):
    """The rule in its simplest words: up to the stop that ends first, the longest of those."""
    for end in range(len(text) + 1):
        if ended := [stop for stop in stops if stop and text[:end].endswith(stop)]:
            return text[: end - max(map(len, ended))], True
    return text, False


@pytest.mark.parametrize(
    ("pieces", "stops", "shown"),
    [
        (["Hi"], [], ["Hi"]),
        (["Hi"], [""], ["Hi"]),
        (["Hi\n", "Us", "er:", "more"], FALCON, ["Hi", "", "", ""]),
        (["Hi\n", "Usually"], FALCON, ["Hi", "\nUsually"]),
        (["Hi\nUser: and\nUser: so"], FALCON, ["Hi"]),
        (["a<|endof", "text|>"], FALCON, ["a", ""]),
        (["aaa", "ab"], ["aaab"], ["", "a"]),
        (["\n", "\n", "\n", "User:"], ["\n\nUser:"], ["", "", "\n", ""]),
        (["abab", "ac"], ["ababac"], ["", ""]),
        (["abc", "d"], ["abcd", "bc"], ["a", ""]),
        (["x", "y"], ["xy", "xy"], ["", ""]),
        (["🎉", "é!"], ["é!"], ["🎉", ""]),
    ],
)
def test_what_is_shown(pieces, stops, shown):
    """Each piece shows what can't be part of a stop any more, and no less."""
    filtered = StopFilter(stops)
    assert [filtered.feed(piece) for piece in pieces] == shown


@given(
    st.lists(st.text("ab", max_size=4), max_size=4),
    st.lists(st.text("abc ", max_size=6), max_size=12),
    st.booleans(),
)
def test_same_text_whatever_the_split(stops, pieces, strip):
    """Overlapping stops cut where the plain rule does, wherever the text is split."""
    filtered = StopFilter(stops, strip_start=strip)
    shown = "".join(map(filtered.feed, pieces)) + filtered.flush()
    kept, stopped = plainly_cut("".join(pieces), stops)
    assert shown == (kept.lstrip() if strip else kept)
    assert filtered.stopped == stopped


@given(st.lists(st.text("ab", min_size=1, max_size=5), max_size=4), st.text("abc", max_size=20))
def test_the_least_is_held_back(stops, text):
    """What is held back is the longest end of the text that begins a stop, not more."""
    filtered = StopFilter(stops)
    shown = filtered.feed(text)
    if not filtered.stopped:
        begins = {stop[:size] for stop in stops for size in range(len(stop))}
        longest = max(
            (size for size in range(len(text) + 1) if text[len(text) - size :] in begins), default=0
        )
        assert len(text) - len(shown) == longest


def test_end_without_a_stop():
    """What may have been a stop is shown when no more comes."""
    filtered = StopFilter(FALCON)
    assert filtered.feed("Ask the User") == "Ask the "
    assert (filtered.flush(), filtered.flush(), filtered.stopped) == ("User", "", False)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([" ", "\n", " Paris is", " big. "], "Paris is big. "),
        (["\n", "User: me"], ""),
        ([" \nUs", "e it"], "Use it"),
        ([" ", " "], ""),
    ],
)
def test_white_space_at_the_start(pieces, text):
    """It is taken off over several pieces, after it was looked at for stops."""
    filtered = StopFilter(FALCON, strip_start=True)
    assert "".join(map(filtered.feed, pieces)) + filtered.flush() == text


def test_long_text_that_nearly_stops():
    """A text that goes on nearly stopping takes linear time: the timeout would find another."""
    filtered = StopFilter(["a" * 500 + "b"])
    assert sum(len(filtered.feed("a" * 10)) for _ in range(20_000)) == 200_000 - 500
    assert cut("a" * 200_000 + "b!", ["a" * 500 + "b"]) == "a" * 199_500


@pytest.mark.parametrize(
    ("text", "begun", "reply", "thoughts"),
    [
        ("A dog.", False, "A dog.", ""),
        ("<think>Hm.</think>A dog.", False, "A dog.", "Hm."),
        (" \n<think>\nHm.\n</think>\n\nA dog.", False, "A dog.", "Hm."),
        ("<think></think>A dog.", False, "A dog.", ""),
        ("Write <think> and </think>.", False, "Write <think> and </think>.", ""),
        ("<think>a</think>b<think>c</think>", False, "b<think>c</think>", "a"),
        ("<think>", False, "", ""),
        ("<thin", False, "<thin", ""),
        ("<thinking>a", False, "<thinking>a", ""),
        ("<think>cut off </thi", False, "", "cut off </thi"),
        ("Hm.</think> A dog.", True, "A dog.", "Hm."),
        ("Hm.</think> A dog.", False, "Hm.</think> A dog.", ""),
    ],
)
def test_thoughts(text, begun, reply, thoughts):
    """A reply that begins in thought is told apart from one that speaks of thinking."""
    for pieces in (["", text], list(text)):
        filtered = ThoughtFilter(begun=begun)
        shown = "".join(map(filtered.feed, pieces)) + filtered.flush()
        assert (shown.lstrip(), filtered.text) == (reply, thoughts)


def test_thoughts_in_a_field_end_the_expectation():
    """A service that parts the thoughts itself sends a reply that is none, whatever is expected."""
    filtered = ThoughtFilter(begun=True)
    assert filtered.feed("") == ""
    filtered.keep("Hm.")
    assert filtered.feed("A dog: ") == "A dog: "
    filtered.keep(" Yes.")
    assert filtered.feed("<think>") == "<think>"
    assert filtered.text == "Hm. Yes."
