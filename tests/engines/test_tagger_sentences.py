"""The embedded tagger's behaviour, sentence by sentence."""

import pytest

from workbench.engines.embedded.tagger import tag


def names(text):
    """Return ``(kind, words)`` of every entity, read from the pieces' best labels."""
    found = []
    for piece in tag(text):
        label = max(piece.scores, key=piece.scores.get)
        if label == "O":
            found.append(None)
        elif label.startswith("I-") and found and found[-1]:
            found[-1][2] = piece.end
        else:
            found.append([label[2:], piece.start, piece.end])
    return {(kind, text[start:end]) for kind, start, end in filter(None, found)}


SENTENCES = [
    (
        "course",
        "My name is Andrew, I'm building DeepLearningAI and I live in California",
        {("PER", "Andrew"), ("ORG", "DeepLearningAI"), ("LOC", "California")},
    ),
    (
        "title",
        "Yesterday President Obama spoke with Dr. Angela Merkel.",
        {("PER", "Obama"), ("PER", "Angela Merkel")},
    ),
    (
        "demonym-office-person",
        "British Prime Minister Theresa May resigned.",
        {("MISC", "British"), ("PER", "Theresa May")},
    ),
    ("initials", "Books by J. K. Rowling sold well.", {("PER", "J. K. Rowling")}),
    (
        "particles",
        "Ursula von der Leyen met Abdel Fattah al-Sisi.",
        {("PER", "Ursula von der Leyen"), ("PER", "Abdel Fattah al-Sisi")},
    ),
    (
        "chain-of-places",
        "She moved from Paris, Texas to Springfield, Illinois.",
        {("LOC", "Paris"), ("LOC", "Texas"), ("LOC", "Springfield"), ("LOC", "Illinois")},
    ),
    (
        "of-and-ampersand",
        "The Bank of England and Procter & Gamble hired from the Department of Justice.",
        {("ORG", "Bank of England"), ("ORG", "Procter & Gamble"), ("ORG", "Department of Justice")},
    ),
    (
        "dateline",
        "LONDON (AP) - Shares of Tesla rose on Monday.",
        {("LOC", "LONDON"), ("ORG", "AP"), ("ORG", "Tesla")},
    ),
    ("iso-dateline", "BRUSSELS 1996-08-22", {("LOC", "BRUSSELS")}),
    ("score-line", "Leeds 2 Arsenal 1", {("ORG", "Leeds"), ("ORG", "Arsenal")}),
    (
        "headline",
        "BOEING WINS JET ORDER FROM ETHIOPIAN AIRLINES",
        {("ORG", "BOEING"), ("ORG", "ETHIOPIAN AIRLINES")},
    ),
    (
        "events",
        "He won the Nobel Prize after World War II and saw the FIFA World Cup.",
        {("MISC", "Nobel Prize"), ("MISC", "World War II"), ("MISC", "FIFA World Cup")},
    ),
    ("ordinary", "We will have turkey and apple pie in may.", set()),
    ("opening", "However, the rain stopped. Nobody complained. Please sit down.", set()),
    ("month-or-person", "In May the prime minister flew home.", set()),
    (
        "person-or-month",
        '"We leave," Theresa May said. May smiled.',
        {("PER", "Theresa May"), ("PER", "May")},
    ),
    (
        "surname-later",
        "Kerstin Vandegrift founded it. Later Vandegrift sold it.",
        {("PER", "Kerstin Vandegrift"), ("PER", "Vandegrift")},
    ),
    (
        "heads-of-place",
        "They crossed the Zambele River near Mount Korbu and Lake Onda.",
        {("LOC", "Zambele River"), ("LOC", "Mount Korbu"), ("LOC", "Lake Onda")},
    ),
    (
        "hyphens",
        "The London-based firm hired an ex-Soviet envoy.",
        {("LOC", "London"), ("MISC", "Soviet")},
    ),
    ("common-given-name", "Will Smith said yes.", {("PER", "Will Smith")}),
    (
        "acronym-explained",
        "The Financial Conduct Authority (FCA) met. The FCA said no.",
        {("ORG", "Financial Conduct Authority"), ("ORG", "FCA")},
    ),
    ("employer", "She works for Amazon in Seattle.", {("ORG", "Amazon"), ("LOC", "Seattle")}),
    (
        "team-of-a-city",
        "Toronto beat Montreal 4-2 in the season opener, and the league champions scored twice.",
        {("ORG", "Toronto"), ("ORG", "Montreal")},
    ),
    ("owner", "Kenya's tea is sold in Pakistan.", {("LOC", "Kenya"), ("LOC", "Pakistan")}),
    (
        "quoted-title",
        'She recorded the song "Purple Morning Light" at home.',
        {("MISC", "Purple Morning Light")},
    ),
    ("chinese", "我住在北京。", {("LOC", "北京")}),
    ("japanese", "東京は日本の首都です。", {("LOC", "東京"), ("LOC", "日本")}),
    ("spanish", "Vive en la capital de Alemania desde entonces.", {("LOC", "Alemania")}),
    ("code", "`import os` https://example.com/Paris me@example.com #London", set()),
    ("emoji", "👍🏽 🇫🇷 :-)", set()),
    (
        "office-of-a-nation",
        "German Chancellor Olaf Scholz met Russian Foreign Minister Sergei Lavrov.",
        {
            ("MISC", "German"),
            ("PER", "Olaf Scholz"),
            ("MISC", "Russian"),
            ("PER", "Sergei Lavrov"),
        },
    ),
    (
        "office-of-a-city-or-firm",
        "Chicago Mayor Brandon Johnson wrote to Apple CEO Tim Cook.",
        {("LOC", "Chicago"), ("PER", "Brandon Johnson"), ("ORG", "Apple"), ("PER", "Tim Cook")},
    ),
    (
        "office-with-a-portfolio",
        "U.S. Secretary of State Antony Blinken called Attorney General Merrick Garland.",
        {("LOC", "U.S."), ("PER", "Antony Blinken"), ("PER", "Merrick Garland")},
    ),
    (
        "surname-like-an-office",
        "Stephen King signed books.",
        {("PER", "Stephen King")},
    ),
    (
        "month-as-given-name",
        "The painter Jan Karol Dvorsky left in May 2019.",
        {("PER", "Jan Karol Dvorsky")},
    ),
    ("epithet", "Ivan the Terrible ruled.", {("PER", "Ivan the Terrible")}),
    (
        "unknown-rivers",
        "The river flows 40 km south to the coast, where the Olvara and the Brenk join it.",
        {("LOC", "Olvara"), ("LOC", "Brenk")},
    ),
    ("defined-village", "Torsvik is a fishing village.", {("LOC", "Torsvik")}),
    (
        "life-dates",
        "Sigrid Fjelsted (12 March 1901 – 4 May 1980) was a Norwegian painter.",
        {("PER", "Sigrid Fjelsted"), ("MISC", "Norwegian")},
    ),
    ("opening-word-is-no-name", "In Darwin it rained.", {("LOC", "Darwin")}),
    (
        "ships-and-models",
        "HMS Victory passed USS Gerald R. Ford as the Galaxy S24 rang.",
        {("MISC", "HMS Victory"), ("MISC", "USS Gerald R. Ford"), ("MISC", "Galaxy S24")},
    ),
    (
        "law-with-a-year",
        "The Water Industry Act 1991 and the Truce of Altmark are law.",
        {("MISC", "Water Industry Act 1991"), ("MISC", "Truce of Altmark")},
    ),
    (
        "index-and-percentage",
        "The Nifty 50 rose 50 percent in Mumbai.",
        {("MISC", "Nifty 50"), ("LOC", "Mumbai")},
    ),
    (
        "novel-with-article",
        "Her first novel, The Salt Road, sold well.",
        {("MISC", "The Salt Road")},
    ),
    ("nothing", "", set()),
]


@pytest.mark.parametrize(
    ("text", "expected"), [row[1:] for row in SENTENCES], ids=[row[0] for row in SENTENCES]
)
def test_sentence(text, expected):
    """Each kind of evidence finds its names, whole and with the right label, and nothing else."""
    assert names(text) == expected


def test_capitals_everywhere_say_nothing():
    """A text that capitalises ordinary words yields no names for doing so."""
    text = (
        "Fill in the Green Form and hand it to the Desk. The Box goes on the Top Shelf, the Lid "
        "under the Table. Keep the Receipt, the Spare Key and the Yellow Card in a Safe Place."
    )
    assert not names(text)
