"""Events are read from a stream of bytes, wherever the network cuts it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UnexpectedAnswerError
from workbench.protocols.sse import MAX_EVENT_BYTES, EventReader


def events_of(*packets):
    """All events of a stream that came in *packets*."""
    reader = EventReader()
    return [event for packet in packets for event in reader.feed(packet)] + reader.finish()


def cut(data, places):
    """*data* in packets that end at *places*."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


SHAPES = {
    "lf": (b"data: a\n\ndata: b\n\n", ["a", "b"]),
    "crlf": (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
    "cr": (b"data: a\r\rdata: b\r\r", ["a", "b"]),
    "mixed": (b"data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", ["a", "b", "c"]),
    "no space": (b'data:{"a":1}\n\n', ['{"a":1}']),
    "two spaces": (b"data:  a\n\n", [" a"]),
    "several lines": (b"data: a\ndata:\ndata: b\n\n", ["a\n\nb"]),
    "several lines of crlf": (b"data: a\r\ndata: b\r\n\r\n", ["a\nb"]),
    "no colon": (b"data\ndata: a\n\n", ["\na"]),
    "comments": (b": ping\n\n:\n\ndata: a\n: between\ndata: b\n\n", ["a\nb"]),
    "other fields": (b"event: token\nid: 7\nretry: 9\ndata: a\n\nevent: x\n\n", ["a"]),
    "looks like data": (b"database: a\n data: b\nDATA: c\n\n", []),
    "bom": (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
    "bom inside": (b"data: \xef\xbb\xbfa\n\n", ["\ufeffa"]),
    "no end": (b"data: a\n\ndata: b", ["a", "b"]),
    "ends with its line": (b"data: a\n", ["a"]),
    "utf-8": ("data: Łódź 🎉 ü\n\n".encode(), ["Łódź 🎉 ü"]),
    "not utf-8": (b"data: a\xff\xf0\x9f\n\n", ["a\ufffd\ufffd"]),
    "no line ends": (
        "data: a\u2028b\x85c\x0bd\x0ce\x1cf\n\n".encode(),
        ["a\u2028b\x85c\x0bd\x0ce\x1cf"],
    ),
    "json alone": (b'{\n  "a": 1\n}\n', ['{\n  "a": 1\n}']),
    "json list after a blank line": (b'\r\n[{"a": 1}]', ['[{"a": 1}]']),
    "page": (b"<html>\n<p>data: a\n\n</html>", []),
    "nothing": (b"", []),
}
EVERYTHING = b"".join(data for name, (data, _) in SHAPES.items() if name not in ("no end", "page"))


@pytest.mark.parametrize(("data", "events"), SHAPES.values(), ids=SHAPES)
def test_shapes(data, events):
    """Each way to write events is read, in one packet and byte by byte."""
    assert events_of(data) == events
    assert events_of(*(bytes([byte]) for byte in data)) == events


@given(st.lists(st.integers(0, 10**6), max_size=20))
def test_same_events_wherever_cut(places):
    """The packets of the network make no difference to a stream with everything in it."""
    assert events_of(*cut(EVERYTHING, places)) == events_of(EVERYTHING)


@given(
    st.text(alphabet="da:t \r\n\ufeffé{", max_size=60).map(str.encode),
    st.lists(st.integers(0, 10**6), max_size=8),
)
def test_same_events_of_any_bytes(data, places):
    """Nor to a stream that is all line ends, colons and half characters."""
    assert events_of(*cut(data, places)) == events_of(data)


def test_events_come_at_once():
    """An event is given with the byte that ends it, even the CR of a CR LF, and only once."""
    reader = EventReader()
    assert reader.feed(b"data: a\r\n\r") == ["a"]
    assert reader.feed(b"") == []
    assert reader.feed(b"\ndata: b\n") == []
    assert reader.feed(b"\n") == ["b"]
    assert reader.finish() == []


@pytest.mark.parametrize("size", [1, 7, 2**21], ids="{} bytes a packet".format)
def test_the_largest_event(size):
    """An event of 1 MiB passes, in time linear in its size: the timeout would find another."""
    data = b"data: " + b"x" * MAX_EVENT_BYTES + b"\n\n"
    packets = (data[at : at + size] for at in range(0, len(data), size))
    assert [len(event) for event in events_of(*packets)] == [MAX_EVENT_BYTES]


def test_many_small_events():
    """A packet of a hundred thousand events is read in time linear in their number."""
    assert events_of(b"data:\n\n" * 100_000) == [""] * 100_000


TOO_LARGE = {
    "a line": b"data: " + b"x" * (MAX_EVENT_BYTES + 1) + b"\n\n",
    "a line without end": b"data: " + b"x" * (MAX_EVENT_BYTES + 1),
    "lines": (b"data: " + b"x" * 1023 + b"\n") * 1025,
    "empty lines": b"data\n" * (MAX_EVENT_BYTES + 2),
    "a comment": b":" + b"x" * (MAX_EVENT_BYTES + 10),
}


@pytest.mark.parametrize("data", TOO_LARGE.values(), ids=TOO_LARGE)
@pytest.mark.parametrize("size", [10_007, 2**23])
def test_too_large(data, size):
    """More than 1 MiB in one event is an error before memory is full of it."""
    with pytest.raises(UnexpectedAnswerError, match="more than 1 MiB"):
        events_of(*(data[at : at + size] for at in range(0, len(data), size)))


def test_too_large_at_once():
    """The packet that makes an event too large raises, before another is waited for."""
    with pytest.raises(UnexpectedAnswerError):
        EventReader().feed(TOO_LARGE["a line without end"])


def test_what_came_before_the_too_large():
    """The events before it in the same packet are given, then every call raises."""
    reader = EventReader()
    assert reader.feed(b"data: a\n\n" + TOO_LARGE["a line"]) == ["a"]
    for call in (lambda: reader.feed(b"data: b\n\n"), reader.finish):
        with pytest.raises(UnexpectedAnswerError):
            call()
