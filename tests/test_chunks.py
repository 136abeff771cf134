"""Token estimates, and chunks that fit, lose nothing and break at the best place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.chunks import estimate_tokens, split_text

WORDS = st.sampled_from(
    ["word", "internationalisation", "é", "5", "2024", "好", "Ж", "न", "The", "🎉"]
)
MARKS = st.sampled_from([" ", "\n\n", "\n", ". ", ", ", "。", "，", "「", "」", "-"])
TEXTS = st.one_of(st.text(), st.lists(WORDS | MARKS, max_size=60).map("".join))


def chunks(text, max_tokens):
    return [text[start:end] for start, end in split_text(text, max_tokens)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param(" \n\t", 0, id="white space"),
        pytest.param("cat", 1, id="word"),
        pytest.param("reading", 1, id="seven letters"),
        pytest.param("reader's", 3, id="apostrophe"),
        pytest.param("readings", 2, id="eight letters"),
        pytest.param("2024", 2, id="year"),
        pytest.param("3.14", 3, id="decimal"),
        pytest.param("café", 2, id="accent"),
        pytest.param("你好，世界", 5, id="chinese"),
        pytest.param("カタカナ", 4, id="japanese"),
        pytest.param("안녕", 2, id="korean"),
        pytest.param("привет", 3, id="russian"),
        pytest.param("सच।", 2, id="danda apart"),
        pytest.param("...", 3, id="dots"),
        pytest.param("🎉", 1, id="emoji"),
    ],
)
def test_estimate_counts_by_script(text, tokens):
    """Each class of characters costs what the docstring says."""
    assert estimate_tokens(text) == tokens


def test_estimate_of_english_prose_is_near_the_real_count():
    """The estimate lies between the 47 tokens of BART's vocabulary and a sixth more."""
    text = (
        "Sterling fell 0.4 percent against the dollar after the announcement, and two-year gilt "
        "yields dropped to their lowest level in a month as traders added to bets on a summer cut. "
        "The bank will publish new forecasts in August."
    )
    assert 47 <= estimate_tokens(text) <= 55


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS)
def test_estimate_adds_up(one, two):
    """Two texts joined cost as much as both or one token less, and never more than characters."""
    both, apart = estimate_tokens(one + two), estimate_tokens(one) + estimate_tokens(two)
    assert apart - 1 <= both <= apart
    assert both >= max(estimate_tokens(one), estimate_tokens(two))
    assert both <= len(one + two)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(1, 30))
def test_chunks_fit_and_lose_nothing(text, max_tokens):
    """Chunks are in order, trimmed, within the limit, and only white space lies between."""
    position = 0
    for start, end in split_text(text, max_tokens):
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert estimate_tokens(text[start:end]) <= max_tokens
        position = end
    assert not text[position:].strip()


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_text_that_fits_is_one_chunk(text):
    """With room for all of it, a text comes back whole, and an empty one as no chunk."""
    wanted = [text.strip()] if text.strip() else []
    assert chunks(text, max(1, estimate_tokens(text))) == wanted


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(2, 9), min_size=2, max_size=20), st.integers(12, 40))
def test_sentences_that_fit_stay_whole(lengths, max_tokens):
    """Where each sentence fits a chunk, no chunk ends inside one."""
    text = " ".join("We " + "saw " * n + "it." for n in lengths)
    assert all(chunk.endswith("it.") for chunk in chunks(text, max_tokens))


@pytest.mark.parametrize(
    ("text", "max_tokens", "wanted"),
    [
        pytest.param(
            "A b c d. E f.\n\nG h i. J k l.", 10, ["A b c d. E f.", "G h i. J k l."], id="paragraph"
        ),
        pytest.param("A b c d e. F g h i.", 8, ["A b c d e.", "F g h i."], id="sentence"),
        pytest.param("a b c d, e f g h", 6, ["a b c d,", "e f g h"], id="clause"),
        pytest.param("one two three four", 2, ["one two", "three four"], id="word"),
        pytest.param("a" * 28, 2, ["a" * 14, "a" * 14], id="character"),
        pytest.param("一二三。四五六。", 5, ["一二三。", "四五六。"], id="chinese sentence"),
        pytest.param("一二三，四五六", 5, ["一二三，", "四五六"], id="chinese clause"),
        pytest.param("一二三「四五六七", 5, ["一二三", "「四五六七"], id="bracket stays"),
        pytest.param("ab." * 2 + " " + "cd", 4, ["ab.ab.", "cd"], id="no cut at a mark in a word"),
    ],
)
def test_cuts_fall_at_the_best_boundary(text, max_tokens, wanted):
    """Paragraph before sentence before clause before word before character."""
    assert chunks(text, max_tokens) == wanted


def test_chunks_are_balanced():
    """A text a little over the limit is halved rather than trimmed by a few words."""
    sizes = [estimate_tokens(chunk) for chunk in chunks("word " * 110, 100)]
    assert sizes == [55, 55]


def test_a_short_first_paragraph_is_no_chunk():
    """A paragraph much smaller than its share is kept with what follows."""
    assert chunks("Hi.\n\nB c d e f g h we. J k l m n o p we.", 12) == [
        "Hi.\n\nB c d e f g h we.",
        "J k l m n o p we.",
    ]


def test_last_chunk_is_no_crumb():
    """No chunk of even prose is below half of the largest."""
    sizes = [estimate_tokens(chunk) for chunk in chunks("We saw the old town. " * 101, 100)]
    assert min(sizes) > max(sizes) / 2


@pytest.mark.parametrize("max_tokens", [0, -1])
def test_limit_below_one_is_refused(max_tokens):
    """A chunk cannot hold less than a token."""
    with pytest.raises(ValueError, match="max_tokens must be at least 1"):
        split_text("text", max_tokens)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("max_tokens", [1, 50, 1000])
@pytest.mark.parametrize("unit", ["a", ".", "好", "We saw it. ", "a, b ", "x\n\n"], ids=repr)
def test_long_repetition_is_cut_whole(unit, max_tokens):
    """A long text that repeats one thing ends in time, in full chunks that lose nothing."""
    text = unit * (200_000 // len(unit))
    found = chunks(text, max_tokens)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert max(map(estimate_tokens, found)) <= max_tokens
    assert len(found) <= 3 * -(-estimate_tokens(text) // max_tokens)
