"""Named entities: who, where and what in a text, one entry for each whole name."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.aggregation import STRATEGIES
from workbench.chunks import split_text
from workbench.endpoints import Endpoint
from workbench.entities import Entity, merge_tokens, raw_entities
from workbench.errors import UnexpectedAnswerError
from workbench.inputs import require_choice, require_text
from workbench.language import translate
from workbench.notebook import rich
from workbench.notebook.tabs import alone
from workbench.protocols import hf
from workbench.routes import NER
from workbench.task import Parameter, Task

if TYPE_CHECKING:
    from workbench.client import EndpointClient

MODEL_TOKENS = 400
"""How much of a text is sent at once: BERT-class taggers read 512 tokens and drop the rest."""


class Entities(list[Entity]):
    """Entities in a list, with the `text` they are of; a notebook shows that with them marked."""

    def __init__(self, entities: Iterable[Entity] = (), text: str = "") -> None:
        super().__init__(entities)
        self.text = text

    def _repr_html_(self) -> str:
        return rich.marked_html(self.text, self, COLORS)


def find_entities(
    text: str, *, client: EndpointClient, aggregation_strategy: str = "simple"
) -> Entities:
    """The entities of *text* in order, none overlapping; offsets are `str` indices of *text*.

    *aggregation_strategy* is one of none, simple, first, average, max; what the endpoint leaves
    unmerged is merged here, except that "none" keeps every piece apart. A text longer than a
    tagger reads is sent in parts cut at sentence ends. Raises InvalidInputError for an empty
    text or an unknown strategy, UnexpectedAnswerError, and what the call raises.

    >>> from workbench.client import EndpointClient
    >>> from workbench.settings import Settings
    >>> found = find_entities("Ada Lovelace lived in London.", client=EndpointClient(Settings()))
    >>> [(entity["entity_group"], entity["word"]) for entity in found]
    [('PER', 'Ada Lovelace'), ('LOC', 'London')]
    """
    require_text(text, "text to read")
    require_choice("aggregation_strategy", aggregation_strategy, STRATEGIES)
    endpoint = client.endpoint(NER)
    spans = [(0, len(text))] if endpoint.in_process else split_text(text, MODEL_TOKENS)
    found = (
        entity
        for start, end in spans
        for entity in _find_in(text[start:end], start, client, endpoint, aggregation_strategy)
    )
    return Entities(found, text)


def _find_in(
    text: str, offset: int, client: EndpointClient, endpoint: Endpoint, strategy: str
) -> Iterable[Entity]:
    def read(answer: object) -> list[Entity]:
        tokens = hf.read_tokens(answer)
        try:
            return raw_entities(tokens, text) if strategy == "none" else merge_tokens(tokens, text)
        except ValueError as exc:
            raise UnexpectedAnswerError(f"the endpoint's entities can't be read: {exc}") from exc

    entities = client.call(endpoint, text, {"aggregation_strategy": strategy}, read=read)
    return (_shifted(entity, offset) for entity in entities) if offset else entities


def _shifted(entity: Entity, offset: int) -> Entity:
    moved = entity.copy()
    if moved["start"] is not None and moved["end"] is not None:
        moved["start"] += offset
        moved["end"] += offset
    return moved


def show(result: object) -> str:
    """One line an entity: type, score, words.

    >>> print(show([{"entity_group": "PER", "score": 0.98, "word": "Ada", "start": 0, "end": 3}]))
    PER   0.98  Ada
    """
    if not isinstance(result, Sequence) or not result:
        return "No entities found."
    rows = [entity for entity in result if isinstance(entity, Mapping)]
    return "\n".join(
        f"{row['entity_group']:<5} {row['score']:.2f}  {' '.join(str(row['word']).split())}"
        for row in rows
    )


def highlight(text: str, entities: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """What Gradio's HighlightedText takes; entities without offsets can't be shown there."""
    placed = [entity for entity in entities if entity["start"] is not None]
    return {"text": text, "entities": placed}


def table_html(entities: Iterable[Mapping[str, object]]) -> str:
    """The entities as an HTML table in the current language; their words are escaped.

    >>> "&lt;b&gt;" in table_html([{"word": "<b>", "entity_group": "PER", "score": 0.5}])
    True
    """
    rows = "".join(
        f"<tr><td>{html.escape(str(entity['word']))}</td>"
        f"<td>{html.escape(str(entity['entity_group']))}</td><td>{entity['score']:.3f}</td>"
        f"<td>{entity.get('start')}</td><td>{entity.get('end')}</td></tr>"
        for entity in entities
    )
    if not rows:
        return f'<p class="wb-empty">{translate("Entities are listed here.")}</p>'
    heads = "".join(f'<th scope="col">{translate(head)}</th>' for head in TABLE_HEADS)
    caption = f"<caption>{translate('Entities')}</caption>"
    return (
        f'<div class="wb-table"><table>{caption}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


@alone
def tab(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    import gradio as gr

    from workbench.ui import api, parts

    with gr.Row():
        with gr.Column():
            text = gr.Textbox(
                label="Text",
                lines=8,
                max_lines=20,
                placeholder="Paste a text. Shift + Enter runs it.",
            )
            buttons = parts.controls("Find entities")
            parts.examples(text, EXAMPLES)
            with gr.Accordion("Advanced options", open=False):
                strategy = gr.Dropdown(
                    list(STRATEGIES),
                    value="simple",
                    label="Aggregation strategy",
                    info="How pieces of words become entities; none shows every piece.",
                )
                settled = parts.options(client, NER, targets)
        with gr.Column():
            marked = gr.HighlightedText(
                label="Entities", color_map=COLORS, show_legend=True, combine_adjacent=False
            )
            table = gr.HTML(table_html([]), padding=False)
            with gr.Accordion("JSON", open=False):
                document = gr.JSON(label="JSON", show_label=False)

    def show_result(entities: list[Entity], text: str, _: str) -> list[object]:
        return [highlight(text, entities), table_html(entities), entities]

    def work(text: str, strategy: str, *, client: EndpointClient) -> list[Entity]:
        return find_entities(text, client=client, aggregation_strategy=strategy)

    parts.wire(
        client=client,
        allowed=targets,
        controls=buttons,
        settled=settled,
        inputs=[text, strategy],
        outputs=[marked, table, document],
        submit=text,
        work=work,
        show=show_result,
    )

    async def ner(
        text: str, aggregation_strategy: str = "simple", target: str | None = None
    ) -> list[dict[str, Any]]:
        """Find the people, organisations and places in a text."""
        call = partial(work, text, aggregation_strategy)
        found: list[dict[str, Any]] = await api.answer(client, targets, target, call)
        return found

    api.offer(ner, "ner")


EXAMPLES = (
    "My name is Andrew, I'm building DeepLearningAI and I live in California",
    "Marie Curie was born in Warsaw and worked at the University of Paris, where she became the "
    "first woman to win a Nobel Prize.",
    "My name is Poli, I live in Vienna and work at HuggingFace",
)
TABLE_HEADS = ("Entity", "Type", "Score", "Start", "End")
COLORS = {"PER": "#e0a4b8", "ORG": "#8fb8de", "LOC": "#9bc995", "MISC": "#e3c06f"}

TASK = Task(
    name="ner",
    title="Find entities",
    summary="Find the people, organisations and places in a text.",
    order=20,
    routes=(NER,),
    run=find_entities,
    show=show,
    tab=tab,
    probe="Ada Lovelace lived in London.",
    aliases=("entities", "token-classification"),
    parameters=(
        Parameter(
            name="aggregation_strategy",
            choices=STRATEGIES,
            help="How pieces become entities (simple unless given).",
        ),
    ),
)

__all__ = ["TASK", "Entities", "Entity", "find_entities", "merge_tokens", "show", "tab"]
