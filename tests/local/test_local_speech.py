"""Completion and chat token by token: the tokens, how they end, and what ends them early."""

from __future__ import annotations

import logging
import threading
import time

import pytest
from tiny_speech import loaded, saying, scoring, tiny_falcon, tiny_gpt2, tiny_llama

from workbench.chat.conversation import Message
from workbench.engines.generation.rules import Invalid, Wanted
from workbench.engines.local.speech import complete, max_total_tokens, reply
from workbench.engines.toolkit import Refusal

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A model of each architecture, by name."""
    folder = tmp_path_factory.mktemp("models")
    made = {make.__name__: make for make in (tiny_llama, tiny_falcon, tiny_gpt2)}
    return {name: loaded(make(folder / name)) for name, make in made.items()}


@pytest.fixture(scope="module")
def llama(models):
    return models["tiny_llama"]


def spoken(lent, prompt="Once upon a time", gone=None, **wanted):
    """A speech for a prompt."""
    return complete(lent, prompt, Wanted(**wanted), gone or threading.Event())


def heard(speech):
    """Its tokens, without pauses."""
    return [token for token in speech.tokens if token is not None]


def text_of(tokens):
    return "".join(token.text for token in tokens)


def generating():
    """The threads in which a model speaks."""
    return [each for each in threading.enumerate() if each.name == "generate"]


@pytest.mark.parametrize("name", ["tiny_llama", "tiny_falcon", "tiny_gpt2"])
@pytest.mark.parametrize("prompt", ["Once upon", "Müller 東京 😀", "The assistant"])
def test_greedy_is_what_generate_says(models, name, prompt):
    """Token by token a model says exactly what a plain `generate` says."""
    lent = models[name]
    read = lent.processor(prompt, return_tensors="pt")
    written = lent.model.generate(
        read["input_ids"],
        attention_mask=read["attention_mask"],
        do_sample=False,
        max_new_tokens=30,
        pad_token_id=0,
    )[0, read["input_ids"].shape[1] :].tolist()
    speech = spoken(lent, prompt, max_new_tokens=30)
    tokens = heard(speech)
    assert [token.id for token in tokens] == written
    assert text_of(tokens) == lent.processor.decode(written)
    assert speech.input_tokens == read["input_ids"].shape[1]
    assert speech.seed is None
    assert [token.finish for token in tokens] == [None] * 29 + ["length"]


def test_nothing_is_told_on_the_side(llama, caplog):
    """transformers finds nothing to warn of: no mask, padding or flag is left to a guess."""
    transformers = pytest.importorskip("transformers")
    own = transformers.GenerationConfig(
        do_sample=True, temperature=0.5, top_k=7, max_length=40, max_new_tokens=5, num_beams=3
    )
    kept, llama.model.generation_config = llama.model.generation_config, own
    root = logging.getLogger("transformers")
    root.addHandler(caplog.handler)
    try:
        assert len(heard(spoken(llama, max_new_tokens=9))) == 9
        assert llama.model.generation_config is own
    finally:
        root.removeHandler(caplog.handler)
        llama.model.generation_config = kept
    assert not caplog.records


def test_logprobs_are_those_of_the_model(llama):
    """They are log softmax of what the model finds, whatever the temperature makes of it."""
    tokens = heard(spoken(llama, max_new_tokens=12, seed=3, sampling={"temperature": 3.0}))
    ids = llama.processor("Once upon a time", return_tensors="pt")["input_ids"]
    for token in tokens:
        with torch.no_grad():
            scores = llama.model(ids).logits[0, -1]
        assert token.logprob == pytest.approx(scores.log_softmax(-1)[token.id].item(), abs=1e-3)
        ids = torch.cat([ids, torch.tensor([[token.id]])], dim=1)


def test_the_end(llama):
    """A model that ends is heard to the end: the special token comes last."""
    end = llama.processor.eos_token_id
    with saying(llama, [*llama.processor.encode("Hi!"), end]) as steps:
        tokens = heard(spoken(llama, max_new_tokens=50))
    assert text_of(tokens[:-1]) == "Hi!"
    assert (tokens[-1].text, tokens[-1].special) == ("<|im_end|>", True)
    assert tokens[-1].finish == "eos_token"
    assert len(steps) == len(tokens)


def test_every_end_of_the_model_counts(llama):
    """One that the generation config names ends an answer, as that of the tokenizer does."""
    own = llama.model.generation_config
    kept = own.eos_token_id
    own.eos_token_id = [llama.processor.encode("!")[0]]
    try:
        for last in ("!", "<|im_end|>"):
            with saying(llama, llama.processor.encode(f"Hi{last}")):
                assert heard(spoken(llama, max_new_tokens=50))[-1].finish == "eos_token"
    finally:
        own.eos_token_id = kept


def test_a_stop_string_ends_generation(llama):
    """No forward is made for a token that nobody is to see."""
    ids = llama.processor.encode("The user asks the assistant a question")
    with saying(llama, ids) as steps:
        tokens = heard(spoken(llama, max_new_tokens=50, stop=("s t",)))
    assert text_of(tokens) == "The user asks t"
    assert tokens[-1].finish == "stop_sequence"
    assert len(steps) == len(tokens)


def test_closing_ends_generation_within_one_token(llama):
    """Closing returns when the model is free, after one more forward at most."""
    ids = llama.processor.encode("abc")

    def slow(step):
        time.sleep(0.01)
        return {ids[step % 3]: 0.0}

    with scoring(llama, slow) as steps:
        speech = spoken(llama, max_new_tokens=400)
        first = next(token for token in speech.tokens if token)
        before = len(steps)
        speech.tokens.close()
        after = len(steps)
        assert not generating()
        time.sleep(0.05)
        assert len(steps) == after
    assert first.text == "a"
    assert after <= before + 1
    assert heard(spoken(llama, max_new_tokens=2))


def test_one_that_was_never_read_did_nothing(llama):
    """Closing what wasn't begun leaves no thread, and made no forward."""
    with scoring(llama, lambda _: {0: 0.0}) as steps:
        spoken(llama, max_new_tokens=9).tokens.close()
        assert not generating()
    assert not steps


@pytest.mark.parametrize("step", [0, 3])
def test_a_caller_that_leaves_ends_generation(llama, step):
    """Also while the prompt is read: the reader is told, and no further forward is made."""
    gone = threading.Event()
    ids = llama.processor.encode("abc")

    def left(number):
        if number == step:
            gone.set()
        return {ids[number % 3]: 0.0}

    with scoring(llama, left) as steps:
        with pytest.raises(ConnectionAbortedError, match="the caller has left"):
            heard(spoken(llama, gone=gone, max_new_tokens=99))
        assert not generating()
        assert len(steps) == step + 1


def test_a_caller_that_left_before_costs_nothing(llama):
    """No thread is started for one who isn't there."""
    gone = threading.Event()
    gone.set()
    with scoring(llama, lambda _: {0: 0.0}) as steps:
        with pytest.raises(ConnectionAbortedError):
            heard(spoken(llama, gone=gone))
    assert not steps


def test_pauses_while_nothing_is_said(llama):
    """There is a moment every 50 ms in which a caller that left is noticed."""
    gone, ids = threading.Event(), llama.processor.encode("abc")

    def slow(step):
        time.sleep(0.5)
        return {ids[0]: 0.0}

    with scoring(llama, slow):
        speech = spoken(llama, gone=gone, max_new_tokens=1)
        pauses = [token for token in speech.tokens if token is None]
    assert 3 <= len(pauses) <= 10


@pytest.mark.parametrize("error", [RuntimeError("boom"), MemoryError("no room"), SystemExit(3)])
def test_an_error_reaches_the_reader(llama, error):
    """What the model raises is raised where its tokens are read; then it can be used again."""
    ids = llama.processor.encode("abc")

    def broken(step):
        if step == 2:
            raise error
        return {ids[step]: 0.0}

    own = llama.model.generation_config
    with scoring(llama, broken):
        speech = spoken(llama, max_new_tokens=9)
        read = []
        with pytest.raises(type(error)) as raised:
            read.extend(iter(speech.tokens))
    assert raised.value is error
    assert not generating()
    assert llama.model.generation_config is own
    assert len(heard(spoken(llama, max_new_tokens=3))) == 3


def test_broken_weights_are_told(llama):
    """Scores that are no numbers are an error with a next step, sampled or not."""
    for sampling in ({}, {"temperature": 0.7}):
        with scoring(llama, lambda _: {5: float("nan")}):
            with pytest.raises(Refusal, match="no numbers") as refused:
                heard(spoken(llama, max_new_tokens=9, sampling=sampling))
        assert refused.value.kind == "failed"
        assert refused.value.hint


def test_lengths(models):
    """What fits is known of each model; more is refused in the words of a hosted one."""
    assert {name: max_total_tokens(lent) for name, lent in models.items()} == {
        "tiny_llama": 512,
        "tiny_falcon": 256,
        "tiny_gpt2": 64,
    }
    gpt2 = models["tiny_gpt2"]
    with pytest.raises(
        Invalid,
        match=r"^`inputs` tokens \+ `max_new_tokens` must be <= 64. Given: 4 `inputs` tokens "
        r"and 61 `max_new_tokens`$",
    ):
        spoken(gpt2, "abc!", max_new_tokens=61)
    assert spoken(gpt2, "abc!", max_new_tokens=60).input_tokens == 4
    with pytest.raises(Invalid, match=r"^`inputs` must have less than 64 tokens. Given: 80$"):
        spoken(gpt2, "!?" * 40)
    with pytest.raises(Invalid, match=r"^`inputs` cannot be empty$"):
        spoken(gpt2, "")
    with pytest.raises(Invalid, match="less than 64 tokens"):
        reply(gpt2, [Message("user", "!?" * 40)], Wanted(), threading.Event())


def test_a_tokenizer_may_know_a_shorter_length(llama):
    """The shorter of what the model and its tokenizer say counts."""
    kept = llama.processor.model_max_length
    llama.processor.model_max_length = 100
    try:
        assert max_total_tokens(llama) == 100
    finally:
        llama.processor.model_max_length = kept


def test_without_a_bound_it_says_what_fits(models):
    """An answer whose caller sets no bound ends where the model does."""
    tokens = heard(spoken(models["tiny_gpt2"], "abc!"))
    assert len(tokens) == 60
    assert tokens[-1].finish == "length"


def test_truncate_keeps_the_end_of_a_prompt(llama):
    """Of a longer prompt only its last tokens are read."""
    ids = llama.processor.encode("The user asks the assistant")[-3:]
    short = llama.processor.decode(ids)
    assert llama.processor.encode(short) == ids
    cut = spoken(llama, "The user asks the assistant", truncate=3, max_new_tokens=8)
    assert cut.input_tokens == 3
    assert heard(cut) == heard(spoken(llama, short, max_new_tokens=8))
