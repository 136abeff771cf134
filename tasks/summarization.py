"""Summarization: a long text in, a short one out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from workbench.chunks import estimate_tokens, split_text
from workbench.endpoints import Endpoint
from workbench.errors import InvalidInputError, TooLongError
from workbench.inputs import require_text, require_whole
from workbench.language import translate
from workbench.notebook import rich
from workbench.notebook.tabs import alone
from workbench.protocols import hf
from workbench.routes import SUMMARIZATION
from workbench.task import Parameter, Task

if TYPE_CHECKING:
    from workbench.client import EndpointClient

MODEL_TOKENS = 900
"""How much of a text is sent at once: BART-class models take 1,024 tokens; the rest is margin."""
_LEAST_TOKENS = 64
_LEAST_SUMMARY = 16
_ROUNDS = 3
Ask: TypeAlias = Callable[[str, "int | None", "int | None"], str]
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

    def _repr_html_(self) -> str:
        note = "" if self.parts == 1 else translate(f"summarized in {self.parts} parts")
        return rich.text_html(self, note)


def summarize(
    text: str,
    *,
    client: EndpointClient,
    min_length: int | None = None,
    max_length: int | None = None,
) -> Summary:
    """A summary of *text*, between *min_length* and *max_length* tokens of the model.

    A text longer than the model takes is split at sentence ends, summarized in parts and
    joined; the lengths are then shared out among the parts, and `.parts` says how many. Joined
    summaries longer than *max_length*, as `estimate_tokens` counts, are summarized once more.
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
    if endpoint.in_process and not endpoint.is_local:
        return Summary(_ask(text, min_length, max_length, client=client, endpoint=endpoint))
    ask = partial(_ask, client=client, endpoint=endpoint)
    found = _in_parts(text, ask, min_length, max_length, MODEL_TOKENS)
    summary = " ".join(found)
    for _ in range(_ROUNDS):
        if len(found) == 1 or max_length is None or estimate_tokens(summary) <= max_length:
            break
        shorter = " ".join(_in_parts(summary, ask, min_length, max_length, MODEL_TOKENS))
        if estimate_tokens(shorter) >= estimate_tokens(summary):
            break
        summary = shorter
    return Summary(summary, len(found))


def _in_parts(
    text: str, ask: Ask, min_length: int | None, max_length: int | None, tokens: int
) -> list[str]:
    """A summary of each part of *text*, in order; a part that is too long is split again."""
    spans = split_text(text, tokens)
    least, most = _share(min_length, max_length, len(spans))
    found: list[str] = []
    for start, end in spans:
        part = text[start:end]
        try:
            found.append(ask(part, least, most))
        except TooLongError:
            half = (estimate_tokens(part) + 1) // 2
            if half < _LEAST_TOKENS:
                raise
            found += _in_parts(part, ask, least, most, half)
    return found


def _share(
    min_length: int | None, max_length: int | None, parts: int
) -> tuple[int | None, int | None]:
    """The lengths to ask of each of *parts*: their share, but never so little that nothing fits.

    >>> _share(20, 90, 3), _share(20, 30, 14)
    ((6, 30), (1, 16))
    """
    least = None if min_length is None else min_length // parts
    if parts == 1 or max_length is None or max_length // parts >= _LEAST_SUMMARY:
        return least, None if max_length is None else max_length // parts
    return None if least is None else min(least, _LEAST_SUMMARY // 2), _LEAST_SUMMARY


def _ask(
    text: str,
    min_length: int | None,
    max_length: int | None,
    *,
    client: EndpointClient,
    endpoint: Endpoint,
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
    """How much shorter it became, and in how many parts, in the current language.

    >>> lengths("a b c d", Summary("a", parts=2))
    '7 → 1 characters (14 %), summarized in 2 parts'
    """
    share = f"{len(before):,} → {len(after):,} characters ({len(after) / len(before):.0%})"
    share = share.replace("%", " %")
    return translate(share if after.parts == 1 else f"{share}, summarized in {after.parts} parts")


@alone
def tab(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    import gradio as gr

    from workbench.ui import api, parts

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
                least = parts.whole_box("Minimum length", "Tokens; empty: the model's own.")
                most = parts.whole_box("Maximum length", "Tokens; empty: the model's own.")
                settled = parts.options(client, SUMMARIZATION, targets)
        with gr.Column():
            summary = gr.Textbox(label="Summary", lines=6, max_lines=24, interactive=False)
            parts.copy_button(summary)
            size = gr.Textbox(label="Length", lines=1, interactive=False)

    def work(text: str, least: str | None, most: str | None, *, client: EndpointClient) -> Summary:
        return summarize(
            text,
            client=client,
            min_length=parts.read_whole("Minimum length", least),
            max_length=parts.read_whole("Maximum length", most),
        )

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

    async def summarize_text(
        text: str,
        min_length: int | None = None,
        max_length: int | None = None,
        target: str | None = None,
    ) -> str:
        """Shorten a text to what matters; lengths in tokens."""
        call = partial(summarize, text, min_length=min_length, max_length=max_length)
        return str(await api.answer(client, targets, target, call))

    api.offer(summarize_text, "summarize")


TASK = Task(
    name="summarization",
    title="Summarize",
    summary="Shorten a text to what matters.",
    order=10,
    routes=(SUMMARIZATION,),
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
