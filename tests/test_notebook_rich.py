"""What the tasks return: shown richly by a notebook, and what it always was to everything else."""

from __future__ import annotations

import copy
import json
import pickle
from html.parser import HTMLParser

import pytest
from PIL import Image

from tasks.captioning import Caption, caption
from tasks.describe_and_generate import Rounds, describe_and_generate, run
from tasks.ner import Entities, find_entities
from tasks.summarization import Summary, summarize
from tasks.text_to_image import make_picture
from workbench.errors import InvalidInputError
from workbench.language import speaking
from workbench.notebook import rich

EVIL = "<script>alert(1)</script> & <img src=https://evil.example/x onerror=alert(1)>"
TAGS = {"div", "span", "mark", "figure", "figcaption", "img"}


class Reader(HTMLParser):
    """Reads HTML: its tags, the sources of its pictures, and its words."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.sources, self.words = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        assert not [name for name, _ in attributes if name.startswith("on")]
        self.sources += [value for name, value in attributes if name == "src"]

    def handle_data(self, data):
        self.words += data


def shown(result):
    """What a notebook shows of a result: known tags alone, no picture from elsewhere."""
    page = Reader(result._repr_html_())
    assert set(page.tags) <= TAGS
    assert all(source.startswith("data:image/") for source in page.sources)
    return page


def again(result):
    """A result as another process gets it."""
    return pickle.loads(pickle.dumps(result))  # noqa: S301 - our own


def entity(start, end, word="Ada", kind="PER"):
    return {"entity_group": kind, "score": 0.9, "word": word, "start": start, "end": end}


def test_entities_are_a_list(client):
    """They compare, print, slice, pickle, copy and become JSON as the list they are."""
    found = find_entities("Ada Lovelace lived in London.", client=client)
    plain = list(found)
    assert found == plain
    assert repr(found) == repr(plain)
    assert type(found[:1]) is list
    assert found[:1] == plain[:1]
    assert json.dumps(found) == json.dumps(plain)
    assert found + [] == plain
    for other in (again(found), copy.deepcopy(found)):
        assert other == plain
        assert other.text == found.text


def test_entities_are_marked_in_their_text(client):
    """The whole text is there, each entity marked and followed by its type."""
    page = shown(find_entities("Ada Lovelace lived in London.", client=client))
    assert page.tags.count("mark") == 2
    assert page.words == "Ada LovelacePER lived in LondonLOC."


def test_entities_of_a_wicked_text_are_words():
    """Text, word and type may come from anywhere: no tag of theirs is one."""
    found = Entities([entity(0, 8, EVIL, EVIL), entity(None, None, EVIL, EVIL)], EVIL)
    page = shown(found)
    assert page.words.count(EVIL) == 3
    assert page.tags.count("mark") == 2


def test_entities_that_overlap_repeat_no_text():
    """Pieces that overlap or lie outside, which a list may be changed to have, add nothing."""
    found = Entities([entity(4, 8), entity(0, 3), entity(2, 6), entity(90, 99)], "Ada and Bob")
    assert shown(found).words.replace("PER", "") == "Ada and Bob"
    assert "No entities found." in shown(Entities([], "Nobody.")).words


def test_summary_and_caption_are_text(client):
    """They are strings, compare and pickle as such; a notebook shows their words."""
    summary = Summary("<b>Short</b>", parts=3)
    assert shown(summary).words == "<b>Short</b>summarized in 3 parts"
    with speaking("zh"):
        assert "summarized" not in shown(summary).words
    said = Caption(EVIL, "data:image/png;base64,AA")
    assert shown(said).words == EVIL
    for text in (summary, said, summarize("Short.", client=client)):
        other = again(text)
        assert other == text == str(text)
        assert other._repr_html_() == text._repr_html_()


def test_a_caption_keeps_a_small_copy_of_its_picture(client):
    """Not the picture itself: a few kilobytes, however large that was."""
    said = caption(Image.effect_noise((1500, 1000), 90).convert("RGB"), client=client)
    assert len(shown(said).sources) == 1
    assert len(said.picture) < 40_000


def test_a_picture_shows_its_recipe(client):
    """The picture itself, what it was asked to be, and what the endpoint did otherwise."""
    made = make_picture(EVIL + " boat", client=client, width=64, height=64, seed=7)
    page = shown(made)
    assert "seed 7" in page.words
    assert EVIL in page.words
    assert page.tags.count("img") == 1


def test_a_game_is_a_strip(client, tmp_path):
    """The first picture and one of each round, which the game keeps while it is read."""
    game = describe_and_generate(Image.new("RGB", (64, 64)), client=client, rounds=2, width=64)
    first = next(game)
    assert game.rounds == [first]
    assert shown(first).tags.count("img") == 2
    assert [made.number for made in game] == [2]
    assert shown(game.rounds).tags.count("img") == 3
    assert not Rounds()._repr_html_().count("img")
    told = run(Image.new("RGB", (64, 64)), client=client, rounds=1)
    assert isinstance(told, Rounds)
    assert "Round 1 · drift" in shown(told).words


def test_a_game_that_is_closed_ends(client):
    """`close`, and leaving the `with` block, ends the rounds."""
    with describe_and_generate(Image.new("RGB", (64, 64)), client=client, rounds=3) as game:
        next(game)
    assert list(game) == []


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        (r"\(a\) and \[b\]", "$a$ and $$b$$"),
        ("```\n\\(a\\)\n```\n\\(b\\)", "```\n\\(a\\)\n```\n$b$"),
        (r"``x ` \(a\)`` \(b\)", r"``x ` \(a\)`` $b$"),
        ("```\n\\(a\\)", "```\n\\(a\\)"),
    ],
)
def test_formulas_stand_between_dollars(markdown, shown):
    """Notebooks read formulas between dollars; code stays as it is."""
    assert rich.with_dollars(markdown) == shown


def test_an_error_speaks_the_language():
    """What IPython shows of an error is in the language that is spoken, though its text isn't."""
    error = InvalidInputError("there is no text to read", hint="Type or paste some first.")
    with speaking("zh"):
        told = "\n".join(error._render_traceback_())
    assert "no text" not in told
    assert "Type or paste" not in told
    assert str(error) == "there is no text to read"
