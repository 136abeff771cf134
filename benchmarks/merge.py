"""What merging named entities costs a token, against copying each token's dict once.

    python benchmarks/merge.py [TOKENS]

Best of five, in microseconds a token; the ratio is to `dict(token)` over the same list.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

from workbench.entities import merge_tokens

Tokens = list[dict[str, object]]


def make_tokens(count: int, label: Callable[[int], str], piece: Callable[[int], str]) -> Tokens:
    """Return raw tokens as a WordPiece model sends them, five characters each, one space apart."""
    tokens: Tokens = []
    start = 0
    for place in range(count):
        word = piece(place)
        start += 0 if word.startswith("##") or not tokens else 1
        size = len(word.removeprefix("##"))
        tokens.append(
            {
                "entity": label(place),
                "score": 0.99,
                "index": place + 1,
                "word": word,
                "start": start,
                "end": start + size,
            }
        )
        start += size
    return tokens


def text_of(tokens: Tokens) -> str:
    """Return the text that *tokens* were made from."""
    words = [" " + str(token["word"]) for token in tokens]
    return "".join(words).replace(" ##", "").strip()


def without_offsets(tokens: Tokens, word: Callable[[int], str]) -> Tokens:
    """Return *tokens* as a slow tokenizer leaves them, each with another word."""
    return [
        {**token, "word": word(place), "start": None, "end": None}
        for place, token in enumerate(tokens)
    ]


def best_of(runs: int, action: Callable[[], object]) -> float:
    """Return the seconds of the fastest run."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def cases(count: int) -> Mapping[str, tuple[Tokens, str | None]]:
    """Return the ordinary list and the worst we know, each with its text."""
    plain = make_tokens(
        count,
        lambda place: ("B-PER", "I-PER", "I-PER", "B-ORG", "I-ORG")[place % 5],
        lambda place: ("Sylva", "##in", "Gugge", "Huggi", "##ng")[place % 5],
    )
    text = text_of(plain)
    starts = make_tokens(count, lambda _: "B-PER", lambda _: "Paris")
    tails = make_tokens(count, lambda _: "B-PER", lambda place: "##ris" if place else "Pa")
    one = make_tokens(count, lambda _: "I-PER", lambda _: "Paris")
    types = make_tokens(count, lambda place: f"B-T{place % 977}", lambda _: "Paris")
    letters = "abcdefghijklmnopqrstuvwxyz"
    other = [letters[place % 26] + letters[place // 26 % 26] + "gu" for place in range(count)]
    return {
        "plain, with its text": (plain, text),
        "plain, without a text": (plain, None),
        "every piece a B-": (starts, text_of(starts)),
        "every piece a tail": (tails, text_of(tails)),
        "one entity of all": (one, text_of(one)),
        "one entity, no text": (one, None),
        "a thousand types": (types, text_of(types)),
        "no offsets, all found": (
            without_offsets(plain, lambda place: str(plain[place]["word"])),
            text,
        ),
        "no offsets, none found": (without_offsets(starts, lambda place: other[place]), text),
        "no offsets, other script": (without_offsets(starts, lambda _: "Москва"), text),
        "no offsets, in long words": (without_offsets(starts, lambda _: "a"), "ba" * count),
        "no offsets, one entity": (without_offsets(one, lambda place: other[place]), text),
        "all overlap": ([{**token, "start": 0, "end": len(text)} for token in starts], text),
        "backwards": (starts[::-1], text_of(starts)),
        "all outside": ([{**token, "entity": "O"} for token in plain], text),
        "already merged": ([dict(entity) for entity in merge_tokens(starts)], text_of(starts)),
    }


def main(count: int) -> None:
    """Print one line a case."""
    print(f"{'us/token':>9} {'x copy':>7}  {count:,} tokens, Python {sys.version.split()[0]}")
    for name, (tokens, text) in cases(count).items():
        copy = best_of(5, lambda tokens=tokens: [dict(token) for token in tokens])
        merge = best_of(5, lambda tokens=tokens, text=text: merge_tokens(tokens, text))
        print(f"{merge / count * 1e6:9.2f} {merge / copy:7.1f}  {name}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
