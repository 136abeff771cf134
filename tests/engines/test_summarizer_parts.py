"""The parts of the embedded summarizer: cutting, cleaning, grading, ranking."""

import pytest

from workbench.chunks import estimate_tokens
from workbench.engines.embedded.summarizer import selection
from workbench.engines.embedded.summarizer.cutting import cut, join
from workbench.engines.embedded.summarizer.form import clean, form, is_apparatus, leans
from workbench.engines.embedded.summarizer.ranking import lexrank, score_sentences
from workbench.engines.embedded.summarizer.reading import Sentence, read_sentences
from workbench.engines.embedded.summarizer.selection import Candidates, choose
from workbench.engines.embedded.summarizer.words import terms


@pytest.mark.parametrize(
    ("text", "limit", "wanted", "result"),
    [
        pytest.param("One two.", 3, 0, "One two.", id="fits"),
        pytest.param("a b c d, e f g h", 8, 0, "a b c d…", id="clause"),
        pytest.param("a b c d, e f g h", 8, 7, "a b c d, e f…", id="clause too short"),
        pytest.param("a, b c d e f g h", 6, 0, "a, b c d…", id="early clause"),
        pytest.param("a b c (d e f g h", 5, 0, "a b c…", id="loose bracket"),
        pytest.param("一二三四，五六七", 6, 0, "一二三四…", id="chinese"),
        pytest.param("a" * 40, 3, 0, "a" * 14 + "…", id="inside a word"),
        pytest.param("One two.", 1, 0, "One", id="one token"),
        pytest.param("Concrete is hard.", 2, 0, "is…", id="no half of a word"),
    ],
)
def test_cut(text, limit, wanted, result):
    """Text is cut at the last good place that fits, and marked when there is room."""
    assert cut(text, limit, wanted) == result


def test_join_by_script():
    """Only Chinese and Japanese sentences follow each other without a space."""
    assert join(["Eins.", "Zwei.", "三。", "四。", "五", "六"]) == "Eins. Zwei. 三。四。五 六"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        pytest.param("(CNN) -- Rain fell.", "Rain fell.", id="agency"),
        pytest.param("LONDON (AP) — Rain fell.", "Rain fell.", id="city and agency"),
        pytest.param("Oslo, May 3 (Reuters) - Rain fell.", "Rain fell.", id="date"),
        pytest.param("SAN DIEGO, Calif. — Rain fell.", "Rain fell.", id="city"),
        pytest.param("NASA — the agency — said so.", "NASA — the agency — said so.", id="aside"),
        pytest.param("IBM (the company) rose.", "IBM (the company) rose.", id="brackets"),
        pytest.param("1. Rain fell.", "Rain fell.", id="list number"),
        pytest.param("• Rain fell.", "Rain fell.", id="bullet"),
        pytest.param("J. Smith left.", "J. Smith left.", id="initial"),
        pytest.param("Rain[2] fell.[a][13]", "Rain fell.", id="citations"),
        pytest.param("It [the rain] fell.", "It [the rain] fell.", id="insertion"),
    ],
)
def test_clean(raw, wanted):
    """Datelines, list marks and citations go; what only resembles them stays."""
    assert clean(raw) == wanted


@pytest.mark.parametrize(
    ("text", "alone", "wanted"),
    [
        pytest.param("Early life", True, True, id="heading"),
        pytest.param("Early life", False, False, id="fragment in a line"),
        pytest.param("== Early life ==", True, True, id="wiki heading"),
        pytest.param("Photo: The harbour at dawn.", False, True, id="caption"),
        pytest.param("The harbour at dawn. (Photo: AP)", False, True, id="credit"),
        pytest.param("Subscribe to our letter.", False, True, id="notice"),
        pytest.param("Photography is an art.", True, False, id="photography"),
        pytest.param("Subscribers left.", True, False, id="subscribers"),
        pytest.param("Watch makers met.", True, False, id="watch"),
        pytest.param("Published in 1851, it sold.", True, False, id="published"),
        pytest.param("By Monday it was over.", True, False, id="by"),
    ],
)
def test_apparatus(text, alone, wanted):
    """Headings, captions and notices are told from prose that begins alike."""
    assert is_apparatus(text, text, estimate_tokens(text), alone=alone) is wanted


@pytest.mark.parametrize(
    "text",
    [
        "However, it fell.",
        "“She left.”",
        "As a result, it fell.",
        "Il est parti.",
        "但他走了。",
        "यह है।",
    ],
)
def test_leaning_openers(text):
    """Pronouns and connectives at the start lean on what came before."""
    assert leans(text)


@pytest.mark.parametrize("text", ["Item one fell.", "Theory holds.", "Asia grew.", "北京很大。"])
def test_free_openers(text):
    """Words that only begin like them do not."""
    assert not leans(text)


def test_form_grades():
    """Plain statements read best, then quotations, then questions and halves of quotations."""
    plain = form("Rain fell on the town.", 4, inside_quote=False)
    quoted = form("“Rain fell on the town,” he said.", 4, inside_quote=False)
    question = form("Did rain fall on the town?", 4, inside_quote=False)
    half = form("Rain fell on the town.", 4, inside_quote=True)
    assert 1 == plain > quoted > max(question, half) > 0


def test_terms_fold_endings_and_drop_the_closed_class():
    """Forms of a word meet, and grammar words do not count."""
    assert terms("The painters were painting!") == terms("painter paintings")
    assert terms("It was in the of and.") == []


def test_lexrank_is_the_stationary_share_of_the_walk():
    """Without building the graph, the walk gives the ranks of the explicit matrix."""
    rows = [{"a": 0.6, "b": 0.8}, {"a": 1.0}, {"b": 0.6, "c": 0.8}, {"d": 1.0}]
    jumps = [0.4, 0.2, 0.2, 0.2]
    weight = [
        [0.0 if i == j else sum(v * two.get(t, 0) for t, v in one.items())
         for j, two in enumerate(rows)] for i, one in enumerate(rows)
    ]  # fmt: skip
    steps = [[w / sum(line) for w in line] if sum(line) else jumps for line in weight]
    rank = jumps
    for _ in range(10):
        rank = [
            0.2 * jumps[j] + 0.8 * sum(rank[i] * steps[i][j] for i in range(4)) for j in range(4)
        ]
    assert lexrank(rows, jumps) == pytest.approx(rank)


def test_duplicates_are_read_once():
    """A sentence that stands twice in the text cannot stand twice in the summary."""
    assert [sentence.text for sentence in read_sentences("Rain fell. Wind blew. Rain fell.")] == [
        "Rain fell.",
        "Wind blew.",
    ]


def test_danda_is_no_part_of_a_word():
    """The Hindi full stop does not make another word of the last one."""
    assert terms("यहाँ बारिश।") == terms("यहाँ बारिश")


def test_reading_tells_what_a_sentence_needs():
    """A leaning sentence names the prose before it, across a heading; the first needs none."""
    found = read_sentences("It rained in Elm.\n\nLater\n\nIt snowed in Elm. Elm froze.")
    assert [(sentence.text, sentence.leans) for sentence in found] == [
        ("It rained in Elm.", -1),
        ("Later", -1),
        ("It snowed in Elm.", 0),
        ("Elm froze.", -1),
    ]


def test_the_middle_of_a_quotation_reads_badly():
    """A sentence without quotation marks between two that open and close is still speech."""
    text = (
        '"The harbour wall is old. The harbour wall held all night. We stay here now," he said. '
        "Rain fell on the harbour wall."
    )
    grades = [sentence.form for sentence in read_sentences(text)]
    assert max(grades[:3]) < grades[3] == 1


@pytest.mark.parametrize(("title", "best"), [("Brick factory", 3), ("Museum", 2)])
def test_title_words_outweigh_place(title, best):
    """A later sentence with the words of the title scores above the lead."""
    body = "The town lies on a river. The museum keeps old glass. The factory makes red bricks."
    scores = score_sentences(read_sentences(f"{title}\n\n{body} The river floods in May."))
    assert scores.index(max(scores)) == best


def candidates(*rows):
    sentences = [
        Sentence(f"s{i}", cost, tuple(about.split()), 1.0, prose=True, opens=False, leans=leans)
        for i, (cost, _, about, leans) in enumerate(rows)
    ]
    weights = {term: 1.0 for sentence in sentences for term in sentence.terms}
    return Candidates(sentences, [score for _, score, _, _ in rows], weights)


@pytest.mark.parametrize(
    ("rows", "minimum", "maximum", "chosen"),
    [
        pytest.param([(9, 1.0, "a", -1), (9, 2.0, "b", -1)], 1, 10, {1}, id="the best"),
        pytest.param(
            [(9, 0.1, "a", -1), (9, 1.5, "b", 0), (9, 1.0, "c", -1)], 1, 10, {2}, id="not dangling"
        ),
        pytest.param(
            [(9, 2.0, "a", -1), (9, 1.5, "b", 0), (9, 1.0, "c", -1)], 1, 20, {0, 1}, id="supported"
        ),
        pytest.param(
            [(9, 2.0, "a b", -1), (9, 1.5, "a b", -1), (9, 1.0, "c d", -1)], 1, 20, {0, 2}, id="new"
        ),
        pytest.param(
            [(30, 5.0, "a", -1), (20, 4.0, "b", -1), (20, 4.0, "c", -1)],
            40,
            40,
            {1, 2},
            id="packed to size",
        ),
        pytest.param([(30, 5.0, "a", -1)], 40, 40, {0}, id="as near as can be"),
        pytest.param([(30, 5.0, "a", -1)], 5, 20, set(), id="none fits"),
        pytest.param([(9, 5.0, "a", -1), (2, 0.01, "b", -1)], 5, 20, {0}, id="no padding"),
        pytest.param([(9, 5.0, "a", -1), (2, 0.01, "b", -1)], 11, 20, {0, 1}, id="needed padding"),
    ],
)
def test_choose(rows, minimum, maximum, chosen):
    """Score, support, novelty and size decide, in a table of four-column sentences."""
    assert choose(candidates(*rows), maximum, minimum, maximum) == chosen


def test_choosing_takes_a_bounded_number_of_looks(monkeypatch):
    """Gains are worked out at most ten times a sentence, even if each choice changes them all."""
    looks = 0
    gain = selection._Draft.gain

    def counted(draft, index):
        nonlocal looks
        looks += 1
        return gain(draft, index)

    monkeypatch.setattr(selection._Draft, "gain", counted)
    steps = [(1, 1.001 - 0.004 * i, f"t{i}", -1) for i in range(100)]
    falling = [(1, 1.0, " ".join(f"t{i}" for i in range(100)), -1)] * 200
    sentences = candidates(*steps, *falling)
    assert choose(sentences, 60, 1, 60)
    assert looks <= 10 * len(sentences.sentences)
