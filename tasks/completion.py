"""Completion: a prompt goes in, the model writes on, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.client import EndpointClient
from workbench.inputs import require_number, require_text, require_whole
from workbench.notebook import rich
from workbench.notebook.live import Live
from workbench.notebook.tabs import alone
from workbench.protocols.parameters import stop_strings
from workbench.protocols.replies import Reply
from workbench.routes import COMPLETION
from workbench.streaming import TextStream
from workbench.task import Parameter, Task

MAX_NEW_TOKENS = 20
"""As the course asks for."""


def complete(
    prompt: str,
    *,
    client: EndpointClient,
    max_new_tokens: int = MAX_NEW_TOKENS,
    temperature: float | None = None,
    top_p: float | None = None,
    repetition_penalty: float | None = None,
    seed: int | None = None,
    stop: str | Sequence[str] = (),
) -> Completion:
    """Write on from *prompt*: an iterator of the pieces of new text, as they come.

    `max_new_tokens` counts tokens (1 or more); a `temperature` of 0 takes the likeliest token each
    time, above 0 they are drawn; `top_p` is the share of likely tokens to draw from (above 0, up to
    1); the reply ends before the first of the `stop` strings. Options left out are the model's own.
    After the last piece `reply` holds the facts; `close()` stops the model. A service that only
    chats is given the prompt as a message, so it replies rather than writes on.

    The prompt is sent when the first piece is asked for. Raises InvalidInputError at once for what
    can't be sent; reading raises InterruptedStreamError, with what arrived, when the text breaks
    off, and the other errors of `workbench.errors`.

    >>> from workbench.settings import Settings
    >>> client = EndpointClient(Settings())
    >>> "".join(complete("Once upon a time", client=client, max_new_tokens=4))
    ' a girl came in'
    """
    require_text(prompt, "prompt")
    require_whole("max_new_tokens", max_new_tokens, at_least=1)
    require_whole("seed", seed, at_least=0)
    for name, value in (("temperature", temperature), ("top_p", top_p)):
        require_number(name, value, at_least=0)
    require_number("repetition_penalty", repetition_penalty, at_least=0)
    parameters: dict[str, object] = {
        "max_new_tokens": max_new_tokens,
        "temperature": temperature,
        "top_p": top_p,
        "repetition_penalty": repetition_penalty,
        "seed": seed,
        "stop": stop_strings(stop),
    }
    endpoint = client.endpoint(COMPLETION)
    if endpoint.protocol == "chat":
        message = {"role": "user", "content": prompt}
        return Completion(prompt, client.chat(endpoint, [message], parameters))
    return Completion(prompt, client.generate(endpoint, prompt, parameters))


class Completion(Live[str]):
    """The pieces of what a model adds to *prompt*; a notebook reads and shows them as they come."""

    def __init__(self, prompt: str, stream: TextStream) -> None:
        self._prompt = prompt
        self._stream = stream

    @property
    def text(self) -> str:
        """What has arrived so far."""
        return self._stream.text

    @property
    def reply(self) -> Reply | None:
        """The facts, once all pieces were read."""
        return self._stream.reply

    def __next__(self) -> str:
        return next(self._stream)

    def close(self) -> None:
        """Hang up, from any thread and at any moment."""
        self._stream.close()

    def bundle(self) -> dict[str, str]:
        shown = rich.text_html(self.text, before=self._prompt)
        return {"text/plain": self._prompt + self.text, "text/html": shown}


class Continued:
    """A prompt and what the model adds, as pieces of one text; the first begins with the prompt."""

    def __init__(self, prompt: str, **options: object) -> None:
        self._prompt = prompt
        self._stream = complete(prompt, **options)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[str]:
        before = self._prompt
        for piece in self._stream:
            yield before + piece
            before = ""

    def close(self) -> None:
        self._stream.close()

    @property
    def result(self) -> dict[str, object]:
        """The whole as JSON-ready facts."""
        reply = self._stream.reply
        return {
            "prompt": self._prompt,
            "completion": self._stream.text,
            "finish_reason": reply.finish_reason if reply else None,
            "tokens": reply.tokens if reply else None,
        }


def run(prompt: str, **options: object) -> dict[str, object]:
    """`complete` to its end, as JSON-ready facts."""
    pieces = Continued(prompt, **options)
    try:
        for _ in pieces:
            pass
    finally:
        pieces.close()
    return pieces.result


def show(result: object) -> str:
    """Prompt and completion as one text."""
    return f"{result['prompt']}{result['completion']}" if isinstance(result, dict) else str(result)


@alone
def tab(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    from tasks.tabs.completion import lay_out

    lay_out(client, targets=targets)


TASK = Task(
    name="completion",
    title="Complete",
    summary="Write on from the beginning of a text.",
    order=60,
    routes=(COMPLETION,),
    run=run,
    show=show,
    stream=Continued,
    tab=tab,
    probe="Once upon a time",
    parameters=(
        Parameter(name="max_new_tokens", help="Tokens to write at most.", kind="whole number"),
        Parameter(name="temperature", help="0: the likeliest each time.", kind="number"),
        Parameter(name="top_p", help="Share of likely tokens to draw from.", kind="number"),
        Parameter(name="repetition_penalty", help="1: none.", kind="number"),
        Parameter(name="seed", help="The same seed draws the same tokens.", kind="whole number"),
    ),
    aliases=("complete",),
)
