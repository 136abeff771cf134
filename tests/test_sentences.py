"""Sentence boundaries: which marks end a sentence, which lines do, and that no text is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.sentences import sentence_spans


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


WHOLE = [
    ("title", "Dr. Ana Ruiz met Mr. and Mrs. Bell."),
    ("title before a starter word", "They asked Mr. He about it."),
    ("acronym", "The U.S. Senate and the U.N. Charter agree."),
    ("latin", "Some metals, e.g. Copper, i.e. Cu, conduct."),
    ("time", "It opens at 9 a.m. Monday and shuts at 5 p.m. EST."),
    ("number", "See No. 5, Fig. 3, pp. 10 and Vol. II."),
    ("month", "It began on Jan. 5 and ended on Sept. 30."),
    ("company", "Shares of Acme Inc. Chairman Joe Roe fell."),
    ("street", "She lives at 12 Main St. Boston."),
    ("saint", "St. Louis lost."),
    ("initials", "Books by J. K. Rowling and W. E. B. Du Bois sold."),
    ("single initial", "My name is Jonas E. Smith."),
    ("law", "Roe v. Wade was decided."),
    ("circa", "Born c. 1450, he died d. 1500."),
    ("decimal", "It costs $3.50, or 3.14 times more."),
    ("version", "Version v2.0.1 and app.py changed."),
    ("address", "Write to jane.doe@example.com or see https://example.com/a.b?c=1!x now."),
    ("ellipsis goes on", "I wonder ... and so do you... or not."),
    ("elision", "He said “the [...] law (…) holds” there."),
    ("quoted question goes on", "“Why?” she asked."),
    ("quoted statement goes on", "'This is great.' she said."),
    ("attribution", '"Who did it?" Smith asked.'),
    ("mark in brackets", "They won (!) The Cup."),
    ("brand", "She works at Yahoo! in accounts."),
    ("sentence in brackets", "He taught (He had worked for years.) at the school."),
    ("spanish", "La Sra. Gómez vive en EE. UU. con el Dr. Paz."),
    ("french", "Mme. Petit et M. Blanc arrivent."),
    ("french spaced marks", "« Quoi ? » dit-il."),
    ("german", "Am 3. Oktober kam z. B. Herr Dr. Klein, d. h. der Chef."),
    ("german glued", "Das ist z.B. Wasser, bzw. Eis."),
    ("italian", "Il Sig. Rossi e il Dott. Verdi parlano."),
    ("portuguese", "O Exmo. Juiz falou na Av. Brasil."),
    ("japanese quotation goes on", "「行くよ。」と彼は言った。"),
    ("list number", "1. First things first."),
    ("lone quote at the end", "0. ‘"),
]

APART = [
    ("plain", "One came. Two left.", ["One came.", "Two left."]),
    ("acronym, then a starter", "I live in the U.S. The sun shines.", 2),
    ("company, then a starter", "He left Acme Inc. It failed.", 2),
    ("time, then a name", "It ended at 5 p.m. Police came.", 2),
    ("no as an answer", "He said no. Ann agreed.", 2),
    ("pronoun I", "We won, you and I. Did you see?", 2),
    ("vitamin", "She lacked vitamin C. Doctors knew.", 2),
    ("year", "He died in 1990. The house stands.", 2),
    ("number, then digit", "It cost 5. 20 people paid.", 2),
    ("marks in a run", "What?! Really!! Yes.", ["What?!", "Really!!", "Yes."]),
    ("closing quote", "She said “go.” He went.", ["She said “go.”", "He went."]),
    ("opening quote", 'It rained. "We left," he said.', ["It rained.", '"We left," he said.']),
    ("acronym before a quote", "He left the U.S. “Enough,” he said.", 2),
    ("brackets", "He left. (She stayed.) They met.", ["He left.", "(She stayed.)", "They met."]),
    ("ellipsis ends", "I never knew... She left.", ["I never knew...", "She left."]),
    ("spaced ellipsis", "He paused . . . . Then he left.", ["He paused . . . .", "Then he left."]),
    ("citation", "It grew.[1][2] It fell.", ["It grew.[1][2]", "It fell."]),
    ("no space", "He left home.Nobody saw it.", ["He left home.", "Nobody saw it."]),
    ("brand in small letters", "He left. iPhone sales rose.", 2),
    ("small letters throughout", "hello there. how are you? fine.", 3),
    ("currency", "He paid. $5 was left.", 2),
    ("spanish marks", "¿Vienes? ¡Claro! ¿y tú?", ["¿Vienes?", "¡Claro!", "¿y tú?"]),
    ("german quotes", "Er rief: „Halt!“ Sie hielt.", ["Er rief: „Halt!“", "Sie hielt."]),
    ("guillemets", "« Je pars. » Il sortit.", ["« Je pars. »", "Il sortit."]),
    ("chinese", "他说：“好。”走了吗？走了！", ["他说：“好。”", "走了吗？", "走了！"]),
    ("chinese ellipsis", "他走了……没有人知道。", ["他走了……", "没有人知道。"]),
    ("japanese", "今日は雨。「傘は？」彼は笑った。", ["今日は雨。", "「傘は？」", "彼は笑った。"]),
    ("hindi", "यह पहला है। यह दूसरा है॥", ["यह पहला है।", "यह दूसरा है॥"]),
    ("arabic", "هل جاء؟ نعم. شكرا.", ["هل جاء؟", "نعم.", "شكرا."]),
    ("urdu", "وہ آیا۔ وہ گیا۔", ["وہ آیا۔", "وہ گیا۔"]),
    ("korean", "그는 갔다. 그녀는 왔다.", ["그는 갔다.", "그녀는 왔다."]),
    ("thai lines", "สวัสดี\nลาก่อน", ["สวัสดี", "ลาก่อน"]),
    ("blank line", "A heading\n\nSome text", ["A heading", "Some text"]),
    ("heading", "Early life\nShe was born in Rome.", ["Early life", "She was born in Rome."]),
    ("list", "To buy:\n- milk\n* bread\n2) eggs", ["To buy:", "- milk", "* bread", "2) eggs"]),
    ("markdown", "# Title\nSome text here.", ["# Title", "Some text here."]),
    ("rule", "Title here\n==========\nText.", ["Title here", "==========", "Text."]),
    ("inline list", "1. Go home. 2. Sleep well.", ["1. Go home.", "2. Sleep well."]),
]

WRAPPED = """\
The committee met on Tuesday to discuss the plans of Dr.
Brown, who had proposed to close the old bridge over the
Danube for most of the year. Nobody
agreed."""


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in WHOLE])
def test_marks_inside_a_sentence_do_not_end_it(text):
    """Abbreviations, numbers, addresses and quotations leave a sentence whole."""
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "wanted"), [pytest.param(text, wanted, id=name) for name, text, wanted in APART]
)
def test_sentences_are_told_apart(text, wanted):
    """Each script's end marks, and lines that stand alone, separate sentences."""
    found = sentences(text)
    assert (len(found) if isinstance(wanted, int) else found) == wanted


def test_hard_wrapped_lines_are_one_paragraph():
    """A line break that only fits the page ends nothing, even before a capital letter."""
    found = [" ".join(sentence.split()) for sentence in sentences(WRAPPED)]
    assert found[1:] == ["Nobody agreed."]
    assert found[0].startswith("The committee")
    assert found[0].endswith("of the year.")


def test_full_lines_without_an_end_mark_are_headlines():
    """Lines as long as each other are no wrapped paragraph when none ends in a mark."""
    first, second = "Prime minister visits Paris for talks", "King opens new hospital wing in Leeds"
    assert sentences(f"{first} today\n{second} now") == [f"{first} today", f"{second} now"]


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\u2028"], ids=repr)
def test_any_line_break_ends_a_heading(break_):
    """Headings end at each kind of line break, not only at the newline."""
    assert sentences(f"Early life{break_}She left.") == ["Early life", "She left."]


@pytest.mark.parametrize("text", ["", " ", "\n\t \u3000"], ids=repr)
def test_nothing_has_no_sentences(text):
    """Text without a solid character yields no span."""
    assert sentence_spans(text) == []


WORDS = st.sampled_from(["Dr.", "U.S.", "word", "The", "a", "I", "3.14", "5", "- ", "# ", "ก"])
MARKS = st.sampled_from(
    [". ", "...", "!", "?", "。", "！", "…", "“", "”", '"', "‘", "(", ")", "」", "¿"]
)
SPACES = st.sampled_from([" ", "\n", "\n\n", "\r\n"])
TEXTS = st.one_of(st.text(), st.lists(WORDS | MARKS | SPACES, max_size=40).map("".join))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_spans_hold_all_that_is_solid_once(text):
    """Spans are in order, apart, trimmed, and only white space lies outside them."""
    position = 0
    for start, end in sentence_spans(text):
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


HARD = [
    ".",
    "a",
    '"',
    '."',
    ". ",
    "A. ",
    "U.S.",
    "Ab. ",
    "a\n",
    "。",
    "(",
    ".[1]",
    ". »",
    "-\n",
    " ?",
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", HARD, ids=repr)
def test_long_repetition_is_read_whole(unit):
    """A long hostile text ends in time, in spans that are in order and lose nothing."""
    text = unit * (200_000 // len(unit))
    spans = sentence_spans(text)
    assert spans == sorted(spans)
    solid = "".join("".join(text[start:end] for start, end in spans).split())
    assert solid == "".join(text.split())
