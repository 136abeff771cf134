"""Keep the thoughts that a model writes into its reply apart from what it says."""

from __future__ import annotations

from workbench.protocols.stops import StopFilter

_OPENS, _CLOSES = "<think>", "</think>"


class ThoughtFilter:
    """Lets the reply pass and keeps a `<think>…</think>` at its start, however it is split.

    Only at the start: a model may well talk about the tag later. *begun* is for models whose
    template has opened the thoughts already, so that only `</think>` comes; it is taken back when
    the first thoughts come through `keep`.

    >>> thoughts = ThoughtFilter()
    >>> [thoughts.feed(piece) for piece in ("<th", "ink>Hm.</thi", "nk> A dog.")]
    ['', '', ' A dog.']
    >>> thoughts.text
    'Hm.'
    """

    def __init__(self, *, begun: bool = False) -> None:
        self._begun = begun
        self._start: str | None = None if begun else ""
        self._inside = StopFilter([_CLOSES]) if begun else None
        self._kept: list[str] = []

    @property
    def text(self) -> str:
        """The thoughts so far, without white space around them."""
        return "".join(self._kept).strip()

    def keep(self, text: str) -> None:
        """Add thoughts that came in a field of their own: then the reply has not begun in them."""
        self._kept.append(text)
        if self._begun:
            self._begun, self._inside, self._start = False, None, ""

    def feed(self, text: str) -> str:
        """What is no thought of *text*."""
        if self._start is not None:
            text = self._begin(self._start + text)
        if self._inside is None:
            return text
        self._kept.append(self._inside.feed(text))
        self._begun &= not text
        if not self._inside.stopped:
            return ""
        rest, self._inside = self._inside.rest, None
        return rest

    def _begin(self, text: str) -> str:
        """What is to be looked at further, once it is known whether the reply begins in thought."""
        bare = text.lstrip()
        if len(bare) < len(_OPENS) and _OPENS.startswith(bare):
            self._start = bare
            return text[: len(text) - len(bare)]
        self._start = None
        if not bare.startswith(_OPENS):
            return text
        self._inside = StopFilter([_CLOSES])
        return bare[len(_OPENS) :]

    def flush(self) -> str:
        """What was held back; to be called when no more text comes."""
        if self._inside is not None:
            self._kept.append(self._inside.flush())
        held, self._start = self._start or "", None
        return held
