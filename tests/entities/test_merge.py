"""What joins and what does not: labels, neighbours, vocabularies, scripts."""

from __future__ import annotations

import pytest
from tokens import COURSE_SCORES, COURSE_TEXT, brief, course, raw, tagged, whole

from workbench.entities import entity_type, merge_tokens

# -- the course's example ------------------------------------------------------------------------


@pytest.mark.parametrize("text", [COURSE_TEXT, None], ids=["text", "no text"])
def test_the_courses_example(text):
    """Six pieces are one name with the mean of their scores, and remember their first piece."""
    (entity,) = merge_tokens(course(), text)
    assert entity == {
        "entity": "B-ORG",
        "index": 12,
        "entity_group": "ORG",
        "score": pytest.approx(0.8960502743721008, abs=1e-4),
        "word": "DeepLearningAI",
        "start": 32,
        "end": 46,
    }
    assert entity["score"] == pytest.approx(sum(COURSE_SCORES) / 6)


def test_the_mean_is_over_all_pieces_not_pair_by_pair():
    """Scores 1, 0, 0, 0 make a quarter; averaging as one goes along would make an eighth."""
    tokens = tagged("B-X I-X I-X I-X", "a ##b ##c ##d")
    for token, score in zip(tokens, (1, 0, 0, 0.0), strict=True):
        token["score"] = score
    (entity,) = merge_tokens(tokens)
    assert entity["score"] == 0.25
    assert type(entity["score"]) is float


# -- labels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("B-PER", "PER"), ("I-PER", "PER"), ("PER", "PER"), ("E-PER", "PER"), ("S-PER", "PER"),
        ("L-PER", "PER"), ("U-PER", "PER"), ("M-PER", "PER"), ("B-O", "O"), ("O", "O"),
        ("I-", "I-"), ("B-", "B-"), ("-", "-"), ("B-MISC-X", "MISC-X"), ("X-PER", "X-PER"),
        ("LABEL_0", "LABEL_0"), ("BPER", "BPER"), ("b-per", "b-per"), ("I-B-PER", "B-PER"),
    ],
)  # fmt: skip
def test_entity_type(label, kind):
    """A tagging prefix is one known letter and a hyphen with something behind it."""
    assert entity_type(label) == kind


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        pytest.param("B-LOC I-LOC", ["New York"], id="B I"),
        pytest.param("I-LOC I-LOC", ["New York"], id="I only"),
        pytest.param("LOC LOC", ["New York"], id="no prefix"),
        pytest.param("B-LOC B-LOC", ["New", "York"], id="B B"),
        pytest.param("I-LOC B-LOC", ["New", "York"], id="I B"),
        pytest.param("B-LOC I-PER", ["New", "York"], id="another type"),
        pytest.param("LOC I-LOC", ["New York"], id="mixed dialects"),
        pytest.param("B-LOC E-LOC", ["New York"], id="BIOES end"),
        pytest.param("B-LOC L-LOC", ["New York"], id="BILOU last"),
        pytest.param("S-LOC S-LOC", ["New", "York"], id="BIOES singles"),
        pytest.param("U-LOC U-LOC", ["New", "York"], id="BILOU units"),
        pytest.param("I- I-", ["New York"], id="prefix alone"),
        pytest.param("B-LOC O", ["New"], id="outside"),
        pytest.param("B-O I-O", [], id="outside with a prefix"),
    ],
)
@pytest.mark.parametrize("text", ["New York", None], ids=["text", "no text"])
def test_labels_of_two_words(tags, words, text):
    """Neighbours of one type are one entity unless the later begins another."""
    tokens = tagged(tags, "New York", "New York")
    assert [entity["word"] for entity in merge_tokens(tokens, text)] == words


@pytest.mark.parametrize("tag", ["B-LOC", "I-LOC", "B-PER", "I-PER", "PER", "S-PER"])
@pytest.mark.parametrize("text", ["Sylvain", None], ids=["text", "no text"])
def test_a_tail_belongs_to_its_word_whatever_its_tag(tag, text):
    """An adjacent ## piece is never an entity of its own."""
    tokens = tagged(f"B-PER {tag}", "Syl ##vain", "Sylvain")
    assert brief(merge_tokens(tokens, text)) == [("PER", "Sylvain", 0, 7)]


def test_the_type_is_that_of_the_first_piece():
    """After a tail of another type, the next word is compared with the entity's own type."""
    tokens = tagged("B-PER I-LOC I-PER", "Syl ##vain Gugger", "Sylvain Gugger")
    assert brief(merge_tokens(tokens, "Sylvain Gugger")) == [("PER", "Sylvain Gugger", 0, 14)]


@pytest.mark.parametrize(
    "outside", [raw("O", "x", 2), {"entity": "O"}, whole("O", "x"), raw("B-O", "x")]
)
def test_an_outside_token_parts_and_goes(outside):
    """An O in the list is dropped, yet what stands around it is not adjacent."""
    tokens = [raw("I-LOC", "New"), outside, raw("I-LOC", "York")]
    assert [entity["word"] for entity in merge_tokens(tokens)] == ["New", "York"]


# -- neighbours ----------------------------------------------------------------------------------

ANN = "Ann Lee"


@pytest.mark.parametrize(
    ("tokens", "text", "words"),
    [
        pytest.param([raw("PER", "Ann", 1), raw("PER", "Lee", 2)], None, ["Ann Lee"], id="index"),
        pytest.param([raw("PER", "Ann", 1), raw("PER", "Lee", 3)], None, ["Ann", "Lee"], id="gap"),
        pytest.param([raw("PER", "Ann", 2), raw("PER", "Lee", 1)], None, ["Ann", "Lee"], id="back"),
        pytest.param([raw("PER", "Ann", 1), raw("PER", "Lee", 1)], None, ["Ann", "Lee"], id="same"),
        pytest.param(
            [raw("PER", "Ann", 1, 0, 3), raw("PER", "Lee", 3, 4, 7)], ANN, ["Ann", "Lee"],
            id="an index gap counts though the offsets are near",
        ),
        pytest.param(
            [raw("PER", "Ann", None, 0, 3), raw("PER", "Lee", None, 4, 7)], ANN, [ANN], id="offsets"
        ),
        pytest.param(
            [raw("PER", "Ann", None, 0, 3), raw("PER", "Lee", None, 4, 7)], None, [ANN],
            id="offsets, no text",
        ),
        pytest.param(
            [raw("PER", "Ann", None, 0, 3), raw("PER", "Lee", None, 5, 8)], None, ["Ann", "Lee"],
            id="two apart, no text",
        ),
        pytest.param(
            [raw("PER", "Ann", None, 0, 3), raw("PER", "Lee", None, 6, 9)], "Ann \n Lee",
            ["Ann \n Lee"], id="white space",
        ),
        pytest.param(
            [raw("PER", "Ann", None, 0, 3), raw("PER", "Lee", None, 4, 7)], "Ann,Lee",
            ["Ann", "Lee"], id="a comma between, no index",
        ),
        pytest.param(
            [raw("PER", "Ann", 1, 0, 3), raw("PER", "Lee", 2, 4, 7)], "Ann,Lee", ["Ann,Lee"],
            id="a comma between neighbours by index",
        ),
        pytest.param(
            [raw("PER", "Ann", 1, 0, 3), raw("PER", "Lee", 2, 6, 9)], "Ann x Lee", ["Ann", "Lee"],
            id="a letter between neighbours by index",
        ),
        pytest.param(
            [raw("PER", "Ann", 1, 0, 3), raw("PER", "Lee", 2, 6, 9)], "Ann 7 Lee", ["Ann", "Lee"],
            id="a digit between neighbours by index",
        ),
        pytest.param(
            [raw("PER", "Ann"), raw("PER", "Lee")], None, ["Ann Lee"], id="order is all there is"
        ),
        pytest.param(
            [raw("PER", "Ann", 1, 4, 7), raw("PER", "Lee", 2, 0, 3)], "Lee Ann", ["Lee", "Ann"],
            id="backwards in the text",
        ),
        pytest.param(
            [raw("PER", "Ann", 1), whole("PER", "Lee"), raw("PER", "Jo", 2)], None,
            ["Ann", "Lee", "Jo"], id="a whole entity between",
        ),
    ],
)  # fmt: skip
def test_neighbours(tokens, text, words):
    """Indexes decide what is adjacent, else offsets, else the order; letters between part."""
    assert [entity["word"] for entity in merge_tokens(tokens, text)] == words


def test_a_tail_after_a_gap_is_its_own_entity():
    """With its head tagged O, a ## piece stands alone, without its mark."""
    tokens = [raw("B-PER", "Sy", 1, 0, 2), raw("I-PER", "##vain", 3, 3, 7)]
    expected = [("PER", "Sy", 0, 2), ("PER", "vain", 3, 7)]
    assert brief(merge_tokens(tokens, "Sylvain")) == brief(merge_tokens(tokens)) == expected


def test_a_gap_wider_than_any_name_parts():
    """Two words with a page of blanks between are not one name."""
    text = "Ann" + " " * 2000 + "Lee"
    tokens = [raw("PER", "Ann", 1, 0, 3), raw("PER", "Lee", 2, 2003, 2006)]
    assert [entity["word"] for entity in merge_tokens(tokens, text)] == ["Ann", "Lee"]


# -- vocabularies --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "pieces", "word"),
    [
        pytest.param("B-X I-X I-X", "Sy ##lva ##in", "Sylvain", id="WordPiece"),
        pytest.param("B-X I-X", "▁New ▁York", "New York", id="SentencePiece"),
        pytest.param("B-X B-X I-X", "▁Zü rich ▁West", "Zürich West", id="SentencePiece tail"),
        pytest.param("B-X I-X", "ĠNew ĠYork", "New York", id="byte-level"),
        pytest.param("B-X B-X I-X", "ĠZÃ¼ rich ĠWest", "Zürich West", id="bytes of letters"),
        pytest.param("B-X I-X", "ĠåĮĹ äº¬", "北京", id="bytes of Han"),
        pytest.param("B-X I-X I-X", "Ġð Ł ĺĢ", "😀", id="one character in three"),
        pytest.param("B-X", "Zürich", "Zürich", id="letters that are no bytes"),
        pytest.param("B-X I-X", "東 京", "東京", id="no spaces in Han"),
        pytest.param("B-X I-X", "New York", "New York", id="no marks"),
        pytest.param("B-X", "##", "##", id="a mark and nothing else"),
    ],
)
def test_pieces_without_places_or_text(tags, pieces, word):
    """The word is put together from the pieces as their vocabulary means them."""
    assert brief(merge_tokens(tagged(tags, pieces))) == [("X", word, None, None)]


def test_pieces_that_touch_are_glued_without_a_text():
    """Where offsets touch there is no space, where they do not there is one."""
    tokens = [
        raw("X", word, index, start, start + 1)
        for index, (word, start) in enumerate(zip("U.SA", (0, 1, 2, 4), strict=True))
    ]
    assert brief(merge_tokens(tokens)) == [("X", "U.S A", 0, 5)]


@pytest.mark.parametrize(
    ("pieces", "offsets", "text", "found"),
    [
        pytest.param("▁in ▁Paris", [(0, 2), (2, 8)], "in Paris", ["in", "Paris"], id="▁"),
        pytest.param("Ġin ĠParis", [(0, 2), (2, 8)], "in Paris", ["in", "Paris"], id="Ġ"),
        pytest.param("▁Pa ris", [(2, 5), (5, 8)], "in Paris", ["Paris"], id="▁ and tail"),
        pytest.param("ĠPar is", [(3, 6), (6, 8)], "in Paris", ["Paris"], id="Ġ and tail"),
        pytest.param("ð Ł ĺĢ", [(0, 1), (0, 1), (0, 1)], "😀", ["😀"], id="bytes share a place"),
        pytest.param("▁ Paris", [(2, 3), (3, 8)], "in Paris", ["Paris"], id="▁ alone"),
        pytest.param("▁ Paris", [(3, 3), (3, 8)], "in Paris", ["Paris"], id="▁ of no length"),
    ],
)
def test_marks_decide_what_starts_a_word(pieces, offsets, text, found):
    """All tagged B-: a marked piece starts an entity, an unmarked one that touches does not."""
    tokens = [
        raw("B-X", word, place, *offset)
        for place, (word, offset) in enumerate(zip(pieces.split(), offsets, strict=True), 1)
    ]
    merged = merge_tokens(tokens, text)
    assert [text[entity["start"] : entity["end"]] for entity in merged] == found
    assert [entity["word"] for entity in merge_tokens(tokens)] == found


# -- scripts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "pieces", "text", "found"),
    [
        pytest.param("B I B I", "北 京 上 海", "北京上海", ["北京", "上海"], id="Chinese"),
        pytest.param("B B", "北京 上海", "北京上海", ["北京", "上海"], id="Chinese words"),
        pytest.param("B I B", "東 ##京 大阪", "東京大阪", ["東京", "大阪"], id="Japanese"),
        pytest.param("B B", "トヨタ ホンダ", "トヨタホンダ", ["トヨタ", "ホンダ"], id="kana"),
        pytest.param("B B", "ﾄﾖﾀ ﾎﾝﾀﾞ", "ﾄﾖﾀﾎﾝﾀﾞ", ["ﾄﾖﾀ", "ﾎﾝﾀﾞ"], id="half-width kana"),
        pytest.param("B B", "か \u3099", "か\u3099", ["か\u3099"], id="kana and its voicing mark"),
        pytest.param("B B", "NEC 東京", "NEC東京", ["NEC", "東京"], id="Latin before Han"),
        pytest.param("B B", "東京 NEC", "東京NEC", ["東京", "NEC"], id="Latin after Han"),
        pytest.param("B B", "𠮷 𠮷", "𠮷𠮷", ["𠮷", "𠮷"], id="Han beyond the BMP"),
        pytest.param("B B", "กรุงเทพ เชียงใหม่", "กรุงเทพเชียงใหม่", ["กรุงเทพ", "เชียงใหม่"], id="Thai"),
        pytest.param("B B", "เม \u0e37อง", "เมืองเก่า", ["เมือง"], id="Thai vowel"),
        pytest.param("B B", "ວຽງ ຈັນ", "ວຽງຈັນ", ["ວຽງ", "ຈັນ"], id="Lao"),
        pytest.param("B B", "ភ្នំ ពេញ", "ភ្នំពេញ", ["ភ្នំ", "ពេញ"], id="Khmer"),
        pytest.param("B B", "ရန် ကုန်", "ရန်ကုန်", ["ရန်", "ကုန်"], id="Myanmar"),
        pytest.param("B I", "القا ##هرة", "في القاهرة", ["القاهرة"], id="Arabic"),
        pytest.param("B B", "القا هرة", "القاهرة", ["القاهرة"], id="Arabic, unmarked tail"),
        pytest.param("B B", "दिल ्ली", "दिल्ली", ["दिल्ली"], id="Devanagari"),
        pytest.param("B I", "नई दिल्ली", "नई दिल्ली", ["नई दिल्ली"], id="Devanagari, two words"),
        pytest.param("B B B", "서울 ##에 부산", "서울에 부산", ["서울에", "부산"], id="Korean"),
        pytest.param("B B", "서 울", "서울", ["서울"], id="Korean, unmarked tail"),
        pytest.param("B B", "😀 🎉", "😀🎉", ["😀", "🎉"], id="emoji"),
        pytest.param("B B", "Ann 🎉", "Ann🎉", ["Ann", "🎉"], id="emoji after a word"),
        pytest.param("B B B", "👩 \u200d 🔬", "👩\u200d🔬", ["👩\u200d🔬"], id="ZWJ sequence"),
        pytest.param("B B", "👩\u200d 🔬", "👩\u200d🔬", ["👩\u200d🔬"], id="ZWJ at the end"),
        pytest.param("B B", "👍 🏽", "👍🏽", ["👍🏽"], id="skin tone"),
        pytest.param("B B", "❤ \ufe0f", "❤\ufe0f", ["❤\ufe0f"], id="variation selector"),
        pytest.param("B B", "❤\ufe0f 🎉", "❤\ufe0f🎉", ["❤\ufe0f", "🎉"], id="after a selector"),
        pytest.param("B B", "🇫 🇷", "🇫🇷", ["🇫🇷"], id="flag"),
        pytest.param("B B B", "🇫 🇷 🇩🇪", "🇫🇷🇩🇪", ["🇫🇷", "🇩🇪"], id="two flags"),
        pytest.param("B B", "Jose \u0301", "Jose\u0301", ["Jose\u0301"], id="combining accent"),
        pytest.param("B B", "Zoe\u0301 s", "Zoe\u0301s", ["Zoe\u0301s"], id="after an accent"),
        pytest.param("B B", "São Paulo", "SãoPaulo", ["SãoPaulo"], id="composed accent"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("with_text", [True, False], ids=["text", "no text"])
def test_scripts(tags, pieces, text, found, with_text):
    """Touching makes one word only where words are parted by spaces; characters stay whole."""
    tokens = tagged(" ".join(f"{tag}-X" for tag in tags.split()), pieces, text)
    merged = merge_tokens(tokens, text if with_text else None)
    assert [entity["word"] for entity in merged] == found
    assert [text[entity["start"] : entity["end"]] for entity in merged] == found
