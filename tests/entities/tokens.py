"""Tokens and entities as the tests of the merge write them."""

from __future__ import annotations

COURSE_TEXT = "My name is Andrew, I'm building DeepLearningAI and I live in California"
COURSE_PIECES = ("Deep", "##L", "##ear", "##ning", "##A", "##I")
COURSE_SCORES = (0.9927856, 0.99677867, 0.9954496, 0.9959293, 0.8917463, 0.50361186)


def raw(entity, word, index=None, start=None, end=None, score=0.5):
    """A raw token; what is None is not in it."""
    token = {
        "entity": entity, "score": score, "index": index, "word": word, "start": start, "end": end,
    }  # fmt: skip
    return {name: value for name, value in token.items() if value is not None}


def whole(group, word, start=None, end=None, score=0.5):
    """An aggregated item; offsets that are not known are null."""
    return {"entity_group": group, "score": score, "word": word, "start": start, "end": end}


def tagged(tags, pieces, text=None, *, first=1):
    """Raw tokens of neighbours: "B-LOC I-LOC" on "New York"; with *text* in their places there."""
    tokens, cursor = [], 0
    for place, (tag, word) in enumerate(zip(tags.split(), pieces.split(), strict=True)):
        token = raw(tag, word, first + place)
        if text is not None:
            bare = word.removeprefix("##").lstrip("▁Ġ")
            start = text.index(bare, cursor)
            cursor = start + len(bare)
            token |= {"start": start, "end": cursor}
        tokens.append(token)
    return tokens


def brief(entities):
    """(type, word, start, end) of each entity."""
    return [(e["entity_group"], e["word"], e["start"], e["end"]) for e in entities]


def course():
    """The six pieces of the course's example, with its scores."""
    tokens = tagged("B-ORG" + " I-ORG" * 5, " ".join(COURSE_PIECES), COURSE_TEXT, first=12)
    return [{**token, "score": score} for token, score in zip(tokens, COURSE_SCORES, strict=True)]


def slow(tags, pieces, first=1):
    """Raw tokens as a slow tokenizer leaves them: neighbours with null offsets."""
    return [token | {"start": None, "end": None} for token in tagged(tags, pieces, first=first)]
