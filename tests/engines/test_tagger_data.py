"""The tagger's lists can be read, are clean, and stay small."""

import gzip
from importlib import resources

import pytest

from workbench.engines.embedded.tagger.gazetteer import load
from workbench.engines.embedded.tagger.lexicon import is_people, look_up, recased
from workbench.engines.embedded.tagger.tokens import sentences, tokenise

DATA = resources.files("workbench.engines.embedded.tagger") / "data"

KNOWN = [
    ("common", "table"),
    ("first", "Angela"),
    ("last", "Merkel"),
    ("nation", "Allemagne"),
    ("city", "Nairobi"),
    ("region", "California"),
    ("demonym", "Kenyan"),
    ("company", "Siemens Energy"),
    ("foreign", "日本"),
    ("organisation", "NATO"),
    ("club", "Leeds United"),
    ("event", "World War II"),
    ("orgtail", "university"),
    ("particle", "von"),
    ("water", "Irrawaddy"),
    ("land", "Karakoram"),
    ("epithet", "great"),
]


@pytest.mark.parametrize(("section", "name"), KNOWN, ids=[row[0] for row in KNOWN])
def test_list_holds_what_it_is_for(section, name):
    """Each list was generated or written, and knows a name anyone would look for."""
    assert name in load()[section]


def test_lists_are_clean():
    """No entry is empty, padded, or a leftover of the file format."""
    for section, entries in load().items():
        assert entries, section
        assert all(e and e == e.strip() and "@" not in e and ";" not in e for e in entries), section


def test_ordinary_words_are_no_names_by_mistake():
    """Words a text is full of are in no list of places or companies by themselves."""
    places = load()["town"] | load()["village"] | load()["company"] | load()["demonym"]
    assert not places & {"The", "And", "Please", "However", "Said", "Morning"}


def test_generated_file_is_reproducible_and_small():
    """Its gzip header carries no date, and the data stays far under a megabyte."""
    packed = (DATA / "gazetteer.gz").read_bytes()
    assert packed[4:8] == b"\0\0\0\0"
    assert len(packed) < 900_000
    assert gzip.decompress(packed).startswith(b"@common\n")


def test_shouted_words_are_recased():
    """Capitals all through a line are read as running text writes them."""
    assert [recased(w) for w in ("LONDON", "MCDONALD", "OF")] == ["London", "McDonald", "of"]
    assert look_up("NATO", True).key == "NATO"
    assert look_up("LONDON", False).key == "London"


def test_peoples_join_with_hyphens():
    """Nationalities combine; ordinary hyphenated words do not become peoples."""
    assert is_people("Franco-German")
    assert is_people("Nigerian-Canadian")
    assert not is_people("Jean-Luc")


def test_tokens_keep_names_whole_and_cut_the_rest():
    """Hyphens, apostrophes and full stops stay inside names and are cut off their tails."""
    words = [t.text for t in tokenise("Kar-wai O'Neill's U.S.-based, Rio-born pro-EU N.Y. S&P")]
    assert words == (
        "Kar-wai O'Neill 's U.S. - based , Rio - born pro - EU N.Y. S&P".split()  # noqa: SIM905
    )


def test_sentences_end_where_they_should():
    """Abbreviations and folded lines go on; headlines and blank lines end."""
    text = "Mr. Smith met J. Doe\nin a house. He left.\nSTOCKS FALL\nBONDS RISE\n\nEnd"
    found = [" ".join(t.text for t in s) for s in sentences(tokenise(text))]
    assert found == [
        "Mr. Smith met J. Doe in a house .",
        "He left .",
        "STOCKS FALL",
        "BONDS RISE",
        "End",
    ]
