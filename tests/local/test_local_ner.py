"""Taggers in this process answer what transformers' pipeline answers, of texts of any length."""

from __future__ import annotations

import random
import threading
import warnings
from itertools import pairwise

import pytest
from tiny_text import (
    SENTENCES,
    WORDS,
    loaded_text,
    random_texts,
    tiny_bert_ner,
    tiny_roberta_ner,
    tiny_xlmr_ner,
)

from workbench.aggregation import STRATEGIES
from workbench.engines.local.ner import answer_ner, windows
from workbench.engines.toolkit import Call, Refusal
from workbench.entities import merge_tokens

torch = pytest.importorskip("torch")

TEXTS = random_texts(500)
BUILDERS = {"wordpiece": tiny_bert_ner, "bytes": tiny_roberta_ner, "unigram": tiny_xlmr_ner}
LONG = " ".join(SENTENCES * 4)


@pytest.fixture(scope="session")
def taggers(tmp_path_factory):
    """A tagger for each sort of vocabulary."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("taggers")
    return {name: loaded_text(build(root / name), "tagger") for name, build in BUILDERS.items()}


def tag(loaded, inputs, gone=None, **parameters):
    """What is answered."""
    return answer_ner(loaded, Call(inputs, parameters, gone or threading.Event())).result


def piped(loaded, texts, strategy, **options):
    """What transformers' pipeline answers for each text."""
    from transformers import pipeline

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that it guesses where words are
        run = pipeline(
            "token-classification",
            model=loaded.model,
            tokenizer=loaded.processor,
            aggregation_strategy=strategy,
            **options,
        )
        return run(list(texts))


def alike(expected, found):
    """Assert that both answers are the same, scores within 1e-5."""
    assert [{**item, "score": None} for item in expected] == [
        {**item, "score": None} for item in found
    ]
    assert [item["score"] for item in found] == pytest.approx(
        [float(item["score"]) for item in expected], abs=1e-5
    )


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("vocabulary", BUILDERS)
def test_answers_are_those_of_the_pipeline(taggers, vocabulary, strategy):
    """500 random texts, by each strategy: every item, word, offset and score is the pipeline's."""
    loaded = taggers[vocabulary]
    expected = piped(loaded, TEXTS, strategy)
    for text, theirs, ours in zip(
        TEXTS, expected, tag(loaded, list(TEXTS), aggregation_strategy=strategy), strict=True
    ):
        assert list(theirs[0] if theirs else {}) == list(ours[0] if ours else {}), text
        alike(theirs, ours)


@pytest.mark.parametrize("vocabulary", BUILDERS)
def test_the_random_texts_try_what_can_differ(taggers, vocabulary):
    """Among them are many labels, words of which pieces disagree, and unknown pieces."""
    loaded = taggers[vocabulary]
    texts = list(TEXTS[:60])
    everything = tag(loaded, texts, ignore_labels=[])
    labels = {item["entity"] for items in everything for item in items}
    assert len(labels) >= 6
    by_strategy = {
        strategy: tag(loaded, texts, aggregation_strategy=strategy) for strategy in STRATEGIES[1:]
    }
    assert len({str(found) for found in by_strategy.values()}) == 4
    unknown = loaded.processor.unk_token_id
    read = loaded.processor(texts)["input_ids"]
    assert vocabulary == "bytes" or any(unknown in ids for ids in read)


def test_ignored_labels_are_those_of_the_wire(taggers):
    """`ignore_labels` goes by the label of a token, by the type of a group; none keeps O."""
    loaded = taggers["wordpiece"]
    for strategy, labels in (("none", ["B-PER", "MISC"]), ("simple", ["PER"]), ("first", [])):
        expected = piped(loaded, TEXTS[:20], strategy, ignore_labels=labels)
        found = tag(loaded, list(TEXTS[:20]), aggregation_strategy=strategy, ignore_labels=labels)
        for theirs, ours in zip(expected, found, strict=True):
            alike(theirs, ours)


def test_one_text_gives_one_list_and_a_batch_one_for_each(taggers):
    """The shape of the answer follows that of the inputs, and a batch changes no score."""
    loaded = taggers["wordpiece"]
    alone = [tag(loaded, text) for text in SENTENCES]
    assert alone == tag(loaded, list(SENTENCES))
    assert tag(loaded, []) == []


@pytest.mark.parametrize("vocabulary", BUILDERS)
@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0"])
def test_a_text_of_nothing_has_no_entities(taggers, vocabulary, text):
    """White space alone is nobody's name, though some vocabularies have tokens for it."""
    assert tag(taggers[vocabulary], text, ignore_labels=[]) == []


# -- texts longer than the model reads ---------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 11, 12, 13, 50, 333])
@pytest.mark.parametrize("shared", [0, 1, 2, 5])
def test_windows_take_each_token_once(count, shared):
    """Every token is taken by one window, in order, that holds it and its neighbours."""
    size = 6
    taken = []
    for start, begin, end in windows(count, size, shared):
        assert start >= 0
        assert start + size <= max(count, size)
        assert start <= begin <= end <= start + size
        taken += range(begin, end)
        assert begin == 0 or begin - start >= shared // 2
        assert end == count or start + size - end >= shared // 2
    assert taken == list(range(count))


@pytest.mark.parametrize("repeated", [1, 2, 30])
def test_a_long_text_is_tagged_to_its_end(taggers, repeated):
    """Of any length, each token comes once, with its index and offsets in the whole text."""
    loaded = taggers["bytes"]  # reads 128 tokens
    text = "\n".join([LONG] * repeated)
    whole = loaded.processor(text, return_offsets_mapping=True)
    found = tag(loaded, text, ignore_labels=[])
    assert len(found) > 128 * repeated
    assert [item["index"] for item in found] == list(range(1, len(whole["input_ids"]) - 1))
    assert [(item["start"], item["end"]) for item in found] == whole["offset_mapping"][1:-1]
    groups = tag(loaded, text, ignore_labels=[], aggregation_strategy="first")
    spans = [(group["start"], group["end"]) for group in groups]
    assert spans == sorted(spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_what_windows_say_is_what_the_model_says_of_them(taggers):
    """Scores of a long text are the model's own of the window in which a token is best placed."""
    loaded = taggers["bytes"]
    ids = loaded.processor(LONG)["input_ids"]
    content, size = ids[1:-1], 126
    found = tag(loaded, LONG, ignore_labels=[])
    for start, begin, end in windows(len(content), size, size // 4):
        window = torch.tensor([[ids[0], *content[start : start + size], ids[-1]]])
        with torch.inference_mode():
            scores = loaded.model(window).logits.softmax(-1)[0, 1:-1].max(-1).values
        expected = scores[begin - start : end - start].tolist()
        assert [item["score"] for item in found[begin:end]] == pytest.approx(expected, abs=1e-5)


def test_stride_is_what_windows_share(taggers):
    """More overlap, more windows; none for raw tokens, and never a whole window."""
    loaded = taggers["bytes"]
    counts = []
    for stride in (0, 100):
        with forwards(loaded.model) as shapes:
            tag(loaded, LONG, aggregation_strategy="simple", stride=stride)
        counts.append(sum(batch for batch, _ in shapes))
    assert counts[0] < counts[1]
    with pytest.raises(Refusal, match=r"other than none"):
        tag(loaded, LONG, stride=10)
    with pytest.raises(Refusal, match=r"less than 126"):
        tag(loaded, LONG, aggregation_strategy="simple", stride=126)


class forwards:  # noqa: N801 - used like a function
    """Collects the shape of each input the model reads; *each* is called with how many so far."""

    def __init__(self, model, each=None):
        self.model, self.each, self.shapes = model, each, []

    def __enter__(self):
        self.hook = self.model.register_forward_pre_hook(self.see, with_kwargs=True)
        return self.shapes

    def __exit__(self, *exc):
        self.hook.remove()

    def see(self, module, args, kwargs):
        self.shapes.append(tuple(kwargs["input_ids"].shape))
        if self.each:
            self.each(len(self.shapes))


def test_memory_is_bounded(taggers):
    """However long the text, the model reads at most 4,096 tokens at once."""
    loaded = taggers["bytes"]
    with forwards(loaded.model) as shapes:
        tag(loaded, LONG * 30)
    assert len(shapes) > 1
    assert max(batch * length for batch, length in shapes) <= 4_096


def test_who_leaves_ends_the_work(taggers):
    """Once the caller has left, no further batch of windows is read."""
    gone = threading.Event()
    loaded = taggers["bytes"]
    with forwards(loaded.model, lambda count: count < 2 or gone.set()) as shapes:
        with pytest.raises(ConnectionAbortedError):
            tag(loaded, LONG * 60, gone)
    assert len(shapes) == 2


# -- what is refused, and tokenizers that can do less ------------------------------------------


def test_a_tokenizer_without_offsets_gives_none(taggers):
    """Where a tokenizer is written in Python, tokens have no place and words are not known."""
    from transformers import ByT5Tokenizer, T5Config, T5ForTokenClassification

    from workbench.engines.local.loaded import Loaded

    torch.manual_seed(6)
    tokenizer = ByT5Tokenizer(extra_ids=0)
    config = T5Config(
        vocab_size=len(tokenizer), d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2
    )
    config.num_labels = 3
    model = T5ForTokenClassification(config).eval()
    loaded = Loaded(name="slow", kind="tagger", model=model, processor=tokenizer)
    for strategy in ("none", "simple"):
        (theirs,) = piped(loaded, [SENTENCES[0]], strategy)
        found = tag(loaded, SENTENCES[0], aggregation_strategy=strategy)
        alike(theirs, found)
        assert {item["start"] for item in found} == {None}
    with pytest.raises(Refusal, match="simple or none"):
        tag(loaded, SENTENCES[0], aggregation_strategy="first")
    indexes = [item["index"] for item in tag(loaded, LONG, ignore_labels=[])]
    assert indexes == list(range(len(LONG.encode())))


def test_broken_weights_are_told(taggers):
    """Scores that are no numbers are an error of the model, not an answer."""
    loaded = taggers["wordpiece"]
    weight = loaded.model.classifier.weight
    kept = weight.data.clone()
    weight.data.fill_(float("nan"))
    try:
        with pytest.raises(Refusal, match="no numbers") as caught:
            tag(loaded, SENTENCES[0])
    finally:
        weight.data.copy_(kept)
    assert (caught.value.status, caught.value.kind) == (500, "failed")


@pytest.mark.parametrize(
    "parameters",
    [{"aggregation_strategy": "last"}, {"stride": -1}, {"max_length": 9}, {"ignore_labels": "O"}],
)
def test_parameters_of_another_wire_are_refused(taggers, parameters):
    """A parameter that isn't known, or isn't what it must be, is a 400."""
    with pytest.raises(Refusal) as caught:
        tag(taggers["wordpiece"], "x", **parameters)
    assert caught.value.status == 400


# -- the client's own merge --------------------------------------------------------------------


def spans(items):
    """(type, start, end) of each group."""
    return [(item["entity_group"], item["start"], item["end"]) for item in items]


def test_the_clients_merge_is_simple_where_words_are_whole(taggers):
    """Of words that are one piece each, merged raw tokens are the pipeline's "simple"."""
    loaded = taggers["wordpiece"]
    chance = random.Random(7)  # noqa: S311
    whole = [word for word in WORDS if loaded.processor.tokenize(word) == [word]]
    texts = [" ".join(chance.choices(whole, k=12)) for _ in range(100)]
    for text, theirs in zip(texts, piped(loaded, texts, "simple"), strict=True):
        merged = merge_tokens(tag(loaded, text), text)
        assert spans(theirs) == spans(merged)
        assert [item["score"] for item in merged] == pytest.approx(
            [float(item["score"]) for item in theirs], abs=1e-5
        )


def test_the_clients_merge_breaks_no_word_where_simple_does(taggers):
    """They differ on purpose: "simple" cuts words whose pieces disagree, the merge never."""
    loaded = taggers["wordpiece"]
    cut = {"simple": 0, "merged": 0}
    for text in TEXTS[:100]:
        groups = tag(loaded, text, aggregation_strategy="simple")
        for name, items in (("simple", groups), ("merged", merge_tokens(tag(loaded, text), text))):
            ends = {item["end"] for item in items}
            starts = {item["start"] for item in items}
            cut[name] += sum(
                text[place - 1 : place + 1].isascii() and text[place - 1 : place + 1].isalpha()
                for place in ends & starts
                if 0 < place < len(text)
            )
    assert cut["simple"] > 0
    assert cut["merged"] == 0
