"""How the next token is chosen: each parameter, and seeds that hold."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tiny_speech import loaded, scoring, tiny_gpt2, tiny_llama

from workbench.chat.conversation import Message
from workbench.engines.generation.rules import Wanted
from workbench.engines.local.sampling import read_sampling
from workbench.engines.local.speech import complete, reply

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    return loaded(tiny_llama(tmp_path_factory.mktemp("llama")))


@pytest.fixture(scope="module")
def gpt2(tmp_path_factory):
    return loaded(tiny_gpt2(tmp_path_factory.mktemp("gpt2")))


def said(lent, seed=None, most=20, prompt="Once", **sampling):
    """The ids that a model says."""
    wanted = Wanted(max_new_tokens=most, seed=seed, sampling=sampling)
    speech = complete(lent, prompt, wanted, threading.Event())
    return [token.id for token in speech.tokens if token]


def letters(lent, scores, most=60, **sampling):
    """What is said by a model that always finds these letters so likely: its logits."""
    ids = {lent.processor.encode(letter)[0]: score for letter, score in scores.items()}
    with scoring(lent, lambda _: ids):
        return lent.processor.decode(said(lent, seed=1, most=most, **sampling))


def test_a_seed_holds(llama):
    """The same seed says the same, another says something else."""
    first = said(llama, seed=7, temperature=1.0)
    assert said(llama, seed=7, temperature=1.0) == first
    assert said(llama, seed=8, temperature=1.0) != first


@pytest.mark.parametrize("seed", [2**64 - 1, -5])
def test_every_seed_can_be_used(llama, seed):
    """The largest of 64 bits, and one below zero, as OpenAI allows."""
    assert said(llama, seed=seed, temperature=1.0) == said(llama, seed=seed, temperature=1.0)


def test_a_seed_is_drawn_and_told(llama):
    """Without one, what was said can be said again by the seed that is told."""

    def speech(seed=None):
        wanted = Wanted(max_new_tokens=20, seed=seed, sampling={"do_sample": True})
        return complete(llama, "Once", wanted, threading.Event())

    first, second = speech(), speech()
    assert first.seed != second.seed
    again = speech(first.seed)
    assert list(first.tokens) == list(again.tokens)


def test_greedy_tells_no_seed(llama):
    """A seed that had no effect is not told."""
    assert complete(llama, "Once", Wanted(seed=3), threading.Event()).seed is None


def test_models_at_once_do_not_disturb_each_other(llama, gpt2):
    """Seeds hold while another model samples, and nobody's chance is touched."""
    asked = [(lent, seed) for seed in range(4) for lent in (llama, gpt2)]
    alone = [said(lent, seed=seed, temperature=1.0) for lent, seed in asked]
    state = torch.get_rng_state()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(lambda: [said(llama, seed=s, temperature=1.0) for s in range(4)])
        two = pool.submit(lambda: [said(gpt2, seed=s, temperature=1.0) for s in range(4)])
        together = [ids for pair in zip(one.result(), two.result(), strict=True) for ids in pair]
    assert together == alone
    assert torch.equal(torch.get_rng_state(), state)


def test_what_implies_sampling(llama):
    """One of four parameters samples, even beside do_sample off; a temperature of 0 never does."""
    greedy = said(llama)
    assert said(llama, seed=1, do_sample=False) == greedy
    assert said(llama, seed=1, do_sample=True, temperature=0) == greedy
    assert said(llama, seed=1, temperature=1e-44) == greedy
    assert said(llama, seed=1, repetition_penalty=1.0) == greedy
    for sampling in ({"temperature": 1.0}, {"top_k": 300}, {"top_p": 0.99}, {"typical_p": 0.99}):
        assert said(llama, seed=1, do_sample=False, **sampling) != greedy


def test_temperature(llama):
    """A low one says the likeliest, a high one everything."""
    scores = {"a": 2.0, "b": 1.0, "c": 0.0}
    assert set(letters(llama, scores, temperature=0.05)) == {"a"}
    assert set(letters(llama, scores, temperature=1.0)) == {"a", "b", "c"}
    counts = [letters(llama, scores, most=200, temperature=t).count("a") for t in (0.5, 1.0, 9.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[2] + 40


def test_top_k(llama):
    """Only so many of the likeliest are said."""
    scores = {"a": 0.2, "b": 0.1, "c": 0.0}
    assert set(letters(llama, scores, top_k=1)) == {"a"}
    assert set(letters(llama, scores, top_k=2)) == {"a", "b"}
    assert set(letters(llama, scores, top_k=3)) == {"a", "b", "c"}


def test_top_p(llama):
    """The likeliest that have so much of the probability together are said; 1 is all of them."""
    scores = {"a": 0.0, "b": -0.5, "c": -1.0}  # 0.51, 0.31, 0.19
    assert set(letters(llama, scores, top_p=0.4)) == {"a"}
    assert set(letters(llama, scores, top_p=0.7)) == {"a", "b"}
    assert set(letters(llama, scores, top_p=1)) == {"a", "b", "c"}


def test_typical_p(llama):
    """Those are said whose surprise is nearest to the expected one, here not the likeliest."""
    scores = {"a": 0.0, "b": -0.7, "c": -1.4, "d": -1.4}  # 0.5, 0.25, 0.125, 0.125
    assert set(letters(llama, scores, typical_p=0.2)) == {"b"}
    assert set(letters(llama, scores, typical_p=0.6)) == {"a", "b"}


def test_repetition_penalty(llama):
    """What stands in the prompt or was said gets less likely, once and for all."""
    scores = {"a": 1.0, "b": 0.9, "c": 0.7}
    assert letters(llama, scores, most=5, repetition_penalty=2.0) == "abcaa"
    assert letters(llama, scores, most=3, prompt="xa", repetition_penalty=2.0) == "bca"


def test_frequency_penalty(llama):
    """Each time that a token was said makes it less likely; the prompt doesn't count."""
    scores = {"a": 1.0, "b": 0.5, "c": 0.0}
    assert letters(llama, scores, most=5) == "aaaaa"
    assert letters(llama, scores, most=6, prompt="aab", frequency_penalty=0.6) == "abacba"


def test_presence_penalty(llama):
    """That a token was said makes it less likely, however often; the prompt doesn't count."""
    scores = {"a": 1.0, "b": 0.5, "c": 0.0}
    assert letters(llama, scores, most=6, prompt="aab", presence_penalty=0.6) == "abaaaa"


def test_the_defaults_of_a_model_count_in_a_chat(llama):
    """A chat samples as the model's makers advise, a completion is greedy, a caller overrides."""
    transformers = pytest.importorskip("transformers")
    advised = transformers.GenerationConfig(do_sample=True, temperature=1.3, top_k=3, min_p=0.1)
    assert read_sampling({}, advised).samples
    assert read_sampling({"top_k": 9}, advised).top_k == 9
    assert read_sampling({"top_k": 9}, advised).temperature == 1.3
    assert read_sampling({}, advised).min_p == 0.1
    assert not read_sampling({"do_sample": False}, advised).samples
    kept, llama.model.generation_config = llama.model.generation_config, advised
    try:
        messages, gone = [Message("user", "Hi")], threading.Event()
        assert reply(llama, messages, Wanted(), gone).seed is not None
        assert reply(llama, messages, Wanted(sampling={"temperature": 0}), gone).seed is None
        assert complete(llama, "Hi", Wanted(), gone).seed is None
    finally:
        llama.model.generation_config = kept
