"""Tokens as text: whole characters only, cut at stop strings, one `Token` for each id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from workbench.engines.generation.speech import FinishReason, Token
from workbench.protocols.stops import StopFilter

_CONTEXT = 5  # tokens before the first: they decide whether it begins with a space
_INCOMPLETE = "\ufffd"


class Decoder:
    """Text of tokens as they come. What may be part of a character waits for its other parts.

    Each token is decoded together with those before it, as their neighbours decide on spaces.
    """

    def __init__(self, tokenizer: Any, before: Sequence[int] = ()) -> None:
        self._tokenizer = tokenizer
        self._ids = list(before[-_CONTEXT:])
        self._read = len(self._ids)

    @property
    def waits(self) -> bool:
        """Whether the text of the last tokens is still to come."""
        return self._read < len(self._ids)

    def feed(self, token: int) -> str:
        """What is sure of the text with one more token."""
        self._ids.append(token)
        text = self._rest()
        if not text or text.endswith(_INCOMPLETE):
            return ""
        self._forget(self._read)
        return text

    def feed_special(self, token: int) -> str:
        """The name of a token that is no text; nothing may wait."""
        self._ids.append(token)
        self._forget(len(self._ids) - 1)
        return self._text(self._ids)

    def flush(self) -> str:
        """What waited, complete or not."""
        text = self._rest() if self.waits else ""
        self._forget(self._read)
        return text

    def _rest(self) -> str:
        return self._text(self._ids)[len(self._text(self._ids[: self._read])) :]

    def _forget(self, count: int) -> None:
        del self._ids[:count]
        self._read = len(self._ids)

    def _text(self, ids: list[int]) -> str:
        if not ids:
            return ""
        text: str = self._tokenizer.decode(
            ids, skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
        return text


class Tokens:
    """Makes a `Token` of each id, and knows the last one: its text ends where a stop string does.

    A token whose text isn't sure waits, so that the text of a special one is its name alone.
    """

    def __init__(
        self,
        tokenizer: Any,
        before: Sequence[int] = (),
        *,
        most: int,
        ends: Collection[int] = (),
        stops: Sequence[str] = (),
    ) -> None:
        self.finish: FinishReason | None = None
        self._decoder = Decoder(tokenizer, before)
        self._special = special_ids(tokenizer) | set(ends)
        self._most = most
        self._ends = ends
        self._named = [stop for stop in stops if stop]
        self._stops = StopFilter(stops)
        self._waiting: list[Token] = []

    def add(self, token: int, logprob: float) -> list[Token]:
        """The tokens that are ready with this one, in order; all of them with the last."""
        self._most -= 1
        if self._most <= 0:
            self.finish = "length"
        elif token in self._ends:
            self.finish = "eos_token"
        special = token in self._special
        text = self._special_text(token) if special else self._plain_text(token)
        self._waiting.append(Token(text, token, logprob, special, self.finish))
        if self.finish is None and self._decoder.waits:
            return []
        ready, self._waiting = self._waiting, []
        return ready

    def _plain_text(self, token: int) -> str:
        text = self._decoder.feed(token)
        if self.finish:
            text += self._decoder.flush()
        self._stops.feed(text)
        if not self._stops.stopped:
            return text
        self.finish = self.finish or "stop_sequence"
        return text[: len(text) - len(self._stops.rest)]

    def _special_text(self, token: int) -> str:
        if self._waiting:
            self._waiting[-1] = replace(self._waiting[-1], text=self._decoder.flush())
        text = self._decoder.feed_special(token)
        if self.finish is None and any(stop in text for stop in self._named):
            self.finish = "stop_sequence"
        return text


def special_ids(tokenizer: Any) -> set[int]:
    """The ids of tokens that are no text."""
    added = tokenizer.added_tokens_decoder.items()
    return {*tokenizer.all_special_ids, *(number for number, token in added if token.special)}
