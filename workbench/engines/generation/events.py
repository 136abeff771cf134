"""A speech as a stream of events, or whole."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from workbench.engines.generation.speech import STATS, Speech, Token
from workbench.engines.messages import Pause, Reply
from workbench.engines.toolkit import Refusal, name_ignored

STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"}
FAULT = "The engine failed while it answered; its log says why."
logger = logging.getLogger(__name__)


def begun(speech: Speech) -> Speech:
    """*speech* with its first token there, so that what fails until then fails the request."""
    if speech.ready:
        return speech
    first = next((token for token in speech.tokens if isinstance(token, Token)), None)
    rest = speech.tokens

    def tokens() -> Generator[Token | Pause | None, None, None]:
        try:
            yield from chain([first], rest)
        finally:
            close(rest)

    return replace(speech, tokens=tokens())


def whole(speech: Speech) -> list[Token]:
    """Every token of *speech*, without its pauses."""
    try:
        said = [token for token in speech.tokens if isinstance(token, Token)]
    finally:
        close(speech.tokens)
    STATS.add(tokens_sent=len(said))
    return said


def streamed(
    speech: Speech,
    events: Callable[[Token], Iterator[object]],
    failed: Callable[[str], object],
    *,
    after: Callable[[], Sequence[object]] = list,
) -> Reply:
    """The events of each token as they come, then those *after*, as server-sent text.

    What fails midway is told as the event that *failed* makes, and nothing follows it.
    """

    def body() -> Iterator[bytes | Pause]:
        finished = False
        try:
            for token in speech.tokens:
                if not isinstance(token, Token):
                    yield token or b""
                    continue
                STATS.add(tokens_sent=1)
                for event in events(token):
                    yield server_sent(event)
            for event in after():
                yield server_sent(event)
            finished = True
        except Refusal as exc:
            yield server_sent(failed(str(exc)))
        except ConnectionError:
            raise
        except Exception:
            logger.exception("a stream broke off")
            yield server_sent(failed(FAULT))
        finally:
            close(speech.tokens)
            if not finished:
                STATS.add(disconnects=1)

    return Reply(200, {**STREAM, **told_of(speech)}, body(), ready=speech.ready)


def told_of(speech: Speech) -> dict[str, str]:
    """The headers that tell who speaks, and what had no effect."""
    return {"x-workbench-engine": speech.engine, **name_ignored(speech.ignored)}


def server_sent(value: object) -> bytes:
    """One event. The value is JSON, or text as it is."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"data: {text}\n\n".encode()


def close(tokens: object) -> None:
    """End what still speaks."""
    end = getattr(tokens, "close", None)
    if end is not None:
        end()
