"""Small help with English: articles, lists, counts, plurals, and shorter sentences."""

from __future__ import annotations

from collections.abc import Sequence

COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WORDS_PER_TOKEN = 0.75  # of a usual tokenizer on English
_IRREGULAR = {"man": "men", "woman": "women", "child": "children", "person": "people"}
_SAME = ("sheep", "fish")
_LINKS = frozenset(
    (
        *("a", "an", "the", "and", "of", "with", "in", "on", "at", "by", "under", "above"),
        *("below", "before", "from", "to", "around", "one", "mostly", "some"),
    )
)


def with_article(words: str) -> str:
    """The words with ``a`` or ``an``.

    >>> with_article("orange shape"), with_article("dog")
    ('an orange shape', 'a dog')
    """
    return f"an {words}" if words[:1] in "aeio" or words[:3] == "umb" else f"a {words}"


def joined(parts: Sequence[str]) -> str:
    """The parts as a list in running text.

    >>> joined(["a dog"]), joined(["a dog", "a cat", "two hats"])
    ('a dog', 'a dog, a cat and two hats')
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def plural(noun: str) -> str:
    """More than one of the noun.

    >>> [plural(noun) for noun in ("dog", "bus", "butterfly", "child", "sheep", "shape")]
    ['dogs', 'buses', 'butterflies', 'children', 'sheep', 'shapes']
    """
    if noun in _SAME:
        return noun
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith(("s", "sh", "ch", "x")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def counted(number: int, adjectives: str, noun: str) -> str:
    """So many of a thing.

    >>> counted(1, "orange", "ball"), counted(3, "", "bus"), counted(40, "red", "star")
    ('an orange ball', 'three buses', 'many red stars')
    """
    if number == 1:
        return with_article(f"{adjectives} {noun}".strip())
    count = COUNTS[number] if number < len(COUNTS) else "many"
    return " ".join(filter(None, (count, adjectives, plural(noun))))


def shortened(sentence: str, max_new_tokens: int | None) -> str:
    """The sentence in so many tokens: cut after the last whole phrase that fits, never empty.

    >>> sentence = "a brown dog and two red apples on a green field under a blue sky"
    >>> [shortened(sentence, tokens) for tokens in (12, 5, 2)]
    ['a brown dog and two red apples', 'a brown dog', 'dog']
    """
    words = sentence.split()
    if max_new_tokens is None or len(words) <= (
        room := max(1, int(max_new_tokens * WORDS_PER_TOKEN))
    ):
        return sentence
    ends = [i for i, word in enumerate(words) if _ends_phrase(words, i) and i < room]
    if ends:
        return " ".join(words[: ends[-1] + 1]).rstrip(",")
    first = next((i for i in range(len(words)) if _ends_phrase(words, i)), len(words) - 1)
    return " ".join(words[: first + 1][-room:]).rstrip(",")


def _ends_phrase(words: list[str], i: int) -> bool:
    """Whether the sentence may stop after word *i*: what follows starts a new phrase."""
    following = words[i + 1] if i + 1 < len(words) else "and"
    return words[i].rstrip(",") not in _LINKS and (words[i][-1] == "," or following in _LINKS)
