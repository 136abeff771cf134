"""One handler for each task the embedded engine can do, and the table that names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbench.aggregation import aggregate
from workbench.engines.embedded.pictures import answer_captioning, answer_text_to_image
from workbench.engines.parameters import (
    SUMMARIZATION,
    TOKEN_CLASSIFICATION,
    check_parameters,
)
from workbench.engines.toolkit import Answer, Call, Refusal, read_texts

Handler = Callable[[Call], Answer]
"""Does one task; raises Refusal for what the caller can mend. Anything else it raises is a bug."""


def answer_summarization(call: Call) -> Answer:
    """Summarise each input; the result is one flat list, an object for each input."""
    from workbench.engines.embedded.summarizer import NAME, summarize

    texts, _ = read_texts(call.inputs)
    check_parameters(call.parameters, SUMMARIZATION)
    min_length = _length(call.parameters, "min_new_tokens", "min_length")
    max_length = _length(call.parameters, "max_new_tokens", "max_length")
    if min_length == 0:  # what hosted callers send for "no minimum"
        min_length = 1
    try:
        summaries = [
            summarize(text, min_length=min_length, max_length=max_length) for text in texts
        ]
    except ValueError as exc:
        raise Refusal(str(exc)) from exc
    honoured = {"min_length", "max_length", "min_new_tokens", "max_new_tokens"}
    ignored = tuple(name for name in call.parameters if name not in honoured)
    result = [{"summary_text": summary} for summary in summaries]
    return Answer(result, f"embedded; {NAME}", sum(map(len, texts)), ignored)


def answer_token_classification(call: Call) -> Answer:
    """Tag each input: a list of tokens or groups for one text, a list of lists for a batch."""
    from workbench.engines.embedded.tagger import NAME, tag

    texts, batched = read_texts(call.inputs)
    check_parameters(call.parameters, TOKEN_CLASSIFICATION)
    strategy = str(call.parameters.get("aggregation_strategy", "none"))
    if "stride" in call.parameters and strategy == "none":
        raise Refusal("`stride` needs an `aggregation_strategy` other than none.")
    labels = call.parameters.get("ignore_labels", ["O"])
    ignore = tuple(labels) if isinstance(labels, list) else ()
    found = [aggregate(tag(text), strategy, ignore_labels=ignore) for text in texts]
    ignored = tuple(name for name in call.parameters if name == "stride")
    read = sum(map(len, texts))
    return Answer(found if batched else found[0], f"embedded; {NAME}", read, ignored)


def _length(parameters: Mapping[str, object], *names: str) -> int | None:
    """Return the first of *names* that is set: new tokens go before length, as in transformers."""
    given = (parameters[name] for name in names if name in parameters)
    length = next(given, None)
    return length if isinstance(length, int) else None


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "summarization": answer_summarization,
        "ner": answer_token_classification,
        "captioning": answer_captioning,
        "text-to-image": answer_text_to_image,
    }
)
"""Task -> what does it. A new task is one line here."""
