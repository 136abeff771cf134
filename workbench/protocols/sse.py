"""Read a stream of server-sent events: bytes in, the data of each finished event out."""

from __future__ import annotations

from workbench.errors import UnexpectedAnswerError

MAX_EVENT_BYTES = 2**20
_MAX_LINE_BYTES = MAX_EVENT_BYTES + len(b"data: ")
_BOM = b"\xef\xbb\xbf"


class EventReader:
    """Takes a stream in packets cut anywhere; time and memory are linear in its length.

    Lines end with LF, CR LF or CR and with nothing else; text is UTF-8 whatever a header says,
    U+FFFD for what is not. Comments and all fields but `data` are passed over. A body that is no
    stream but one JSON document comes out of `finish` whole, as if it were an event.

    >>> events = EventReader()
    >>> events.feed(b': hello' + bytes([10]) + b'data: {"a"')
    []
    >>> events.feed(b': 1}' + bytes([10, 10]) + b'data: last')
    ['{"a": 1}']
    >>> events.finish()
    ['last']
    """

    def __init__(self) -> None:
        self._line: list[bytes] = []  # pieces of the line that has no end yet
        self._line_bytes = 0
        self._data: list[bytes] = []  # lines of the event that has no end yet
        self._data_bytes = 0
        self._after_cr = False
        self._first_line = True
        self._document = False
        self._too_large = False

    def feed(self, data: bytes) -> list[str]:
        """The events that *data* finishes.

        Raises UnexpectedAnswerError past MAX_EVENT_BYTES in one event; when *data* finished
        others before it, they are given first and the next call raises.
        """
        self._raise_if_too_large()
        events: list[str] = []
        if self._after_cr and data:
            data = data.removeprefix(b"\n")
            self._after_cr = False
        if not data:
            return events
        self._after_cr = data.endswith(b"\r")
        # Of bytes, unlike str, splitlines takes nothing else for the end of a line.
        for line in data.splitlines(keepends=True):
            text = line.rstrip(b"\r\n")
            self._line.append(text)
            self._line_bytes += len(text)
            self._too_large |= self._line_bytes > _MAX_LINE_BYTES
            if len(text) < len(line):
                self._end_line(events)
            if self._too_large:
                break
        if not events:
            self._raise_if_too_large()
        return events

    def finish(self) -> list[str]:
        """The last event, when no blank line ended it. It may be cut off midway."""
        self._raise_if_too_large()
        events: list[str] = []
        if self._line:
            self._end_line(events)
            self._raise_if_too_large()
        self._end_event(events)
        return events

    def _end_line(self, events: list[str]) -> None:
        line = b"".join(self._line)
        self._line, self._line_bytes = [], 0
        if self._first_line:
            line = line.removeprefix(_BOM)
            # No field begins so: this is an answer in one piece to a request for a stream.
            self._document = line.lstrip().startswith((b"{", b"["))
            self._first_line = not line.strip()
        if self._document:
            self._add(line)
        elif not line:
            self._end_event(events)
        elif line.startswith(b"data:"):
            self._add(line[5:].removeprefix(b" "))
        elif line == b"data":
            self._add(b"")

    def _add(self, value: bytes) -> None:
        self._data_bytes += len(value) + bool(self._data)
        self._data.append(value)
        self._too_large |= self._data_bytes > MAX_EVENT_BYTES

    def _end_event(self, events: list[str]) -> None:
        if self._data:
            events.append(b"\n".join(self._data).decode("utf-8", "replace"))
            self._data, self._data_bytes = [], 0

    def _raise_if_too_large(self) -> None:
        if self._too_large:
            mib = MAX_EVENT_BYTES / 2**20
            raise UnexpectedAnswerError(f"the stream holds an event of more than {mib:g} MiB")
