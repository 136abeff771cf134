"""Summarization: a long text in, a short one out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from workbench.chunks import estimate_tokens, split_text
from workbench.endpoints import Endpoint
from workbench.errors import InvalidInputError, TooLongError
from workbench.inputs import require_text, require_whole
from workbench.protocols import hf
from workbench.routes import SUMMARIZATION
from workbench.task import Parameter, Task

if TYPE_CHECKING:
    from workbench.client import EndpointClient

MODEL_TOKENS = 900
"""How much of a text is sent at once: BART-class models take 1,024 tokens; the rest is margin."""
_LEAST_TOKENS = 64
EXAMPLES = (
    "The Eiffel Tower was built for the World's Fair of 1889, a hundred years after the French "
    "Revolution. Gustave Eiffel's company designed and built it in a little over two years. Many "
    "artists protested at first and called it a useless monster. It was meant to stand for twenty "
    "years and then be taken down. What saved it was the radio: its height made it the best "
    "antenna in the country, and in 1914 its receivers picked up messages that helped to stop the "
    "German advance on Paris. The tower is 330 metres tall with its antennas and was the tallest "
    "structure in the world until the Chrysler Building was finished in 1930. Today about six "
    "million people climb it every year, more than any other monument that takes an entrance fee. "
    "Sixty tonnes of paint protect it from rust, and it is repainted about every seven years.",
    "Honey bees decide together where to live. When a colony has grown too large, the old queen "
    "leaves with about half of the workers and gathers on a nearby branch. Several hundred scouts "
    "fly out and look for a hollow tree that is dry, high above the ground and large enough for "
    "the winter stores. A scout that has found one comes back and dances, and the better the "
    "place, the longer she dances. Other scouts follow the dance, inspect the hollow themselves "
    "and dance for it in turn. Scouts also butt those that dance for another place, which makes "
    "them stop sooner. Once enough bees meet at one hollow, they return and rouse the swarm, and "
    "all of them fly there within the hour. No bee has compared all the places, and the swarm "
    "nearly always chooses the best one.",
)


class Summary(str):
    """A summary; `parts` is how many pieces the text was split into to fit the model."""

    __slots__ = ("parts",)
    parts: int

    def __new__(cls, text: str, parts: int = 1) -> Summary:
        summary = super().__new__(cls, text)
        summary.parts = parts
        return summary


def summarize(
    text: str,
    *,
    client: EndpointClient,
    min_length: int | None = None,
    max_length: int | None = None,
) -> Summary:
    """A summary of *text*, between *min_length* and *max_length* tokens of the model.

    A text longer than the model takes is split at sentence ends, summarized in parts and
    joined; the lengths are then shared out among the parts, and `.parts` says how many.
    Raises InvalidInputError for an empty text or impossible lengths, and what the call raises.

    >>> from workbench.client import EndpointClient
    >>> from workbench.settings import Settings
    >>> summarize("The tower is 324 metres tall.", client=EndpointClient(Settings()))
    'The tower is 324 metres tall.'
    """
    require_text(text, "text to summarize")
    require_whole("min_length", min_length, at_least=0)
    require_whole("max_length", max_length, at_least=1)
    if min_length is not None and max_length is not None and min_length > max_length:
        raise InvalidInputError(
            f"min_length ({min_length}) is more than max_length ({max_length})",
            hint="Lower the one or raise the other.",
        )
    endpoint = client.endpoint(SUMMARIZATION)
    if endpoint.in_process:
        return Summary(_ask(text, client, endpoint, min_length, max_length))
    return _in_parts(text, client, endpoint, min_length, max_length, MODEL_TOKENS)


def _in_parts(
    text: str,
    client: EndpointClient,
    endpoint: Endpoint,
    min_length: int | None,
    max_length: int | None,
    tokens: int,
) -> Summary:
    spans = split_text(text, tokens)
    least = None if min_length is None else min_length // len(spans)
    most = None if max_length is None else max(max_length // len(spans), 1)
    try:
        parts = [_ask(text[start:end], client, endpoint, least, most) for start, end in spans]
    except TooLongError:
        smaller = min(tokens, estimate_tokens(text)) // 2
        if smaller < _LEAST_TOKENS:
            raise
        return _in_parts(text, client, endpoint, min_length, max_length, smaller)
    return Summary(" ".join(parts), len(parts))


def _ask(
    text: str,
    client: EndpointClient,
    endpoint: Endpoint,
    min_length: int | None,
    max_length: int | None,
) -> str:
    parameters = {"min_length": min_length, "max_length": max_length}
    return " ".join(client.call(endpoint, text, parameters, read=hf.read_summaries))


def run(text: str, **options: object) -> dict[str, object]:
    """`summarize` as JSON-ready facts."""
    summary = summarize(text, **options)  # type: ignore[arg-type]
    return {
        "summary": str(summary),
        "parts": summary.parts,
        "characters": {"before": len(text), "after": len(summary)},
    }


def show(result: object) -> str:
    """The summary alone."""
    return str(result["summary"]) if isinstance(result, Mapping) else str(result)


def lengths(before: str, after: Summary) -> str:
    """How much shorter it became, and in how many parts.

    >>> lengths("a b c d", Summary("a", parts=2))
    '7 → 1 characters (14 %), summarized in 2 parts'
    """
    share = f"{len(before):,} → {len(after):,} characters ({len(after) / len(before):.0%})"
    share = share.replace("%", " %")
    return share if after.parts == 1 else f"{share}, summarized in {after.parts} parts"


def tab(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    import gradio as gr

    from workbench.ui import parts

    with gr.Row():
        with gr.Column():
            text = gr.Textbox(
                label="Text to summarize",
                lines=10,
                max_lines=24,
                placeholder="Paste a text. Shift + Enter runs it.",
            )
            buttons = parts.controls("Summarize")
            parts.examples(text, EXAMPLES)
            with gr.Accordion("Advanced options", open=False):
                least = gr.Number(
                    None, label="Minimum length", info="Tokens; empty: the model's.", precision=0
                )
                most = gr.Number(
                    None, label="Maximum length", info="Tokens; empty: the model's.", precision=0
                )
                settled = parts.options(client, SUMMARIZATION, targets)
        with gr.Column():
            summary = gr.Textbox(label="Summary", lines=6, max_lines=24, interactive=False)
            parts.copy_button(summary)
            size = gr.Textbox(label="Length", lines=1, interactive=False)

    def work(
        text: str, min_length: int | None, max_length: int | None, *, client: EndpointClient
    ) -> Summary:
        return summarize(text, client=client, min_length=min_length, max_length=max_length)

    parts.wire(
        client=client,
        allowed=targets,
        controls=buttons,
        settled=settled,
        inputs=[text, least, most],
        outputs=[summary, size],
        submit=text,
        work=work,
        show=lambda result, text, *_: [str(result), lengths(text, result)],
    )

    def summarize_text(
        text: str,
        min_length: int | None = None,
        max_length: int | None = None,
        target: str | None = None,
    ) -> str:
        """Shorten a text to what matters; lengths in tokens."""
        call = partial(work, text, min_length, max_length)
        return str(parts.answer(client, targets, target, call))

    parts.offer(summarize_text, "summarize")


TASK = Task(
    name="summarization",
    title="Summarize",
    summary="Shorten a text to what matters.",
    order=10,
    route=SUMMARIZATION,
    run=run,
    show=show,
    tab=tab,
    probe="The tower is tall. It stands in Paris.",
    aliases=("summarize", "summary"),
    parameters=(
        Parameter(name="min_length", kind="whole number", help="Fewest tokens of the summary."),
        Parameter(name="max_length", kind="whole number", help="Most tokens of the summary."),
    ),
)
