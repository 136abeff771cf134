"""Summarizers in this process: what `generate` makes by hand, bounded, refused and stopped."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import warnings
from contextlib import contextmanager

import pytest
from tiny_text import SENTENCES, loaded_text, tiny_bart, tiny_t5

from workbench.engines.local.summarization import answer_summarization
from workbench.engines.toolkit import Call, Refusal
from workbench.errors import TooLongError
from workbench.protocols.failures import read_failure

torch = pytest.importorskip("torch")

TEXT = " ".join(SENTENCES)
BART = {"num_beams": 4, "length_penalty": 2.0, "early_stopping": True, "no_repeat_ngram_size": 3}


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """A BART and a T5, saved."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("summarizers")
    return {"bart": tiny_bart(root / "bart"), "t5": tiny_t5(root / "t5")}


@pytest.fixture(scope="session")
def bart(folders):
    """Reads and writes 1,024 tokens; by itself 8 to 24 of them, by four beams."""
    return loaded_text(folders["bart"], "seq2seq")


@pytest.fixture(scope="session")
def t5(folders):
    """Reads any number of tokens; wants a prefix, and writes 6 to 20 of them."""
    return loaded_text(folders["t5"], "seq2seq")


def answer(loaded, inputs=TEXT, gone=None, **parameters):
    """What the engine answers."""
    return answer_summarization(loaded, Call(inputs, parameters, gone or threading.Event()))


def summary(loaded, text=TEXT, **parameters):
    """The summary of one text."""
    (item,) = answer(loaded, text, **parameters).result
    assert list(item) == ["summary_text"]
    return item["summary_text"]


def by_hand(loaded, text=TEXT, tidy=False, **settings):
    """What `generate` writes with *settings*."""
    encoded = loaded.processor([text], return_tensors="pt")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written = loaded.model.generate(**encoded, **settings)
    return loaded.processor.decode(
        written[0], skip_special_tokens=True, clean_up_tokenization_spaces=tidy
    )


def count(loaded, text):
    """How many tokens *text* has without special ones."""
    return len(loaded.processor(text, add_special_tokens=False)["input_ids"])


@contextmanager
def decoded(loaded, each=lambda _: None):
    """Counts the steps of the decoder in a list; *each* is called with how many so far."""
    steps = []

    def see(*_):
        steps.append(1)
        each(len(steps))

    hook = loaded.model.get_decoder().register_forward_pre_hook(see)
    try:
        yield steps
    finally:
        hook.remove()


# -- the same as by hand -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"num_beams": 1},
        {"min_length": 12, "max_length": 16},
        {"max_length": 5, "min_length": 0},
        {"max_new_tokens": 10, "min_new_tokens": 9},
        {"num_beams": 2, "length_penalty": 0.2, "early_stopping": False},
        {"no_repeat_ngram_size": 1},
        {"no_repeat_ngram_size": 0},
        {"repetition_penalty": 3},
        {"use_cache": False},
    ],
    ids=str,
)
def test_a_summary_is_what_generate_writes(bart, parameters):
    """Each parameter reaches `generate`; where none is given the model's own settings count."""
    floats = {name: float(value) for name, value in parameters.items() if "penalty" in name}
    lengths = {"max_length": None} if "max_new_tokens" in parameters else {}
    expected = by_hand(bart, **{**parameters, **floats, **lengths})
    assert summary(bart, **parameters) == expected
    assert answer(bart, **parameters).ignored == ()


def test_the_parameters_tried_make_a_difference(bart):
    """The random model writes something else by other settings, so the test above tests."""
    tried = ({}, {"num_beams": 1}, {"max_length": 12}, {"no_repeat_ngram_size": 1})
    assert len({summary(bart, **parameters) for parameters in tried}) == len(tried)


def test_the_config_says_what_a_model_does_for_summaries(t5):
    """T5 gets its prefix, lengths and beams from `task_specific_params`; a caller's go before."""
    prefixed = f"summarize: {TEXT}"
    beams = {"num_beams": 4, "length_penalty": 2.0, "early_stopping": True}
    own = {**beams, "no_repeat_ngram_size": 3, "min_length": 6}
    assert summary(t5) == by_hand(t5, prefixed, **own, max_length=20)
    assert summary(t5, max_length=9) == by_hand(t5, prefixed, **own, max_length=9)
    assert summary(t5) != by_hand(t5, **own, max_length=20)


def test_settings_in_an_old_config_are_honoured(folders, tmp_path):
    """Before generation_config.json, config.json had the lengths, the beams and the prefix."""
    folder = shutil.copytree(folders["bart"], tmp_path / "old")
    settings = json.loads((folder / "generation_config.json").read_text())
    (folder / "generation_config.json").unlink()
    config = json.loads((folder / "config.json").read_text())
    settings |= {"max_length": 13, "min_length": 11, "num_beams": 2, "prefix": "Paris "}
    (folder / "config.json").write_text(json.dumps({**config, **settings}))
    old = loaded_text(folder, "seq2seq")
    options = {"max_length": 13, "min_length": 11, "num_beams": 2}
    assert summary(old) == by_hand(old, f"Paris {TEXT}", **options)
    assert summary(old) != by_hand(old, TEXT, **options)


def test_spaces_are_tidied_if_asked(bart):
    """`clean_up_tokenization_spaces` is that of the tokenizer."""
    settings = {"max_length": 60, "min_length": 60}
    for tidy in (False, True):
        found = summary(bart, clean_up_tokenization_spaces=tidy, **settings)
        assert found == by_hand(bart, tidy=tidy, **settings)


def test_a_batch_is_one_flat_list(bart):
    """One object for each text, the same as alone, and the model keeps its own settings."""
    before = bart.model.generation_config.to_dict()
    answered = answer(bart, list(SENTENCES[:3]), num_beams=2)
    alone = [{"summary_text": summary(bart, text, num_beams=2)} for text in SENTENCES[:3]]
    assert answered.result == alone
    assert answered.characters == sum(map(len, SENTENCES[:3]))
    assert answered.engine == bart.engine
    assert answer(bart, []).result == []
    assert bart.model.generation_config.to_dict() == before


# -- lengths -----------------------------------------------------------------------------------


def test_a_least_above_the_models_most_makes_room(bart):
    """Who asks for at least 40 tokens of a model that stops at 24 gets 40."""
    with decoded(bart) as steps:
        summary(bart, min_length=40, num_beams=1)
    assert 39 <= len(steps) <= 55


def test_a_most_below_the_models_least_ends_there(bart):
    """Who asks for at most 5 tokens of a model that writes at least 8 gets 5."""
    with decoded(bart) as steps:
        summary(bart, max_length=5, num_beams=1)
    assert len(steps) <= 4


def test_more_than_a_model_can_write_is_bounded(bart):
    """A most beyond the model's positions is all that it can write, not an error."""
    with decoded(bart) as steps:
        summary(bart, max_length=10**100, min_length=1024, num_beams=1)
    assert len(steps) == 1023


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"min_length": 30, "max_length": 20}, "`min_length` 30, `max_length` 20"),
        ({"min_new_tokens": 20, "max_length": 20}, "`min_new_tokens` 20, `max_length` 20"),
        ({"max_length": 1}, "at least 2"),
        ({"max_new_tokens": 0}, "at least 1"),
        ({"min_length": 1025, "max_length": 2000}, "1024 tokens at most"),
        ({"num_beams": 0}, "from 1 to 64"),
        ({"num_beams": 10**9}, "from 1 to 64"),
        ({"length_penalty": 10**50}, "from -10 to 10"),
        ({"repetition_penalty": 0}, "from 0.01 to 100"),
        ({"do_sample": True, "temperature": 0}, "from 0.01 to 100"),
        ({"do_sample": True, "top_p": 1.5}, "from 0 to 1"),
        ({"do_sample": True, "typical_p": 0}, "from 0.01 to 1"),
        ({"seed": 1}, "seed"),
        ({"max_length": "9"}, "whole number"),
    ],
    ids=str,
)
def test_impossible_parameters_are_refused(bart, parameters, told):
    """What contradicts itself or the model is a 400 that says what may be."""
    with pytest.raises(Refusal, match=told) as caught:
        answer(bart, **parameters)
    assert caught.value.status == 400


@pytest.mark.parametrize("inputs", ["", " \n", ["fine", ""]])
def test_no_text_is_refused(bart, inputs):
    """A model would make up something of nothing."""
    with pytest.raises(Refusal, match="no text"):
        answer(bart, inputs)


def test_a_text_too_long_is_refused_with_both_numbers(bart):
    """Our client knows the answer as a text too long, and nothing was generated."""
    text = TEXT * 12
    given = count(bart, text) + 2
    assert given > 1024
    with decoded(bart) as steps, pytest.raises(Refusal) as caught:
        answer(bart, ["short", text])
    assert steps == []
    assert str(caught.value) == f"`inputs` must have less than 1025 tokens. Given: {given}"
    assert (caught.value.status, caught.value.kind) == (422, "too-long")
    error = read_failure(422, {}, json.dumps({"error": str(caught.value)}).encode())
    assert isinstance(error, TooLongError)


def test_as_much_as_the_model_reads_is_answered(bart):
    """1,024 tokens are fine, one more is not."""
    (letter,) = bart.processor(" a", add_special_tokens=False)["input_ids"]
    text = bart.processor.decode([letter] * 1022)
    assert count(bart, text) == 1022
    assert summary(bart, text)
    with pytest.raises(Refusal, match="Given: 1025"):
        answer(bart, f"{text} a")


@pytest.mark.parametrize("truncation", [True, "longest_first", "only_first"])
def test_truncation_leaves_out_the_end(bart, truncation):
    """Asked to, the model summarizes what it can read."""
    ids = bart.processor(TEXT * 12, truncation=True)["input_ids"]
    assert len(ids) == 1024
    written = bart.model.generate(torch.tensor([ids]))
    expected = bart.processor.decode(written[0], skip_special_tokens=True)
    assert summary(bart, TEXT * 12, truncation=truncation) == expected


@pytest.mark.parametrize("truncation", [False, "do_not_truncate", "only_second"])
def test_no_truncation_refuses(bart, truncation):
    """The other words for truncation leave a text alone as whole as it is."""
    with pytest.raises(Refusal, match="must have less than"):
        answer(bart, TEXT * 12, truncation=truncation)


def test_a_model_without_positions_reads_on(t5):
    """T5 may read more than its tokenizer says it was trained on, but not a whole book."""
    text = TEXT * 4
    assert 512 < count(t5, text) < 4_096
    assert summary(t5, text) == by_hand(
        t5, f"summarize: {text}", **BART, min_length=6, max_length=20
    )
    assert summary(t5, text, truncation=True) != summary(t5, text)
    with pytest.raises(Refusal, match="less than 4097"):
        answer(t5, TEXT * 40)


def test_what_has_no_effect_is_named(bart):
    """Chance without sampling, beams without beams, and a length that another replaces."""
    parameters = {
        "temperature": 0,
        "top_k": 3,
        "num_beams": 1,
        "length_penalty": 99,
        "max_length": 30,
        "max_new_tokens": 9,
    }
    answered = answer(bart, **parameters)
    assert answered.ignored == ("temperature", "top_k", "length_penalty", "max_length")
    assert answered.result == answer(bart, num_beams=1, max_new_tokens=9).result


# -- chance, warnings, and who leaves ----------------------------------------------------------


def test_only_sampling_is_random(bart):
    """The same text has the same summary, unless chance is asked for."""
    assert summary(bart) == summary(bart)
    hot = {"do_sample": True, "temperature": 100, "num_beams": 1, "top_k": 0}
    assert len({summary(bart, **hot) for _ in range(3)}) == 3
    assert len({summary(bart, do_sample=True, num_beams=1, top_k=1) for _ in range(3)}) == 1


def test_chance_is_not_that_of_the_process(bart):
    """A process that has seeded torch for its own ends gets no known summary, and keeps its own."""
    hot = {"do_sample": True, "temperature": 100, "num_beams": 1, "top_k": 0}
    found = set()
    drawn = set()
    for _ in range(2):
        torch.manual_seed(5)
        found.add(summary(bart, **hot))
        drawn.add(float(torch.rand(1)))
    assert len(found) == 2
    assert len(drawn) == 1


def test_a_seed_is_the_same_chance_again():
    """What is drawn follows the seed; whoever waits for another's chance may leave."""
    from workbench.engines.local.steps import seeded

    gone = threading.Event()
    drawn = []
    for seed in (7, 7, 8, 10**100):
        with seeded(seed, gone):
            drawn.append(float(torch.rand(1)))
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3
    with seeded(1, gone):
        gone.set()
        with pytest.raises(ConnectionAbortedError):
            with seeded(2, gone):
                pass


def test_transformers_has_nothing_to_complain_of(bart, t5, caplog):
    """No flag that doesn't apply, no two lengths, no text too long reaches its log."""
    from transformers.utils import logging as library

    library.warning_once.cache_clear()
    log = logging.getLogger("transformers")
    level, propagate = log.level, log.propagate
    log.setLevel(logging.WARNING)
    log.propagate = True
    try:
        for loaded in (bart, t5):
            loaded.processor.deprecation_warnings.clear()
            answer(loaded, temperature=0.5, top_p=0.5, top_k=3, typical_p=0.5)
            answer(loaded, num_beams=1, early_stopping=True, length_penalty=3.0)
            answer(loaded, max_length=4)
            answer(loaded, max_new_tokens=4, max_length=50, min_new_tokens=2, min_length=3)
            answer(loaded, min_length=40)
            answer(loaded, use_cache=False, num_beams=1, max_length=5)
            answer(loaded, TEXT * 4, truncation=True)
        answer(t5, TEXT * 4)
        with pytest.raises(Refusal):
            answer(bart, TEXT * 12)
        assert caplog.records == []
        bart.model.generate(torch.tensor([[0, 5, 2]]), max_new_tokens=12)
        assert caplog.records, "the log would have been seen"
    finally:
        log.setLevel(level)
        log.propagate = propagate


@pytest.mark.parametrize("beams", [1, 4])
def test_who_leaves_ends_generation_at_the_next_token(bart, beams):
    """Gone after the third token: no fourth is begun, by greed or by beams."""
    gone = threading.Event()
    with decoded(bart, lambda count: count < 3 or gone.set()) as steps:
        with pytest.raises(ConnectionAbortedError):
            answer(bart, gone=gone, num_beams=beams, min_length=500, max_length=1000)
    assert len(steps) == 3
    assert summary(bart) == by_hand(bart)


def test_a_caller_leaves_from_another_thread(t5):
    """The event is set by the thread that serves the caller, while this one generates."""
    gone, begun = threading.Event(), threading.Event()
    leaver = threading.Thread(target=lambda: begun.wait(60) and gone.set())
    leaver.start()

    def see(count):
        if count == 5:
            begun.set()
            assert gone.wait(60)

    with decoded(t5, see) as steps:
        with pytest.raises(ConnectionAbortedError):
            answer(t5, gone=gone, max_length=10**100, min_length=9_000, num_beams=1)
    leaver.join()
    assert len(steps) == 5


def test_who_has_left_is_not_served(bart):
    """Nothing is generated for a caller that is gone already, nor for the rest of a batch."""
    gone = threading.Event()
    with decoded(bart, lambda _: gone.set()) as steps:
        with pytest.raises(ConnectionAbortedError):
            answer(bart, list(SENTENCES), gone)
        with pytest.raises(ConnectionAbortedError):
            answer(bart, gone=gone)
    assert len(steps) == 1
