"""Cut a reply at its stop strings, however it is split into pieces."""

from __future__ import annotations

from collections.abc import Iterable


class StopFilter:
    """Lets text pass up to the stop string that is complete first, and holds back what may be one.

    Of several that end at the same place the longest counts, so the text is the same whatever the
    split. Time is linear in the text for each stop string; empty stop strings are ignored.
    *strip_start* takes the white space off the start of what passes, after looking for stops.

    >>> stops = StopFilter(["\\nUser:"], strip_start=True)
    >>> [stops.feed(piece) for piece in (" Hi.", "\\nUs", "ually yes.", "\\nUser", ": and", "x")]
    ['Hi.', '', '\\nUsually yes.', '', '', '']
    >>> stops.stopped, stops.rest
    (True, ' and')
    """

    def __init__(self, stops: Iterable[str] = (), *, strip_start: bool = False) -> None:
        self.stopped = False
        self.rest = ""
        """What came after the stop string, in the same piece."""
        self._stops = [_Stop(text) for text in dict.fromkeys(stops) if text]
        self._firsts = {stop.text[0] for stop in self._stops}
        self._held = ""
        self._strip = strip_start

    def feed(self, text: str) -> str:
        """What may be shown now; nothing after a stop."""
        if self.stopped:
            return ""
        if not self._held and self._firsts.isdisjoint(text):
            return self._passed(text)
        before = len(self._held)
        whole = self._held + text
        for place, character in enumerate(text, before + 1):
            if ended := [stop for stop in self._stops if stop.ends_with(character)]:
                self.stopped = True
                self._held, self.rest = "", whole[place:]
                return self._passed(whole[: place - max(len(stop.text) for stop in ended)])
        shown = len(whole) - max(stop.matched for stop in self._stops)
        self._held = whole[shown:]
        return self._passed(whole[:shown])

    def flush(self) -> str:
        """What was held back; to be called when no more text comes."""
        held, self._held = self._held, ""
        for stop in self._stops:
            stop.matched = 0
        return self._passed(held)

    def _passed(self, text: str) -> str:
        if self._strip:
            text = text.lstrip()
            self._strip = not text
        return text


class _Stop:
    """One stop string and how much of it the text so far ends with (Knuth, Morris and Pratt)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.matched = 0
        self._shorter = [0]  # of each beginning: the longest shorter one that it ends with
        for character in text[1:]:
            self._shorter.append(self._next(self._shorter[-1], character))

    def ends_with(self, character: str) -> bool:
        """Take one more character; whether the stop string is complete with it."""
        self.matched = self._next(self.matched, character)
        return self.matched == len(self.text)

    def _next(self, matched: int, character: str) -> int:
        while matched and self.text[matched] != character:
            matched = self._shorter[matched - 1]
        return matched + (self.text[matched] == character)


def cut(text: str, stops: Iterable[str], *, strip_start: bool = False) -> str:
    """A whole *text* as a `StopFilter` lets it pass.

    >>> cut(" Paris.<|end|>\\n<|user|>", ["<|end|>"], strip_start=True)
    'Paris.'
    """
    stops_of = StopFilter(stops, strip_start=strip_start)
    return stops_of.feed(text) + stops_of.flush()
