"""The protocol `tgi`: a prompt out, generated text back, as Text Generation Inference speaks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from workbench.errors import InvalidInputError, TooLargeError, UnexpectedAnswerError
from workbench.protocols.midstream import failure_in
from workbench.protocols.parameters import tidied
from workbench.protocols.payload import json_body
from workbench.protocols.replies import ReplyReader, count
from workbench.protocols.shapes import unusable

MAX_BODY_BYTES = 2_000_000
_GENERATE, _STREAM = "/generate", "/generate_stream"
_SAMPLERS = ("temperature", "top_k", "top_p", "typical_p")
_RESULTS = frozenset({"token", "generated_text"})


def generate_url(base: str) -> str:
    """Where the service at *base* takes a prompt; a path and a query are kept.

    >>> generate_url("https://host.example"), generate_url("https://host.example/falcon/?k=1")
    ('https://host.example/generate', 'https://host.example/falcon/generate?k=1')
    """
    return _below(base, _GENERATE)


def stream_url(base: str) -> str:
    """Where the service at *base* takes a prompt to answer with a stream.

    >>> stream_url("https://host.example/generate")
    'https://host.example/generate_stream'
    """
    return _below(base, _STREAM)


def _below(base: str, path: str) -> str:
    parts = urlsplit(base)
    root = parts.path.rstrip("/")
    root = root.removesuffix(_STREAM).removesuffix(_GENERATE)
    return urlunsplit(parts._replace(path=root + path))


def encode(prompt: str, parameters: Mapping[str, object], *, stream: bool) -> dict[str, object]:
    """What to send for *prompt*; goes to any route, `/` included.

    Options have the names of our tasks, which are TGI's. Left out is what it refuses: None,
    top_p of 1, top_k of 0, more than four stop strings (the reader cuts them all). Without a
    temperature TGI takes the likeliest token each time, and so it is told to for a temperature of
    0. Raises InvalidInputError for an empty prompt or a value out of range, TooLargeError for more
    bytes than TGI takes.

    >>> encode("Hi", {"temperature": 0, "top_p": 0.9, "max_new_tokens": 20}, stream=True)[
    ...     "parameters"
    ... ]
    {'max_new_tokens': 20, 'do_sample': False, 'details': True, 'return_full_text': False}
    """
    if not prompt:
        raise InvalidInputError("the prompt is empty", hint="Write something to go on from.")
    options = tidied(parameters)
    # It would be made a repetition penalty by some versions, and is unknown to the others.
    options.pop("presence_penalty", None)
    if options.get("temperature") == 0 or options.get("do_sample") is False:
        for name in (*_SAMPLERS, "seed"):
            options.pop(name, None)
        options["do_sample"] = False
    elif any(name in options for name in _SAMPLERS):
        # A temperature of 1.0 alone is its default and would not make it sample.
        options["do_sample"] = True
    if stream:
        for name in ("best_of", "decoder_input_details"):
            options.pop(name, None)
    options |= {"details": True, "return_full_text": False}
    document = {"inputs": prompt, "parameters": options, "stream": stream}
    if len(json_body(document, "prompt")) > MAX_BODY_BYTES:
        raise TooLargeError(f"the prompt is over {MAX_BODY_BYTES / 1e6:g} MB, more than TGI takes")
    return document


def read_generated(answer: object, prompt: str = "") -> str:
    """The text in a whole *answer*, as generated; *prompt* is taken off its start.

    Raises UnexpectedAnswerError when there is none or an empty one, and for an object with an
    error what a failed answer with its body would be. Cut it with `stops.cut`.

    >>> read_generated([{"generated_text": "Hi there"}], "Hi")
    ' there'
    """
    found = answer
    while isinstance(found, list) and found:
        found = found[0]
    if error := failure_in(found, _RESULTS):
        raise error
    text = found.get("generated_text") if isinstance(found, dict) else found
    if not isinstance(text, str):
        raise unusable("generated text", answer)
    if text := text.removeprefix(prompt):
        return text
    raise _nothing_added()


def _nothing_added() -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        "the model added nothing", hint="Change the prompt: the model takes it for finished."
    )


class GenerationReader(ReplyReader):
    """Reads the events of `/generate_stream`, or a whole answer of `/generate`.

    Complete with the event that has `generated_text`. Where that goes on after the tokens that
    arrived, some were lost and the rest is taken from it; where it says something else, what was
    shown stands, for it can't be unsaid. Special tokens are not shown.

    >>> reader = GenerationReader(prompt="Hello")
    >>> reader.feed('{"token": {"text": " wor", "special": false}, "generated_text": null}')
    'wor'
    >>> reader.feed('{"token": {"text": "ld", "special": false}, "generated_text": " world"}')
    'ld'
    >>> reader.finish()
    Reply(text='world', finish_reason=None, tokens=None, thoughts='')
    """

    _results: ClassVar[frozenset[str]] = _RESULTS

    def __init__(
        self,
        prompt: str = "",
        *,
        stops: Iterable[str] = (),
        strip_start: bool = True,
        host: str = "",
        secrets: Iterable[str | None] = (),
    ) -> None:
        super().__init__(stops=stops, strip_start=strip_start, host=host, secrets=secrets)
        self._prompt = prompt
        self._arrived: list[str] = []

    def _read(self, event: Mapping[str, object]) -> str:
        token = event.get("token")
        text = token.get("text") if isinstance(token, dict) else None
        if not isinstance(token, dict) or not isinstance(text, str) or token.get("special"):
            text = ""
        self._arrived.append(text)
        whole = event.get("generated_text")
        if isinstance(whole, str):
            text += self._missing(whole)
            self.complete = self.done = True
            details = event.get("details")
            self.tokens = count(details, "generated_tokens")
            reason = details.get("finish_reason") if isinstance(details, dict) else None
            self.finish_reason = reason if isinstance(reason, str) else None
        return text

    def _missing(self, whole: str) -> str:
        """What *whole* says after all that arrived."""
        arrived = "".join(self._arrived)
        if not arrived:
            return whole.removeprefix(self._prompt)
        # Some tokenizers drop the space before the first word from one of the two.
        arrived = arrived.lstrip()
        for full in (whole.removeprefix(self._prompt).lstrip(), whole.lstrip()):
            if full.startswith(arrived):
                return full[len(arrived) :]
        return ""

    def _wordless(self) -> UnexpectedAnswerError:
        return _nothing_added()
